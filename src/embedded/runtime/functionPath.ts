/**
 * Names of functions. One function has one canonical name, "dir/mod:fn", which keys everything; Convex
 * prints it as "dir/mod.js:fn" in rows and messages, and as "dir/mod" when it is the default export.
 */

/** The canonical name of a path as callers write it: "messages:list", "messages.js:list" or "messages". */
export function canonicalName(path: string): string {
  const colon = path.lastIndexOf(":");
  const modulePath = colon < 0 ? path : path.slice(0, colon);
  const exportName = colon < 0 ? "default" : path.slice(colon + 1);
  return `${modulePath.replace(/\.(?:js|jsx|ts|tsx)$/, "")}:${exportName}`;
}

/** "dir/mod.js:fn", as Convex stores a function's name in rows and names it in errors. */
export function storedName(name: { modulePath: string; exportName: string }): string {
  return `${name.modulePath}.js:${name.exportName}`;
}

/** "dir/mod:fn", or "dir/mod" for a default export, as messages name a function that a caller asked for. */
export function shownName(path: string): string {
  return canonicalName(path).replace(/:default$/, "");
}

const HANDLE_PREFIX = "function://";

/** A handle names its target, so it means the same after any push and restart. */
export function toHandle(target: { componentPath: string; name: string }): string {
  return `${HANDLE_PREFIX}${target.componentPath};${target.name}`;
}

/** Null when the text is not a handle that `toHandle` made. */
export function fromHandle(handle: string): { componentPath: string; name: string } | null {
  const semicolon = handle.indexOf(";");
  if (!handle.startsWith(HANDLE_PREFIX) || semicolon < 0) return null;
  return {
    componentPath: handle.slice(HANDLE_PREFIX.length, semicolon),
    name: canonicalName(handle.slice(semicolon + 1)),
  };
}

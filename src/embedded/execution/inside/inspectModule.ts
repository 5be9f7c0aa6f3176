import type { LinkedModules, ModuleReport } from "./link";

type Registered = Record<string, unknown> & {
  exportArgs?: () => string;
  exportReturns?: () => string;
};

const KINDS = [
  ["isQuery", "query"],
  ["isMutation", "mutation"],
  ["isAction", "action"],
  ["isHttp", "httpAction"],
] as const;

/** Runs a module and reads what it registered. */
export function inspectModule(modules: LinkedModules, path: string): ModuleReport {
  const exports = modules[path]?.() ?? {};
  const functions: ModuleReport["functions"] = [];
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== "function") continue;
    const registered = value as unknown as Registered;
    const kind = KINDS.find(([flag]) => registered[flag] === true)?.[1];
    if (kind === undefined) continue;
    functions.push({
      name,
      kind,
      visibility: kind === "httpAction" || registered["isPublic"] === true ? "public" : "internal",
      args: registered.exportArgs?.() ?? null,
      returns: registered.exportReturns?.() ?? null,
    });
  }

  const main = (exports["default"] ?? {}) as Record<string, unknown>;
  const exported = callMethod(main, "export");
  return {
    functions,
    routes: main["isRouter"] === true ? readRoutes(main) : null,
    crons: main["isCrons"] === true ? String(exported) : null,
    exported: typeof exported === "string" ? exported : exported ? JSON.stringify(exported) : null,
  };
}

function readRoutes(router: Record<string, unknown>): { path: string; method: string }[] {
  const routes = callMethod(router, "getRoutes") as [path: string, method: string][];
  return routes.map(([path, method]) => ({ path, method }));
}

function callMethod(object: Record<string, unknown>, name: string): unknown {
  const method = object[name];
  return typeof method === "function" ? (method.call(object) as unknown) : undefined;
}

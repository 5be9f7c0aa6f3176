/**
 * What the two sides of a realm say to each other. Files in this folder run inside: they are compiled on
 * their own and see the realm's globals, never the host's.
 */

export type LogLevel = "DEBUG" | "LOG" | "INFO" | "WARN" | "ERROR";

/** Why a syscall failed. `data` is the JSON text of a ConvexError's encoded data. */
export type Rejection = { message: string; data?: string };

/** A thrown value as text: reading it may run code of the function, so this happens inside. */
export type Thrown = { message: string; stack: string; data?: string };

/** `{"messages.js": () => exports}`, as linked scripts give it. */
export type LinkedModules = Record<string, () => Record<string, unknown>>;

/** What analysing a module found. Validators are JSON texts. */
export type ModuleReport = {
  functions: {
    name: string;
    kind: "query" | "mutation" | "action" | "httpAction";
    visibility: "public" | "internal";
    args: string | null;
    returns: string | null;
  }[];
  routes: { path: string; method: string }[] | null;
  crons: string | null;
  /** What the default export's `export()` gave (schemas and app definitions), as JSON text. */
  exported: string | null;
};

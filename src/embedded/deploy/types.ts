/** What a project is made of: its bundled modules as pushed, and what analysing them found. */
import type { ComponentPath, SchemaJson } from "../engine/types";
import type { Json, JsonObject } from "../values/json";
import type { Validator } from "../values/validator";

/** One ESM module as Convex's bundler makes it; shared chunks are `_deps/XXXX.js`. */
export type ModuleSource = {
  /** With forward slashes and `.js`, relative to the functions folder: "queries/agents.js". */
  path: string;
  source: string;
  sourceMap: string | null;
  environment: "isolate" | "node";
};

/** The modules of one definition (the app, or a component). Special files are kept apart. */
export type DefinitionSource = {
  /** "" for the app; the definition's path for a component. */
  definitionPath: string;
  functions: ModuleSource[];
  schema: ModuleSource | null;
  authConfig: ModuleSource | null;
  appConfig: ModuleSource | null;
};

/** A push: everything needed to serve a project, and to serve it again after a restart. */
export type Push = { definitions: DefinitionSource[] };

/** All modules of one environment as one script for `vm`; see `link.ts`. */
export type LinkedScript = Readonly<{
  /** What stack frames call it. Different code has a different name. */
  filename: string;
  source: string;
  /** JSON text; its sources are the project's files as Convex names them: "../convex/messages.ts". */
  sourceMap: string;
}>;

export type FunctionKind = "query" | "mutation" | "action" | "httpAction";

export type FunctionSpec = Readonly<{
  componentPath: ComponentPath;
  /** Without `.js`: "queries/agents". */
  modulePath: string;
  exportName: string;
  kind: FunctionKind;
  visibility: "public" | "internal";
  environment: "isolate" | "node";
  args: Validator;
  /** Null when the function declares no return validator. */
  returns: Validator | null;
}>;

export type CronSchedule =
  | { type: "interval"; seconds: number }
  | { type: "hourly"; minuteUTC: number }
  | { type: "daily"; hourUTC: number; minuteUTC: number }
  | { type: "weekly"; dayOfWeek: string; hourUTC: number; minuteUTC: number }
  | { type: "monthly"; day: number; hourUTC: number; minuteUTC: number }
  | { type: "cron"; cron: string };

export type CronSpec = { name: string; functionName: string; args: Json[]; schedule: CronSchedule };

export type AuthProvider =
  | { type: "oidc"; domain: string; applicationID: string }
  | {
      type: "customJwt";
      issuer: string;
      jwks: string;
      algorithm: "RS256" | "ES256";
      applicationID: string | null;
    };

/** One component instance, analysed. Functions are keyed by canonical name: "queries/agents:list". */
export type ComponentDeployment = Readonly<{
  componentPath: ComponentPath;
  source: DefinitionSource;
  /** The code of `source.functions`, ready to run; null where there is none. */
  scripts: Readonly<Record<ModuleSource["environment"], LinkedScript | null>>;
  functions: ReadonlyMap<string, FunctionSpec>;
  schema: SchemaJson | null;
  crons: readonly CronSpec[];
  httpRoutes: readonly { method: string; path: string }[];
}>;

/** A project that has been analysed and can be served. Immutable; a new push makes a new one. */
export type Deployment = Readonly<{
  /** Hash over all sources. */
  version: string;
  components: ReadonlyMap<ComponentPath, ComponentDeployment>;
}>;

/** A push that cannot be served: which file, and what to change. The last good deployment keeps serving. */
export class PushError extends Error {
  override readonly name = "PushError";
  readonly details: JsonObject;
  constructor(message: string, details: JsonObject = {}) {
    super(message);
    this.details = details;
  }
}

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

/**
 * The path of a definition: from the functions folder to the folder that holds its `convex.config`, with
 * forward slashes ("../node_modules/@convex-dev/workpool/dist/component"); "" is the app's.
 */
export type DefinitionPath = string;

/** The modules of one definition (the app, or a component). Special files are kept apart. */
export type DefinitionSource = {
  definitionPath: DefinitionPath;
  functions: ModuleSource[];
  schema: ModuleSource | null;
  /** Only the app has one. */
  authConfig: ModuleSource | null;
  /**
   * The bundled `convex.config`, null for an app without one. It imports the definitions that it uses as
   * `./_componentDeps/<base64url of the definition's path>`.
   */
  definition: ModuleSource | null;
  /** Which definitions `definition` imports. */
  dependencies: DefinitionPath[];
};

/**
 * A push: everything needed to serve a project, and to serve it again after a restart. The app comes
 * first, then each component definition once, in any order.
 */
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
  /** The code of a function that is no part of the deployment: it runs in a realm of its own. */
  script?: LinkedScript;
}>;

/** A function of a definition, before it is one of an instance. */
export type AnalyzedFunction = Omit<FunctionSpec, "componentPath">;

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

/** Where an environment variable of a component comes from: its parent's literal, or a variable of the app. */
export type EnvBinding = { type: "value"; value: string } | { type: "envVar"; name: string };

/** What a `convex.config` says, in the form in which its `.export()` gives it and the CLI reads it back. */
export type EvaluatedDefinition = Readonly<{
  path: DefinitionPath;
  /** The name is what instances are called unless their parent says otherwise. */
  definitionType: { type: "app" } | { type: "childComponent"; name: string; args: Json[] };
  /** Only the app has one, for its own routes: "/api/". */
  httpPrefix?: string | undefined;
  childComponents: readonly {
    name: string;
    path: DefinitionPath;
    env?: [name: string, binding: EnvBinding][] | null | undefined;
  }[];
  /** "/workflow/" to "_reference/childComponent/workflow". */
  httpMounts: Readonly<Record<string, string>>;
  exports: ComponentExports;
  /** `value` is the JSON text of a validator. */
  envVars?: [name: string, declaration: EnvDeclaration][] | null | undefined;
}>;

/** Leaves are references: "_reference/function/books.js:list". */
export type ComponentExports =
  | { type: "branch"; branch: [name: string, node: ComponentExports][] }
  | { type: "leaf"; leaf: string };

export type EnvDeclaration = { type: "value"; value: string; optional?: boolean | undefined };

/** What the code of one definition is, for all of its instances. */
export type AnalyzedDefinition = Readonly<{
  source: DefinitionSource;
  definition: EvaluatedDefinition;
  /** The code of `source.functions`, ready to run; null where there is none. */
  scripts: Readonly<Record<ModuleSource["environment"], LinkedScript | null>>;
  functions: readonly AnalyzedFunction[];
  schema: SchemaJson | null;
  crons: readonly CronSpec[];
  /** Null when there is no `http.ts`. */
  httpRoutes: readonly { method: string; path: string }[] | null;
}>;

/**
 * One component instance; the app is the one at "". Functions are keyed by canonical name:
 * "queries/agents:list".
 */
export type ComponentDeployment = Readonly<{
  componentPath: ComponentPath;
  definitionPath: DefinitionPath;
  /** By name, in the order of their `use(...)`. */
  children: ReadonlyMap<string, ComponentPath>;
  /** Values of the variables that the definition declares. The app's are those of the deployment. */
  env: ReadonlyMap<string, EnvBinding>;
  /** The app: what its own routes begin with. Others: the absolute path they are mounted at. Null: neither. */
  httpPrefix: string | null;
  /** Which requests go to children, by what is left of their path ("/workflow/"). */
  httpMounts: readonly { prefix: string; componentPath: ComponentPath }[];
  source: DefinitionSource;
  /** The code of `source.functions`, ready to run; null where there is none. */
  scripts: Readonly<Record<ModuleSource["environment"], LinkedScript | null>>;
  functions: ReadonlyMap<string, FunctionSpec>;
  schema: SchemaJson | null;
  crons: readonly CronSpec[];
  /** Null when there is no `http.ts`. */
  httpRoutes: readonly { method: string; path: string }[] | null;
}>;

/** A project that has been analysed and can be served. Immutable; a new push makes a new one. */
export type Deployment = Readonly<{
  /** Hash over all sources. */
  version: string;
  /** The app and every component definition that the push brought. */
  definitions: ReadonlyMap<DefinitionPath, AnalyzedDefinition>;
  /** All instances, parents before their children. */
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

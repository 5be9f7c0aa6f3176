/** From a push to a deployment: runs its modules once and reads what they registered. */
import { createHash } from "node:crypto";
import type { SchemaJson } from "../engine/types";
import { inspectNodeModule } from "../execution/nodeRealm";
import { thrownError } from "../execution/errors";
import type { ModuleReport, Thrown } from "../execution/inside/link";
import { compileLinked } from "../execution/compileLinked";
import { TransactionRealm } from "../execution/transactionRealm";
import { runWithTimeout, TimeoutError } from "../execution/watchdog";
import type { Validator } from "../values/validator";
import { readCrons } from "./cronSpecs";
import { pathProblem } from "./entryPoints";
import { linkModules } from "./link";
import { locateExport } from "./locateExport";
import {
  PushError,
  type ComponentDeployment,
  type DefinitionSource,
  type Deployment,
  type FunctionSpec,
  type LinkedScript,
  type ModuleSource,
  type Push,
} from "./types";

type Options = { environment: Readonly<Record<string, string>> };

/** As at Convex. */
const IMPORT_MAX_MS = 4_000;

/**
 * @throws PushError - A module cannot be linked or run, or registers something that cannot be served.
 */
export async function analyze(push: Push, options: Options): Promise<Deployment> {
  const [root, ...others] = push.definitions;
  if (root === undefined) throw new PushError("The push has no app definition.");
  if (others.length > 0)
    throw componentsRefusal(others.map(({ definitionPath }) => definitionPath));
  const component = await analyzeDefinition(root, options);
  return {
    version: createHash("sha256").update(JSON.stringify(push)).digest("hex"),
    components: new Map([["", component]]),
  };
}

async function analyzeDefinition(
  source: DefinitionSource,
  { environment }: Options,
): Promise<ComponentDeployment> {
  await checkAppConfig(source.appConfig, environment);
  const scripts = {
    isolate: await linkEnvironment(source.functions, "isolate"),
    node: await linkEnvironment(source.functions, "node"),
  };
  const realm =
    scripts.isolate && new TransactionRealm(compileLinked(scripts.isolate), environment);
  const functions = new Map<string, FunctionSpec>();
  let crons: string | null = null;
  let routes: ModuleReport["routes"] = null;
  for (const module of source.functions) {
    if (module.path.startsWith("_deps/")) continue;
    const script = scripts[module.environment];
    if (script === null) continue;
    const report =
      module.environment === "node"
        ? checked(
            withinTime(() => inspectNodeModule(script, module.path, environment)),
            module,
            script,
          )
        : checked(inspectIsolated(realm, module.path), module, script);
    for (const spec of toSpecs(module, report)) {
      functions.set(`${spec.modulePath}:${spec.exportName}`, spec);
    }
    if (module.path === "http.js") routes = requireDefault(report.routes, module, "httpRouter()");
    if (module.path === "crons.js") crons = requireDefault(report.crons, module, "cronJobs()");
  }
  return {
    componentPath: "",
    source,
    scripts,
    functions,
    schema: await evaluateSchema(source.schema, environment),
    crons: crons === null ? [] : readCrons(crons, functions),
    httpRoutes: routes ?? [],
  };
}

async function linkEnvironment(
  modules: readonly ModuleSource[],
  environment: ModuleSource["environment"],
): Promise<LinkedScript | null> {
  const own = modules.filter((module) => module.environment === environment);
  if (own.length === 0) return null;
  for (const { path } of own) {
    const problem = path.startsWith("_deps/") ? null : pathProblem(path);
    if (problem !== null) throw new PushError(problem, { file: path });
  }
  return await linkModules(own, environment);
}

function inspectIsolated(realm: TransactionRealm | null, path: string): ModuleReport | Thrown {
  if (realm === null) return { message: "no module", stack: "" };
  realm.world.slot.nowMs = Date.now();
  return withinTime(() => realm.world.inspect(path));
}

function withinTime(inspect: () => ModuleReport | Thrown): ModuleReport | Thrown {
  try {
    return runWithTimeout(inspect, IMPORT_MAX_MS);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return { message: `Error: running the module took more than ${IMPORT_MAX_MS} ms`, stack: "" };
  }
}

function checked(
  result: ModuleReport | Thrown,
  module: ModuleSource,
  script: LinkedScript,
): ModuleReport {
  if (!("stack" in result)) return result;
  const { message } = thrownError(result, script);
  const place = /\.\.\/([^\s()]+):(\d+):(\d+)/.exec(message);
  const at = place ? `${place[1]}:${place[2]}:${place[3]}` : module.path;
  throw new PushError(`${at}: Failed to analyze ${module.path}: ${message}`, {
    file: place?.[1] ?? module.path,
    line: place ? Number(place[2]) : null,
  });
}

function toSpecs(module: ModuleSource, report: ModuleReport): FunctionSpec[] {
  return report.functions.map((found) => {
    if (module.environment === "node" && found.kind !== "action") {
      const { at, details } = locateExport(module, found.name);
      const kind = { query: "Query", mutation: "Mutation", httpAction: "HTTP action" }[found.kind];
      throw new PushError(
        `${at}: \`${found.name}\` defined in \`${module.path}\` is a ${kind} function. Only actions can be ` +
          "defined in Node.js. See https://docs.convex.dev/functions/actions for more details.",
        details,
      );
    }
    return {
      componentPath: "",
      modulePath: module.path.replace(/\.js$/, ""),
      exportName: found.name,
      kind: found.kind,
      visibility: found.visibility,
      environment: module.environment,
      args: found.args === null ? { type: "any" } : (JSON.parse(found.args) as Validator),
      returns: found.returns === null ? null : (JSON.parse(found.returns) as Validator | null),
    };
  });
}

function requireDefault<T>(value: T | null, module: ModuleSource, maker: string): T {
  if (value !== null) return value;
  const { at, details } = locateExport(module, "default");
  throw new PushError(
    `${at}: the default export of ${module.path} must be what ${maker} makes.`,
    details,
  );
}

async function evaluateSchema(
  module: ModuleSource | null,
  environment: Options["environment"],
): Promise<SchemaJson | null> {
  if (module === null) return null;
  const exported = await evaluateExport(module, environment);
  const { at, details } = locateExport(module, "default");
  if (exported === null) {
    throw new PushError(
      `${at}: schema.ts must have a default export made by defineSchema().`,
      details,
    );
  }
  return JSON.parse(exported) as SchemaJson;
}

async function evaluateExport(
  module: ModuleSource,
  environment: Options["environment"],
): Promise<string | null> {
  const script = await linkModules([module], "isolate");
  const realm = new TransactionRealm(compileLinked(script), environment);
  return checked(inspectIsolated(realm, module.path), module, script).exported;
}

/** An app may declare variables; components are refused by name. */
async function checkAppConfig(
  module: ModuleSource | null,
  environment: Options["environment"],
): Promise<void> {
  if (module === null) return;
  const children = [...module.source.matchAll(/_componentDeps\/([\w-]+)/g)].map(([, name]) =>
    Buffer.from(name ?? "", "base64url").toString(),
  );
  if (children.length > 0) throw componentsRefusal(children);
  await evaluateExport(module, environment);
}

function componentsRefusal(names: string[]): PushError {
  return new PushError(
    `components are not supported yet by the embedded runtime: ${names.join(", ")}. Remove app.use(...) from convex.config.ts.`,
    { components: names },
  );
}

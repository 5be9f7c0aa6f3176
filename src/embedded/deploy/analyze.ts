/** From a push to a deployment: runs its modules once and reads what they registered. */
import { createHash } from "node:crypto";
import type { SchemaJson } from "../engine/types";
import { compileLinked } from "../execution/compileLinked";
import type { ModuleReport } from "../execution/inside/link";
import { TransactionRealm } from "../execution/transactionRealm";
import type { Validator } from "../values/validator";
import { readCrons } from "./cronSpecs";
import { evaluateDefinitions } from "./definitions";
import { pathProblem } from "./entryPoints";
import { exportsOf } from "./exports";
import { inspectInNode, inspectInRealm } from "./inspect";
import { instantiate } from "./instances";
import { linkModules } from "./link";
import { locateExport } from "./locateExport";
import {
  PushError,
  type AnalyzedDefinition,
  type AnalyzedFunction,
  type DefinitionPath,
  type DefinitionSource,
  type Deployment,
  type LinkedScript,
  type ModuleSource,
  type Push,
} from "./types";

type Variables = Readonly<Record<string, string>>;

/** What components see of the deployment's variables while their modules load. */
const SYSTEM_VARIABLES = ["CONVEX_CLOUD_URL", "CONVEX_SITE_URL"];

/**
 * @param served - What is served by now: of the same push its linked code is used again, and only its modules are run
 *   anew, with the environment of this moment.
 * @throws PushError - A module cannot be linked or run, or registers something that cannot be served; or
 * the components do not fit together.
 */
export async function analyze(
  push: Push,
  { environment, served = null }: { environment: Variables; served?: Deployment | null },
): Promise<Deployment> {
  const version = createHash("sha256").update(JSON.stringify(push)).digest("hex");
  const linked = served?.version === version ? served.definitions : null;
  const evaluated = await evaluateDefinitions(push.definitions, environment);
  const forComponents = Object.fromEntries(
    Object.entries(environment).filter(([name]) => SYSTEM_VARIABLES.includes(name)),
  );
  const definitions = new Map<DefinitionPath, AnalyzedDefinition>();
  for (const source of push.definitions) {
    const definition = evaluated.get(source.definitionPath);
    // Pushed, but used by nobody: the CLI sends what `convex.config` imports.
    if (definition === undefined) continue;
    const variables = source.definitionPath === "" ? environment : forComponents;
    const known = linked?.get(source.definitionPath)?.scripts;
    const modules = await analyzeModules(source, variables, known);
    const exports =
      source.definitionPath === "" ? definition.exports : exportsOf(source, modules.functions);
    definitions.set(source.definitionPath, {
      source,
      definition: { ...definition, exports },
      ...modules,
    });
  }
  return {
    version,
    definitions,
    components: instantiate(definitions),
  };
}

async function analyzeModules(
  source: DefinitionSource,
  environment: Variables,
  known?: AnalyzedDefinition["scripts"],
): Promise<Omit<AnalyzedDefinition, "source" | "definition">> {
  refuseNodeInComponent(source);
  const scripts = known ?? {
    isolate: await linkEnvironment(source.functions, "isolate"),
    node: await linkEnvironment(source.functions, "node"),
  };
  const realm =
    scripts.isolate && new TransactionRealm(compileLinked(scripts.isolate), environment);
  const functions: AnalyzedFunction[] = [];
  let crons: string | null = null;
  let routes: ModuleReport["routes"] = null;
  for (const module of source.functions) {
    if (module.path.startsWith("_deps/")) continue;
    const script = scripts[module.environment];
    if (script === null) continue;
    const report =
      module.environment === "isolate" && realm !== null
        ? inspectInRealm({ script, realm }, module)
        : inspectInNode(script, module, environment);
    functions.push(...toSpecs(module, report));
    if (module.path === "http.js") routes = requireDefault(report.routes, module, "httpRouter()");
    if (module.path === "crons.js") crons = requireDefault(report.crons, module, "cronJobs()");
  }
  return {
    scripts,
    functions,
    schema: await evaluateSchema(source.schema, environment),
    crons: crons === null ? [] : readCrons(crons, functions),
    httpRoutes: routes,
  };
}

function refuseNodeInComponent({ definitionPath, functions }: DefinitionSource): void {
  const module = functions.find(({ environment }) => environment === "node");
  if (definitionPath === "" || module === undefined) return;
  throw new PushError(
    `"use node" directive is not supported in components. Remove it from the component at: ${definitionPath}.`,
    { file: `${definitionPath}/${module.path}` },
  );
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

function toSpecs(module: ModuleSource, report: ModuleReport): AnalyzedFunction[] {
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
  environment: Variables,
): Promise<SchemaJson | null> {
  if (module === null) return null;
  const script = await linkModules([module], "isolate");
  const realm = new TransactionRealm(compileLinked(script), environment);
  const { exported } = inspectInRealm({ script, realm }, module);
  if (exported !== null) return JSON.parse(exported) as SchemaJson;
  const { at, details } = locateExport(module, "default");
  throw new PushError(
    `${at}: schema.ts must have a default export made by defineSchema().`,
    details,
  );
}

/** Evaluates `convex.config` modules: which components there are, and how they are put together. */
import { z } from "zod";
import { compileLinked } from "../execution/compileLinked";
import { TransactionRealm } from "../execution/transactionRealm";
import type { Json } from "../values/json";
import { inspectInRealm } from "./inspect";
import { linkModules } from "./link";
import { locateExport } from "./locateExport";
import {
  PushError,
  type DefinitionPath,
  type DefinitionSource,
  type EvaluatedDefinition,
  type ModuleSource,
} from "./types";

type Variables = Readonly<Record<string, string>>;

/**
 * Evaluates all definitions that the app reaches, children before those that use them: a definition sees
 * of the ones it imports their paths and names only.
 *
 * @param variables - What the app's `convex.config` sees in `process.env`; those of components see nothing.
 * @throws PushError - A definition is missing, throws, imports itself or is no definition.
 */
export async function evaluateDefinitions(
  sources: readonly DefinitionSource[],
  variables: Variables,
): Promise<Map<DefinitionPath, EvaluatedDefinition>> {
  const byPath = new Map(sources.map((source) => [source.definitionPath, source]));
  const evaluated = new Map<DefinitionPath, EvaluatedDefinition>();
  const inProgress = new Set<DefinitionPath>();

  async function evaluate(source: DefinitionSource): Promise<void> {
    const { definitionPath } = source;
    if (evaluated.has(definitionPath)) return;
    if (inProgress.has(definitionPath)) {
      throw refusal(source, "Found cyclic definition dependency");
    }
    inProgress.add(definitionPath);
    for (const dependency of source.dependencies) {
      const child = byPath.get(dependency);
      if (child === undefined || dependency === "") {
        throw refusal(source, `Component definition not found: "${dependency}"`);
      }
      await evaluate(child);
    }
    const seen = definitionPath === "" ? variables : {};
    evaluated.set(definitionPath, await evaluateOne(source, evaluated, seen));
    inProgress.delete(definitionPath);
  }

  const app = byPath.get("");
  if (app === undefined) throw new PushError("The push has no app definition.");
  await evaluate(app);
  return evaluated;
}

/** The file that a definition is written in, and what is wrong with it. */
export function refusal(
  { definition, definitionPath }: DefinitionSource,
  problem: string,
): PushError {
  if (definition === null) return new PushError(`${definitionPath || "the app"}: ${problem}`);
  const { at, details } = locateExport(definition, "default");
  return new PushError(`${at}: ${problem}`, details);
}

const NO_EXPORTS: EvaluatedDefinition["exports"] = { type: "branch", branch: [] };

/** As Convex has it for an app without a `convex.config`. */
const PLAIN_APP: EvaluatedDefinition = {
  path: "",
  definitionType: { type: "app" },
  childComponents: [],
  httpMounts: {},
  exports: NO_EXPORTS,
};

async function evaluateOne(
  source: DefinitionSource,
  evaluated: ReadonlyMap<DefinitionPath, EvaluatedDefinition>,
  variables: Variables,
): Promise<EvaluatedDefinition> {
  const { definition, definitionPath, dependencies } = source;
  if (definition === null) {
    if (definitionPath === "") return PLAIN_APP;
    throw refusal(source, "The component has no convex.config.");
  }
  const modules = [definition, ...dependencies.map((path) => importedDefinition(path, evaluated))];
  const script = await linkModules(besideEachOther(modules), "isolate");
  const realm = new TransactionRealm(compileLinked(script), variables);
  const { exported } = inspectInRealm({ script, realm }, { ...definition, path: CONFIG });
  const parsed = exported === null ? null : definitionSchema.safeParse(JSON.parse(exported));
  if (parsed?.success !== true) throw notADefinition(source, parsed?.error);
  const { definitionType } = parsed.data;
  if ((definitionPath === "") !== (definitionType.type === "app")) throw notADefinition(source);
  // What it exports are its public functions, which are not known yet.
  return { ...parsed.data, path: definitionPath, exports: NO_EXPORTS };
}

const CONFIG = "convex.config.js";

/** The definition and its imports in one folder, as its import specifiers expect, wherever it lies. */
function besideEachOther([definition, ...imported]: ModuleSource[]): ModuleSource[] {
  return definition === undefined ? [] : [{ ...definition, path: CONFIG }, ...imported];
}

/** What a definition gets when it imports another one. */
function importedDefinition(
  path: DefinitionPath,
  evaluated: ReadonlyMap<DefinitionPath, EvaluatedDefinition>,
): ModuleSource {
  const type = evaluated.get(path)?.definitionType;
  const imported = {
    componentDefinitionPath: path,
    defaultName: type?.type === "childComponent" ? type.name : "",
  };
  return {
    path: importPath(path),
    source: `export default ${JSON.stringify(imported)};`,
    sourceMap: null,
    environment: "isolate",
  };
}

/** How bundled definitions name another one, without the leading "./". */
export function importPath(path: DefinitionPath): string {
  return `_componentDeps/${Buffer.from(path).toString("base64url")}`;
}

function notADefinition(source: DefinitionSource, error?: z.ZodError): PushError {
  const { definitionPath } = source;
  const [whose, maker] =
    definitionPath === ""
      ? ["your app", "defineApp()"]
      : [`component \`${definitionPath}\``, "defineComponent()"];
  const reason = error === undefined ? "" : ` (${z.prettifyError(error)})`;
  return refusal(
    source,
    `The default export of \`convex.config.ts\` in ${whose} has an invalid value${reason}. ` +
      `Please make sure that it is the return value of \`${maker}\` from "convex/server".`,
  );
}

const NAME = z
  .string()
  .regex(/^(?=.*[A-Za-z0-9])[A-Za-z_][A-Za-z0-9_]{0,63}$/, "use letters, digits and underscores");
const MOUNT = z.string().regex(/^\/([^*?#]*\/)?$/, 'use a path that begins and ends with "/"');

const envBinding = z.discriminatedUnion("type", [
  z.object({ type: z.literal("value"), value: z.string() }),
  z.object({ type: z.literal("envVar"), name: z.string() }),
]);

const envDeclaration = z.object({
  type: z.literal("value"),
  value: z.string().refine(isJson, "the JSON text of a validator is expected"),
  optional: z.boolean().optional(),
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const definitionSchema = z.object({
  definitionType: z.discriminatedUnion("type", [
    z.object({ type: z.literal("app") }),
    z.object({
      type: z.literal("childComponent"),
      name: NAME,
      args: z.array(z.custom<Json>()).default([]),
    }),
  ]),
  httpPrefix: MOUNT.optional(),
  childComponents: z.array(
    z.object({
      name: NAME,
      path: z.string(),
      env: z.array(z.tuple([z.string(), envBinding])).nullish(),
    }),
  ),
  httpMounts: z.record(MOUNT, z.string()).default({}),
  envVars: z.array(z.tuple([z.string(), envDeclaration])).nullish(),
});

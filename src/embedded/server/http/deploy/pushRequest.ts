/** What `npx convex` sends as a push, and the `Push` that it stands for. */
import { createHash } from "node:crypto";
import { z } from "zod";
import {
  PushError,
  type DefinitionSource,
  type Deployment,
  type ModuleSource,
  type Push,
} from "../../../deploy/types";
import { RACE_DETECTED } from "../../../runtime/stagedPush";
import type { Json } from "../../../values/json";
import { badBody } from "../body";

const environment = z.enum(["isolate", "node"]);
const moduleConfig = z.object({
  path: z.string(),
  source: z.string(),
  sourceMap: z.string().nullish(),
  environment,
});
const definitionConfig = z.object({
  dependencies: z.array(z.string()),
  schema: moduleConfig.nullable(),
});
const requestSchema = z.object({
  dryRun: z.boolean().default(false),
  appDefinition: definitionConfig.extend({
    definition: moduleConfig.nullable(),
    changedModules: z.array(moduleConfig),
    unchangedModuleHashes: z
      .array(z.object({ path: z.string(), environment, sha256: z.string() }))
      .default([]),
  }),
  componentDefinitions: z.array(
    definitionConfig.extend({
      definitionPath: z.string(),
      definition: moduleConfig,
      functions: z.array(moduleConfig),
    }),
  ),
});

export type PushRequest = z.infer<typeof requestSchema>;

/** @throws RequestError - The body is not what the CLI sends. */
export function parsePushRequest(body: Json): PushRequest {
  const request = requestSchema.safeParse(body);
  if (request.success) return request.data;
  throw badBody(`This is not a push: ${z.prettifyError(request.error)}`);
}

/** The CLI sends it among the functions. */
const AUTH_CONFIG_PATH = "auth.config.js";

/**
 * @param served - Where the modules are that the request names only by their hashes.
 * @throws PushError - What is served has no such module.
 */
export function toPush(request: PushRequest, served: Deployment | null): Push {
  const { appDefinition: app, componentDefinitions } = request;
  const known = new Map(servedModules(served).map((module) => [module.path, module]));
  const unchanged = app.unchangedModuleHashes.map((wanted) => {
    const module = known.get(wanted.path);
    const isSame = module?.environment === wanted.environment && hashOf(module) === wanted.sha256;
    if (module !== undefined && isSame) return module;
    throw new PushError(
      `The module ${wanted.path} is not served as it was when the push began: another push has changed it.`,
      { code: RACE_DETECTED, file: wanted.path },
    );
  });
  const modules = [...unchanged, ...app.changedModules.map(toModule)];
  const functions = modules.filter(({ path }) => path !== AUTH_CONFIG_PATH);
  const appSource: DefinitionSource = {
    definitionPath: "",
    // Sorted, so that the same project makes the same push, whatever of it was sent.
    functions: functions.sort((a, b) => (a.path < b.path ? -1 : 1)),
    schema: app.schema && toModule(app.schema),
    authConfig: modules.find(({ path }) => path === AUTH_CONFIG_PATH) ?? null,
    definition: app.definition && toModule(app.definition),
    dependencies: app.dependencies,
  };
  const components = componentDefinitions.map((component) => ({
    definitionPath: component.definitionPath,
    functions: component.functions.map(toModule),
    schema: component.schema && toModule(component.schema),
    authConfig: null,
    definition: toModule(component.definition),
    dependencies: component.dependencies,
  }));
  return { definitions: [appSource, ...components] };
}

/** The app's modules with the hashes by which the CLI compares them. */
export function moduleHashes(
  served: Deployment | null,
): { path: string; environment: ModuleSource["environment"]; hash: string }[] {
  return servedModules(served).map((module) => ({
    path: module.path,
    environment: module.environment,
    hash: hashOf(module),
  }));
}

function servedModules(served: Deployment | null): ModuleSource[] {
  const source = served?.definitions.get("")?.source;
  if (source === undefined) return [];
  return source.authConfig === null ? source.functions : [...source.functions, source.authConfig];
}

function hashOf({ source, sourceMap }: ModuleSource): string {
  return createHash("sha256")
    .update(source)
    .update(sourceMap ?? "")
    .digest("hex");
}

function toModule({ sourceMap, ...module }: z.infer<typeof moduleConfig>): ModuleSource {
  return { ...module, sourceMap: sourceMap ?? null };
}

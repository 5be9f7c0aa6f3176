/** Pushes step by step over HTTP, as Convex's CLI makes them. */
import { createHash } from "node:crypto";
import { brotliCompressSync } from "node:zlib";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { ModuleSource, Push } from "../../../src/embedded/deploy/types";
import type { JsonObject } from "../../../src/embedded/values/json";
import { PROJECT } from "../clients/api";
import { ADMIN_KEY } from "../clients/backend";

export type PushBody = JsonObject & {
  appDefinition: JsonObject & {
    changedModules: JsonObject[];
    unchangedModuleHashes: JsonObject[];
    schema: JsonObject | null;
  };
};
export type Answer = { status: number; body: JsonObject };

/** The fixture project as the CLI sends it, with all modules or with those left out that are `unchanged`. */
export async function pushBody(unchanged: readonly string[] = []): Promise<PushBody> {
  return toBody(await bundle, unchanged);
}

const bundle = bundleProject(PROJECT);

function toBody({ definitions: [app] }: Push, unchanged: readonly string[]): PushBody {
  const modules = [...app!.functions, app!.authConfig!];
  const isUnchanged = ({ path }: ModuleSource) => unchanged.includes(path);
  return {
    adminKey: ADMIN_KEY,
    dryRun: false,
    functions: "convex/",
    appDefinition: {
      definition: null,
      dependencies: [],
      schema: app!.schema && moduleConfig(app!.schema),
      changedModules: modules.filter((module) => !isUnchanged(module)).map(moduleConfig),
      unchangedModuleHashes: modules
        .filter(isUnchanged)
        .map(({ path, environment, ...module }) => ({
          path,
          environment,
          sha256: createHash("sha256")
            .update(module.source + module.sourceMap)
            .digest("hex"),
        })),
      udfServerVersion: "1.48.0",
    },
    componentDefinitions: [],
    nodeDependencies: [],
  };
}

function moduleConfig({ sourceMap, ...module }: ModuleSource): JsonObject {
  return sourceMap === null ? module : { ...module, sourceMap };
}

/** A schema module that says what `export()` should give. */
export function schemaModule(schema: JsonObject): JsonObject {
  const source = `export default { export: () => ${JSON.stringify(JSON.stringify(schema))} };`;
  return { path: "schema.js", source, environment: "isolate" };
}

export function pushClient({ apiUrl }: { apiUrl: string }, key = ADMIN_KEY) {
  const send = async (path: string, body: JsonObject, compressed = false): Promise<Answer> => {
    const text = JSON.stringify(body);
    const response = await fetch(`${apiUrl}${path}`, {
      method: "POST",
      headers: {
        Authorization: `Convex ${key}`,
        "Content-Type": "application/json",
        ...(compressed ? { "Content-Encoding": "br" } : {}),
      },
      body: compressed ? brotliCompressSync(text) : text,
    });
    return { status: response.status, body: (await response.json()) as JsonObject };
  };
  return {
    send,
    hashes: () => send("/api/get_config_hashes", { version: "1.48.0" }),
    start: (body: JsonObject) => send("/api/deploy2/start_push", body, true),
    /** Until the push is no longer in progress. */
    wait: async ({ body: started }: Answer): Promise<JsonObject> => {
      for (;;) {
        const { schemaChange } = started;
        const { body } = await send("/api/deploy2/wait_for_schema", {
          schemaChange: schemaChange!,
          timeoutMs: 10_000,
        });
        if (body["type"] !== "inProgress") return body;
      }
    },
    finish: ({ body: startPush }: Answer, dryRun = false) =>
      send("/api/deploy2/finish_push", { startPush, dryRun }, true),
  };
}

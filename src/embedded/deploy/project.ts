/** Where a project keeps its functions, as its `convex.json` says. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { PushError } from "./types";

export type Project = Readonly<{
  /** Absolute. */
  folder: string;
  /** Absolute. */
  functionsFolder: string;
  /** Packages that "use node" modules load from the disk instead of having them bundled; "*" for all. */
  externalPackages: readonly string[];
}>;

const configSchema = z.looseObject({
  functions: z.string().default("convex/"),
  node: z.looseObject({ externalPackages: z.array(z.string()).default([]) }).default({
    externalPackages: [],
  }),
});

/**
 * @throws PushError - `convex.json` cannot be read, or the functions folder is missing.
 */
export function readProject(projectFolder: string): Project {
  const folder = resolve(projectFolder);
  const config = configSchema.safeParse(readConfigFile(join(folder, "convex.json")));
  if (!config.success) {
    throw new PushError(`convex.json: ${z.prettifyError(config.error)}`, { file: "convex.json" });
  }
  const functionsFolder = resolve(folder, config.data.functions);
  if (!existsSync(functionsFolder)) {
    throw new PushError(
      `The functions folder ${functionsFolder} does not exist. Create it, or set "functions" in convex.json.`,
    );
  }
  return { folder, functionsFolder, externalPackages: config.data.node.externalPackages };
}

function readConfigFile(path: string): unknown {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new PushError(`convex.json is not valid JSON: ${String(error)}`, { file: "convex.json" });
  }
}

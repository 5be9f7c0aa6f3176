/** `.env.local` of a project, as far as it is meant for functions. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Runtime } from "../runtime/types";

/** Names that the file gives to Convex's own tools and clients: CONVEX_DEPLOYMENT, VITE_CONVEX_URL, ... */
const CLI_NAME = /^CONVEX_|CONVEX_(SITE_)?URL$/;

/**
 * Sets the variables of the project's `.env.local` that are not set yet. So a value changed with
 * `convex env set` outlives the next start.
 */
export async function setMissingVariables(runtime: Runtime, projectFolder: string): Promise<void> {
  const known = runtime.environment();
  const entries = Object.entries(await readVariables(join(projectFolder, ".env.local")));
  const missing = entries.filter(([name]) => !CLI_NAME.test(name) && !Object.hasOwn(known, name));
  if (missing.length > 0) await runtime.setEnvironment(Object.fromEntries(missing));
}

async function readVariables(path: string): Promise<Record<string, string>> {
  try {
    const variables = parseEnv(await readFile(path, "utf8")) as Record<string, string>;
    return variables;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

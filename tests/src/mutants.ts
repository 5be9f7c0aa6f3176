/**
 * Mutants: a source file with one deliberate mistake in it. A suite that guards an invariant runs its own
 * checks against them, and fails when one survives.
 */
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

export type Mutation = Readonly<{ name: string; find: string; replace: string }>;

/** True when the file with the mutation in it fails at least one of the checks. */
export async function isKilled<Exports>(
  path: string,
  mutation: Mutation,
  checks: readonly ((mutant: Exports) => void)[],
): Promise<boolean> {
  const mutant = (await loadMutant(path, mutation)) as Exports;
  return checks.some((check) => {
    try {
      check(mutant);
      return false;
    } catch {
      return true;
    }
  });
}

/** The exports of the file with the mutation in it. What it imports stays as it is. */
async function loadMutant(path: string, { name, find, replace }: Mutation): Promise<unknown> {
  const source = readFileSync(path, "utf8");
  const occurrences = source.split(find).length - 1;
  if (occurrences !== 1) {
    throw new Error(`mutant "${name}": ${occurrences} places in ${path} match, one was expected`);
  }
  const { outputFiles } = await build({
    stdin: {
      contents: source.replace(find, () => replace),
      resolveDir: resolve(dirname(path)),
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
  });
  const code = outputFiles[0]?.text ?? "";
  return (await import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`
  )) as unknown;
}

/** One mutant for each check that a row is the tenant's own, found in the code: the matrix must notice each. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutants";

const MODEL = "convex/model";
const CHECK = /requireOwned\(\s*scope,\s*([^{}]+?),\s*\{/g;

export const OWNERSHIP: readonly Mutant[] = readdirSync(MODEL, {
  recursive: true,
  encoding: "utf8",
})
  .filter((name) => name.endsWith(".ts"))
  .flatMap((name) => {
    const file = join(MODEL, name).replaceAll("\\", "/");
    return [...readFileSync(file, "utf8").matchAll(CHECK)].map(([find, row = ""]) => ({
      name: `ownership: ${file} takes ${row} for its tenant's`,
      file,
      find,
      replace: `requireOwned({ ...scope, tenantId: (${row})?.tenantId ?? scope.tenantId }, ${row}, {`,
      tests: ["tests/convex/isolation/matrix.test.ts"],
    }));
  });

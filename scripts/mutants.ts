/**
 * `npm run mutants [-- parts of names or paths]`: makes each mutant of `tests/mutants/mutants.ts` in a copy of the
 * tree and runs its tests. A mutant that no test notices is a hole in the suite, and fails the command.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { MUTANTS, type Mutant } from "../tests/mutants/mutants";

const COPIED = [
  "convex",
  "src",
  "tests",
  "scripts",
  "docs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "convex.json",
  "vitest.config.ts",
];
const TEST_TIMEOUT_MS = 240_000;

const wanted = process.argv.slice(2);
const copy = mkdtempSync(join(tmpdir(), "mutants-"));
for (const name of COPIED) cpSync(name, join(copy, name), { recursive: true });
symlinkSync(resolve("node_modules"), join(copy, "node_modules"));

const chosen = MUTANTS.filter(
  ({ name, file }) =>
    wanted.length === 0 || wanted.some((part) => name.includes(part) || file.includes(part)),
);
const survivors: string[] = [];
try {
  // All that the code has moved on from, before any test runs.
  const stale = chosen.filter((mutant) => placesOf(mutant) !== 1);
  if (stale.length > 0) {
    const list = stale.map((mutant) => `${placesOf(mutant)} in ${mutant.file}: ${mutant.name}`);
    throw new Error(`Each mutant's text must stand once in its file:\n${list.join("\n")}`);
  }
  for (const [tests, mutants] of groupByTests(chosen)) {
    // Tests that fail without any mistake would kill every mutant.
    if (!doTestsPass(tests))
      throw new Error(`Without a mutant, too, these fail: ${tests.join(", ")}`);
    for (const mutant of mutants) {
      const isKilled = isNoticed(mutant);
      if (!isKilled) survivors.push(mutant.name);
      console.log(`${isKilled ? "killed  " : "SURVIVED"}  ${mutant.name}`);
    }
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(survivors.length === 0 ? "All were killed." : `${survivors.length} survived.`);
process.exit(survivors.length === 0 ? 0 : 1);

/** Those that the same tests are to notice stand together. */
function groupByTests(mutants: readonly Mutant[]): [readonly string[], readonly Mutant[]][] {
  const groups = new Map<string, Mutant[]>();
  for (const mutant of mutants) {
    const key = mutant.tests.join("\n");
    groups.set(key, [...(groups.get(key) ?? []), mutant]);
  }
  return [...groups.values()].map((group) => [group[0]?.tests ?? [], group]);
}

function placesOf({ file, find }: Mutant): number {
  return readFileSync(join(copy, file), "utf8").split(find).length - 1;
}

function isNoticed({ file, find, replace, tests }: Mutant): boolean {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    return !doTestsPass(tests);
  } finally {
    writeFileSync(path, source);
  }
}

/** False also for a test that hangs: it has noticed something. */
function doTestsPass(tests: readonly string[]): boolean {
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const { status } = spawnSync(process.execPath, [vitest, "run", "--bail", "1", ...tests], {
    cwd: copy,
    stdio: "ignore",
    // A mistake is found long before the end of the long property tests.
    env: { ...process.env, HISTORIES: "1000" },
    timeout: TEST_TIMEOUT_MS,
  });
  return status === 0;
}

/** Mistakes in keeping, saving and restoring data. */
import type { Mutant } from "./mutants";

const STORE = "src/embedded/store";

const RUNTIME = "src/embedded/runtime";

const CLOCK = ["tests/embedded/runtime/clock.test.ts"];
const BACKUP = ["tests/embedded/backup/backup.test.ts"];
const SWEEP = ["tests/embedded/store/sweep.test.ts"];

const RESTART = {
  file: "src/embedded/deploy/analysisText.ts",
  tests: ["tests/embedded/deploy/analysisText.test.ts"],
};

const HOLD = {
  file: "src/embedded/execution/watchdog.ts",
  tests: ["tests/embedded/execution/hold.test.ts"],
};

export const OPERATIONS: readonly Mutant[] = [
  {
    name: "SIGINT is never held",
    ...HOLD,
    find: "if (this.#isGivenUp || isListenedForElsewhere()) return;",
    replace: "if (this.#isGivenUp || !isListenedForElsewhere()) return;",
  },
  {
    name: "SIGINT is held under those who listen for it",
    ...HOLD,
    find: 'if (event === "SIGINT") this.#release();',
    replace: 'if (event === "SIGHUP") this.#release();',
  },
  {
    name: "SIGINT between runs is told nobody",
    ...HOLD,
    find: "      interrupt();\n    });",
    replace: "    });",
  },
  {
    name: "SIGINT is held by one that is closed",
    ...HOLD,
    find: "    this.#release();\n    await this.#thread.terminate();",
    replace: "    await this.#thread.terminate();",
  },
  {
    name: "a restart reads what another version found",
    ...RESTART,
    find: "if (format !== FORMAT) return null;",
    replace: "",
  },
  {
    name: "a restart loses the sources",
    ...RESTART,
    find: "definitions.set(path, { source, ...analyzed });",
    replace: "definitions.set(path, { source: { ...source, functions: [] }, ...analyzed });",
  },
  {
    name: "a restart analyses the push again",
    file: `${RUNTIME}/deployer.ts`,
    find: "this.#serve(push, deployment ?? (await analyze(push, variables)));",
    replace: "void deployment; this.#serve(push, await analyze(push, variables));",
    tests: RESTART.tests,
  },
  {
    name: "an export sees what is written while it is made",
    file: `${STORE}/snapshot.ts`,
    find: 'database.exec("BEGIN");',
    replace: 'database.exec("BEGIN; ROLLBACK");',
    tests: ["tests/embedded/store/snapshot.test.ts"],
  },
  {
    name: "a backup copies the file without its log",
    file: `${STORE}/dataFile.ts`,
    find: 'database.prepare("VACUUM INTO ?").run(copy);',
    replace: 'process.getBuiltinModule("node:fs").copyFileSync(file, copy);',
    tests: BACKUP,
  },
  {
    name: "a backup is restored over data",
    file: "src/embedded/backup/restore.ts",
    find: "if (found === undefined) return;",
    replace: "if (found !== null) return;",
    tests: BACKUP,
  },
  {
    name: "time stands still while the machine's clock is behind",
    file: `${RUNTIME}/clock.ts`,
    find: "Math.floor(setBack.shownMs + (performance.now() - setBack.atMs))",
    replace: "setBack.shownMs",
    tests: CLOCK,
  },
  {
    name: "a sweep frees the newest revision's number",
    file: `${STORE}/sweep.ts`,
    find: "AND seq < (SELECT max(seq) FROM revisions) ORDER",
    replace: "ORDER",
    tests: SWEEP,
  },
  {
    name: "a sweep deletes the revision that replaced another",
    file: `${STORE}/sweep.ts`,
    find: "if (prev !== null) this.#sql.deleteRevision.run(prev);",
    replace: "if (prev !== null) this.#sql.deleteRevision.run(seq);",
    tests: SWEEP,
  },
  {
    name: "a sweep takes what was replaced just now",
    file: `${STORE}/sweep.ts`,
    find: "if (tsMicros > beforeMicros) {",
    replace: "if (tsMicros < 0) {",
    tests: SWEEP,
  },
  {
    name: "a sweep leaves deletions behind",
    file: `${STORE}/sweep.ts`,
    find: "if (isDeletion === 1)",
    replace: "if (isDeletion === 2)",
    tests: SWEEP,
  },
  {
    name: "a sweep passes over a revision",
    file: `${STORE}/sweep.ts`,
    find: "this.#sql.set.run(CURSOR_SETTING, String(cursor));",
    replace: "this.#sql.set.run(CURSOR_SETTING, String(cursor + 1));",
    tests: SWEEP,
  },
  {
    name: "a document that an index points at in vain counts as absent",
    file: `${STORE}/sqlite.ts`,
    find: "if (text !== null) return text;",
    replace: 'if (text !== null || seq > 0) return text ?? "{}";',
    tests: SWEEP,
  },
];

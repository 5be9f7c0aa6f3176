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

const RECENT_KEYS = {
  file: `${STORE}/recentKeys.ts`,
  tests: ["tests/embedded/store/recentKeys.test.ts"],
};

const HOLD = {
  file: "src/embedded/execution/watchdog.ts",
  tests: ["tests/embedded/execution/hold.test.ts"],
};

const WATCHING = {
  file: "src/embedded/execution/threads/watchdog.ts",
  tests: ["tests/embedded/execution/watchdog.test.ts"],
};

export const OPERATIONS: readonly Mutant[] = [
  {
    name: "watchdog: who waits for a processor is stopped for it",
    ...WATCHING,
    find: "functionMs += ownMs;",
    replace: "functionMs += passedMs;",
  },
  {
    name: "watchdog: who never works is never stopped",
    ...WATCHING,
    find: "clockMs += passedMs;",
    replace: "",
  },
  {
    name: "recent keys: a rollback leaves them",
    ...RECENT_KEYS,
    find: "for (const { indexId, key, change } of this.#before.toReversed()) {",
    replace: "for (const { indexId, key, change } of this.#before.slice(0, 0)) {",
  },
  {
    name: "recent keys: a rollback loses those that were moved",
    ...RECENT_KEYS,
    find: "this.#indexes = this.#moved.indexes;",
    replace: "",
  },
  {
    name: "recent keys: a restart forgets them",
    ...RECENT_KEYS,
    find: "this.#set(indexId, key, change);\n      }\n    }\n  }",
    replace: "void [indexId, key, change];\n      }\n    }\n  }",
  },
  {
    name: "recent keys: one that was removed is read",
    ...RECENT_KEYS,
    find: "if (!isChanged) yield key;",
    replace: "yield key;",
  },
  {
    name: "recent keys: those of a dropped index come back",
    file: `${STORE}/sqlite.ts`,
    find: "      this.#recent.move();\n",
    replace: "",
    tests: RECENT_KEYS.tests,
  },
  {
    name: "recent keys: readers stop at the first batch",
    file: `${STORE}/sqlite.ts`,
    find: "if (last === undefined || rows.length < countAtOnce) return;",
    replace: "if (last !== undefined || rows.length < countAtOnce) return;",
    tests: RECENT_KEYS.tests,
  },
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
    find: "const deployment = known ?? (await analyze(push, environment.ofApp(), null));",
    replace: "const deployment = await analyze(push, environment.ofApp(), null);",
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

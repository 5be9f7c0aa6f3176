/** Sweeping takes what nothing reaches, all of it in the end, and nothing else. */
import { statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDatabase, single } from "../../../src/embedded/store/driver";
import { openStore } from "../../../src/embedded/store/sqlite";
import type { Store } from "../../../src/embedded/store/store";
import { runCommand } from "../../support/command";
import { internalId, newFolder, newStore, refusal, transact } from "./folders";

const SCRIPT = "tests/embedded/store/sweepingProcess.ts";

const BY_ID = 1;
const BY_GROUP = 2;
const LATER_INDEX = 3;
const EVERYTHING = { lower: new Uint8Array(0), upper: null };
const ALL = { order: "asc", limit: 10_000 } as const;

type Content = { group: number; text: string };

/** Documents as the engine writes them: each change moves all entries. */
class Documents {
  readonly #live = new Map<number, Content>();
  readonly #indexIds = [BY_ID, BY_GROUP];
  store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  set(n: number, content: Content | null, tsMicros: number): void {
    const before = this.#live.get(n);
    if (before === undefined && content === null) return;
    const puts = content === null ? [] : this.#entries(n, content);
    const removes = (before === undefined ? [] : this.#entries(n, before)).filter(
      ({ indexId, key }) =>
        !puts.some((put) => put.indexId === indexId && put.key.join() === key.join()),
    );
    const text = content === null ? null : JSON.stringify(content);
    this.store.write({ tableId: 1, internalId: internalId(n), text, puts, removes }, tsMicros);
    if (content === null) this.#live.delete(n);
    else this.#live.set(n, content);
  }

  /** A new index: filled document by document, while others are written. */
  backfill(n: number): void {
    const row = this.store.lookup(BY_ID, internalId(n));
    const content = this.#live.get(n);
    if (!this.#indexIds.includes(LATER_INDEX)) this.#indexIds.push(LATER_INDEX);
    if (row === null || content === undefined) return;
    this.store.putEntry(LATER_INDEX, keyOf(LATER_INDEX, n, content), row.seq);
  }

  expectAllThere(): void {
    const texts = (indexId: number) =>
      this.store.scan(indexId, EVERYTHING, ALL).map((row) => row.text);
    const expected = [...this.#live].sort(([a], [b]) => a - b);
    expect(texts(BY_ID)).toEqual(expected.map(([, content]) => JSON.stringify(content)));
    const grouped = expected.sort(([, a], [, b]) => a.group - b.group);
    expect(texts(BY_GROUP)).toEqual(grouped.map(([, content]) => JSON.stringify(content)));
    for (const row of this.store.scan(LATER_INDEX, EVERYTHING, ALL)) {
      expect(row.text).toBe(JSON.stringify(this.#live.get(row.key.at(-13) ?? -1)));
    }
  }

  get liveCount(): number {
    return this.#live.size;
  }

  #entries(n: number, content: Content) {
    return this.#indexIds.map((indexId) => ({ indexId, key: keyOf(indexId, n, content) }));
  }
}

function keyOf(indexId: number, n: number, { group }: Content): Uint8Array {
  const id = internalId(n);
  return indexId === BY_ID ? id : new Uint8Array([group, ...id]);
}

function sweepAll(store: Store, beforeMicros = Number.MAX_SAFE_INTEGER): void {
  while (store.sweep({ beforeMicros, durationMs: 1 }));
}

/** Looks into the file from outside. */
function inside<T>(folder: string, look: (sql: (sql: string) => unknown) => T): T {
  const database = openDatabase(join(folder, "data.sqlite"), { readOnly: true });
  try {
    return look((sql) => single(database, sql));
  } finally {
    database.close();
  }
}

const revisionsIn = (folder: string) =>
  Number(inside(folder, (sql) => sql("SELECT count(*) FROM revisions")));

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      n: fc.nat(7),
      content: fc.option(fc.record({ group: fc.nat(3), text: fc.string({ maxLength: 4 }) })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("backfill" as const), n: fc.nat(7) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("commit" as const, "reopen" as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("sweep" as const),
      ageMicros: fc.nat(5),
      durationMs: fc.constantFrom(0, 5),
    }),
  },
);

describe("sweeping", () => {
  test("leaves every live read as it was, in any history, and in the end only what is live", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (history) => {
        const folder = newFolder();
        const documents = new Documents(openStore(folder));
        const commit = () => documents.store.commit(documents.store.lastTsMicros() + 1);
        documents.store.begin();
        for (const { ...op } of history) {
          if (op.kind === "set") {
            documents.set(op.n, op.content, documents.store.lastTsMicros() + 1);
            continue;
          }
          if (op.kind === "backfill") {
            documents.backfill(op.n);
            continue;
          }
          commit();
          if (op.kind === "reopen") {
            documents.store.close();
            documents.store = openStore(folder);
          } else if (op.kind === "sweep") {
            const beforeMicros = documents.store.lastTsMicros() - op.ageMicros;
            documents.store.sweep({ beforeMicros, durationMs: op.durationMs });
          }
          documents.expectAllThere();
          documents.store.begin();
        }
        commit();
        sweepAll(documents.store);
        documents.expectAllThere();
        // The newest row stays, and what it replaced, until something is written after it.
        expect(revisionsIn(folder)).toBeLessThanOrEqual(documents.liveCount + 2);
        documents.store.close();
      }),
      { numRuns: 300 },
    );
  });

  test("takes nothing that was replaced within the time that is kept", () => {
    const folder = newFolder();
    const store = newStore(folder);
    const documents = new Documents(store);
    const times = [1, 2, 3, 4].map((version) =>
      transact(store, (ts) => {
        documents.set(1, { group: 0, text: `version ${version}` }, ts);
        return ts;
      }),
    );
    transact(store, (ts) => documents.set(2, { group: 0, text: "newest" }, ts));
    sweepAll(store, times[2]);
    expect(revisionsIn(folder)).toBe(3);
    sweepAll(store, times[3]);
    expect(revisionsIn(folder)).toBe(2);
  });

  test("never frees the newest number, so that no two revisions have the same", () => {
    const store = newStore();
    const documents = new Documents(store);
    transact(store, (ts) => documents.set(1, { group: 0, text: "a" }, ts));
    transact(store, (ts) => documents.set(1, null, ts));
    sweepAll(store);
    for (const text of ["b", "c"]) {
      transact(store, (ts) => documents.set(1, { group: 0, text }, ts));
      sweepAll(store);
    }
    expect(store.lookup(BY_ID, internalId(1))?.seq).toBe(4);
    transact(store, (ts) => documents.set(2, { group: 0, text: "d" }, ts));
    sweepAll(store);
    expect(revisionsIn(store.folder)).toBe(2);
  });

  test("the file stops growing under overwriting", () => {
    const folder = newFolder();
    const store = newStore(folder);
    const documents = new Documents(store);
    const filler = "x".repeat(1000);
    const overwrite = (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        transact(store, (ts) => {
          for (let n = 0; n < 100; n++) documents.set(n, { group: round % 3, text: filler }, ts);
        });
        store.sweep({ beforeMicros: store.lastTsMicros() - 3, durationMs: 50 });
      }
      return Number(inside(folder, (sql) => sql("SELECT page_count FROM pragma_page_count")));
    };
    const pages = overwrite(30);
    expect(overwrite(300)).toBeLessThanOrEqual(pages * 1.2);
    documents.expectAllThere();
  });

  test("takes the entries of a large dropped index by and by; other indexes stay", () => {
    const folder = newFolder();
    let store = openStore(folder);
    const documents = new Documents(store);
    const count = 3000;
    transact(store, (ts) => {
      for (let n = 0; n < count; n++) documents.set(n, { group: 1, text: "x" }, ts);
    });
    store.begin();
    store.dropIndex(BY_GROUP);
    expect(store.count(BY_GROUP)).toBeGreaterThan(count / 2);
    store.rollback();
    expect(store.count(BY_GROUP)).toBe(count);
    transact(store, () => store.dropIndex(BY_GROUP));
    store.sweep({ beforeMicros: 0, durationMs: 0 });
    expect(store.count(BY_GROUP)).toBeGreaterThan(0);
    store.close();
    store = newStore(folder);
    sweepAll(store, 0);
    expect(store.count(BY_GROUP)).toBe(0);
    expect(store.count(BY_ID)).toBe(count);
    expect(store.sweep({ beforeMicros: 0, durationMs: 1_000 })).toBe(false);
  });

  test("waits for no open transaction, and says so", () => {
    const store = newStore();
    store.begin();
    expect(() => store.sweep({ beforeMicros: 0, durationMs: 1 })).toThrow("transaction is open");
    store.rollback();
  });
});

test("a kill in the middle of sweeping loses nothing", { timeout: 60_000 }, async () => {
  const folder = newFolder();
  const acknowledged = new Map<number, number>();
  for (let round = 0; round < 8; round++) {
    const command = runCommand(SCRIPT, [folder]);
    onTestFinished(() => void command.process.kill("SIGKILL"));
    command.process.stdout?.on("data", () => {
      if (command.stdout().length > 1000 + 700 * round) command.process.kill("SIGKILL");
    });
    expect(await command.ended).toEqual({ code: null, signal: "SIGKILL" });
    for (const line of command.stdout().split("\n").slice(0, -1)) {
      const [n, version] = line.split(" ").map(Number);
      acknowledged.set(n ?? -1, version ?? -1);
    }
    const store = openStore(folder);
    for (const [n, version] of acknowledged) {
      const row = store.lookup(BY_ID, internalId(n));
      const found = (JSON.parse(row?.text ?? "{}") as { version?: number }).version;
      expect(found, `document ${n}`).toBeGreaterThanOrEqual(version);
    }
    expect(store.count(BY_ID)).toBe(acknowledged.size);
    store.close();
  }
  expect(acknowledged.size).toBe(20);
  const store = openStore(folder);
  sweepAll(store);
  store.close();
  expect(revisionsIn(folder)).toBeLessThanOrEqual(22);
  expect(statSync(join(folder, "data.sqlite")).size).toBeLessThan(2_000_000);
});

test("an entry whose revision is missing is a damaged file, not an absent document", () => {
  const folder = newFolder();
  const store = newStore(folder);
  const documents = new Documents(store);
  transact(store, (ts) => documents.set(1, { group: 1, text: "a" }, ts));
  transact(store, () => store.putEntry(BY_GROUP, new Uint8Array([9]), 77));
  const scanned = refusal(() => store.scan(BY_GROUP, EVERYTHING, ALL));
  expect(scanned.kind).toBe("damaged");
  expect(scanned.message).toContain("revision 77, which is missing");
  expect(refusal(() => store.lookup(BY_GROUP, new Uint8Array([9]))).kind).toBe("damaged");
});

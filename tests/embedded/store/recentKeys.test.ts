/** Bare keys wait in memory before they are moved together; readers, rollbacks and restarts notice nothing of it. */
import fc from "fast-check";
import { DatabaseSync } from "@photostructure/sqlite";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DATA_FILE } from "../../../src/embedded/store/dataFile";
import { openStore } from "../../../src/embedded/store/sqlite";
import type { IndexKey, KeyRange, Store } from "../../../src/embedded/store/store";
import { compareKeys } from "../../../src/embedded/values/keys";
import { internalId, newFolder, newStore } from "./folders";

const INDEXES = [1, 2];
/** So few that they are moved again and again. */
const RECENT_KEYS_MAX = 12;

const key = fc
  .uint8Array({ minLength: 1, maxLength: 3 })
  .map((bytes) => bytes.map((byte) => [0, 1, 127, 128, 255][byte % 5] ?? 0));
const indexKeys = fc.array(fc.record({ indexId: fc.constantFrom(...INDEXES), key }), {
  maxLength: 6,
});
const range: fc.Arbitrary<KeyRange> = fc.record({
  lower: fc.oneof(fc.constant(new Uint8Array(0)), key),
  upper: fc.oneof(fc.constant(null), key),
});

type Op =
  | { kind: "write"; puts: IndexKey[]; removes: IndexKey[] }
  | { kind: "read"; indexId: number; range: KeyRange; limit: number }
  | { kind: "dropIndex"; indexId: number }
  | { kind: "commit" }
  | { kind: "rollback" }
  | { kind: "reopen" };

const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      puts: indexKeys,
      removes: indexKeys,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      indexId: fc.constantFrom(...INDEXES),
      range,
      limit: fc.nat(5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("dropIndex" as const),
      indexId: fc.constantFrom(...INDEXES),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "commit" } as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom({ kind: "rollback" } as const, { kind: "reopen" } as const),
  },
);

const textOf = ({ indexId, key: bytes }: IndexKey) =>
  `${indexId}:${Buffer.from(bytes).toString("hex")}`;

/** All keys that there are, as texts. */
type Keys = ReadonlySet<string>;

function read(keys: Keys, indexId: number, { lower, upper }: KeyRange): Uint8Array[] {
  return [...keys]
    .filter((text) => text.startsWith(`${indexId}:`))
    .map((text) => new Uint8Array(Buffer.from(text.slice(text.indexOf(":") + 1), "hex")))
    .filter(
      (one) => compareKeys(one, lower) >= 0 && (upper === null || compareKeys(one, upper) < 0),
    )
    .toSorted(compareKeys);
}

class History {
  #store: Store;
  #committed: Keys = new Set();
  #now = new Set<string>();
  #isOpen = false;
  #tsMicros = 1;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#store = this.#open();
  }

  perform(step: Op): void {
    if (step.kind === "read") return this.#read(step);
    if (step.kind === "commit") return this.#commit();
    if (step.kind === "rollback") return this.#rollback();
    if (step.kind === "reopen") {
      this.#rollback();
      this.close();
      this.#store = this.#open();
      return;
    }
    this.#begin();
    if (step.kind === "dropIndex") {
      this.#store.dropIndex(step.indexId);
      for (const text of this.#now) if (text.startsWith(`${step.indexId}:`)) this.#now.delete(text);
      return;
    }
    const { puts, removes } = step;
    this.#store.write(
      {
        tableId: 9,
        internalId: internalId(1),
        text: "{}",
        puts: [],
        removes: [],
        bareKeys: { puts, removes },
      },
      this.#tsMicros,
    );
    for (const one of removes) this.#now.delete(textOf(one));
    for (const one of puts) this.#now.add(textOf(one));
  }

  readAll(): void {
    for (const indexId of INDEXES) {
      this.#read({ indexId, range: { lower: new Uint8Array(0), upper: null }, limit: 1_000 });
    }
  }

  close(): void {
    this.#store.close();
  }

  #open(): Store {
    return openStore(this.#folder, { recentKeysMax: RECENT_KEYS_MAX });
  }

  #begin(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#tsMicros++;
    this.#store.begin();
  }

  #commit(): void {
    this.#begin();
    this.#store.commit(this.#tsMicros);
    this.#committed = new Set(this.#now);
    this.#isOpen = false;
  }

  #rollback(): void {
    this.#store.rollback();
    this.#now = new Set(this.#committed);
    this.#isOpen = false;
  }

  #read({ indexId, range: of, limit }: { indexId: number; range: KeyRange; limit: number }): void {
    const expected = read(this.#now, indexId, of).slice(0, limit);
    expect(this.#store.keys(indexId, of, limit)).toEqual(expected);
  }
}

test("whatever happens, readers see the keys that there are", () => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 40 }), (steps) => {
      const history = new History(newFolder());
      try {
        for (const step of steps) history.perform(step);
        history.readAll();
        history.perform({ kind: "reopen" });
        history.readAll();
      } finally {
        history.close();
      }
    }),
    { numRuns: 600 },
  );
});

/** What is in the file, by the tables' names. */
function rowsIn(folder: string): Record<"entries" | "recent_keys", number> {
  const database = new DatabaseSync(join(folder, DATA_FILE), { readOnly: true });
  const count = (table: string) =>
    Number((database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n);
  const rows = { entries: count("entries"), recent_keys: count("recent_keys") };
  database.close();
  return rows;
}

function put(store: Store, tsMicros: number, count: number): void {
  const puts = Array.from({ length: count }, (_, n) => ({
    indexId: 1,
    key: Uint8Array.of(tsMicros, n),
  }));
  const bareKeys = { puts, removes: [] };
  store.begin();
  store.write(
    { tableId: 9, internalId: internalId(1), text: "{}", puts: [], removes: [], bareKeys },
    tsMicros,
  );
  store.commit(tsMicros);
}

test("a commit writes one row for all of its keys, and the one that fills the room moves all", () => {
  const folder = newFolder();
  const store = newStore(folder, { recentKeysMax: 100 });
  put(store, 1, 60);
  expect(rowsIn(folder)).toEqual({ entries: 0, recent_keys: 1 });
  put(store, 2, 40);
  expect(rowsIn(folder)).toEqual({ entries: 0, recent_keys: 2 });
  put(store, 3, 1);
  expect(rowsIn(folder)).toEqual({ entries: 101, recent_keys: 0 });
});

/** Random histories of writes, rollbacks, reads and restarts, held against a plain Map. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openStore } from "../../../src/embedded/store/sqlite";
import type { IndexRow, KeyRange, Store } from "../../../src/embedded/store/store";
import { compareKeys } from "../../../src/embedded/values/keys";
import { internalId, newFolder } from "./folders";

const INDEXES = [1, 2, 300];

/** Few and short, so that documents meet, and with the bytes at which orders go wrong. */
const key = fc
  .uint8Array({ minLength: 1, maxLength: 3 })
  .map((bytes) => bytes.map((byte) => [0, 1, 127, 128, 255][byte % 5] ?? 0));
const entries = fc.array(fc.record({ indexId: fc.constantFrom(...INDEXES), key }), {
  maxLength: 4,
});
const range: fc.Arbitrary<KeyRange> = fc.record({
  lower: fc.oneof(fc.constant(new Uint8Array(0)), key),
  upper: fc.oneof(fc.constant(null), key),
});

type Op =
  | { kind: "write"; n: number; text: string | null; puts: Entry[]; removes: Entry[] }
  | { kind: "scan"; indexId: number; range: KeyRange; order: "asc" | "desc"; limit: number }
  | { kind: "dropIndex"; indexId: number }
  | { kind: "setSetting"; name: string; value: string | null }
  | { kind: "commit" | "rollback" | "reopen" };
type Entry = { indexId: number; key: Uint8Array };

const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      n: fc.nat(5),
      text: fc.option(
        fc.string({ unit: "binary", maxLength: 5 }).map((text) => JSON.stringify(text)),
      ),
      puts: entries,
      removes: entries,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("scan" as const),
      indexId: fc.constantFrom(...INDEXES),
      range,
      order: fc.constantFrom("asc" as const, "desc" as const),
      limit: fc.nat(6),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("dropIndex" as const),
      indexId: fc.constantFrom(...INDEXES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("setSetting" as const),
      name: fc.constantFrom("a", "b"),
      value: fc.option(fc.string({ unit: "grapheme" })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("commit" as const, "rollback" as const, "reopen" as const),
    }),
  },
);

type Row = { indexId: number; key: Uint8Array; seq: number; text: string };

/** The store as it should be: its entries by index and key, and its settings. */
class Model {
  rows = new Map<string, Row>();
  settings = new Map<string, string>();

  copy(): Model {
    const copy = new Model();
    copy.rows = new Map(this.rows);
    copy.settings = new Map(this.settings);
    return copy;
  }

  put(row: Row): void {
    this.rows.set(nameOf(row), row);
  }

  remove(entry: Entry): void {
    this.rows.delete(nameOf(entry));
  }

  of(indexId: number): Row[] {
    return [...this.rows.values()]
      .filter((row) => row.indexId === indexId)
      .sort((a, b) => compareKeys(a.key, b.key));
  }

  scan(indexId: number, { lower, upper }: KeyRange, order: "asc" | "desc"): Row[] {
    const rows = this.of(indexId).filter(
      (row) =>
        compareKeys(row.key, lower) >= 0 && (upper === null || compareKeys(row.key, upper) < 0),
    );
    return order === "asc" ? rows : rows.reverse();
  }
}

const nameOf = ({ indexId, key: bytes }: Entry) => `${indexId}:${[...bytes].join(".")}`;

const plain = ({ key: bytes, seq, text }: IndexRow) => ({ key: bytes, seq, text });

function expectSame(store: Store, model: Model): void {
  for (const indexId of INDEXES) {
    const expected = model.of(indexId);
    expect(store.count(indexId)).toBe(expected.length);
    const everything = { lower: new Uint8Array(0), upper: null };
    const rows = store.scan(indexId, everything, { order: "asc", limit: 1000 });
    expect(rows.map(plain)).toEqual(expected.map(plain));
    for (const row of expected) {
      expect(store.lookup(indexId, row.key)).toEqual({ seq: row.seq, text: row.text });
    }
  }
  for (const name of ["a", "b"]) {
    expect(store.getSetting(name)).toBe(model.settings.get(name) ?? null);
  }
}

/** Runs a history on a store and on the model side by side. */
function replay(history: readonly Op[], folder: string): void {
  let store = openStore(folder);
  let committed = new Model();
  let current = committed.copy();
  let ts = 0;
  let seqMax = 0;
  store.begin();
  try {
    for (const step of history) {
      switch (step.kind) {
        case "write": {
          const { n, text, puts, removes } = step;
          // A deleted document leaves no entries behind.
          const change = { text, puts: text === null ? [] : puts, removes };
          const seq = store.write(
            { tableId: 1, internalId: internalId(n), ...change },
            store.lastTsMicros() + 1,
          );
          expect(seq).toBeGreaterThan(seqMax);
          seqMax = seq;
          for (const entry of change.removes) current.remove(entry);
          for (const entry of change.puts) current.put({ ...entry, seq, text: text ?? "" });
          break;
        }
        case "scan": {
          const { indexId, range: bounds, order, limit } = step;
          const rows = store.scan(indexId, bounds, { order, limit });
          const expected = current.scan(indexId, bounds, order).slice(0, limit);
          expect(rows.map((row) => [...row.key])).toEqual(expected.map((row) => [...row.key]));
          break;
        }
        case "dropIndex":
          store.dropIndex(step.indexId);
          for (const row of current.of(step.indexId)) current.remove(row);
          break;
        case "setSetting":
          store.setSetting(step.name, step.value);
          if (step.value === null) current.settings.delete(step.name);
          else current.settings.set(step.name, step.value);
          break;
        case "commit":
          ts = store.lastTsMicros() + 3;
          store.commit(ts);
          committed = current.copy();
          store.begin();
          break;
        case "rollback":
        case "reopen":
          if (step.kind === "rollback") store.rollback();
          else {
            store.close();
            store = openStore(folder);
          }
          expect(store.lastTsMicros()).toBe(ts);
          current = committed.copy();
          // What is taken back also frees its place in the log.
          seqMax = 0;
          store.begin();
          break;
      }
      expectSame(store, current);
    }
  } finally {
    store.close();
  }
}

test("any history leaves the store as the model says", () => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 40 }), (history) => replay(history, newFolder())),
    { numRuns: 150 },
  );
});

/** Read sets: wide enough that no change goes unnoticed, narrow enough that others do. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IntervalIndex } from "../../../src/embedded/engine/intervalIndex";
import { isEmpty, MergingReadSet, overlaps } from "../../../src/embedded/engine/readSet";
import type { KeyRange } from "../../../src/embedded/store/store";
import { compareKeys, keySuccessor } from "../../../src/embedded/values/keys";
import type { JsonDocument } from "../../../src/embedded/values/json";
import { assertCounted } from "../../support/countedProperty";
import { newStore } from "../store/folders";
import { fields, INDEXES, perform, randomQuery, toQueryJson, write } from "./arbitraries";
import { fullTableScan, indexRange, newDatabase, type Db } from "./database";

/** Ways of reading, each a function that gives the same for the same data. */
const reading = fc.oneof(
  fc.tuple(randomQuery, fc.nat(5)).map(([make, limit]) => (docs: JsonDocument[]) => {
    const query = toQueryJson(make(docs));
    return (db: Db) => db.take(query, limit);
  }),
  randomQuery.map((make) => (docs: JsonDocument[]) => {
    const query = toQueryJson(make(docs));
    return (db: Db) => db.collect(query);
  }),
  // Left open: what was read of it counts all the same.
  fc.tuple(randomQuery, fc.nat(4)).map(([make, count]) => (docs: JsonDocument[]) => {
    const query = toQueryJson(make(docs));
    return (db: Db) => {
      const stream = db.stream(query);
      return Array.from({ length: count }, () => stream).reduce<unknown[]>(
        (rows, open) => (rows.at(-1) === null ? rows : [...rows, open.next()]),
        [],
      );
    };
  }),
  fc.tuple(randomQuery, fc.integer({ min: 1, max: 4 })).map(([make, numItems]) => {
    return (docs: JsonDocument[]) => {
      const query = toQueryJson(make(docs));
      return (db: Db) => db.paginate(query, { numItems });
    };
  }),
  fc.nat(1000).map((which) => (docs: JsonDocument[]) => {
    const id = docs[which % docs.length]?._id;
    return (db: Db) => (id === undefined ? null : db.get(id));
  }),
  fc.constant(() => (db: Db) => db.count("t")),
  fc.constant(
    () => (db: Db) => db.tx.list("", { table: "t", index: "by_a_b", prefix: [0] }, { limit: 2 }),
  ),
);

describe("a read set", () => {
  test("is touched by every commit that changes what was read", async () => {
    const store = newStore();
    let changed = 0;
    let untouched = 0;
    await assertCounted(
      fc.property(
        fc.array(fields, { maxLength: 25 }),
        fc.array(reading, { minLength: 1, maxLength: 6 }),
        fc.array(write, { minLength: 1, maxLength: 3 }),
        (committed, readings, writes) => {
          const database = newDatabase({ t: { indexes: INDEXES } }, store);
          const docs = new Map<string, JsonDocument>();
          database.commit((db) =>
            committed.forEach((value) => perform(db, docs, { kind: "insert", value })),
          );
          const reads = readings.map((make) => make([...docs.values()]));
          const run = (read: (db: Db) => unknown) => {
            const db = database.query();
            const result = JSON.stringify(read(db));
            return { result, readSet: db.tx.readSet };
          };
          const before = reads.map(run);
          const { footprint } = database.commit((db) =>
            writes.forEach((action) => perform(db, docs, action)),
          );
          for (const [i, read] of reads.entries()) {
            const { result, readSet } = before[i]!;
            if (run(read).result !== result) {
              changed++;
              expect(overlaps(readSet, footprint)).toBe(true);
            } else if (!overlaps(readSet, footprint)) {
              untouched++;
            }
          }
        },
      ),
      300,
      () => {
        // Both happen often: the property above is not empty, and not met by touching everything.
        expect(changed).toBeGreaterThan(50);
        expect(untouched).toBeGreaterThan(100);
      },
    );
  });

  describe("is touched by what it depends on, and by nothing else", () => {
    const eq = (value: number) => [{ type: "Eq", fieldPath: "n", value }];
    type Case = [
      reads: string,
      read: (db: Db, idOf: (n: number) => string) => unknown,
      touches: ((db: Db, idOf: (n: number) => string) => unknown)[],
      passes: ((db: Db, idOf: (n: number) => string) => unknown)[],
    ];
    const insert = (n: number) => (db: Db) => db.insert("t", { n });
    const patch = (n: number, value: object) => (db: Db, idOf: (n: number) => string) =>
      db.patch(idOf(n), value as never);
    const remove = (n: number) => (db: Db, idOf: (n: number) => string) => db.delete(idOf(n));

    const cases: Case[] = [
      [
        "one document",
        (db, idOf) => db.get(idOf(2)),
        [patch(2, { x: 1 }), remove(2)],
        [patch(3, { x: 1 }), remove(3), insert(2), (db) => db.insert("u", {})],
      ],
      [
        "an empty range",
        (db) => db.collect(indexRange("t.by_n", eq(2.5))),
        [insert(2.5), patch(3, { n: 2.5 })],
        [insert(2), insert(3), remove(2), patch(3, { x: 1 })],
      ],
      [
        "the first two rows of a range",
        (db) => db.take(indexRange("t.by_n"), 2),
        [insert(-1), insert(0.5), remove(1), patch(0, { n: 9 }), patch(1, { x: 1 })],
        [insert(1.5), insert(7), remove(2), patch(3, { n: 4 }), patch(4, { x: 1 })],
      ],
      [
        "the last row, in descending order",
        (db) => db.take(indexRange("t.by_n", [], "desc"), 1),
        [insert(99), remove(4), patch(0, { n: 50 })],
        [insert(3.5), remove(3), patch(0, { n: 3.5 })],
      ],
      [
        "all rows, through a filter that drops most",
        (db) =>
          db.collect({
            ...indexRange("t.by_n"),
            operators: [{ filter: { $eq: [{ $field: "n" }, { $literal: 3 }] } }],
          }),
        [insert(100), patch(0, { x: 1 })],
        [(db) => db.insert("u", {})],
      ],
      [
        "no row of a query that was only begun",
        (db) => db.stream(indexRange("t.by_n")),
        [],
        [insert(-1), remove(0)],
      ],
      [
        "the two rows that were read of an open query",
        (db) => {
          const stream = db.stream(indexRange("t.by_n"));
          stream.next();
          return stream.next();
        },
        [insert(-1), insert(0.5), remove(1)],
        [insert(1.5), remove(2)],
      ],
      [
        "a page up to its last row",
        (db) => db.paginate(indexRange("t.by_n"), { numItems: 3 }),
        [insert(-1), remove(2)],
        [insert(2.5), remove(3)],
      ],
      [
        "a table that does not exist",
        (db) => db.collect(fullTableScan("later")),
        [(db) => db.insert("later", {})],
        [insert(1), (db) => db.insert("other", {})],
      ],
      [
        "a query that failed for want of the table",
        (db) => expect(() => db.collect(indexRange("later.by_id"))).toThrow("not found"),
        [(db) => db.insert("later", {})],
        [],
      ],
      [
        "the number of rows",
        (db) => db.count("t"),
        [insert(9), remove(0)],
        [(db) => db.insert("u", {})],
      ],
    ];

    for (const [reads, read, touches, passes] of cases) {
      test(reads, () => {
        const database = newDatabase({ t: { indexes: { by_n: ["n"] } }, u: {} });
        const { result: idList } = database.commit((db) =>
          [0, 1, 2, 3, 4].map((n) => db.insert("t", { n })),
        );
        const idOf = (n: number) => idList[n]!;
        const outcome = (action: Case[2][number]) => {
          const db = database.query();
          read(db, idOf);
          // Written and dropped: what it would have touched is looked at, the data stays.
          const writer = database.mutation();
          database.store.begin();
          action(writer, idOf);
          const footprint = writer.tx.apply(database.store.lastTsMicros() + 1);
          database.store.rollback();
          return overlaps(db.tx.readSet, footprint);
        };
        expect(touches.map(outcome)).toEqual(touches.map(() => true));
        expect(passes.map(outcome)).toEqual(passes.map(() => false));
      });
    }
  });

  test("is touched by the place of a document that was looked for and not found", () => {
    const database = newDatabase({ t: {} });
    const { result: id } = database.commit((db) => db.insert("t", {}));
    const { footprint } = database.commit((db) => db.delete(id));
    const db = database.query();
    expect(db.get(id)).toBeNull();
    expect(overlaps(db.tx.readSet, footprint)).toBe(true);
  });

  test("holds disjoint intervals in order, the union of what was added", () => {
    fc.assert(
      fc.property(fc.array(keyRange, { maxLength: 20 }), (ranges) => {
        const readSet = new MergingReadSet();
        for (const range of ranges) readSet.add(7, range);
        const merged = readSet.intervals.get(7) ?? [];
        expect(readSet.size).toBe(merged.length);
        for (const [i, { lower }] of merged.entries()) {
          const before = merged[i - 1];
          if (before === undefined) continue;
          expect(before.upper).not.toBeNull();
          expect(compareKeys(before.upper!, lower)).toBeLessThan(0);
        }
        for (const key of allKeys) {
          const isIn = ranges.some((range) => contains(range, key));
          expect(merged.some((range) => contains(range, key))).toBe(isIn);
          expect(overlaps(readSet, [{ indexId: 7, key }])).toBe(isIn);
          expect(overlaps(readSet, [{ indexId: 8, key }])).toBe(false);
        }
      }),
    );
  });
});

const ascending = (a: number, b: number) => a - b;

const BYTES = [0, 1, 0x7f, 0x80, 0xff];
const allKeys: Uint8Array[] = [
  [],
  ...BYTES.map((a) => [a]),
  ...BYTES.flatMap((a) => BYTES.map((b) => [a, b])),
].map((bytes) => Uint8Array.from(bytes));
const key = fc.constantFrom(...allKeys);
const keyRange: fc.Arbitrary<KeyRange> = fc.oneof(
  fc.record({ lower: key, upper: fc.option(key, { freq: 5 }) }),
  key.map((lower) => ({ lower, upper: keySuccessor(lower) })),
);

function contains(range: KeyRange, point: Uint8Array): boolean {
  if (isEmpty(range) || compareKeys(range.lower, point) > 0) return false;
  return range.upper === null || compareKeys(point, range.upper) < 0;
}

describe("the interval index", () => {
  const readSets = fc.array(fc.tuple(fc.constantFrom(1, 2), keyRange), { maxLength: 4 });
  const op = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constant("add" as const), fc.nat(15), readSets) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("remove" as const), fc.nat(15)) },
  );

  test("finds whom asking every read set would find", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 40 }), fc.array(key, { maxLength: 4 }), (ops, keys) => {
        const index = new IntervalIndex<number>();
        const all = new Map<number, MergingReadSet>();
        for (const [kind, id, ranges] of ops) {
          const before = all.get(id);
          if (before !== undefined) index.remove(id, before);
          if (kind === "remove") {
            all.delete(id);
          } else {
            const readSet = new MergingReadSet();
            for (const [indexId, range] of ranges!) readSet.add(indexId, range);
            index.add(id, readSet);
            all.set(id, readSet);
          }
          for (const point of allKeys) {
            const footprint = [{ indexId: 1, key: point }];
            const expected = [...all].filter(([, readSet]) => overlaps(readSet, footprint));
            expect([...index.touchedBy(footprint)].sort(ascending)).toEqual(
              expected.map(([subscriber]) => subscriber).sort(ascending),
            );
          }
        }
        const footprint = keys.flatMap((point) =>
          [1, 2].map((indexId) => ({ indexId, key: point })),
        );
        const expected = [...all].filter(([, readSet]) => overlaps(readSet, footprint));
        expect([...index.touchedBy(footprint)].sort(ascending)).toEqual(
          expected.map(([subscriber]) => subscriber).sort(ascending),
        );
      }),
    );
  });

  test("keeps the others of a key that one subscriber leaves", () => {
    const index = new IntervalIndex<string>();
    const key = Uint8Array.from([5]);
    const readSet = new MergingReadSet();
    readSet.add(1, { lower: key, upper: keySuccessor(key) });
    for (const id of ["a", "b", "c"]) index.add(id, readSet);
    const left = (id: string) => {
      index.remove(id, readSet);
      return [...index.touchedBy([{ indexId: 1, key }])];
    };
    expect(["a", "b", "c"].map(left)).toEqual([["b", "c"], ["c"], []]);
  });

  test("stays shallow with many subscribers, whatever the order they come in", () => {
    const index = new IntervalIndex<number>();
    const COUNT = 20_000;
    const keyOf = (n: number) => Uint8Array.from([n >> 16, n >> 8, n]);
    const readSetOf = (n: number) => {
      const readSet = new MergingReadSet();
      readSet.add(1, { lower: keyOf(n), upper: keyOf(n + 3) });
      return readSet;
    };
    for (let n = 0; n < COUNT; n++) index.add(n, readSetOf(n));
    // A tree as deep as a list would overflow the stack here.
    for (let n = 2; n < COUNT; n += 97) {
      expect([...index.touchedBy([{ indexId: 1, key: keyOf(n) }])].sort((a, b) => a - b)).toEqual([
        n - 2,
        n - 1,
        n,
      ]);
    }
    for (let n = 0; n < COUNT; n++) index.remove(n, readSetOf(n));
    expect(index.touchedBy([{ indexId: 1, key: keyOf(5) }]).size).toBe(0);
  });
});

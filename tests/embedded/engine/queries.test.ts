/** Queries over indexes, held against filtering and sorting all documents. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonDocument } from "../../../src/embedded/values/json";
import { newStore } from "../store/folders";
import {
  fewValues,
  fields,
  INDEX_FIELDS,
  INDEXES,
  perform,
  randomQuery,
  toQueryJson,
  write,
} from "./arbitraries";
import { fullTableScan, ids, indexRange, newDatabase } from "./database";
import { rangeOf, toJson } from "./model";

describe("an index range", () => {
  test("is what filtering and sorting all documents gives, with uncommitted writes mixed in", () => {
    const store = newStore();
    fc.assert(
      fc.property(
        fc.array(fields, { maxLength: 40 }),
        fc.array(write, { maxLength: 12 }),
        fc.array(fc.tuple(randomQuery, fc.option(fc.nat(6), { freq: 2 })), {
          minLength: 1,
          maxLength: 8,
        }),
        (committed, writes, queries) => {
          const { commit, mutation } = newDatabase({ t: { indexes: INDEXES } }, store);
          const docs = new Map<string, JsonDocument>();
          commit((db) =>
            committed.forEach((value) => perform(db, docs, { kind: "insert", value })),
          );
          const db = mutation();
          for (const action of writes) perform(db, docs, action);

          for (const [make, limit] of queries) {
            const query = make([...docs.values()]);
            const expected = rangeOf(docs.values(), INDEX_FIELDS[query.indexName]!, query);
            const json = toQueryJson(query);
            if (limit === null) expect(db.collect(json)).toEqual(expected);
            else expect(db.take(json, limit)).toEqual(expected.slice(0, limit));
          }
          expect(db.count("t")).toBe(docs.size);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("takes any value as a bound of the id, also one that is no id", () => {
    const { commit, mutation } = newDatabase({ t: {} });
    const docs: JsonDocument[] = [];
    commit((db) => {
      for (let i = 0; i < 20; i++) docs.push(db.get(db.insert("t", {})) as JsonDocument);
    });
    const db = mutation();
    const texts = docs.flatMap(({ _id }) => [
      _id.slice(0, 20),
      `${_id.slice(0, 10)}~`,
      `${_id}x`,
      `${_id.slice(0, 31)}0`,
    ]);
    const values = ["", "j", "j5", "zzzz", "😀", null, undefined, 7, [], { x: 1 }, ...texts];
    for (const value of values) {
      for (const type of ["Eq", "Gt", "Gte", "Lt", "Lte"] as const) {
        const range = [{ type, fieldPath: "_id", value }];
        expect(db.collect(indexRange("t.by_id", range.map(toJson)))).toEqual(
          rangeOf(docs, ["_id"], { range, order: "asc" }),
        );
      }
    }
  });

  test("of more rows than one chunk holds comes whole, in both orders", () => {
    const { commit, query, mutation } = newDatabase({ t: { indexes: { by_n: ["n"] } } });
    const ROWS = 1300;
    commit((db) => {
      for (let n = 0; n < ROWS; n++) db.insert("t", { n });
    });
    const up = [...Array(ROWS).keys()];
    const numbers = (rows: JsonDocument[]) => rows.map((row) => row["n"]);
    expect(numbers(query().collect(indexRange("t.by_n")))).toEqual(up);
    expect(numbers(query().collect(fullTableScan("t", "desc")))).toEqual(up.toReversed());

    const db = mutation();
    for (const row of db.collect(fullTableScan("t"))) {
      if ((row["n"] as number) % 3 === 0) db.delete(row._id);
    }
    const kept = up.filter((n) => n % 3 !== 0);
    expect(numbers(db.collect(indexRange("t.by_n", [], "desc")))).toEqual(kept.toReversed());
    expect(numbers(db.take(indexRange("t.by_n"), 700))).toEqual(kept.slice(0, 700));
  });

  test("may name its equalities in any order", () => {
    const { mutation } = newDatabase({ t: { indexes: INDEXES } });
    const db = mutation();
    const id = db.insert("t", { a: 1, b: 2 });
    db.insert("t", { a: 1, b: 3 });
    const range = [
      { type: "Eq", fieldPath: "b", value: 2 },
      { type: "Eq", fieldPath: "a", value: 1 },
    ];
    expect(ids(db.collect(indexRange("t.by_a_b", range)))).toEqual([id]);
  });
});

describe("a range that an index cannot serve", () => {
  const eq = (fieldPath: string, value: number) => ({ type: "Eq", fieldPath, value });
  const gt = (fieldPath: string, value: number) => ({ type: "Gt", fieldPath, value });
  const lt = (fieldPath: string, value: number) => ({ type: "Lt", fieldPath, value });

  test.each([
    [[eq("b", 1)], "the query didn't use the index fields in order"],
    [[eq("a", 1), gt("_creationTime", 1)], "First incorrect field: _creationTime"],
    [[eq("b", 1), gt("a", 1)], 'Index fields: ["a", "b", "_creationTime", "_id"]'],
    [
      [eq("c", 1)],
      'comparison with "c", but t.by_a_b with fields ["a", "b", "_creationTime", "_id"]',
    ],
    [
      [eq("a", 1), eq("a", 2)],
      'Already defined equality bound in index range. Can\'t add "a" == 2.0.',
    ],
    [[eq("a", 1), gt("a", 2)], "Already defined inequality bound"],
    [[gt("a", 1), gt("a", 2)], 'Already defined lower bound in index range. Can\'t add "a" > 2.0.'],
    [[lt("a", 1), lt("a", 2)], 'Already defined upper bound in index range. Can\'t add "a" < 2.0.'],
    [[gt("a", 1), lt("b", 2)], 'attempted to set a range bound on both "a" and "b"'],
  ])("%j is refused: %s", (range, message) => {
    const { query } = newDatabase({ t: { indexes: INDEXES } });
    expect(() => query().collect(indexRange("t.by_a_b", range))).toThrow(message);
  });

  test("nor can an index that is missing or being filled", () => {
    const { query } = newDatabase({ t: { indexes: INDEXES, backfilling: ["by_deep"] } });
    expect(() => query().collect(indexRange("t.by_c"))).toThrow("Index t.by_c not found.");
    expect(() => query().collect(indexRange("t.by_deep"))).toThrow(
      "Index t.by_deep is currently backfilling and not available to query yet.",
    );
  });
});

describe("operators", () => {
  test("apply in the order they were chained", () => {
    const { mutation } = newDatabase({ t: {} });
    const db = mutation();
    for (let n = 0; n < 10; n++) db.insert("t", { n });
    const even = {
      filter: { $eq: [{ $mod: [{ $field: "n" }, { $literal: 2 }] }, { $literal: 0 }] },
    };
    const numbers = (operators: object[]) =>
      db.collect({ ...fullTableScan("t"), operators: operators as never }).map((row) => row["n"]);
    expect(numbers([even, { limit: 3 }])).toEqual([0, 2, 4]);
    expect(numbers([{ limit: 3 }, even])).toEqual([0, 2]);
    expect(numbers([{ limit: 5 }, even, { limit: 2 }])).toEqual([0, 2]);
    expect(numbers([{ limit: 0 }])).toEqual([]);
    expect(numbers(Array(256).fill(even))).toHaveLength(5);
    expect(() => numbers(Array(257).fill(even))).toThrow("Query has too many operators: 257");
  });

  test("a filter passes what a range would", () => {
    const { mutation } = newDatabase({ t: {} });
    const db = mutation();
    const docs = new Map<string, JsonDocument>();
    for (const value of fc.sample(fields, 60)) perform(db, docs, { kind: "insert", value });
    const names = { Eq: "$eq", Gt: "$gt", Gte: "$gte", Lt: "$lt", Lte: "$lte" } as const;
    fc.assert(
      fc.property(
        fc.constantFrom("Eq", "Gt", "Gte", "Lt", "Lte"),
        fc.constantFrom("a", "b", "o.x", "a.k"),
        fewValues,
        (type, fieldPath, value) => {
          const expression = { type, fieldPath, value } as const;
          const expected = rangeOf(docs.values(), ["_creationTime"], {
            range: [expression],
            order: "asc",
          });
          const filter = {
            [names[type]]: [{ $field: fieldPath }, { $literal: toJson(expression).value }],
          };
          expect(db.collect({ ...fullTableScan("t"), operators: [{ filter }] })).toEqual(expected);
        },
      ),
    );
  });
});

describe("a query of a table that does not exist", () => {
  test("reads it as empty, and an index of it as missing", () => {
    const { query } = newDatabase({});
    const db = query();
    expect(db.collect(fullTableScan("later"))).toEqual([]);
    expect(db.count("later")).toBe(0);
    expect(db.paginate(fullTableScan("later"), { numItems: 5 })).toMatchObject({
      page: [],
      isDone: true,
    });
    expect(() => db.collect(indexRange("later.by_creation_time"))).toThrow(
      "Index later.by_creation_time not found.",
    );
  });
});

describe("a query that is read while its table is written", () => {
  test("sees the table as it was when the query began", () => {
    const { commit, mutation } = newDatabase({ t: { indexes: { by_n: ["n"] } } });
    commit((db) => {
      for (let n = 0; n < 40; n++) db.insert("t", { n });
    });
    const db = mutation();
    const early = db.insert("t", { n: 38.5 });
    const stream = db.stream(indexRange("t.by_n"));
    const seen: unknown[] = [];
    for (let row = stream.next(); row !== null; row = stream.next()) {
      seen.push(row["n"]);
      // A loop that writes ahead of itself would not end if it saw what it writes.
      db.insert("t", { n: 1000 });
      if (row["n"] === 5) db.delete(early);
    }
    expect(seen).toEqual([...Array(39).keys(), 38.5, 39]);
    expect(db.collect(indexRange("t.by_n"))).toHaveLength(40 + 41);
  });

  test("a query that was closed gives no more", () => {
    const { mutation } = newDatabase({ t: {} });
    const db = mutation();
    db.insert("t", {});
    const stream = db.stream(fullTableScan("t"));
    expect(stream.next()).not.toBeNull();
    expect(stream.close()).toBe(true);
    expect(stream.close()).toBe(false);
    expect(() => stream.next()).toThrow("in-progress query not found");
  });
});

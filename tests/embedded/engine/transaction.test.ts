/** Writing: what a transaction sees of itself, what undoing leaves, what applying stores, and what is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/embedded/engine/types";
import type { Json, JsonDocument } from "../../../src/embedded/values/json";
import { newStore } from "../store/folders";
import { fields, INDEX_FIELDS, INDEXES, perform, write } from "./arbitraries";
import { fullTableScan, indexRange, newDatabase, type Db } from "./database";

/** Everything that can be read of the test table: all rows by every index, and the count. */
function dump(db: Db): Json {
  const rows = Object.keys(INDEX_FIELDS).map((name) => db.collect(indexRange(`t.${name}`)));
  return [...rows, db.count("t")];
}

function writeMetrics(db: Db) {
  const { documentsWritten, bytesWritten } = db.tx.metrics();
  return { documentsWritten, bytesWritten };
}

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("It was not refused.");
}

const writes = fc.array(write, { maxLength: 8 });

describe("rolling back to a savepoint", () => {
  test("leaves exactly what was there, and what is applied later is what is seen now", () => {
    const store = newStore();
    fc.assert(
      fc.property(
        fc.tuple(fc.array(fields, { maxLength: 15 }), writes, writes, writes),
        ([seed, a, b, c]) => {
          const { commit, query } = newDatabase({ t: { indexes: INDEXES } }, store);
          const docs = new Map<string, JsonDocument>();
          commit((db) => seed.forEach((value) => perform(db, docs, { kind: "insert", value })));
          const { result: seen } = commit((db) => {
            for (const action of a) perform(db, docs, action);
            const before = { rows: dump(db), metrics: writeMetrics(db), has: db.tx.hasWrites };
            const savepoint = db.tx.savepoint();
            const undone = new Map(docs);
            for (const action of b) perform(db, undone, action);
            db.tx.rollbackTo(savepoint);
            expect({ rows: dump(db), metrics: writeMetrics(db), has: db.tx.hasWrites }).toEqual(
              before,
            );
            for (const action of c) perform(db, docs, action);
            return dump(db);
          });
          expect(dump(query())).toEqual(seen);
        },
      ),
      { numRuns: 120 },
    );
  });
});

describe("applying", () => {
  test("reports old and new keys of every index once, and nothing of what did not change", () => {
    const { commit, table } = newDatabase({ t: { indexes: { by_n: ["n"] } } });
    const [byId, byTime, byN] = table("t").indexes.map(({ indexId }) => indexId);
    const { result: id, footprint: inserted } = commit((db) => db.insert("t", { n: 1 }));
    const touched = (footprint: typeof inserted) =>
      footprint.map(({ indexId }) => indexId).filter((indexId) => indexId > 0);
    expect(touched(inserted)).toEqual([byId, byTime, byN]);
    expect(touched(commit((db) => db.patch(id, { n: 2 })).footprint)).toEqual([
      byId,
      byTime,
      byN,
      byN,
    ]);
    expect(touched(commit((db) => db.patch(id, { x: 2 })).footprint)).toEqual([byId, byTime, byN]);
    expect(commit((db) => db.patch(id, { n: 2 })).footprint).toEqual([]);
    expect(commit((db) => db.delete(db.insert("t", {}))).footprint).toEqual([]);
    expect(touched(commit((db) => db.delete(id)).footprint)).toEqual([byId, byTime, byN]);
  });

  test("ends the transaction", () => {
    const { commit } = newDatabase({ t: {} });
    const { result: db } = commit((open) => open);
    expect(() => db.insert("t", {})).toThrow("applied already");
  });

  test("puts the commit's timestamp where it was asked for", () => {
    const { commit, query, store } = newDatabase({ t: { indexes: { by_at: ["at"] } } });
    const PLACEHOLDER = { $commitTs: null };
    const text = 'not {"$commitTs":null}';
    commit((db) => db.insert("t", { at: { $integer: "/////////38=" }, n: 0 }));
    const { result: id, footprint } = commit((db) => {
      const inserted = db.insert("t", { at: PLACEHOLDER, list: [{ at: PLACEHOLDER }], text });
      expect(db.get(inserted)).toMatchObject({ at: PLACEHOLDER });
      const own = { type: "Eq", fieldPath: "at", value: PLACEHOLDER };
      expect(db.collect(indexRange("t.by_at", [own])).map((row) => row._id)).toContain(inserted);
      return inserted;
    });
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(store.lastTsMicros()) * 1000n);
    const at = { $integer: bytes.toString("base64") };
    expect(query().get(id)).toMatchObject({ at, list: [{ at }], text });
    const found = query().collect(
      indexRange("t.by_at", [{ type: "Eq", fieldPath: "at", value: at }]),
    );
    expect(found.map((row) => row._id)).toEqual([id]);
    expect(footprint.length).toBeGreaterThan(3);
    expect(query().call("getSnapshotTs", {})).toEqual(at);
  });
});

describe("system fields", () => {
  test("_creationTime grows with every insert, though the clock stands still", () => {
    const { commit, query } = newDatabase({ t: {} });
    const idsInOrder = [1, 2, 3].flatMap(
      () => commit((db) => [db.insert("t", {}), db.insert("t", {}), db.insert("t", {})]).result,
    );
    const rows = query().collect(fullTableScan("t"));
    expect(rows.map((row) => row._id)).toEqual(idsInOrder);
    expect(new Set(rows.map((row) => row._creationTime)).size).toBe(9);
    expect(Math.floor(rows[8]!._creationTime)).toBe(1_700_000_000_000);
  });

  test("may be repeated in a write, not changed", () => {
    const db = newDatabase({ t: {} }).mutation();
    const id = db.insert("t", { n: 1 });
    const doc = db.get(id)!;
    expect(db.replace(id, { ...doc, n: 2 })).toEqual({ ...doc, n: 2 });
    expect(db.patch(id, { ...doc, n: 3 })).toEqual({ ...doc, n: 3 });
    expect(db.patch(id, { n: { $undefined: null }, m: 1 })).toEqual({
      _id: id,
      _creationTime: doc._creationTime,
      m: 1,
    });
    const other = db.insert("t", {});
    for (const run of [
      () => db.replace(id, { _id: other }),
      () => db.patch(id, { _id: other }),
      () => db.insert("t", { _id: other }),
    ]) {
      expect(failure(run)).toContain("doesn't match '_id' field");
    }
    expect(failure(() => db.patch(id, { _creationTime: 5 }))).toContain("'_creationTime' field 5");
    expect(failure(() => db.insert("t", { _other: 1 }))).toContain("starts with an underscore");
  });
});

describe("a call is refused", () => {
  const setup = () => {
    const database = newDatabase({
      t: {
        documentType: {
          type: "object",
          value: { n: { fieldType: { type: "number" }, optional: false } },
        },
      },
      u: {},
      _storage: {},
      _secrets: {},
    });
    const { result } = database.commit((db) => ({
      t: db.insert("t", { n: 1 }),
      gone: db.insert("u", {}),
      file: db.tx.insert("", "_storage", { size: 1 }),
      secret: db.tx.insert("", "_secrets", { key: "k" }),
    }));
    database.commit((db) => db.delete(result.gone));
    return { database, ...result, db: database.mutation() };
  };

  test("by the schema, by size, or by what it is given", () => {
    const { db, t, gone } = setup();
    expect(failure(() => db.insert("t", { n: "x" }))).toContain(
      'in table "t" because it does not match the schema',
    );
    expect(failure(() => db.patch(t, { n: { $undefined: null } }))).toContain(
      "does not match the schema",
    );
    expect(db.get(t)).toMatchObject({ n: 1 });
    expect(failure(() => db.insert("u", { text: "x".repeat(1 << 20) }))).toContain(
      "Value is too large (1.00 MiB > maximum size 1 MiB)",
    );
    expect(failure(() => db.insert("u", 5))).toBe(
      "Invalid argument `value` for `db.insert`: Value must be an Object",
    );
    expect(failure(() => db.patch(gone, {}))).toBe(`Update on nonexistent document ID ${gone}`);
    expect(failure(() => db.replace(gone, {}))).toBe(`Replace on nonexistent document ID ${gone}`);
    expect(failure(() => db.delete(gone))).toBe(`Delete on nonexistent document ID ${gone}`);
    expect(failure(() => db.get("short"))).toBe(
      "Invalid argument `id` for `db.get`: Unable to decode ID: Invalid ID length 5",
    );
    expect(failure(() => db.get(t, { table: "u" }))).toBe(
      'Invalid argument `id` for `db.get`: expected to be an Id<"u">, got Id<"t"> instead.',
    );
    expect(failure(() => db.delete(t, "u"))).toContain("for `db.delete`: expected to be an Id");
    expect(failure(() => db.insert("a b", {}))).toContain('"a b" is not a table name');
  });

  test("when it reaches for a system table", () => {
    const { db, t, file, secret } = setup();
    expect(db.get(file, { isSystem: true })).toMatchObject({ size: 1 });
    expect(failure(() => db.get(file))).toBe("System tables can only be accessed with db.system.");
    expect(failure(() => db.get(t, { isSystem: true }))).toBe(
      "User tables cannot be accessed with db.system.",
    );
    expect(failure(() => db.insert("_storage", {}))).toContain("System tables");
    expect(failure(() => db.patch(file, {}))).toContain("System tables");
    expect(failure(() => db.delete(file))).toContain("System tables");
    expect(db.collect(fullTableScan("_storage"))).toHaveLength(1);
    // The runtime's private tables do not exist for functions.
    expect(db.get(secret)).toBeNull();
    expect(db.get(secret, { isSystem: true })).toBeNull();
    expect(db.collect(fullTableScan("_secrets"))).toEqual([]);
    expect(db.normalizeId("_secrets", secret)).toBeNull();
    expect(failure(() => db.delete(secret))).toContain("not found");
    expect(db.normalizeId("_storage", file)).toBe(file);
    expect(db.normalizeId("u", t)).toBeNull();
    expect(db.normalizeId("later", t)).toBeNull();
    expect(db.normalizeId("t", "no id")).toBeNull();
  });

  test("when a query writes", () => {
    const { database, t } = setup();
    const db = database.query();
    for (const run of [
      () => db.insert("t", { n: 1 }),
      () => db.patch(t, {}),
      () => db.replace(t, { n: 1 }),
      () => db.delete(t),
    ]) {
      expect(failure(run)).toBe("Queries cannot write to the database.");
    }
  });

  test("a document of another component cannot be reached by its id, written or stored", () => {
    const database = newDatabase({ t: {} });
    const { result: id } = database.commit((db) => {
      const inside = db.insert("t", { n: 1 });
      db.inComponent("child").insert("t", {});
      expect(db.inComponent("child").get(inside)).toBeNull();
      return inside;
    });
    expect(database.query().inComponent("child").get(id)).toBeNull();
  });

  test("text that arrives in an odd form is stored as what it means", () => {
    const { mutation } = newDatabase({ t: {} });
    const db = mutation();
    const odd = [
      '{"table":"t","value":{"a":1},"value":{"b":2}}',
      '{ "value" : {"b":2} , "table":"t" }',
      '{"table":"t","value":{"b":2}} ',
      '{"table":"t","value":{"a":1},"v\\u0061lue":{"b":2}}',
      '{"table":"t","value":{"b":2},"more":{}}',
    ];
    for (const json of odd) db.tx.syscall("", "1.0/insert", json);
    expect(db.collect(fullTableScan("t")).map((row) => row["b"])).toEqual([2, 2, 2, 2, 2]);
  });
});

describe("limits", () => {
  const numbered = (count: number) => {
    const database = newDatabase({ t: { indexes: { by_n: ["n"] } } });
    const { result } = database.commit((db) =>
      [...Array(count).keys()].map((n) => db.insert("t", { n })),
    );
    return { ...database, idList: result };
  };

  test("of reads name what to do, and count only what a function was given", () => {
    const { query, idList } = numbered(12);
    const read = (limits: object) => query({ limits });
    expect(failure(() => read({ documentsRead: 11 }).collect(fullTableScan("t")))).toMatch(
      /^Too many documents read in a single function execution \(limit: 11\)\. Consider using smaller limits/,
    );
    expect(failure(() => read({ bytesRead: 100 }).collect(fullTableScan("t")))).toContain(
      "Too many bytes read in a single function execution (limit: 100 bytes)",
    );
    expect(read({ documentsRead: 12 }).collect(fullTableScan("t"))).toHaveLength(12);

    const db = read({ databaseQueries: 3 });
    const [a, b, c, d] = idList;
    for (const id of [a, b, a, c, b, c]) db.get(id!);
    expect(db.tx.metrics()["databaseQueries"]).toEqual({ used: 3, remaining: 0 });
    expect(failure(() => db.get(d!))).toContain(
      "Too many reads in a single function execution (limit: 3)",
    );
  });

  test("of writes", () => {
    const { mutation } = numbered(0);
    const db = mutation({ limits: { documentsWritten: 2 } });
    db.insert("t", {});
    db.insert("t", {});
    expect(failure(() => db.insert("t", {}))).toBe(
      "Too many writes in a single function execution (limit: 2)",
    );
    const big = mutation({ limits: { bytesWritten: 1000 } });
    expect(failure(() => big.insert("t", { text: "x".repeat(1000) }))).toContain(
      "Too many bytes written",
    );
  });

  test("of a nested call are what it asks for, counted from where it begins", () => {
    const { mutation, idList } = numbered(9);
    const db = mutation();
    db.get(idList[0]!);
    const call = db.tx.enterCall({ documentsRead: 2 });
    db.get(idList[1]!);
    db.get(idList[2]!);
    expect(db.tx.metrics()["documentsRead"]).toEqual({ used: 3, remaining: 0 });
    expect(failure(() => db.get(idList[3]!))).toContain("Too many documents read");
    db.tx.leaveCall(call);
    expect(db.get(idList[3]!)).toMatchObject({ n: 3 });
  });

  test("of scheduling count the jobs of the transaction, and a rollback takes them back", () => {
    const { tx } = newDatabase({ _scheduled_functions: {} }).mutation({
      limits: { functionsScheduled: 2 },
    });
    const schedule = () => tx.insert("", "_scheduled_functions", { args: [{ text: "abc" }] });
    schedule();
    const savepoint = tx.savepoint();
    schedule();
    expect(failure(schedule)).toBe("Too many functions scheduled by this mutation (limit: 2)");
    tx.rollbackTo(savepoint);
    schedule();
    expect(tx.metrics()["functionsScheduled"]).toEqual({ used: 2, remaining: 0 });
  });
});

describe("the runtime's own rows", () => {
  test("are listed by prefix and inclusive bounds, own writes included", () => {
    const { commit, mutation } = newDatabase({ _jobs: { indexes: { by_state: ["state", "at"] } } });
    const { result: id } = commit(({ tx }) => {
      for (const at of [1, 2, 3, 4]) tx.insert("", "_jobs", { state: "pending", at });
      return tx.insert("", "_jobs", { state: "done", at: 1 });
    });
    const { tx } = mutation();
    tx.patch("", id, { state: "pending", at: 2.5 });
    const list = (more: object, options: object = {}) =>
      tx
        .list(
          "",
          { table: "_jobs", index: "by_state", prefix: ["pending"], ...more },
          { limit: 10, ...options },
        )
        .map((row) => row["at"]);
    expect(list({})).toEqual([1, 2, 2.5, 3, 4]);
    expect(list({ lowerBound: 2, upperBound: 3 })).toEqual([2, 2.5, 3]);
    expect(list({}, { order: "desc", limit: 2 })).toEqual([4, 3]);
    expect(list({ prefix: ["done"] })).toEqual([]);
    tx.delete("", id);
    expect(tx.get("", id)).toBeNull();
    expect(tx.metrics()["documentsWritten"]).toMatchObject({ used: 0 });
  });
});

describe("arithmetic in a filter", () => {
  const int = (n: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(n);
    return { $integer: bytes.toString("base64") };
  };
  const evaluate = (expression: Json) => {
    const db = newDatabase({ t: {} }).mutation();
    db.insert("t", { f: 1.5, i: int(7n), s: "x" });
    return db.collect({ ...fullTableScan("t"), operators: [{ filter: expression }] }).length === 1;
  };
  const literal = (value: Json) => ({ $literal: value });

  test.each([
    [{ $add: [{ $field: "f" }, literal(1)] }, 2.5],
    [{ $div: [{ $field: "i" }, literal(int(2n))] }, int(3n)],
    [{ $mod: [{ $neg: { $field: "i" } }, literal(int(4n))] }, int(-3n)],
    [{ $div: [literal(1), literal(0)] }, { $float: "AAAAAAAA8H8=" }],
    [{ $mul: [literal(0), literal(-1)] }, { $float: "AAAAAAAAAIA=" }],
  ] as [Json, Json][])("%j is %j", (expression, result) => {
    expect(evaluate({ $eq: [expression, literal(result)] })).toBe(true);
  });

  test.each([
    [
      { $add: [{ $field: "f" }, { $field: "i" }] },
      "Cannot add 1.5 (type Float64) and 7 (type Int64)",
    ],
    [{ $div: [{ $field: "i" }, literal(int(0n))] }, "Cannot divide 7 by zero"],
    [
      { $sub: [literal(int(-(2n ** 63n))), { $field: "i" }] },
      "the result is out of range for Int64",
    ],
    [{ $neg: { $field: "s" } }, 'Cannot negate "x" (type String)'],
    [{ $and: [{ $field: "missing" }] }, "Cannot use value undefined (type undefined) as a Boolean"],
    [{ $field: "f" }, "Cannot use value 1.5 (type Float64) as a Boolean"],
    [{ $pow: [literal(1), literal(2)] }, "is not a filter expression"],
  ] as [Json, string][])("%j fails", (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });
});

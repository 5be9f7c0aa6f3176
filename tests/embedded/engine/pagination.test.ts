/** Pages of a query: they meet, they cover, and they stay where they are when the query runs again. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CursorSealer, openCursorSealer } from "../../../src/embedded/engine/cursor";
import { UserError } from "../../../src/embedded/engine/types";
import type { JsonDocument } from "../../../src/embedded/values/json";
import { newStore } from "../store/folders";
import {
  fields,
  INDEX_FIELDS,
  INDEXES,
  perform,
  randomQuery,
  toQueryJson,
  write,
} from "./arbitraries";
import {
  fullTableScan,
  ids,
  indexRange,
  newDatabase,
  type Db,
  type PageJson,
  type QueryJson,
} from "./database";
import { rangeOf } from "./model";

function failure(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

/** A table of `count` rows with `n` from 0, in order of creation. */
function numbered(count: number) {
  const database = newDatabase({ t: { indexes: { by_n: ["n"] } } });
  database.commit((db) => {
    for (let n = 0; n < count; n++) db.insert("t", { n });
  });
  return database;
}

function numbers({ page }: PageJson): unknown[] {
  return page.map((row) => row["n"]);
}

const isOdd = { filter: { $eq: [{ $mod: [{ $field: "n" }, { $literal: 2 }] }, { $literal: 1 }] } };

describe("pages one after another", () => {
  test("give each document of the range once and in order, whatever their sizes", () => {
    const store = newStore();
    fc.assert(
      fc.property(
        fc.tuple(
          fc.array(fields, { maxLength: 30 }),
          fc.array(write, { maxLength: 6 }),
          randomQuery,
          fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
        ),
        ([committed, writes, make, sizes]) => {
          const database = newDatabase({ t: { indexes: INDEXES } }, store);
          const docs = new Map<string, JsonDocument>();
          database.commit((db) =>
            committed.forEach((value) => perform(db, docs, { kind: "insert", value })),
          );
          const query = make([...docs.values()]);
          // Pages of one mutation, each in a call of its own: uncommitted writes are paged like others.
          const db = database.mutation();
          for (const action of writes) perform(db, docs, action);
          const pages: JsonDocument[] = [];
          let cursor: string | null = null;
          for (let i = 0, isDone = false; !isDone; i++) {
            const numItems = sizes[i % sizes.length]!;
            const call = db.tx.enterCall();
            const page: PageJson = db.paginate(toQueryJson(query), { cursor, numItems });
            db.tx.leaveCall(call);
            expect(page.page.length).toBeLessThanOrEqual(numItems);
            pages.push(...page.page);
            ({ continueCursor: cursor, isDone } = page);
          }
          const expected = rangeOf(docs.values(), INDEX_FIELDS[query.indexName]!, query);
          expect(ids(pages)).toEqual(ids(expected));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("lose and repeat no document that stays where it is while others come, go and move", () => {
    const store = newStore();
    fc.assert(
      fc.property(
        fc.tuple(
          fc.array(fields, { minLength: 1, maxLength: 30 }),
          fc.array(fc.array(write, { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
          randomQuery,
          fc.integer({ min: 1, max: 5 }),
        ),
        ([committed, rounds, make, numItems]) => {
          const database = newDatabase({ t: { indexes: INDEXES } }, store);
          const docs = new Map<string, JsonDocument>();
          database.commit((db) =>
            committed.forEach((value) => perform(db, docs, { kind: "insert", value })),
          );
          const query = make([...docs.values()]);
          const before = new Map(docs);
          const seen: string[] = [];
          let cursor: string | null = null;
          for (let i = 0, isDone = false; !isDone; i++) {
            const page: PageJson = database
              .query()
              .paginate(toQueryJson(query), { cursor, numItems });
            seen.push(...ids(page.page));
            ({ continueCursor: cursor, isDone } = page);
            database.commit((db) => rounds[i]?.forEach((action) => perform(db, docs, action)));
          }
          const untouched = [...before.values()].filter(
            (doc) => JSON.stringify(docs.get(doc._id)) === JSON.stringify(doc),
          );
          const expected = ids(rangeOf(untouched, INDEX_FIELDS[query.indexName]!, query));
          const isUntouched = new Set(expected);
          expect(seen.filter((id) => isUntouched.has(id))).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("that are read again between their cursors still meet", () => {
    const database = numbered(10);
    const first = database.query().paginate(indexRange("t.by_n"), { numItems: 4 });
    const cursor = first.continueCursor;
    const second = database.query().paginate(indexRange("t.by_n"), { cursor, numItems: 4 });
    expect(numbers(second)).toEqual([4, 5, 6, 7]);

    database.commit((db) => {
      db.insert("t", { n: 3.5 });
      db.insert("t", { n: 2.5 });
      db.delete(second.page[0]!._id);
      db.delete(second.page[3]!._id); // the row that the second page ends at
      db.insert("t", { n: 6.5 });
      db.insert("t", { n: 7.5 });
    });
    const again = database
      .query()
      .paginate(indexRange("t.by_n"), { endCursor: first.continueCursor, numItems: 4 });
    expect(numbers(again)).toEqual([0, 1, 2, 2.5, 3]);
    expect(again.continueCursor).toBe(first.continueCursor);
    const secondAgain = database.query().paginate(indexRange("t.by_n"), {
      cursor,
      endCursor: second.continueCursor,
      numItems: 1,
    });
    expect(numbers(secondAgain)).toEqual([3.5, 5, 6, 6.5]);
    const rest = database
      .query()
      .paginate(indexRange("t.by_n"), { cursor: secondAgain.continueCursor, numItems: 100 });
    expect(numbers(rest)).toEqual([7.5, 8, 9]);
    expect(rest.isDone).toBe(true);
  });
});

describe("the journal", () => {
  test("keeps a page's end where it was when the query runs again", () => {
    const database = numbered(6);
    const run = (journal: string | null) => {
      const db = database.query({ journal });
      const page = db.paginate(indexRange("t.by_n"), { numItems: 3 });
      return { page, journal: db.tx.journal };
    };
    const first = run(null);
    expect(numbers(first.page)).toEqual([0, 1, 2]);
    expect(first.journal).toBe(first.page.continueCursor);

    database.commit((db) => db.insert("t", { n: 0.5 }));
    const again = run(first.journal);
    expect(numbers(again.page)).toEqual([0, 0.5, 1, 2]);
    expect(again.journal).toBe(first.journal);
    expect(numbers(run(null).page)).toEqual([0, 0.5, 1]);
  });

  test("of a page at the end lets it grow", () => {
    const database = numbered(2);
    const first = database.query();
    expect(first.paginate(indexRange("t.by_n"), { numItems: 5 }).isDone).toBe(true);
    database.commit((db) => {
      for (let n = 2; n < 9; n++) db.insert("t", { n });
    });
    const again = database.query({ journal: first.tx.journal });
    const page = again.paginate(indexRange("t.by_n"), { numItems: 5 });
    expect(numbers(page)).toHaveLength(9);
    expect(page.isDone).toBe(true);
  });

  test("is null without pagination, and a given end cursor goes before it", () => {
    const database = numbered(6);
    const none = database.query();
    none.collect(fullTableScan("t"));
    expect(none.tx.journal).toBeNull();

    const endAfter = (numItems: number) =>
      database.query().paginate(indexRange("t.by_n"), { numItems }).continueCursor;
    const db = database.query({ journal: endAfter(1) });
    const page = db.paginate(indexRange("t.by_n"), { endCursor: endAfter(4), numItems: 2 });
    expect(numbers(page)).toEqual([0, 1, 2, 3]);
  });

  test("of a nested call is the nested call's own", () => {
    const database = numbered(6);
    const first = database.query();
    first.paginate(indexRange("t.by_n"), { numItems: 2 });
    const db = database.query({ journal: first.tx.journal });
    const call = db.tx.enterCall();
    expect(numbers(db.paginate(indexRange("t.by_n"), { numItems: 4 }))).toEqual([0, 1, 2, 3]);
    expect(() => db.paginate(indexRange("t.by_n"), { numItems: 4 })).toThrow("single paginated");
    db.tx.leaveCall(call);
    expect(db.tx.journal).toBeNull();
    expect(numbers(db.paginate(indexRange("t.by_n"), { numItems: 4 }))).toEqual([0, 1]);
    expect(db.tx.journal).toBe(first.tx.journal);
  });
});

describe("a page", () => {
  test("is done only when the end was seen", () => {
    const database = numbered(4);
    const first = database.query().paginate(fullTableScan("t"), { numItems: 4 });
    expect(first).toMatchObject({ isDone: false });
    const cursor = first.continueCursor;
    const second = database.query().paginate(fullTableScan("t"), { cursor, numItems: 4 });
    expect(second).toMatchObject({ page: [], isDone: true });
    const third = database
      .query()
      .paginate(fullTableScan("t"), { cursor: second.continueCursor, numItems: 4 });
    expect(third).toMatchObject({ page: [], isDone: true });
  });

  test("counts what passes its filters, and ends at the last row that was looked at", () => {
    const database = numbered(10);
    const query = { ...indexRange("t.by_n"), operators: [isOdd] };
    const first = database.query().paginate(query, { numItems: 2 });
    expect(numbers(first)).toEqual([1, 3]);
    const second = database.query().paginate(query, { cursor: first.continueCursor, numItems: 10 });
    expect(numbers(second)).toEqual([5, 7, 9]);
  });

  test("can be split in the middle of what was read", () => {
    const database = numbered(9);
    const whole = database.query().paginate(indexRange("t.by_n"), { numItems: 8 });
    const { splitCursor, continueCursor } = whole;
    expect(whole.pageStatus).toBeNull();
    const left = database
      .query()
      .paginate(indexRange("t.by_n"), { endCursor: splitCursor, numItems: 1 });
    const right = database.query().paginate(indexRange("t.by_n"), {
      cursor: splitCursor,
      endCursor: continueCursor,
      numItems: 1,
    });
    expect(numbers(left)).toEqual([0, 1, 2, 3, 4]);
    expect(numbers(right)).toEqual([5, 6, 7]);
    expect(database.query().paginate(indexRange("t.by_n"), { numItems: 2 }).splitCursor).toBeNull();
  });

  test("ends early at its limits on rows and bytes and says that it must be split", () => {
    const database = numbered(20);
    const query = { ...indexRange("t.by_n"), operators: [isOdd] };
    const few = database.query().paginate(query, { numItems: 10, maximumRowsRead: 6 });
    expect(numbers(few)).toEqual([1, 3, 5]);
    expect(few).toMatchObject({ isDone: false, pageStatus: "SplitRequired" });
    const { continueCursor: cursor } = few;
    const next = database.query().paginate(query, { cursor, numItems: 10, maximumBytesRead: 1 });
    expect(numbers(next)).toEqual([]);
    expect(next).toMatchObject({ isDone: false, pageStatus: "SplitRequired" });
    // Between two cursors everything is read all the same: the pages must meet.
    const all = database.query().paginate(query, {
      endCursor: cursor,
      numItems: 1,
      maximumRowsRead: 2,
      maximumBytesRead: 1,
    });
    expect(numbers(all)).toEqual([1, 3, 5]);

    const near = database.query().paginate(indexRange("t.by_n"), {
      numItems: 7,
      maximumRowsRead: 8,
    });
    expect(near.pageStatus).toBe("SplitRecommended");
  });

  test("that comes up to a limit of the whole function is cut there", () => {
    const database = numbered(20);
    const db = database.query({ limits: { documentsRead: 5 } });
    const page = db.paginate(indexRange("t.by_n"), { numItems: 10 });
    expect(numbers(page)).toEqual([0, 1, 2, 3, 4]);
    expect(page).toMatchObject({ isDone: false, pageStatus: "SplitRequired" });
    const { continueCursor: cursor } = page;
    const next = database.query().paginate(indexRange("t.by_n"), { cursor, numItems: 3 });
    expect(numbers(next)).toEqual([5, 6, 7]);
  });
});

describe("a request for a page is refused", () => {
  test.each([
    [{ numItems: 0 }, "Must request at least 1 document while paginating"],
    [{ numItems: 32_001 }, "Requested too many items: 32001"],
    [{ numItems: 1.5 }, "1.5 is not a whole number"],
    [{ numItems: 1, maximumRowsRead: 0 }, "must be greater than 0"],
    [{ numItems: 1, maximumBytesRead: 0 }, "must be greater than 0"],
  ])("%j", (options, message) => {
    expect(() => numbered(1).query().paginate(fullTableScan("t"), options)).toThrow(message);
  });

  test("when it is the second of a function, or inside a component", () => {
    const database = numbered(3);
    const db = database.query();
    db.paginate(fullTableScan("t"), { numItems: 1 });
    expect(failure(() => db.paginate(fullTableScan("t"), { numItems: 1 }))).toMatchObject({
      code: "MultiplePaginatedDatabaseQueries",
      message: expect.stringContaining("ran multiple paginated queries"),
    });
    const inside = database.query().inComponent("child");
    expect(failure(() => inside.paginate(fullTableScan("t"), { numItems: 1 }))).toMatchObject({
      code: "PaginationUnsupportedInComponents",
      message: expect.stringContaining("paginate() is only supported in the app"),
    });
  });
});

describe("a cursor", () => {
  const eq = (value: number) => [{ type: "Eq", fieldPath: "n", value }];
  const anyOther: [string, QueryJson][] = [
    ["another range", indexRange("t.by_n", eq(1))],
    ["another order", indexRange("t.by_n", [], "desc")],
    ["another index", indexRange("t.by_creation_time")],
    ["another filter", { ...indexRange("t.by_n"), operators: [isOdd] }],
    ["another table", indexRange("u.by_n")],
  ];

  test.each(anyOther)("is of no use for a query with %s", (_, query) => {
    const database = newDatabase({
      t: { indexes: { by_n: ["n"] } },
      u: { indexes: { by_n: ["n"] } },
    });
    database.commit((db) => {
      for (let n = 0; n < 3; n++) db.insert("t", { n });
    });
    const cursor = database.query().paginate(indexRange("t.by_n"), { numItems: 1 }).continueCursor;
    for (const options of [{ cursor }, { endCursor: cursor }]) {
      expect(
        failure(() => database.query().paginate(query, { ...options, numItems: 1 })),
      ).toMatchObject({ code: "InvalidCursor", message: expect.stringContaining("InvalidCursor") });
    }
    const db = database.query({ journal: cursor });
    expect(failure(() => db.paginate(query, { numItems: 1 }))).toMatchObject({
      code: "InvalidCursor",
    });
  });

  test("that was made up or changed is refused", () => {
    const database = numbered(3);
    const { continueCursor } = database.query().paginate(fullTableScan("t"), { numItems: 1 });
    const bytes = Buffer.from(continueCursor, "base64url");
    const changed = bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
    const forged = ["", "x", "[1,2]", continueCursor.slice(0, -4), changed.toString()].concat(
      Buffer.from(changed).toString("base64url"),
    );
    for (const cursor of forged) {
      expect(
        failure(() => database.query().paginate(fullTableScan("t"), { cursor, numItems: 1 })),
      ).toMatchObject({ code: "InvalidCursor" });
    }
  });

  test("hides the key it holds, and is the same for the same place", () => {
    const database = newDatabase({ t: { indexes: { by_secret: ["secret"] } } });
    database.commit((db) => db.insert("t", { secret: "hunter2" }));
    const read = (db: Db) => db.paginate(indexRange("t.by_secret"), { numItems: 1 }).continueCursor;
    const cursor = read(database.query());
    expect(Buffer.from(cursor, "base64url").toString("latin1")).not.toContain("hunter2");
    expect(read(database.query())).toBe(cursor);
  });

  test("outlives a restart with the store's sealer, and not without its secret", () => {
    const store = newStore();
    const database = newDatabase({ t: {} }, store);
    database.commit((db) => [1, 2, 3].forEach((n) => db.insert("t", { n })));
    const sealer = openCursorSealer(store);
    const { continueCursor: cursor } = database
      .query({ sealer })
      .paginate(fullTableScan("t"), { numItems: 1 });
    const later = database.query({ sealer: openCursorSealer(store) });
    expect(numbers(later.paginate(fullTableScan("t"), { cursor, numItems: 1 }))).toEqual([2]);

    const stranger = database.query({ sealer: new CursorSealer(new Uint8Array(32)) });
    expect(
      failure(() => stranger.paginate(fullTableScan("t"), { cursor, numItems: 1 })),
    ).toMatchObject({ code: "InvalidCursor" });
  });
});

/** What a Convex backend does, checked through functions, on convex-test and on the embedded runtime. */
import { anyApi } from "convex/server";
import { ConvexError } from "convex/values";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, DIFFERENCES, DRIVERS } from "./drivers";

const api = anyApi as Record<string, Record<string, never>>;
const fn = (module: string, name: string): never => api[module]![name]!;

const SPECIAL_VALUES: [string, unknown][] = [
  ["null", null],
  ["booleans", [true, false]],
  ["numbers", [0, 1.5, -3, 1e300, Number.MAX_SAFE_INTEGER]],
  ["negative zero", -0],
  ["not a number", Number.NaN],
  ["infinities", [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ["big integers", [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]],
  ["text", ["", "plain", "ünïcödé 🙂 \u2028", 'quotes " and \\ and \n']],
  ["bytes", new Uint8Array([0, 1, 254, 255]).buffer],
  ["nesting", { a: { b: [{ c: [1, [2n, null]] }] }, empty: {}, none: [] }],
];

describe.each(DRIVERS)("$name", ({ name, open }) => {
  let t: Backend;
  beforeAll(async () => {
    t = await open();
  });
  afterAll(async () => await t.close());

  const add = async (owner: string, title: string, rank?: unknown) =>
    (await t.mutation(fn("notes", "add"), {
      owner,
      title,
      ...(rank === undefined ? {} : { rank }),
    })) as string;
  const range = async (args: Record<string, unknown>) => await t.query(fn("notes", "range"), args);

  const schedule = async (how: string, jobName: string, delayMs = 0) =>
    (await t.mutation(fn("jobs", "schedule"), { name: jobName, delayMs, how })) as string;
  const stateOf = async (id: string) =>
    (await t.query(fn("jobs", "state"), { id })) as { kind: string; error?: string };
  const finished = async (id: string) => {
    await expect
      .poll(async () => (await stateOf(id)).kind, { timeout: 10_000 })
      .not.toMatch(/pending|inProgress/);
    return await stateOf(id);
  };

  describe("values", () => {
    test.each(SPECIAL_VALUES)("%s come back as they went in", async (_label, value) => {
      expect(await t.query(fn("things", "echo"), { value })).toStrictEqual(value);
      const id = await t.mutation(fn("things", "put"), { value });
      expect(await t.query(fn("things", "get"), { id })).toStrictEqual(value);
      const own = (await t.mutation(fn("things", "putAndRead"), { value })) as { read: unknown };
      expect(own.read).toStrictEqual(value);
    });

    test("a function that returns nothing returns null", async () => {
      expect(await t.query(fn("things", "nothing"))).toBeNull();
    });

    test("undefined fields of an object are left out", async () => {
      const id = await t.mutation(fn("things", "put"), { value: { a: undefined, b: 1 } });
      expect(await t.query(fn("things", "get"), { id })).toStrictEqual({ b: 1 });
    });
  });

  describe("documents", () => {
    test("have an id and a creation time", async () => {
      const before = Date.now();
      const id = await add("system", "fields");
      const note = (await t.query(fn("notes", "get"), { id })) as Record<string, unknown>;
      expect(note).toMatchObject({ _id: id, owner: "system", title: "fields" });
      expect(note["_creationTime"]).toBeGreaterThanOrEqual(Math.floor(before) - 1);
      expect(note["_creationTime"]).toBeLessThanOrEqual(Date.now() + 1000);
    });

    test("inserted in one mutation have strictly increasing creation times", async () => {
      const times = (await t.mutation(fn("notes", "addMany"), {
        owner: "time",
        count: 20,
      })) as number[];
      for (const [index, time] of times.entries()) {
        if (index > 0) expect(time).toBeGreaterThan(times[index - 1]!);
      }
    });

    test("a deleted document is gone, and deleting it again fails", async () => {
      const id = await add("gone", "soon");
      await t.mutation(fn("notes", "remove"), { id });
      expect(await t.query(fn("notes", "get"), { id })).toBeNull();
      await expect(t.mutation(fn("notes", "remove"), { id })).rejects.toThrow(/non-?existent doc/i);
    });

    test("a patch changes the named fields, and undefined removes one", async () => {
      const id = await add("patched", "before", 1);
      await t.mutation(fn("notes", "patch"), { id, fields: { title: "after", rank: 2 } });
      expect(await t.query(fn("notes", "get"), { id })).toMatchObject({ title: "after", rank: 2 });
      await t.mutation(fn("notes", "clearRank"), { id });
      const note = (await t.query(fn("notes", "get"), { id })) as Record<string, unknown>;
      expect(note).not.toHaveProperty("rank");
      expect(note).toMatchObject({ owner: "patched", title: "after" });
    });

    test("a replacement keeps only the id and the creation time", async () => {
      const id = await add("replaced", "before", 1);
      const before = (await t.query(fn("notes", "get"), { id })) as Record<string, unknown>;
      await t.mutation(fn("notes", "replace"), { id, value: { owner: "new", title: "after" } });
      expect(await t.query(fn("notes", "get"), { id })).toStrictEqual({
        _id: id,
        _creationTime: before["_creationTime"],
        owner: "new",
        title: "after",
      });
    });

    test("an id of another table is refused", async () => {
      const thing = await t.mutation(fn("things", "put"), { value: 1 });
      await expect(t.query(fn("notes", "get"), { id: thing })).rejects.toThrow(/notes/);
    });

    test("normalizeId knows its own table's ids only", async () => {
      const own = await add("normal", "id");
      const foreign = (await t.mutation(fn("things", "put"), { value: 1 })) as string;
      expect(await t.query(fn("notes", "normalize"), { id: own })).toBe(own);
      expect(await t.query(fn("notes", "normalize"), { id: foreign })).toBeNull();
      expect(await t.query(fn("notes", "normalize"), { id: "nonsense" })).toBeNull();
    });
  });

  describe("the schema", () => {
    test.each([
      ["a missing field", { owner: "x" }],
      ["a wrong type", { owner: "x", title: 7 }],
      ["an extra field", { owner: "x", title: "y", colour: "red" }],
      ["a wrong element", { owner: "x", title: "y", tags: ["a", 1] }],
    ])("refuses %s on insert, replace and patch", async (_label, value) => {
      await expect(t.mutation(fn("notes", "insertRaw"), { value })).rejects.toThrow();
      const id = await add("schema", "kept");
      await expect(t.mutation(fn("notes", "replace"), { id, value })).rejects.toThrow();
      expect(await t.query(fn("notes", "get"), { id })).toMatchObject({
        owner: "schema",
        title: "kept",
      });
    });
  });

  describe("arguments and return values", () => {
    test.each([
      ["missing", {}],
      ["of a wrong type", { name: 7 }],
      ["extra", { name: "a", colour: "red" }],
      ["of a wrong optional type", { name: "a", age: "old" }],
    ])("arguments that are %s are refused", async (_label, args) => {
      await expect(t.query(fn("errors", "typed"), args)).rejects.toThrow(/validator/i);
    });

    test("good arguments pass, optional ones may be left out", async () => {
      expect(await t.query(fn("errors", "typed"), { name: "Ann", age: 3 })).toBe("Ann 3");
      expect(await t.query(fn("errors", "typed"), { name: "Ann" })).toBe("Ann ?");
    });

    test("a return value that breaks its validator is an error", async () => {
      await expect(t.query(fn("errors", "badReturn"))).rejects.toThrow(/validator/i);
    });
  });

  describe("errors", () => {
    test("a plain error carries its message", async () => {
      await expect(t.query(fn("errors", "plain"))).rejects.toThrow(/a plain error/);
    });

    test.each([["text"], [{ kind: "refused", count: 3n }], [[1, null]]])(
      "a ConvexError carries its data (%#)",
      async (data) => {
        const error = await t.query(fn("errors", "withData"), { data }).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(ConvexError);
        expect((error as ConvexError<never>).data).toStrictEqual(data);
      },
    );

    test("a mutation that fails writes nothing", async () => {
      const before = await t.query(fn("jobs", "names"));
      const error = await t.mutation(fn("errors", "afterWrite")).catch((e: unknown) => e);
      expect((error as ConvexError<never>).data).toStrictEqual({ kind: "refused", count: 3n });
      expect(await t.query(fn("jobs", "names"))).toStrictEqual(before);
    });
  });

  describe("index queries", () => {
    beforeAll(async () => {
      for (const [title, rank] of [
        ["three", 3],
        ["one", 1],
        ["two", 2],
        ["text", "a"],
        ["nothing", null],
        ["missing", undefined],
      ] as const) {
        await add("ranks", title, rank);
      }
      await add("other", "elsewhere", 2);
    });

    test("are ordered: missing, null, numbers, text", async () => {
      const ordered = ["missing", "nothing", "one", "two", "three", "text"];
      expect(await range({ owner: "ranks" })).toStrictEqual(ordered);
      expect(await range({ owner: "ranks", order: "desc" })).toStrictEqual(ordered.toReversed());
    });

    test.each([
      [{ gt: 1 }, ["two", "three", "text"]],
      [{ gte: 1 }, ["one", "two", "three", "text"]],
      [{ lt: 2 }, ["missing", "nothing", "one"]],
      [{ lte: 2 }, ["missing", "nothing", "one", "two"]],
      [{ gt: 1, lte: 3 }, ["two", "three"]],
      [{ gte: null, lt: 1 }, ["nothing"]],
      [{ gt: 3, lt: 3 }, []],
      [{ gt: 5, lt: 2 }, []],
    ])("with the bounds %o give %o", async (bounds, titles) => {
      expect(await range({ owner: "ranks", ...bounds })).toStrictEqual(titles);
    });

    test("take the first rows of either end", async () => {
      expect(await range({ owner: "ranks", gte: 1, limit: 2 })).toStrictEqual(["one", "two"]);
      expect(await range({ owner: "ranks", order: "desc", limit: 2 })).toStrictEqual([
        "text",
        "three",
      ]);
    });

    test("filter what the index cannot", async () => {
      await add("filtered", "skip me", 900);
      await add("filtered", "keep me", 900);
      const args = { floor: 100, text: false };
      const titles = await t.query(fn("notes", "titlesWhereRankIsAbove"), args);
      expect(titles).toStrictEqual(["keep me"]);
    });

    test("unique gives the one row, null for none, and fails for two", async () => {
      const id = await add("alone", "only");
      expect(await t.query(fn("notes", "onlyOneOf"), { owner: "alone" })).toMatchObject({
        _id: id,
      });
      expect(await t.query(fn("notes", "onlyOneOf"), { owner: "nobody" })).toBeNull();
      await add("alone", "second");
      await expect(t.query(fn("notes", "onlyOneOf"), { owner: "alone" })).rejects.toThrow(
        /unique/i,
      );
    });

    test("without an index follow the creation time", async () => {
      const asc = (await t.query(fn("notes", "all"), {})) as string[];
      const desc = (await t.query(fn("notes", "all"), { order: "desc" })) as string[];
      expect(desc).toStrictEqual(asc.toReversed());
      expect(asc.indexOf("three")).toBeLessThan(asc.indexOf("one"));
    });
  });

  describe("pagination", () => {
    type Page = { page: string[]; isDone: boolean; continueCursor: string };
    const page = async (cursor: string | null, numItems: number) =>
      (await t.query(fn("notes", "page"), {
        owner: "paged",
        paginationOpts: { cursor, numItems },
      })) as Page;

    beforeAll(async () => await t.mutation(fn("notes", "addMany"), { owner: "paged", count: 25 }));

    test.each([1, 4, 25, 100])("pages of %d cover every row once", async (numItems) => {
      const titles: string[] = [];
      let cursor: string | null = null;
      for (let isDone = false; !isDone;) {
        const next: Page = await page(cursor, numItems);
        expect(next.page.length).toBeLessThanOrEqual(numItems);
        titles.push(...next.page);
        cursor = next.continueCursor;
        isDone = next.isDone;
      }
      expect(titles).toStrictEqual(Array.from({ length: 25 }, (_, rank) => `paged ${rank}`));
    });

    test("a second paginated query in one function is refused", async () => {
      await expect(t.query(fn("notes", "twoPages"))).rejects.toThrow(/paginate/i);
    });
  });

  describe("nested calls", () => {
    test("share the transaction; one that fails undoes only its own writes", async () => {
      const before = (await t.query(fn("nested", "count"))) as number;
      const result = (await t.mutation(fn("nested", "addAndCatch"))) as Record<string, unknown>;
      expect(result["message"]).toMatch(/dropped is refused/);
      expect(result["count"]).toBe(before + 2);
      const names = (await t.query(fn("jobs", "names"))) as string[];
      expect(names).toContain("kept");
      expect(names).not.toContain("dropped");
    });

    test("are undone with the outer mutation", async () => {
      const before = await t.query(fn("jobs", "names"));
      await expect(t.mutation(fn("nested", "addTwiceAndFail"))).rejects.toThrow(/undone/);
      expect(await t.query(fn("jobs", "names"))).toStrictEqual(before);
    });

    test("may be a few deep", async () => {
      expect(await t.query(fn("nested", "recurse"), { depth: 5 })).toBe(5);
    });
  });

  describe("scheduled functions", () => {
    test.each(["mutation", "action"])("a %s runs once, and its row says so", async (how) => {
      const id = await schedule(how, `hello ${how}`);
      expect(await finished(id)).toStrictEqual({ kind: "success" });
      const names = (await t.query(fn("jobs", "names"))) as string[];
      expect(names.filter((who) => who === `hello ${how}`)).toHaveLength(1);
    });

    test("one that fails is marked failed and leaves no writes", async () => {
      const state = await finished(await schedule("failing", ""));
      expect(state.kind).toBe("failed");
      expect(await t.query(fn("jobs", "names"))).not.toContain("from a failed job");
    });

    test("one that is cancelled does not run", async () => {
      const id = await schedule("mutation", "never", 300);
      expect((await stateOf(id)).kind).toBe("pending");
      await t.mutation(fn("jobs", "cancel"), { id });
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect((await stateOf(id)).kind).toBe("canceled");
      expect(await t.query(fn("jobs", "names"))).not.toContain("never");
    });

    test("one that a failed mutation scheduled never was", async () => {
      await expect(t.mutation(fn("jobs", "scheduleAndFail"), { name: "ghost" })).rejects.toThrow();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await t.query(fn("jobs", "names"))).not.toContain("ghost");
    });
  });

  describe("actions", () => {
    test("run queries, mutations and actions, as the same caller", async () => {
      const ann = t.withIdentity({ subject: "ann", issuer: "https://issuer.test", name: "Ann" });
      const result = await ann.action(fn("doing", "throughQueriesAndMutations"), { name: "acted" });
      expect(result).toMatchObject({ nested: 42, subject: "ann" });
      expect((result as { names: string[] }).names).toContain("acted");
    });

    test("see the error of a mutation that failed, and nothing of its writes", async () => {
      await expect(t.action(fn("doing", "failing"))).rejects.toThrow(/stays out is refused/);
      expect(await t.query(fn("jobs", "names"))).not.toContain("stays out");
    });
  });

  describe("identity", () => {
    test("is the caller's, and null without one", async () => {
      const ann = t.withIdentity({ subject: "ann", issuer: "https://issuer.test", name: "Ann" });
      expect(await ann.query(fn("doing", "whoAmI"))).toStrictEqual({ subject: "ann", name: "Ann" });
      expect(await t.query(fn("doing", "whoAmI"))).toBeNull();
    });
  });

  describe("HTTP actions", () => {
    test("get the request and give their response", async () => {
      const response = await t.fetch("/echo?a=1", { method: "POST", body: "héllo" });
      expect(response.status).toBe(201);
      expect(response.headers.get("x-query")).toBe("?a=1");
      expect(await response.text()).toBe("POST héllo");
    });

    test("may stream, under a path prefix", async () => {
      const response = await t.fetch("/stream/anything");
      expect(await response.text()).toBe("one two three");
    });

    test("a path without a route is not found", async () => {
      expect((await t.fetch("/nowhere")).status).toBe(404);
      expect((await t.fetch("/echo")).status).toBe(404);
    });
  });

  describe("known differences", () => {
    test(DIFFERENCES.ids, async () => {
      const id = await add("ids", "shape");
      expect(id.endsWith("notes")).toBe(name === "convex-test");
      if (name === "embedded") expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{32}$/);
    });

    test(DIFFERENCES.filters, async () => {
      await add("texts", "text rank", "high");
      const args = { floor: 1e9, text: true };
      const titles = await t.query(fn("notes", "titlesWhereRankIsAbove"), args);
      if (name === "embedded") expect(titles).toContain("text rank");
      else expect(titles).toStrictEqual([]);
    });

    test(DIFFERENCES.jobErrors, async () => {
      const state = await finished(await schedule("failing", ""));
      if (name === "embedded") expect(state.error).toMatch(/this job fails/);
      else expect(state).not.toHaveProperty("error");
    });

    test(DIFFERENCES.cursors, async () => {
      const paginationOpts = { cursor: "nonsense", numItems: 5 };
      const outcome = await t.query(fn("notes", "page"), { owner: "nobody", paginationOpts }).then(
        () => "accepted",
        (error: Error) => error.message,
      );
      if (name === "embedded") expect(outcome).toMatch(/InvalidCursor/);
      else expect(outcome).toMatch(/not valid JSON/);
    });
  });
});

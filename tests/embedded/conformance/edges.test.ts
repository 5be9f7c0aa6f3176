/** Pages, the order of values, system tables, counts and sums, on convex-test and on the embedded runtime. */
import { anyApi } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, DRIVERS, EDGE_DIFFERENCES } from "./drivers";

const api = anyApi as Record<string, Record<string, never>>;
const fn = (name: string): never => api["edges"]![name]!;
type Page = { page: unknown[]; isDone: boolean; continueCursor: string };

describe.each(DRIVERS)("$name", ({ name: driver, open }) => {
  let t: Backend;
  beforeAll(async () => {
    t = await open();
  });
  afterAll(async () => await t.close());

  describe("pages", () => {
    type Options = { cursor?: string | null; numItems?: number; endCursor?: string } & Record<
      string,
      unknown
    >;
    const page = async (
      owner: string,
      { cursor = null, numItems = 3, endCursor, ...more }: Options = {},
    ) =>
      (await t.query(fn("page"), {
        owner,
        paginationOpts: { cursor, numItems, ...(endCursor === undefined ? {} : { endCursor }) },
        ...more,
      })) as Page;
    const fill = async (owner: string, count: number) =>
      await t.mutation(api["notes"]!["addMany"]!, { owner, count });

    test("of nothing are empty and the last", async () => {
      expect(await page("nobody")).toMatchObject({ page: [], isDone: true });
    });

    test("follow each other backwards, too", async () => {
      await fill("back", 5);
      const first = await page("back", { order: "desc" });
      expect(first).toMatchObject({ page: [4, 3, 2], isDone: false });
      const { continueCursor: cursor } = first;
      expect(await page("back", { order: "desc", cursor })).toMatchObject({
        page: [1, 0],
        isDone: true,
      });
    });

    test("count what passes a filter", async () => {
      await fill("filtered", 10);
      const first = await page("filtered", { rankOver: 3, numItems: 2 });
      expect(first.page).toEqual([4, 5]);
      const { continueCursor: cursor } = first;
      expect(await page("filtered", { rankOver: 3, numItems: 20, cursor })).toMatchObject({
        page: [6, 7, 8, 9],
        isDone: true,
      });
    });

    test("end at an end cursor, whatever came between", async () => {
      await fill("ended", 4);
      const { continueCursor: endCursor } = await page("ended", { numItems: 2 });
      await t.mutation(api["notes"]!["add"]!, { owner: "ended", title: "between", rank: 0.5 });
      await t.mutation(api["notes"]!["add"]!, { owner: "ended", title: "behind", rank: 1.5 });
      expect(await page("ended", { endCursor, numItems: 1 })).toMatchObject({
        page: [0, 0.5, 1],
        continueCursor: endCursor,
      });
      expect((await page("ended", { cursor: endCursor, numItems: 9 })).page).toEqual([1.5, 2, 3]);
    });
  });

  test("values of all types have one order", async () => {
    await t.mutation(fn("clearThings"));
    const ordered = [
      null,
      -(2n ** 63n),
      -1n,
      0n,
      2n ** 63n - 1n,
      Number.NEGATIVE_INFINITY,
      -1.5,
      -0,
      0,
      1e-300,
      Number.MAX_VALUE,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      false,
      true,
      "",
      "a",
      "a\0",
      "aa",
      "z",
      "ü",
      "\uffff",
      "😀",
      new Uint8Array([]).buffer,
      new Uint8Array([0]).buffer,
      new Uint8Array([0, 255]).buffer,
      new Uint8Array([255]).buffer,
      [],
      [null],
      [null, 1],
      [1],
      {},
      { a: 1 },
      { a: 1, b: null },
      { b: 0 },
    ];
    for (const value of ordered.toReversed()) await t.mutation(api["things"]!["put"]!, { value });
    expect(await t.query(fn("values"))).toStrictEqual(ordered);
    expect(await t.query(fn("values"), { order: "desc" })).toStrictEqual(ordered.toReversed());
    const from = (value: unknown) => ordered.findIndex((other) => Object.is(other, value));
    for (const [gt, lte] of [
      [-0, 0],
      [-1n, false],
      ["a", "😀"],
      [null, Number.NaN],
    ]) {
      expect(await t.query(fn("values"), { gt, lte })).toStrictEqual(
        ordered.slice(from(gt) + 1, from(lte) + 1),
      );
    }
  });

  test.each([
    ["text of many bytes", "ü😀\u2028".repeat(10_000)],
    ["a long array", Array.from({ length: 8_192 }, (_, i) => i)],
    ["many fields", Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`f${i}`, i]))],
    ["depth", deep(14)],
    ["bytes of every value", Uint8Array.from({ length: 256 }, (_, i) => i).buffer],
  ])("%s come back as they went in", async (_what, value) => {
    const id = await t.mutation(api["things"]!["put"]!, { value });
    expect(await t.query(api["things"]!["get"]!, { id })).toStrictEqual(value);
  });

  test.each([
    ["an array that is too long", Array.from({ length: 8_193 }, () => 0)],
    ["too many fields", Object.fromEntries(Array.from({ length: 1_025 }, (_, i) => [`f${i}`, i]))],
    ["a document beyond 1 MiB", "x".repeat(2 ** 20)],
  ])(`%s: ${EDGE_DIFFERENCES.limits}`, async (_what, value) => {
    const put = t.mutation(api["things"]!["put"]!, { value });
    if (driver === "embedded") await expect(put).rejects.toThrow(/too (long|large|many)/);
    else expect(await put).toBeTypeOf("string");
  });

  describe("system tables", () => {
    test("are read through db.system only, and it reads no others", async () => {
      const job = await t.mutation(api["jobs"]!["schedule"]!, {
        name: "x",
        delayMs: 1e8,
        how: "mutation",
      });
      const access = async (how: string, id: unknown) =>
        await t.query(fn("systemAccess"), { how, id });
      expect(await access("db.system.get", job)).toMatchObject({ state: { kind: "pending" } });
      await expect(access("db.query", "_scheduled_functions")).rejects.toThrow();
      await expect(access("db.system.query", "people")).rejects.toThrow();
    });

    test(EDGE_DIFFERENCES.systemTables, async () => {
      const args = { name: "x", delayMs: 1e8, how: "mutation" };
      const id = await t.mutation(api["jobs"]!["schedule"]!, args);
      const got = t.query(fn("systemAccess"), { how: "db.get", id });
      if (driver === "embedded") await expect(got).rejects.toThrow(/db\.system/);
      else expect(await got).toMatchObject({ _id: id });
      const person = await t.run(async (ctx) => await ctx.db.insert("people", { name: "y" }));
      const gotPerson = t.query(fn("systemAccess"), { how: "db.system.get", id: person });
      if (driver === "embedded") await expect(gotPerson).rejects.toThrow(/db\.system/);
      else expect(await gotPerson).toMatchObject({ name: "y" });
    });

    test("are not written to", async () => {
      await expect(t.mutation(fn("writeSystem"))).rejects.toThrow();
    });
  });

  test("count sees what the transaction has done", async () => {
    expect(await t.mutation(fn("counts"))).toEqual([1, 0]);
  });

  test("a transaction knows what it has read and written", async () => {
    const metrics = (await t.mutation(fn("metrics"))) as Record<string, { used: number }>;
    expect(metrics["documentsWritten"]?.used).toBe(2);
    expect(metrics["documentsRead"]?.used).toBeGreaterThan(0);
  });
});

function deep(levels: number): unknown {
  return levels === 0 ? 1 : { in: [deep(levels - 2)] };
}

/** Validators, ways of reading, handles and metadata, on convex-test and on the embedded runtime. */
import { anyApi } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, DRIVERS, SHAPE_DIFFERENCES } from "./drivers";

const api = anyApi as Record<string, Record<string, never>>;
const fn = (name: string): never => api["shapes"]![name]!;

describe.each(DRIVERS)("$name", ({ name: driver, open }) => {
  let t: Backend;
  beforeAll(async () => {
    t = await open();
  });
  afterAll(async () => await t.close());
  const people = async () => (await t.query(api["jobs"]!["names"]!)) as string[];

  describe("validators", () => {
    const note = async () =>
      await t.mutation(api["notes"]!["add"]!, { owner: "shapes", title: "a note" });

    test.each([
      ["nothing", {}],
      ["a literal text", { literal: "a" }],
      ["a literal number", { literal: 1 }],
      ["a literal truth", { literal: true }],
      ["an empty record", { record: {} }],
      ["a record", { record: { "any key": 1, b: Number.NaN } }],
      ["a nested union", { nested: { list: [null, 1n, -(2n ** 63n)] } }],
      ["bytes", { bytes: new Uint8Array([1, 2]).buffer }],
      ["anything", { anything: { a: [null, { b: 1n }] } }],
    ])("let in %s", async (_what, args) => {
      expect(await t.query(fn("accept"), args)).toStrictEqual(args);
    });

    test("let in an id of the table", async () => {
      const id = await note();
      expect(await t.query(fn("accept"), { id })).toEqual({ id });
    });

    test.each([
      ["another literal", { literal: "b" }],
      ["the literal as another type", { literal: 2 }],
      ["a number for a big integer", { nested: { list: [1] } }],
      ["a missing nested field", { nested: {} }],
      ["an extra nested field", { nested: { list: [], more: 1 } }],
      ["null for what may be left out", { bytes: null }],
      ["text for bytes", { bytes: "AAE=" }],
      ["an extra argument", { other: 1 }],
    ])("refuse %s", async (_what, args) => {
      await expect(t.query(fn("accept"), args)).rejects.toThrow(/validator/i);
    });

    test(SHAPE_DIFFERENCES.literals, async () => {
      const accepted = t.query(fn("accept"), { literal: 2n });
      if (driver === "embedded") expect(await accepted).toEqual({ literal: 2n });
      else await expect(accepted).rejects.toThrow(/validator/i);
    });

    test.each([{ a: "x" }, null])(`%j: ${SHAPE_DIFFERENCES.records}`, async (record) => {
      const accepted = t.query(fn("accept"), { record });
      if (driver === "embedded") await expect(accepted).rejects.toThrow(/validator/i);
      else expect(await accepted).toEqual({ record });
    });

    test("refuse an id of another table", async () => {
      const id = await t.mutation(api["things"]!["put"]!, { value: 1 });
      await expect(t.query(fn("accept"), { id })).rejects.toThrow(/validator|Id</i);
    });
  });

  test.each([
    ["first", 3],
    ["take 0", []],
    ["take 2", [3, 2]],
    ["break", [3, 2]],
    ["iterate", [3, 2, 1, 0]],
  ])("rows are read by %s", async (how, expected) => {
    const owner = `read by ${how}`;
    await t.mutation(api["notes"]!["addMany"]!, { owner, count: 4 });
    expect(await t.query(fn("read"), { owner, how })).toEqual(expected);
    expect(await t.query(fn("read"), { owner: "nobody", how: "first" })).toBeNull();
  });

  test("a handle stands for its function, in calls and when it is scheduled", async () => {
    const handle = await t.query(fn("makeHandle"));
    expect(handle).toMatch(/^function:\/\//);
    await t.mutation(fn("useHandle"), { handle, name: "by handle" });
    expect(await people()).toContain("by handle called");
    await expect.poll(people).toContain("by handle scheduled");
    await t.action(fn("useHandleInAction"), { handle, name: "by handle in an action" });
    expect(await people()).toContain("by handle in an action");
  });

  test("a function knows its own name, also in a nested call", async () => {
    expect(await t.query(fn("names"))).toEqual(["shapes:names", "shapes:nameOfInner"]);
  });

  test("a query cannot write", async () => {
    const before = await people();
    const outcome = await t.query(fn("writeInQuery")).catch(() => "refused");
    expect(["no such method", "refused"]).toContain(outcome);
    expect(await people()).toEqual(before);
  });

  test("fields that are undefined are left out", async () => {
    const system = ["_creationTime", "_id"];
    const fields = [...system, "owner", "title"];
    expect(await t.mutation(fn("undefineds"))).toEqual([fields, fields]);
  });

  test("system fields may be repeated, and not changed", async () => {
    expect(await t.mutation(fn("systemFields"), { change: false })).toBe("after");
    await expect(t.mutation(fn("systemFields"), { change: true })).rejects.toThrow();
  });

  test.each(["jobs:nope", "nope:names"])("there is no function %s", async (path) => {
    const [module, name] = path.split(":") as [string, string];
    await expect(t.query(api[module]![name]!)).rejects.toThrow();
  });
});

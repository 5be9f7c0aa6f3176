/** Text search, checked through functions, on convex-test and on the embedded runtime. */
import { anyApi } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, DIFFERENCES, DRIVERS } from "./drivers";

const api = anyApi as Record<string, Record<string, never>>;
const fn = (name: string): never => api["articles"]![name]!;
type Article = { _id: string; body: string };

describe.each(DRIVERS)("$name", ({ name, open }) => {
  let t: Backend;
  const isReal = name === "embedded";
  beforeAll(async () => {
    t = await open();
  });
  afterAll(async () => await t.close());

  const add = async (shelf: string, ...bodies: string[]) => {
    const ids: string[] = [];
    for (const body of bodies) ids.push((await t.mutation(fn("add"), { shelf, body })) as string);
    return ids;
  };
  const bodies = async (args: Record<string, unknown>) =>
    ((await t.query(fn("search"), args)) as Article[]).map(({ body }) => body);

  test("finds any of the words, in any case, and words that begin with the last", async () => {
    await add("words", "The quick brown fox", "a lazy dog", "a quickening cat");
    const found = async (text: string) => (await bodies({ text, shelf: "words" })).toSorted();
    expect(await found("QUICK dog")).toEqual(
      isReal
        ? ["The quick brown fox", "a lazy dog"]
        : ["The quick brown fox", "a lazy dog", "a quickening cat"],
    );
    expect(await found("dog quick")).toHaveLength(3);
    expect(await found("bird")).toEqual([]);
    expect(await found("")).toEqual([]);
  });

  test("filters by equality", async () => {
    await add("left", "walrus");
    await t.mutation(fn("add"), { shelf: "right", body: "walrus", more: { isPublic: true } });
    await t.mutation(fn("add"), { shelf: "right", body: "walrus seal", more: { isPublic: false } });
    expect(await bodies({ text: "walrus", shelf: "left" })).toEqual(["walrus"]);
    expect(await bodies({ text: "walrus", shelf: "right" })).toHaveLength(2);
    expect(await bodies({ text: "walrus", isPublic: false })).toEqual(["walrus seal"]);
    expect(await bodies({ text: "walrus", shelf: "left", isPublic: true })).toEqual([]);
  });

  test("looks into fields of fields", async () => {
    const more = { details: { summary: "an albatross flies" } };
    await t.mutation(fn("add"), { shelf: "deep", body: "none", more });
    const search = async (text: string) => await t.query(fn("searchSummaries"), { text });
    // convex-test cannot search where some documents lack the field.
    if (isReal) expect(await search("albatross")).toMatchObject([more]);
    else await expect(search("albatross")).rejects.toThrow();
  });

  test("follows edits and deletions", async () => {
    const [first, second] = await add("edits", "penguin one", "penguin two");
    await t.mutation(fn("edit"), { id: first, fields: { body: "puffin one" } });
    expect(await bodies({ text: "penguin", shelf: "edits" })).toEqual(["penguin two"]);
    expect(await bodies({ text: "puffin", shelf: "edits" })).toEqual(["puffin one"]);
    await t.mutation(fn("edit"), { id: second, fields: { shelf: "elsewhere" } });
    expect(await bodies({ text: "penguin", shelf: "edits" })).toEqual([]);
    await t.mutation(fn("remove"), { id: second });
    expect(await bodies({ text: "penguin" })).toEqual([]);
  });

  test("a mutation finds what it wrote itself", async () => {
    await add("own", "gecko one");
    const found = await t.mutation(fn("addAndSearch"), {
      shelf: "own",
      body: "gecko two",
      text: "gecko",
    });
    expect((found as string[]).toSorted()).toEqual(["gecko one", "gecko two"]);
  });

  test("a filter after the search drops, a limit takes", async () => {
    await add("after", "ibex one", "ibex two", "ibex three");
    const args = { text: "ibex", body: "ibex two" };
    expect(await t.query(fn("searchNot"), args)).toHaveLength(2);
    expect(await bodies({ text: "ibex", limit: 2 })).toHaveLength(2);
  });

  test("pages hold everything once", async () => {
    await add("pages", ...Array.from({ length: 7 }, (_, n) => `narwhal ${n}`));
    const read: string[] = [];
    for (let cursor: string | null = null, isDone = false; !isDone;) {
      const paginationOpts = { numItems: 3, cursor };
      const page = (await t.query(fn("page"), { text: "narwhal", paginationOpts })) as {
        page: Article[];
        isDone: boolean;
        continueCursor: string;
      };
      read.push(...page.page.map(({ body }) => body));
      ({ isDone, continueCursor: cursor } = page);
    }
    expect(read.toSorted()).toEqual(Array.from({ length: 7 }, (_, n) => `narwhal ${n}`));
  });

  describe("known differences", () => {
    test(DIFFERENCES.searchWords, async () => {
      await add("apart", "ostrich-egg", "emu eggs");
      expect(await bodies({ text: "egg", shelf: "apart" })).toHaveLength(isReal ? 2 : 1);
      expect(await bodies({ text: "eg ostrich-egg", shelf: "apart" })).toHaveLength(2);
      expect(await bodies({ text: "eg nothing", shelf: "apart" })).toHaveLength(isReal ? 0 : 1);
    });

    test(DIFFERENCES.searchOrder, async () => {
      await add("order", "otter among many other words", "otter", "otter");
      const found = await bodies({ text: "otter", shelf: "order" });
      expect(found.indexOf("otter among many other words")).toBe(isReal ? 2 : 0);
    });

    test(DIFFERENCES.searchErrors, async () => {
      const search = t.query(fn("searchByOtherField"));
      if (isReal) await expect(search).rejects.toThrow(/isn't indexed for filtering/);
      else expect(await search).toEqual([]);
    });
  });
});

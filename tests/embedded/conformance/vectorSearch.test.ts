/** Vector search, checked through actions, on convex-test and on the embedded runtime. */
import { anyApi } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, DIFFERENCES, DRIVERS } from "./drivers";

const api = anyApi as Record<string, Record<string, never>>;
const fn = (name: string): never => api["articles"]![name]!;
type Found = { body: string; score: number };

describe.each(DRIVERS)("$name", ({ name, open }) => {
  let t: Backend;
  const isReal = name === "embedded";
  beforeAll(async () => {
    t = await open();
  });
  afterAll(async () => await t.close());

  const add = async (
    shelf: string,
    body: string,
    more: { embedding: number[]; isPublic?: boolean },
  ) => (await t.mutation(fn("add"), { shelf, body, more })) as string;
  const find = async (args: Record<string, unknown>) =>
    (await t.action(fn("similar"), args)) as Found[];
  const bodies = async (args: Record<string, unknown>) => (await find(args)).map((a) => a.body);

  test("the most similar come first, with the cosine of their angle", async () => {
    await add("angles", "same", { embedding: [2, 0, 0] });
    await add("angles", "near", { embedding: [1, 1, 0] });
    await add("angles", "far", { embedding: [0, 1, 0] });
    await add("angles", "opposite", { embedding: [-3, 0, 0] });
    const found = await find({ vector: [5, 0, 0], shelves: ["angles"], limit: 10 });
    expect(found.map(({ body }) => body)).toEqual(["same", "near", "far", "opposite"]);
    const scores = [1, Math.SQRT1_2, 0, -1];
    for (const [i, { score }] of found.entries()) expect(score).toBeCloseTo(scores[i]!, 6);
    const args = { vector: [5, 0, 0], shelves: ["angles"], limit: 2 };
    expect(await bodies(args)).toEqual(["same", "near"]);
  });

  test("a filter takes any of its alternatives", async () => {
    await add("a", "in a", { embedding: [1, 0, 0], isPublic: true });
    await add("b", "in b", { embedding: [1, 0.1, 0], isPublic: false });
    await add("c", "in c", { embedding: [1, 0.2, 0], isPublic: true });
    const vector = [1, 0, 0];
    expect(await bodies({ vector, shelves: ["b"], limit: 9 })).toEqual(["in b"]);
    expect(await bodies({ vector, shelves: ["a", "c"], limit: 9 })).toEqual(["in a", "in c"]);
    const either = { vector, shelves: ["b"], isPublic: true, limit: 9 };
    expect(await bodies(either)).toEqual(["in a", "in b", "in c"]);
    expect(await bodies({ vector, shelves: ["nowhere"], limit: 9 })).toEqual([]);
  });

  test("follows edits and deletions", async () => {
    const first = await add("edits", "first", { embedding: [1, 0, 0] });
    const second = await add("edits", "second", { embedding: [0, 1, 0] });
    const args = { vector: [1, 0, 0], shelves: ["edits"], limit: 9 };
    expect(await bodies(args)).toEqual(["first", "second"]);
    await t.mutation(fn("edit"), { id: first, fields: { embedding: [0, 0, 1] } });
    await t.mutation(fn("edit"), { id: second, fields: { embedding: [1, 1, 0] } });
    expect(await bodies(args)).toEqual(["second", "first"]);
    await t.mutation(fn("remove"), { id: second });
    expect(await bodies(args)).toEqual(["first"]);
    await t.mutation(fn("edit"), { id: first, fields: { shelf: "elsewhere" } });
    expect(await bodies(args)).toEqual([]);
  });

  test("an empty vector is refused", async () => {
    await expect(find({ vector: [], shelves: [] })).rejects.toThrow(/non-empty Array/);
  });

  describe("known differences", () => {
    test(DIFFERENCES.vectorLengths, async () => {
      await add("lengths", "short", { embedding: [1, 0] });
      await add("lengths", "right", { embedding: [1, 0, 0] });
      const args = { vector: [1, 0, 0], shelves: ["lengths"], limit: 9 };
      if (isReal) expect(await bodies(args)).toEqual(["right"]);
      const wrong = find({ ...args, vector: [1, 0] });
      if (!isReal) await wrong;
      else {
        await expect(wrong).rejects.toThrow("Expected a vector with dimensions 3, received 2.");
        await expect(find({ ...args, limit: 257 })).rejects.toThrow(
          "Vector queries can fetch at most 256 results, requested 257.",
        );
        await expect(find({ ...args, limit: 0 })).rejects.toThrow("`limit` must be");
        await expect(t.action(fn("similarByOtherField"))).rejects.toThrow(
          'contains a filter on "body" but that field isn\'t indexed for filtering',
        );
      }
    });

    test(DIFFERENCES.vectorLimit, async () => {
      for (let n = 0; n < 11; n++) await add("many", String(n), { embedding: [1, n, 0] });
      const found = await find({ vector: [1, 0, 0], shelves: ["many"] });
      expect(found).toHaveLength(isReal ? 10 : 11);
    });
  });
});

import { makeFunctionReference } from "convex/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { embeddedTest, type EmbeddedTest } from "../driver/embeddedTest";

let t: EmbeddedTest;
beforeAll(async () => {
  t = await embeddedTest({ project: "tests/fixtures/projects/limits" });
});
afterAll(async () => await t.close());

type Shape = { kind: "array" | "levels" | "fields"; size: number };
type Way = { kind: "query" | "mutation" | "action"; name: string; invalid: RegExp };

function call({ kind, name }: Way, shape: Shape): Promise<unknown> {
  const args = { shape };
  if (kind === "query") return t.query(makeFunctionReference<"query">(name), args);
  if (kind === "action") return t.action(makeFunctionReference<"action">(name), args);
  return t.mutation(makeFunctionReference<"mutation">(name), args);
}

const TOO_MUCH: [Shape, RegExp][] = [
  [{ kind: "array", size: 8_193 }, /Array length is too long \(8193 > maximum length 8192\)/],
  [{ kind: "fields", size: 1_025 }, /Object has too many fields \(1025 > maximum number 1024\)/],
  [
    { kind: "levels", size: 65 },
    /Value is too nested \(nested 65 levels deep > maximum nesting 64\)/,
  ],
];

describe.each<Way>([
  {
    kind: "query",
    name: "shapes:returned",
    invalid: /Function shapes.js:returned return value invalid: /,
  },
  {
    kind: "query",
    name: "shapes:returnedChecked",
    invalid: /Function shapes.js:returnedChecked return value invalid: /,
  },
  {
    kind: "action",
    name: "shapes:returnedByAction",
    invalid: /Function shapes.js:returnedByAction return value invalid: /,
  },
  { kind: "query", name: "shapes:passed", invalid: /Invalid arguments for shapes.js:take: / },
  {
    kind: "action",
    name: "shapes:passedByAction",
    invalid: /Invalid arguments for shapes.js:take: /,
  },
  {
    kind: "mutation",
    name: "shapes:scheduled",
    invalid: /Invalid arguments for shapes.js:scheduled: /,
  },
])("a value on the way of $name", (way) => {
  test.each(TOO_MUCH)("%o breaks the limits of values", async (shape, message) => {
    const error = (await call(way, shape).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toMatch(way.invalid);
    expect(error.message).toMatch(message);
  });

  test("may be as large as they say", async () => {
    // The arguments' object is a level of its own.
    const levels = /returned/.test(way.name) ? 64 : 63;
    for (const shape of [
      { kind: "array", size: 8_192 },
      { kind: "fields", size: 1_024 },
      { kind: "levels", size: levels },
    ] as const) {
      expect(await call(way, shape)).toBeDefined();
    }
  });
});

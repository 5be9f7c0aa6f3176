/** Arguments that no client of Convex's would send: each is refused in words, before any code of ours trips. */
import { expect, test } from "vitest";
import { checkArgs } from "../../../src/embedded/values/validate";
import type { Json } from "../../../src/embedded/values/json";
import { request, serve } from "./fakeProject";

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

const BAD: [string, string, RegExp][] = [
  ["nested without end", nested(100_000), /too nested/],
  ["a malformed integer", '{"$integer":"no"}', /Malformed \$integer/],
  ["a number beyond all numbers", "1e999", /out of range/],
  ["undefined", '{"$undefined":null}', /undefined is not a valid Convex value/],
  ["an array that is too long", `[${"1,".repeat(8_192)}1]`, /Array length is too long/],
];

test.each(BAD)("%s is refused by its name, by every door", async (_case, value, message) => {
  const { runtime } = await serve({
    functions: {
      "a:get": { kind: "query", run: () => 1 },
      "a:put": { kind: "mutation", run: () => 1 },
      "a:act": { kind: "action", run: async () => 1 },
    },
  });
  const bad = (path: string) => ({ ...request(path), args: `{"x":${value}}` });
  const refusal = { name: "RequestError", status: 400, message: expect.stringMatching(message) };
  await expect(runtime.query(bad("a:get"))).rejects.toMatchObject(refusal);
  await expect(runtime.mutation(bad("a:put"))).rejects.toMatchObject(refusal);
  await expect(runtime.action(bad("a:act"))).rejects.toMatchObject(refusal);
  expect(runtime.live.watch(bad("a:get")).reply).toMatchObject({
    ok: false,
    error: { kind: "developer", message: expect.stringMatching(message) },
  });
});

test.each(BAD.slice(0, 2))("a validator that meets %s says so", (_case, value, message) => {
  const text = checkArgs(
    { type: "object", value: { x: { fieldType: { type: "string" }, optional: false } } },
    JSON.parse(`{"x":${value}}`) as Json,
    { tableName: () => undefined },
  );
  expect(text).toMatch(message);
});

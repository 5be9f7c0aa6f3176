/** Queries that an admin types: they read what the component's functions read, and change nothing. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/embedded/values/json";
import { api } from "../clients/api";
import { ADMIN_KEY, startBackend } from "../clients/backend";
import { httpClient } from "../clients/connections";

const WRAPPERS = 'import { query } from "convex:/_system/repl/wrappers.js";\n';
const handler = (body: string) =>
  `${WRAPPERS}export default query({ handler: async (ctx) => {\n${body}\n} });`;

async function ask(
  { apiUrl }: { apiUrl: string },
  source: string,
  { key = ADMIN_KEY, ...more }: JsonObject & { key?: string } = {},
): Promise<{ status: number; body: JsonObject }> {
  const response = await fetch(`${apiUrl}/api/run_test_function`, {
    method: "POST",
    headers: { Authorization: `Convex ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ args: {}, bundle: { path: "testQuery.js", source }, ...more }),
  });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

const failure = (message: RegExp) =>
  expect.objectContaining({
    status: "error",
    errorMessage: expect.stringMatching(message) as string,
  }) as JsonObject;

test("read documents, call the project's queries and log", async () => {
  const backend = await startBackend();
  await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "one" });
  const source = handler(`
    console.log("reading");
    const [message] = await ctx.db.query("messages").take(1);
    const list = await ctx.runQuery("messages:list", { channel: message.channel });
    return { list, count: 1n };`);
  expect((await ask(backend, source, { format: "convex_encoded_json" })).body).toEqual({
    status: "success",
    value: { list: ["one"], count: { $integer: "AQAAAAAAAAA=" } },
    logLines: ["[LOG] 'reading'"],
  });
});

test("are for admins", async () => {
  const backend = await startBackend();
  expect((await ask(backend, handler("return 1;"), { key: "someone|else" })).status).toBe(403);
});

describe("fail by what is wrong", () => {
  test.each([
    ["return await ctx.db.insert('messages', {});", /insert/],
    ["return await fetch('https://convex.dev');", /fetch/],
    ["throw new Error('no such luck');", /Uncaught Error: no such luck/],
    ["for (;;) {}", /timed out/],
  ])("%s", async (body, message) => {
    const backend = await startBackend();
    expect((await ask(backend, handler(body))).body).toEqual(failure(message));
    expect((await ask(backend, handler("return 1;"))).body).toMatchObject({ value: 1 });
  });

  test.each([
    ["export default 1;", /default export made by query/],
    [
      `${WRAPPERS}export const other = query({ handler: () => 1 });`,
      /default export made by query/,
    ],
    [
      "export default Object.assign(() => 1, { isMutation: true, isPublic: true, invokeMutation: () => '1' });",
      /default export made by query/,
    ],
    ["export default", /testQuery\.js:1/],
    ['import "./messages.js";', /Could not resolve "\.\/messages\.js"/],
    ["throw new Error('at the top');", /at the top/],
  ])("%j", async (source, message) => {
    expect((await ask(await startBackend(), source)).body).toEqual(failure(message));
  });

  test("a component that is not there", async () => {
    const { body } = await ask(await startBackend(), handler("return 1;"), { componentId: "x" });
    expect(body).toEqual(failure(/There is no component "x"/));
  });
});

test("leave nothing behind for the project's functions", async () => {
  const backend = await startBackend();
  const source = handler(
    "Array.prototype.at = () => 'spoilt'; globalThis.left = 1; return [1].at(0);",
  );
  expect((await ask(backend, source)).body).toMatchObject({ value: "spoilt" });
  const clean = handler("return [[1].at(0), typeof globalThis.left];");
  expect((await ask(backend, clean)).body).toMatchObject({ value: [1, "undefined"] });
});

/** What functions see of the runtime around them, with the real engine. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FunctionReply } from "../../../src/embedded/runtime/types";
import { embeddedTest, type EmbeddedTest } from "../driver/embeddedTest";
import { PROJECT } from "./harness";

/** What auth.config.ts asks for. */
const ISSUER = { ISSUER: "https://issuer.test" };
let t: EmbeddedTest;
beforeAll(async () => {
  t = await embeddedTest({ project: PROJECT, environment: { ...ISSUER, SECRET: "first" } });
});
afterAll(async () => await t.close());

const call = (path: string, args: object = {}): Promise<FunctionReply> =>
  t.runtime.run({
    path,
    args: JSON.stringify(args),
    identity: { kind: "none" },
    requestId: "r",
    request: { ip: null, userAgent: null },
  });
const value = async (path: string, args?: object): Promise<unknown> => {
  const reply = await call(path, args);
  if (!reply.ok) throw new Error(reply.error.message);
  return JSON.parse(reply.value);
};

describe("a function that a limit stops", () => {
  test.each([
    ["writes", /^Uncaught Error: Too many writes in a single function execution \(limit: 16000\)/],
    ["reads", /^Uncaught Error: Too many documents read in a single function execution/],
    ["jobs", /^Uncaught Error: Too many functions scheduled by this mutation \(limit: 1000\)/],
    ["nesting", /Cross component call depth limit exceeded/],
    [
      "result",
      /^Function failing\.js:tooMuch return value is too large \(actual: 16\.00 MiB, limit: 16 MiB\)$/,
    ],
    ["nestedResult", /Function failing\.js:tooMuch return value is too large/],
    ["nestedArgs", /Arguments for failing\.js:tooMuch are too large \(actual: 16\.00 MiB/],
  ])("says so (%s)", async (of, message) => {
    const before = await value("messages:list");
    expect(await call("failing:tooMuch", { of })).toMatchObject({
      ok: false,
      error: { kind: "limit", message: expect.stringMatching(message) },
    });
    expect(await value("messages:list")).toEqual(before);
  });

  test("may catch it", async () => {
    const reply = await call("failing:tooMuch", { of: "nestedResult", isCaught: true });
    expect(reply).toMatchObject({ ok: true, value: '"caught"' });
  });

  test("arguments that are too large stop any kind of function before it begins", async () => {
    for (const path of ["messages:send", "calls:relay"]) {
      expect(await call(path, { text: "x".repeat((16 << 20) + 1) })).toMatchObject({
        ok: false,
        error: { kind: "limit", message: expect.stringMatching(/^Arguments for \w+\.js:/) },
      });
    }
  });
});

test("a change of the environment is seen by what starts afterwards", async () => {
  const seen = () =>
    Promise.all(
      ["Query", "Mutation", "Action"]
        .map((kind) => `world:secretOf${kind}`)
        .concat("world:secretSeenAtLoad", "node:secretOfNode")
        .map((path) => value(path)),
    );
  expect(new Set(await seen())).toEqual(new Set(["first"]));
  await t.runtime.setEnvironment({ ...ISSUER, SECRET: "second" });
  expect(new Set(await seen())).toEqual(new Set(["second"]));
});

describe.each(["Mutation", "Action"])("in a(n) %s", (kind) => {
  test("a scheduled function runs, a cancelled one does not", async () => {
    const [runs, stays] = [`${kind} runs`, `${kind} stays`];
    await value(`jobs:planIn${kind}`, { text: runs, delayMs: 0 });
    const id = await value(`jobs:planIn${kind}`, { text: stays, delayMs: 3_600_000 });
    await value(`jobs:cancelIn${kind}`, { id });
    await t.finishInProgressScheduledFunctions();
    expect(await value("messages:list")).toContain(runs);
    expect(await value("messages:list")).not.toContain(stays);
    expect(await value("jobs:states")).toEqual(
      expect.arrayContaining([`${runs}: success`, `${stays}: canceled`]),
    );
  });
});

test("what a failed mutation scheduled is not there", async () => {
  expect(await call("jobs:planAndThrow")).toMatchObject({ ok: false });
  expect(await value("jobs:states")).not.toContainEqual(expect.stringContaining("never sent"));
});

test("a job may have larger arguments than a document may be", async () => {
  const text = "x".repeat(3 << 20);
  await value("jobs:planInMutation", { text, delayMs: 3_600_000 });
  expect(await value("jobs:states")).toContain(`${text}: pending`);
});

describe("a nested call", () => {
  test("may paginate once of its own, as its caller may", async () => {
    await value("messages:send", { text: "a message" });
    expect(await value("messages:pagesNested")).toEqual([1, 1, 1]);
  });

  test("may be given tighter limits, which its caller is not held to", async () => {
    expect(await value("messages:sendsWithin", { limit: 1 })).toBeNull();
    expect(await call("messages:sendsWithin", { limit: 0 })).toMatchObject({
      ok: false,
      error: { kind: "limit", message: expect.stringContaining("Too many writes") },
    });
  });
});

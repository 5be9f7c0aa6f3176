import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startHarness, type Harness } from "./harness";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ functionMs: 200 });
});
afterAll(async () => await harness.executor.close());

const value = (name: string, args?: object): unknown => {
  const outcome = harness.run(name, args);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return JSON.parse(outcome.value);
};
const failure = (name: string, args?: object) => {
  const outcome = harness.run(name, args);
  if (outcome.ok) throw new Error(`it returned ${outcome.value}`);
  return outcome.error;
};

describe("calls", () => {
  test("a mutation writes, a query reads", () => {
    const before = harness.texts.length;
    expect(value("messages:send", { text: "hi" })).toBe("id1");
    expect(value("messages:list")).toEqual(harness.texts);
    expect(harness.texts.length).toBe(before + 1);
  });

  test("arguments and return values are checked", () => {
    expect(failure("messages:send", { text: 1 })).toMatchObject({
      kind: "developer",
      message: expect.stringMatching(/^ArgumentValidationError: /),
    });
    expect(failure("messages:wrongReturn").message).toMatch(/^ReturnsValidationError: /);
  });

  test("an error names the line that people wrote, and only their files", () => {
    const { message } = failure("messages:boom");
    const [first, ...frames] = message.split("\n");
    expect(first).toBe("Uncaught Error: boom");
    expect(frames[0]).toBe("    at handler (../convex/messages.ts:25:11)");
    expect(message).not.toContain("node_modules");
  });

  test("a ConvexError carries its encoded data", () => {
    const { data, message } = failure("messages:refuse");
    expect(JSON.parse(data!)).toEqual({ kind: "not_found", n: { $integer: "AQAAAAAAAAA=" } });
    expect(message).toMatch(/^Uncaught ConvexError: /);
  });

  test("a nested mutation that fails loses its own writes only, and can be caught", () => {
    expect(value("messages:catchNested")).toBe("stop");
    expect(harness.texts).toContain("kept");
    expect(harness.texts).not.toContain("lost");
  });

  test("calls nest up to a depth and no further", () => {
    expect(failure("messages:recurse").message).toContain("call depth limit exceeded");
    expect(value("messages:noop")).toBeNull();
  });

  test("a promise that nothing settles is an error", () => {
    expect(failure("messages:never").message).toBe("Returned promise will never resolve");
  });

  test("the identity is given, and that it was looked at is noted", () => {
    const identity = {
      kind: "user" as const,
      tokenIdentifier: "iss|ann",
      attributes: { subject: "ann" },
      expiresAtMs: null,
    };
    const outcome = harness.run("messages:whoami", {}, identity);
    expect(outcome).toMatchObject({ ok: true, observed: { identity: true, time: false } });
    expect(outcome.ok && JSON.parse(outcome.value)).toMatchObject({
      subject: "ann",
      tokenIdentifier: "iss|ann",
    });
    expect(harness.run("messages:list").observed.identity).toBe(false);
  });
});

describe("the world of queries and mutations", () => {
  test("it has the web's globals and none of Node's", () => {
    expect(value("world:globals")).toEqual({
      Buffer: "undefined",
      require: "undefined",
      setImmediate: "undefined",
      global: "undefined",
      WebSocket: "undefined",
      module: "undefined",
      fetch: "function",
      URL: "function",
      TextEncoder: "function",
      crypto: "object",
      ReadableStream: "function",
      Response: "function",
      structuredClone: "function",
      process: ["env"],
      env: "s3cret",
    });
  });

  test("time stands still at the transaction's", () => {
    const outcome = harness.run("world:clock");
    expect(outcome.observed.time).toBe(true);
    expect(outcome.ok && JSON.parse(outcome.value)).toEqual({
      now: 1_700_000_000_123,
      same: true,
      isDate: true,
      text: "string",
    });
  });

  test("each execution has its own randomness", () => {
    const [a, b] = [value("world:dice"), value("world:dice")] as [unknown[], unknown[]];
    expect(a[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(a).not.toEqual(b);
  });

  test.each([
    ["world:timer", "setTimeout"],
    ["world:fetches", "fetch()"],
  ])("%s is refused", (name, what) => {
    expect(failure(name).message).toContain(
      `Can't use ${what} in queries and mutations. Please consider using an action.`,
    );
  });

  test("its objects are of its own classes", () => {
    expect(value("world:classes")).toEqual({
      bytes: { $bytes: "aMOpbGxv" },
      buffer: true,
      urlError: true,
      decoded: "héllo",
      clone: true,
      blob: "ahéllo",
    });
  });

  test("WebCrypto answers within the function, except for what needs randomness", () => {
    expect(value("world:hashes")).toEqual({
      digest: "44,242,77,186",
      isBuffer: true,
      verified: true,
      opened: "hello",
    });
    expect(failure("world:generates").message).toContain("generateKey");
  });
});

describe("the watchdog", () => {
  test.each(["sync", "microtasks", "regex"])("stops an endless loop (%s)", (kind) => {
    expect(failure("messages:loop", { kind })).toMatchObject({ kind: "timeout" });
    expect(value("messages:noop")).toBeNull();
  });

  test("stops an endless loop over reads", () => {
    expect(failure("messages:loopOverReads")).toMatchObject({ kind: "timeout" });
    expect(value("messages:list")).toEqual(harness.texts);
  });
});

test("console lines are kept with their levels, and no more than 256", () => {
  const { logLines } = harness.run("messages:log", { lines: 2 });
  expect(logLines[0]).toMatchObject({ level: "LOG", messages: ["'text'", "{ a: [ 1, 'two' ] }"] });
  expect(logLines[1]?.messages[0]).toContain(
    "Error: logged\n    at handler (../convex/messages.ts:",
  );
  const many = harness.run("messages:log", { lines: 1000 }).logLines;
  expect(many).toHaveLength(257);
  expect(many.at(-1)?.messages[0]).toContain("Log overflow");
});

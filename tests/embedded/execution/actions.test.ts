import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FunctionError, LogLine } from "../../../src/embedded/execution/types";
import { startHarness, type Harness } from "./harness";

let harness: Harness;
/** Of actions that may not take long. */
let hasty: Harness;
let server: Server;
let url: string;
beforeAll(async () => {
  harness = await startHarness();
  hasty = await startHarness({ actionMs: 300 });
  server = createServer((_request, response) => response.end(JSON.stringify({ ok: true })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.close();
  await harness.executor.close();
  await hasty.executor.close();
});

const value = async (name: string, args?: object): Promise<unknown> => {
  const outcome = await harness.action(name, args);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return JSON.parse(outcome.value);
};

describe("actions", () => {
  test("an action runs mutations and its console is kept", async () => {
    const outcome = await harness.action("calls:relay", { text: "relayed" });
    expect(outcome).toMatchObject({
      ok: true,
      logLines: [{ messages: ["'relaying'", "'relayed'"] }],
    });
    expect(harness.texts).toContain("relayed");
  });

  test("an action fetches, waits and returns what it got", async () => {
    expect(await value("calls:fetchText", { url })).toEqual({ ok: true });
  });

  test("an error of a failed fetch is an Error", async () => {
    expect(await value("calls:catchesFetch")).toBe("an Error");
  });

  test("a nested failure reaches the caller with both stacks", async () => {
    const outcome = await harness.action("calls:failsNested");
    expect(!outcome.ok && outcome.error.message).toMatch(
      /Uncaught Error: Uncaught Error: boom\n {4}at handler \(\.\.\/convex\/messages\.ts:25:11\)[^]*\.\.\/convex\/calls\.ts:/,
    );
  });

  test("a ConvexError carries its data", async () => {
    const outcome = await harness.action("calls:refuses");
    expect(outcome).toMatchObject({ ok: false, error: { kind: "developer", data: '{"code":7}' } });
  });

  test("an action that does not end is ended", async () => {
    expect(await hasty.action("calls:hangs")).toMatchObject({
      ok: false,
      error: { kind: "timeout" },
    });
  });

  test("concurrent actions keep their own console and identity", async () => {
    const identity = (subject: string) => ({
      kind: "user" as const,
      tokenIdentifier: subject,
      attributes: { subject },
      expiresAtMs: null,
    });
    const [slow, fast] = await Promise.all([
      harness.action("calls:pair", { text: "slow" }, identity("ann")),
      harness.action("calls:pair", { text: "fast" }, identity("bob")),
    ]);
    expect(slow).toMatchObject({ value: '"ann"', logLines: [{ messages: ["'slow'"] }] });
    expect(fast).toMatchObject({ value: '"bob"', logLines: [{ messages: ["'fast'"] }] });
  });

  test('the default runtime has none of Node\'s globals, a "use node" module has them', async () => {
    expect(await value("world:actionGlobals")).toMatchObject({
      Buffer: "undefined",
      require: "undefined",
      setImmediate: "undefined",
      fetch: "function",
      process: ["env"],
    });
    const outcome = await harness.action("node:inNode");
    expect(outcome).toMatchObject({ ok: true, logLines: [{ messages: ["'in node'"] }] });
    expect(outcome.ok && JSON.parse(outcome.value)).toEqual({
      hash: "2d71",
      buffer: "function",
      secret: "s3cret",
    });
    expect(harness.texts).toContain("from node");
  });
});

describe("HTTP actions", () => {
  async function request(path: string, init?: RequestInit) {
    const lines: LogLine[] = [];
    let end: (error: FunctionError | null) => void;
    const ended = new Promise<FunctionError | null>((resolve) => (end = resolve));
    const response = await harness.executor.runHttpAction(new Request(`http://site${path}`, init), {
      target: { componentPath: "", path },
      identity: { kind: "none" },
      requestId: "r9",
      request: { ip: null, userAgent: null },
      onLog: (line) => lines.push(line),
      onEnd: (error) => end(error),
    });
    return { response, lines, ended };
  }
  const messages = (lines: LogLine[]) => lines.map((line) => line.messages[0]);

  test("a route answers with status, headers and body", async () => {
    const { response } = await request("/echo", {
      method: "POST",
      body: "hi",
      headers: { "x-name": "ann" },
    });
    expect([response.status, response.headers.get("x-out"), await response.text()]).toEqual([
      201,
      "1",
      "ann: hi",
    ]);
  });

  test("a body streams to its end", async () => {
    const { response, ended, lines } = await request("/stream");
    expect(await response.text()).toBe("chunk 0;chunk 1;chunk 2;chunk 3;chunk 4;");
    expect(await ended).toBeNull();
    expect(messages(lines)).toEqual(["'all sent'"]);
  });

  test("when the client leaves, the function is told and runs on", async () => {
    const { response, ended, lines } = await request("/stream");
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(await ended).toBeNull();
    expect(messages(lines)).toEqual(["'client left'", "'all sent'"]);
  });

  test("no route is a 404, a throw is a 500 with its stack", async () => {
    const missing = await request("/missing");
    expect([missing.response.status, await missing.response.text()]).toEqual([
      404,
      "No matching routes found",
    ]);
    const failed = await request("/fail/x");
    expect(failed.response.status).toBe(500);
    expect(await failed.response.json()).toMatchObject({
      code: "[Request ID: r9] Server Error",
      trace: expect.stringContaining(
        "Uncaught Error: http boom\n    at <anonymous> (../convex/http.ts:",
      ),
    });
  });
});

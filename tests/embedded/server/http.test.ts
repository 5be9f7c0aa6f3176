import { connect as connectTcp } from "node:net";
import { Agent, request as httpRequest } from "node:http";
import { describe, expect, test } from "vitest";
import { Failure, failToCommit, type FakeFunctions } from "./fakeRuntime";
import { ADMIN_KEY, ns } from "./rawClient";
import { serve } from "./serving";

const int64 = { $integer: "KgAAAAAAAAA=" }; // 42
const functions: FakeFunctions = {
  "messages:list": { kind: "query", run: ({ data }) => data["count"] ?? [] },
  echo: { kind: "query", run: (_context, args) => args },
  values: {
    kind: "query",
    run: () => ({
      int64,
      negative: { $integer: "//////////8=" },
      nan: { $float: "AAAAAAAA+H8=" },
      infinity: { $float: "AAAAAAAA8H8=" },
      bytes: { $bytes: "AQID" },
      nested: [{ deep: [int64] }],
      text: '"$integer"',
    }),
  },
  noisy: { kind: "query", run: () => 1 },
  who: { kind: "query", run: ({ identity }) => identity },
  client: { kind: "query", run: ({ request }) => request.request },
  secret: {
    kind: "mutation",
    internal: true,
    run: ({ request }) => request.componentPath ?? "app",
  },
  increment: {
    kind: "mutation",
    run: ({ data }) => (data["count"] = Number(data["count"] ?? 0) + 1),
  },
  failing: {
    kind: "mutation",
    run: () => {
      throw new Failure("boom", int64);
    },
  },
  plainly: {
    kind: "action",
    run: () => {
      throw new Failure("plain");
    },
  },
  act: { kind: "action", run: () => "acted" },
  buggy: {
    kind: "query",
    run: () => {
      throw new TypeError("a bug of ours");
    },
  },
};
const admin = { Authorization: `Convex ${ADMIN_KEY}` };

describe("calling functions", () => {
  test.each([
    ["/api/query", { path: "echo", args: { a: 1 } }, { a: 1 }],
    ["/api/query", { path: "echo", args: [{ a: 1 }] }, { a: 1 }],
    ["/api/query", { path: "echo", args: [] }, {}],
    ["/api/mutation", { path: "increment", args: {} }, 1],
    ["/api/action", { path: "act", args: {} }, "acted"],
    ["/api/run/messages/list", { args: {} }, []],
  ])("POST %s %o", async (path, body, value) => {
    const { post } = await serve(functions);
    const response = await post(path, body);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({ status: "success", value });
  });

  test("GET /api/query takes arguments from the URL", async () => {
    const { apiUrl } = await serve(functions);
    const args = encodeURIComponent(JSON.stringify({ a: [1] }));
    const response = await fetch(`${apiUrl}/api/query?path=echo&args=${args}&format=json`);
    expect(await response.json()).toEqual({ status: "success", value: { a: [1] } });
  });

  test("values come as plain JSON, or encoded when asked for", async () => {
    const { post } = await serve(functions);
    const plain = (await (await post("/api/query", { path: "values", args: {} })).json()) as object;
    expect(plain).toMatchObject({
      value: {
        int64: "42",
        negative: "-1",
        nan: "NaN",
        infinity: "Infinity",
        bytes: "AQID",
        nested: [{ deep: ["42"] }],
        text: '"$integer"',
      },
    });
    const format = "convex_encoded_json";
    const encoded = await (await post("/api/query", { path: "values", args: {}, format })).json();
    expect(encoded).toMatchObject({ value: { int64, nested: [{ deep: [int64] }] } });
  });

  test("log lines come along when there are some", async () => {
    const { post } = await serve(functions);
    const response = await post("/api/query", { path: "noisy", args: {} });
    expect(await response.json()).toMatchObject({ logLines: ["[LOG] 'hello' 1"] });
  });

  test("a failure is status 200 with message and data", async () => {
    const { post } = await serve(functions);
    const response = await post("/api/mutation", { path: "failing", args: {} });
    expect(response.status).toBe(200);
    const body = (await response.json()) as Record<string, string>;
    expect(body).toMatchObject({ status: "error", errorData: "42" });
    expect(body["errorMessage"]).toMatch(
      /^\[Request ID: [0-9a-f]{16}\] Server Error\nUncaught Error: boom\n {4}at handler/,
    );
    const plain = (await (
      await post("/api/action", { path: "plainly", args: {} })
    ).json()) as object;
    expect(plain).not.toHaveProperty("errorData");
  });

  test.each([
    ["/api/query", "missing"],
    ["/api/mutation", "secret"],
    ["/api/query", "increment"],
  ])("POST %s of %s fails like a function, as in Convex", async (path, name) => {
    const { post } = await serve(functions);
    const response = await post(path, { path: name, args: {} });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "error" });
  });

  test("an error of our own says nothing of itself", async () => {
    const { post, errors } = await serve(functions);
    const response = await post("/api/query", { path: "buggy", args: {} });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      code: "InternalServerError",
      message: "Your request couldn't be completed. Try again later.",
    });
    expect(errors).toEqual([new TypeError("a bug of ours")]);
  });

  test("a commit that could not be saved is a 503 that may be tried again", async () => {
    const { post, runtime } = await serve(functions);
    runtime.beforeMutation = failToCommit;
    const response = await post("/api/mutation", { path: "increment", args: {} });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "CommitFailed" });
  });

  test("functions hear who calls", async () => {
    const { post } = await serve(functions);
    const headers = { "User-Agent": "test/1", "X-Forwarded-For": "6.6.6.6, 203.0.113.9" };
    const response = await post("/api/query", { path: "client", args: {} }, headers);
    expect(await response.json()).toMatchObject({
      value: { ip: "203.0.113.9", userAgent: "test/1" },
    });
  });

  test.each(["npm-1.48.0", "python-0.7.0", "nonsense", ""])(
    "the Convex-Client header %o changes nothing",
    async (client) => {
      const { post } = await serve(functions);
      const headers = { "Convex-Client": client };
      expect((await post("/api/query", { path: "noisy", args: {} }, headers)).status).toBe(200);
    },
  );

  test("a mutation runs on when its client goes away", async () => {
    const { runtime, apiUrl } = await serve(functions);
    const abort = new AbortController();
    runtime.beforeMutation = async () => {
      abort.abort();
      await expect(sent).rejects.toThrow();
      // The server may notice that the client is gone.
      await new Promise((resolve) => setTimeout(resolve, 30));
    };
    const sent = fetch(`${apiUrl}/api/mutation`, {
      method: "POST",
      body: JSON.stringify({ path: "increment", args: {} }),
      signal: abort.signal,
    });
    await expect(sent).rejects.toThrow();
    await expect.poll(() => runtime.data["count"]).toBe(1);
  });
});

describe("timestamps", () => {
  test("query_ts gives the latest timestamp, and query_at_ts takes it", async () => {
    const { post, runtime } = await serve(functions);
    const { ts } = (await (await post("/api/query_ts", "")).json()) as { ts: string };
    expect(ns(ts)).toBe(BigInt(runtime.tsMicros) * 1000n);
    const body = { path: "echo", args: { a: 1 }, ts };
    expect(await (await post("/api/query_at_ts", body)).json()).toMatchObject({ value: { a: 1 } });

    runtime.commit(() => {});
    const late = await post("/api/query_at_ts", body);
    expect(late.status).toBe(400);
    expect(await late.json()).toMatchObject({ code: "OutOfRetention" });
  });

  test("query_batch answers each query, the failing ones too", async () => {
    const { post } = await serve(functions);
    const queries = [
      { path: "echo", args: { a: 1 } },
      { path: "missing", args: {} },
      { path: "values", args: {}, format: "convex_encoded_json" },
    ];
    const response = await post("/api/query_batch", { queries });
    expect(await response.json()).toMatchObject({
      results: [{ status: "success", value: { a: 1 } }, { status: "error" }, { value: { int64 } }],
    });
  });
});

describe("admins", () => {
  test("may call anything in any component", async () => {
    const { post } = await serve(functions);
    const call = { path: "secret", args: {} };
    const inApp = await post("/api/function", call, admin);
    expect(await inApp.json()).toEqual({ status: "success", value: "app" });
    const inChild = await post("/api/function", { ...call, componentPath: "child" }, admin);
    expect(await inChild.json()).toEqual({ status: "success", value: "child" });
  });

  test("may act as someone else", async () => {
    const { post } = await serve(functions);
    const identity = { issuer: "https://i", subject: "ann", name: "Änn" };
    const encoded = Buffer.from(JSON.stringify(identity)).toString("base64");
    const headers = { Authorization: `Convex prod:${ADMIN_KEY}:${encoded}` };
    const response = await post("/api/query", { path: "who", args: {} }, headers);
    expect(await response.json()).toMatchObject({
      value: { kind: "admin", actingAs: { ...identity, tokenIdentifier: "https://i|ann" } },
    });
  });

  test("set and remove environment variables", async () => {
    const { post, runtime, apiUrl } = await serve(functions);
    const path = "/api/update_environment_variables";
    const change = (changes: unknown) => post(path, { changes }, admin);
    const set = await change([
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ]);
    expect([set.status, await set.text()]).toEqual([200, ""]);
    expect((await change([{ name: "A", value: null }])).status).toBe(200);
    expect((await change([{ name: "B" }, { name: "C", value: "3" }])).status).toBe(200);
    expect(runtime.variables).toEqual({ C: "3" });
    const listed = await fetch(`${apiUrl}/api/list_environment_variables`, { headers: admin });
    expect(await listed.json()).toEqual({ environmentVariables: { C: "3" } });
    expect((await change([{ name: "not a name", value: "1" }])).status).toBe(400);
  });

  test("environment variables are shown to them alone", async () => {
    const { runtime, apiUrl } = await serve(functions);
    runtime.variables = { SECRET: "hush" };
    for (const headers of [{}, { Authorization: `Convex ${ADMIN_KEY}0` }]) {
      const refused = await fetch(`${apiUrl}/api/list_environment_variables`, { headers });
      expect(refused.status).toBe(403);
      expect(await refused.text()).not.toContain("hush");
    }
  });

  test.each([
    ["/api/function", { path: "secret", args: {} }],
    ["/api/update_environment_variables", { changes: [] }],
  ])("%s is for them alone", async (path, body) => {
    const { post } = await serve(functions);
    const refused = await post(path, body);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: "BadDeployKey" });
    const badKey = await post(path, body, { Authorization: `Convex ${ADMIN_KEY}0` });
    expect(badKey.status).toBe(403);
    expect(await badKey.json()).toMatchObject({ code: "BadAdminKey" });
  });
});

describe("bad requests", () => {
  const good = { path: "echo", args: {} };
  test.each<[string, unknown, { status: number; code: string; message: RegExp }]>([
    ["/api/query", "", { status: 400, code: "BadJsonBody", message: /is empty/ }],
    [
      "/api/query",
      '{"path": ',
      { status: 400, code: "BadJsonBody", message: /not valid JSON: .*JSON/ },
    ],
    [
      "/api/mutation",
      [],
      { status: 400, code: "BadJsonBody", message: /must be a JSON object, not an array/ },
    ],
    ["/api/action", "null", { status: 400, code: "BadJsonBody", message: /not null/ }],
    [
      "/api/query",
      { args: {} },
      { status: 400, code: "BadJsonBody", message: /"path" must be .* is missing/ },
    ],
    ["/api/query", { path: 5 }, { status: 400, code: "BadJsonBody", message: /it is a number/ }],
    [
      "/api/query",
      { path: "echo" },
      { status: 400, code: "BadJsonBody", message: /"args" .* is missing/ },
    ],
    [
      "/api/query",
      { ...good, args: 5 },
      { status: 400, code: "BadJsonBody", message: /it is a number/ },
    ],
    [
      "/api/query",
      { ...good, args: [{}, {}] },
      { status: 400, code: "BadJsonBody", message: /it is an array/ },
    ],
    [
      "/api/query",
      { ...good, args: ["x"] },
      { status: 400, code: "BadJsonBody", message: /a string/ },
    ],
    [
      "/api/query",
      { ...good, format: "xml" },
      { status: 400, code: "BadFormat", message: /"xml"/ },
    ],
    ["/api/query", { ...good, format: {} }, { status: 400, code: "BadFormat", message: /\{\}/ }],
    ["/api/query_at_ts", good, { status: 400, code: "BadJsonBody", message: /"ts" must be/ }],
    [
      "/api/query_at_ts",
      { ...good, ts: "x" },
      { status: 400, code: "BadJsonBody", message: /"ts" must be/ },
    ],
    [
      "/api/query_batch",
      {},
      { status: 400, code: "BadJsonBody", message: /"queries" .* is missing/ },
    ],
    [
      "/api/query_batch",
      { queries: [1] },
      { status: 400, code: "BadJsonBody", message: /A query must/ },
    ],
    [
      "/api/run/messages",
      { args: {} },
      { status: 400, code: "MissingIdentifier", message: /\/list/ },
    ],
    [
      "/api/run/messages/",
      { args: {} },
      { status: 400, code: "MissingIdentifier", message: /\/list/ },
    ],
    ["/api/run/a/%E0%A4%A", { args: {} }, { status: 400, code: "BadPathArgs", message: /%E0/ }],
    ["/api/nothing", {}, { status: 404, code: "NotFound", message: /\/api\/nothing/ }],
    ["/constructor", {}, { status: 404, code: "NotFound", message: /constructor/ }],
    [
      "/api/v1/get_canonical_urls",
      {},
      { status: 405, code: "MethodNotAllowed", message: /GET, not POST/ },
    ],
    ["/api/1.48.0/sync", {}, { status: 426, code: "UpgradeRequired", message: /WebSocket/ }],
    ["/api/push_config", {}, { status: 501, code: "Unsupported", message: /push_config/ }],
    [
      "/api/document_deltas/x",
      {},
      { status: 501, code: "Unsupported", message: /document_deltas/ },
    ],
    ["/api/v1/anything", {}, { status: 501, code: "Unsupported", message: /v1\/anything/ }],
  ])("POST %s %o is refused", async (path, body, { status, code, message }) => {
    const { post } = await serve(functions);
    const response = await post(path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test.each<[string, number, string]>([
    ["Basic abc", 400, "InvalidHeaderFailure"],
    ["Bearer", 400, "InvalidHeaderFailure"],
    ["x", 400, "InvalidHeaderFailure"],
    ["Bearer not.a.jwt", 401, "InvalidAuthHeader"],
    ["Convex nonsense", 403, "BadAdminKey"],
    [`Convex ${ADMIN_KEY}:!!!`, 400, "HeaderParseFailure"],
    [`Convex ${ADMIN_KEY}:${btoa("[]")}`, 400, "HeaderParseFailure"],
    [`Convex ${ADMIN_KEY}:${btoa("{}")}`, 400, "BadIdentity"],
  ])("Authorization: %s is %i %s", async (Authorization, status, code) => {
    const { post } = await serve(functions);
    const response = await post("/api/query", good, { Authorization });
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code });
    expect(text).not.toContain(ADMIN_KEY);
  });

  test("GET /api/query names what is wrong with its arguments", async () => {
    const { apiUrl } = await serve(functions);
    const response = await fetch(`${apiUrl}/api/query?path=echo&args=%7B`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      message: expect.stringMatching(/^"args" is not/),
    });
  });

  const tooMuch = 16 * 1024 * 1024 + 10_000;
  test("a body that announces too much is refused before it is sent", async () => {
    const { apiUrl } = await serve(functions);
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(
        `${apiUrl}/api/query`,
        { method: "POST", headers: { "Content-Length": tooMuch } },
        (response) => {
          resolve(response.statusCode);
          request.destroy();
        },
      );
      request.on("error", reject);
      request.write("{");
    });
    expect(status).toBe(413);
  });

  test("a body that turns out to be too much is refused", async () => {
    const { apiUrl } = await serve(functions);
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += chunk.length;
        if (sent > tooMuch + 2 * chunk.length) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    const response = await fetch(`${apiUrl}/api/query`, init);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "RequestBodyTooLarge" });
  });

  test("a small body that nobody reads costs no connection", async () => {
    const { apiUrl } = await serve(functions);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (const path of ["/api/query_ts", "/api/nothing", "/api/debug_event"]) {
      await new Promise<void>((resolve, reject) => {
        const request = httpRequest(`${apiUrl}${path}`, { method: "POST", agent }, (response) => {
          ports.add(response.socket.localPort);
          response.resume().on("end", resolve);
        });
        request.on("error", reject).end("x".repeat(100_000));
      });
    }
    agent.destroy();
    expect(ports.size).toBe(1);
  });

  test("16 MiB of arguments are not too much", async () => {
    const { post } = await serve({
      size: { kind: "query", run: (_c, args) => (args["a"] as string).length },
    });
    const length = 16 * 1024 * 1024 - 100;
    const response = await post("/api/query", { path: "size", args: { a: "x".repeat(length) } });
    expect(await response.json()).toEqual({ status: "success", value: length });
  });

  test("bytes that are no HTTP get an answer, and the server lives", async () => {
    const { apiUrl, post } = await serve(functions);
    const { port } = new URL(apiUrl);
    const answer = await new Promise<string>((resolve) => {
      const socket = connectTcp(Number(port), "127.0.0.1", () =>
        socket.write("\u0000nonsense\r\n\r\n"),
      );
      socket.on("data", (data) => resolve(String(data)));
    });
    expect(answer).toMatch(/^HTTP\/1.1 400/);
    expect((await post("/api/query", good)).status).toBe(200);
  });
});

describe("CORS", () => {
  test("a preflight mirrors origin and headers for a day", async () => {
    const { apiUrl } = await serve(functions);
    const response = await fetch(`${apiUrl}/api/mutation`, {
      method: "OPTIONS",
      headers: {
        Origin: "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,convex-client",
      },
    });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": "authorization,convex-client",
      "access-control-allow-methods": "GET,POST,OPTIONS,PATCH,DELETE,PUT",
      "access-control-max-age": "86400",
    });
    expect(response.headers.get("vary")).toContain("origin");
  });

  test.each(["/api/query", "/api/nothing", "/version"])(
    "a reply from %s may be read",
    async (path) => {
      const { post } = await serve(functions);
      const response = await post(path, {}, { Origin: "https://app.example" });
      expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example");
      expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    },
  );

  test("without an origin there is nothing to mirror", async () => {
    const { post } = await serve(functions);
    const response = await post("/api/query", { path: "echo", args: {} });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("about the deployment", () => {
  test.each([
    ["/version", "embedded"],
    ["/instance_version", "embedded"],
    ["/instance_name", "embedded"],
    ["/", "This Convex deployment is running. See https://docs.convex.dev/."],
  ])("GET %s is %o", async (path, expected) => {
    const { apiUrl } = await serve(functions);
    const response = await fetch(`${apiUrl}${path}`);
    expect([response.status, await response.text()]).toEqual([200, expected]);
    const head = await fetch(`${apiUrl}${path}`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("the canonical URLs are those it listens at", async () => {
    const { apiUrl, siteUrl } = await serve(functions);
    const response = await fetch(`${apiUrl}/api/v1/get_canonical_urls`);
    expect(await response.json()).toEqual({ convexCloudUrl: apiUrl, convexSiteUrl: siteUrl });
  });
});

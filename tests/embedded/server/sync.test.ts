import { describe, expect, test } from "vitest";
import { Failure, failToCommit, type FakeFunctions } from "./fakeRuntime";
import { ADMIN_KEY, ns, type RawClient, type ServerMessage, wire } from "./rawClient";
import { serve } from "./serving";

const functions: FakeFunctions = {
  count: { kind: "query", run: ({ data }) => data["count"] ?? 0 },
  other: { kind: "query", run: ({ data }) => data["other"] ?? "nothing" },
  paged: { kind: "query", run: () => [1, 2] },
  noisyQuery: { kind: "query", run: () => "said" },
  failing: {
    kind: "query",
    run: ({ data }) => {
      throw new Failure(`boom ${Number(data["count"] ?? 0)}`, { reason: 7 });
    },
  },
  who: { kind: "query", run: ({ identity }) => identity.kind },
  secret: { kind: "query", internal: true, run: () => "for admins" },
  echo: { kind: "query", run: (_context, args) => args },
  increment: {
    kind: "mutation",
    run: ({ data }) => (data["count"] = Number(data["count"] ?? 0) + 1),
  },
  nothing: { kind: "mutation", run: () => null },
  broken: {
    kind: "mutation",
    run: () => {
      throw new Failure("no", "data");
    },
  },
  record: {
    kind: "mutation",
    run: ({ data, identity }, args) => {
      (data["log"] as unknown[] | undefined) ??= data["log"] = [];
      (data["log"] as unknown[]).push([args["n"], identity.kind]);
    },
  },
  slow: { kind: "action", run: (_context, args) => args["ms"] },
  act: { kind: "action", run: () => "acted" },
};

/** Puts messages together as the client does, and checks that versions follow from one another. */
function follow() {
  let version = { querySet: 0, identity: 0, ts: wire(0n) };
  const values = new Map<number, unknown>();
  return {
    values,
    version: () => version,
    take(message: ServerMessage) {
      expect(message.type).toBe("Transition");
      expect(message.startVersion).toEqual(version);
      expect(ns(message.endVersion.ts)).toBeGreaterThanOrEqual(ns(version.ts));
      version = message.endVersion;
      for (const change of message.modifications) {
        if (change.type === "QueryRemoved") values.delete(change.queryId);
        else values.set(change.queryId, change.value ?? change.errorMessage);
      }
      return message;
    },
  };
}

describe("the query set", () => {
  test("a query gets its value, then each new one, at rising timestamps in ns", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    const state = follow();
    client.add(0, "count");
    const first = state.take(await client.next());
    expect(first.modifications).toEqual([
      { type: "QueryUpdated", queryId: 0, value: 0, logLines: [], journal: null },
    ]);
    expect(ns(first.endVersion.ts)).toBe(BigInt(runtime.tsMicros) * 1000n);

    runtime.commit((data) => (data["count"] = 5));
    state.take(await client.next());
    expect(state.values.get(0)).toBe(5);
    expect(ns(state.version().ts)).toBe(BigInt(runtime.tsMicros) * 1000n);
  });

  test("all that changed in one turn comes in one transition, what did not change is left out", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    const state = follow();
    client.add(0, "count");
    client.add(1, "other", { version: 1 });
    await client.settle();
    for (const message of client.messages) state.take(message);
    expect(state.version().querySet).toBe(2);

    runtime.commit((data) => (data["count"] = 1));
    runtime.commit((data) => (data["count"] = 2));
    const message = state.take(await client.next());
    expect(message.modifications).toMatchObject([{ queryId: 0, value: 2 }]);
    expect(await client.settle()).toEqual([]);
  });

  test("a commit that touches no query of a client sends it nothing", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    client.add(0, "count");
    await client.next();
    runtime.commit((data) => (data["other"] = "x"));
    expect(await client.settle()).toEqual([]);
  });

  test("a removed query is reported as removed and no longer watched", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    const state = follow();
    client.add(0, "count");
    state.take(await client.next());
    client.send({
      type: "ModifyQuerySet",
      baseVersion: 1,
      newVersion: 2,
      modifications: [{ type: "Remove", queryId: 0 }],
    });
    const message = state.take(await client.next());
    expect(message.modifications).toEqual([{ type: "QueryRemoved", queryId: 0 }]);
    expect(runtime.openWatches).toBe(0);
    client.add(1, "other", { version: 2 });
    expect(state.take(await client.next()).modifications).toMatchObject([{ queryId: 1 }]);
  });

  test("an id that is removed and added again in one message ends up with the new query", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    const state = follow();
    client.add(0, "count");
    state.take(await client.next());
    client.send({
      type: "ModifyQuerySet",
      baseVersion: 1,
      newVersion: 2,
      modifications: [
        { type: "Remove", queryId: 0 },
        { type: "Add", queryId: 0, udfPath: "other", args: [{}] },
      ],
    });
    state.take(await client.next());
    expect(state.values.get(0)).toBe("nothing");
  });

  test("journals are passed on, and the one a client brings back is used", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    client.add(0, "paged");
    expect((await client.next()).modifications).toMatchObject([{ journal: "page-end" }]);
    client.add(1, "paged", { version: 1, journal: "from before" });
    expect((await client.next()).modifications).toMatchObject([{ journal: "from before" }]);
    expect(runtime.requests.at(-1)).toMatchObject({ path: "paged", journal: "from before" });
  });

  test("log lines come with the value", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    client.add(0, "noisyQuery");
    expect((await client.next()).modifications).toMatchObject([
      { value: "said", logLines: ["[LOG] 'hello' 1"] },
    ]);
  });

  test("a failing query gives its message and data, again only when they change", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    client.add(0, "failing");
    const [failed] = (await client.next()).modifications;
    expect(failed).toMatchObject({ type: "QueryFailed", errorData: { reason: 7 }, logLines: [] });
    expect(failed!.errorMessage).toMatch(
      /^\[Request ID: [0-9a-f]{16}\] Server Error\nUncaught Error: boom 0\n {4}at handler/,
    );
    runtime.commit((data) => (data["other"] = "x"));
    expect(await client.settle()).toEqual([]);
    runtime.commit((data) => (data["count"] = 1));
    const [changed] = (await client.next()).modifications;
    expect(changed!.errorMessage).toContain("boom 1");
  });

  test("a function that is missing or internal fails like a query", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    client.add(0, "missing");
    client.add(1, "secret", { version: 1 });
    const changes = (await client.settle()).flatMap((message) => message.modifications);
    expect(changes).toMatchObject([
      { type: "QueryFailed", queryId: 0 },
      { type: "QueryFailed", queryId: 1 },
    ]);
    expect(changes[1]!.errorMessage).toContain("Could not find public function for 'secret'");
  });

  test("a hundred sockets on one query are served by one run", async () => {
    const { runtime, connect } = await serve(functions);
    const clients = await Promise.all(Array.from({ length: 100 }, () => connect()));
    for (const client of clients) client.add(0, "count");
    await Promise.all(clients.map((client) => client.next()));
    runtime.requests = [];
    runtime.commit((data) => (data["count"] = 1));
    const messages = await Promise.all(clients.map((client) => client.next()));
    expect(runtime.requests).toHaveLength(1);
    expect(messages.every((message) => message.modifications[0]!.value === 1)).toBe(true);
  });

  test("watches end with the connection", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    client.add(0, "count");
    await client.next();
    expect(runtime.openWatches).toBe(1);
    client.close();
    await expect.poll(() => runtime.openWatches).toBe(0);
  });
});

describe("mutations", () => {
  test("the response comes first, then a transition at its timestamp or later", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    const state = follow();
    client.add(0, "count");
    state.take(await client.next());
    client.mutate(0, "increment");
    const response = await client.next();
    expect(response).toMatchObject({
      type: "MutationResponse",
      requestId: 0,
      success: true,
      result: 1,
      logLines: [],
    });
    state.take(await client.next());
    expect(state.values.get(0)).toBe(1);
    expect(ns(state.version().ts)).toBeGreaterThanOrEqual(ns(response.ts));
  });

  test("a transition follows even if no query changed, and even if there is no query", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    const state = follow();
    client.mutate(0, "nothing");
    const response = await client.next();
    const transition = state.take(await client.next());
    expect(transition.modifications).toEqual([]);
    expect(ns(state.version().ts)).toBeGreaterThanOrEqual(ns(response.ts));
  });

  test("a transition that is too old for a mutation is not the one that its client waits for", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    runtime.shownMicros = runtime.tsMicros;
    client.mutate(0, "nothing");
    const response = await client.next();
    client.add(0, "other");
    const early = await client.next();
    expect(ns(early.endVersion.ts)).toBeLessThan(ns(response.ts));
    expect(await client.settle()).toEqual([]);
    runtime.shownMicros = null;
    runtime.live.requestAdvance();
    expect(ns((await client.next()).endVersion.ts)).toBeGreaterThanOrEqual(ns(response.ts));
  });

  test("no transition reaches a mutation's timestamp before its response, whoever causes it", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    const others = await Promise.all(Array.from({ length: 5 }, () => connect()));
    client.add(0, "count");
    for (let round = 0; round < 40; round++) {
      client.mutate(round, "increment");
      for (const other of others) other.mutate(round, "increment");
      if (round % 3 === 0) runtime.commit((data) => (data["other"] = round));
      if (round % 5 === 0) client.add(round + 1, "other", { version: 1 + round / 5 });
    }
    const messages = await client.settle(500);
    let ts = 0n;
    for (const message of messages) {
      if (message.type === "Transition") ts = ns(message.endVersion.ts);
      else expect(ns(message.ts)).toBeGreaterThan(ts);
    }
    const responses = messages.filter((message) => message.type === "MutationResponse");
    expect(responses.map((message) => message.requestId)).toEqual([...Array(40).keys()]);
    expect(ts).toBeGreaterThanOrEqual(ns(responses.at(-1)!.ts));
  });

  test("run one at a time in the order of arrival", async () => {
    const { runtime, connect } = await serve(functions);
    let running = 0;
    let most = 0;
    runtime.beforeMutation = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
    };
    const client = await connect();
    for (let n = 0; n < 10; n++) client.mutate(n, "record", { n });
    await expect.poll(() => (runtime.data["log"] as unknown[] | undefined)?.length).toBe(10);
    expect((runtime.data["log"] as unknown[][]).map(([n]) => n)).toEqual([...Array(10).keys()]);
    expect(most).toBe(1);
  });

  test("more than a thousand at once are all run, though the socket has to wait", async () => {
    const { runtime, connect } = await serve(functions);
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    runtime.beforeMutation = () => gate;
    const client = await connect();
    for (let n = 0; n < 5_000; n++) client.mutate(n, "record", { n, padding: "x".repeat(5_000) });
    await client.settle(200);
    expect(client.socket.bufferedAmount, "what the server does not take").toBeGreaterThan(
      1_000_000,
    );
    release();
    await expect
      .poll(() => (runtime.data["log"] as unknown[] | undefined)?.length, { timeout: 10_000 })
      .toBe(5_000);
    const responses = () => client.messages.filter((message) => message.type !== "Transition");
    await expect.poll(() => responses().length, { timeout: 10_000 }).toBe(5_000);
    expect(responses().map((message) => message.requestId)).toEqual([...Array(5_000).keys()]);
  });

  test("a failed one gives message and data, and a transition follows", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    client.mutate(3, "broken");
    const response = await client.next();
    expect(response).toMatchObject({ requestId: 3, success: false, errorData: "data" });
    expect(response.result).toMatch(/Server Error\nUncaught Error: no/);
    expect(response).not.toHaveProperty("ts");
    expect((await client.next()).type).toBe("Transition");
  });

  test("one of an unknown function fails alone", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    client.mutate(0, "missing");
    client.mutate(1, "increment");
    const responses = (await client.settle()).filter((m) => m.type === "MutationResponse");
    expect(responses).toMatchObject([{ success: false }, { success: true, result: 1 }]);
  });

  test("a commit that could not be saved is told to the caller", async () => {
    const { runtime, connect } = await serve(functions);
    runtime.beforeMutation = failToCommit;
    const client = await connect();
    client.mutate(0, "increment");
    expect((await client.next()).result).toContain("nothing was changed: disk full");
  });

  test("an error of our own closes the connection, so that the client tries again", async () => {
    const { runtime, connect, errors } = await serve(functions);
    runtime.beforeMutation = () => {
      throw new TypeError("a bug");
    };
    const client = await connect();
    client.mutate(0, "increment");
    expect(await client.closed).toEqual({ code: 1011, reason: "InternalServerError" });
    expect(errors).toEqual([new TypeError("a bug")]);
  });

  test("a repeated request after a reconnect gets the first reply and a transition", async () => {
    const { runtime, connect } = await serve(functions);
    const before = await connect();
    before.mutate(0, "increment");
    const response = await before.next();
    before.close();
    const after = await connect({ sessionId: before.sessionId });
    after.mutate(0, "increment");
    expect(await after.next()).toEqual(response);
    const transition = await after.next();
    expect(ns(transition.endVersion.ts)).toBeGreaterThanOrEqual(ns(response.ts));
    expect(runtime.data["count"]).toBe(1);
  });

  test("one that runs when its client goes away still commits", async () => {
    const { runtime, connect } = await serve(functions);
    runtime.beforeMutation = () => new Promise((resolve) => setTimeout(resolve, 30));
    const client = await connect();
    client.mutate(0, "increment");
    await client.settle(10);
    client.close();
    await expect.poll(() => runtime.data["count"]).toBe(1);
  });
});

describe("actions", () => {
  test("run side by side, and a mutation does not wait for them", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    client.act(0, "slow", { ms: 80 });
    client.act(1, "slow", { ms: 20 });
    client.mutate(2, "increment");
    const messages = await client.settle(150);
    const responses = messages.filter((message) => message.type !== "Transition");
    expect(responses.map((message) => message.requestId)).toEqual([2, 1, 0]);
    expect(responses[1]).toEqual({
      type: "ActionResponse",
      requestId: 1,
      success: true,
      result: 20,
      logLines: [],
    });
  });

  test("a transition follows each response", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    client.act(0, "act");
    expect((await client.next()).type).toBe("ActionResponse");
    expect((await client.next()).type).toBe("Transition");
  });

  test("beyond a thousand at once the connection ends, with a reason that makes clients wait", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    for (let n = 0; n < 1_001; n++) client.act(n, "slow", { ms: 5_000 });
    expect(await client.closed).toEqual({ code: 1013, reason: "TooManyConcurrentRequests" });
  });
});

describe("identity", () => {
  const admin = { type: "Authenticate", tokenType: "Admin", value: ADMIN_KEY };

  test("an admin sees what is internal; each Authenticate raises the version and runs queries again", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    const state = follow();
    client.add(0, "secret");
    client.add(1, "who", { version: 1 });
    await client.settle();
    for (const message of client.messages) state.take(message);
    expect(state.values.get(1)).toBe("none");

    client.send({ ...admin, baseVersion: 0 });
    state.take(await client.next());
    expect(state.version().identity).toBe(1);
    expect([...state.values]).toEqual([
      [0, "for admins"],
      [1, "admin"],
    ]);
    expect(runtime.openWatches).toBe(2);
    client.send({ type: "Authenticate", tokenType: "None", baseVersion: 1 });
    state.take(await client.next());
    expect(state.version().identity).toBe(2);
    expect(state.values.get(1)).toBe("none");
  });

  test("a wrong admin key is an AuthError", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    client.send({ ...admin, value: ADMIN_KEY.replace("0", "1"), baseVersion: 0 });
    expect(await client.next()).toMatchObject({
      type: "AuthError",
      baseVersion: 0,
      authUpdateAttempted: true,
    });
    await client.closed;
  });

  test("an admin may act as someone, and name a component", async () => {
    const { runtime, connect } = await serve(functions);
    const client = await connect();
    const impersonating = { issuer: "https://i", subject: "ann", name: "Ann" };
    client.send({ ...admin, baseVersion: 0, impersonating });
    client.send({
      type: "Mutation",
      requestId: 0,
      udfPath: "nothing",
      args: [{}],
      componentPath: "child",
    });
    expect(await client.settle()).toContainEqual(expect.objectContaining({ success: true }));
    expect(runtime.requests.at(-1)).toMatchObject({
      componentPath: "child",
      identity: { kind: "admin", actingAs: { ...impersonating, tokenIdentifier: "https://i|ann" } },
    });
  });

  test("nobody else may name a component", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    client.send({
      type: "Mutation",
      requestId: 0,
      udfPath: "nothing",
      args: [{}],
      componentPath: "child",
    });
    expect(await client.next()).toMatchObject({ success: false });
  });

  test("what was sent before a sign-in runs as nobody, what was sent after it as the user", async () => {
    const { runtime, connect } = await serve(functions);
    runtime.beforeMutation = () => new Promise((resolve) => setTimeout(resolve, 5));
    const client = await connect();
    client.mutate(0, "record", { n: 0 });
    client.mutate(1, "record", { n: 1 });
    client.send({ ...admin, baseVersion: 0 });
    client.mutate(2, "record", { n: 2 });
    await client.settle(80);
    expect(runtime.data["log"]).toEqual([
      [0, "none"],
      [1, "none"],
      [2, "admin"],
    ]);
  });
});

describe("connecting", () => {
  test("the server's clock and the client's are compared", async () => {
    const { connect } = await serve(functions);
    const client = await connect({ connect: { clientTs: Date.now() + 5_000 } });
    client.add(0, "count");
    const message = await client.next();
    expect(message.clientClockSkew).toBeGreaterThan(4_000);
    expect(message.clientClockSkew).toBeLessThan(6_000);
    expect(Math.abs(message.serverTs / 1_000_000 - Date.now())).toBeLessThan(2_000);
  });

  test("without the client's clock neither number is sent", async () => {
    const { connect } = await serve(functions);
    const client = await connect({ connect: { clientTs: undefined } });
    client.add(0, "count");
    const message = await client.next();
    expect(message).not.toHaveProperty("clientClockSkew");
    expect(message).not.toHaveProperty("serverTs");
  });

  test("a client that has seen the future is turned away", async () => {
    const { runtime, connect, errors } = await serve(functions);
    const observed = BigInt(runtime.tsMicros) * 1000n;
    const present = await connect({ connect: { maxObservedTimestamp: wire(observed) } });
    present.add(0, "count");
    expect((await present.next()).type).toBe("Transition");
    const ahead = await connect({ connect: { maxObservedTimestamp: wire(observed + 1n) } });
    expect(await ahead.closed).toEqual({ code: 1011, reason: "InternalServerError" });
    expect(String(errors[0])).toContain("has seen a timestamp");
  });

  test("/api/sync without a version serves too; other paths refuse the upgrade", async () => {
    const { connect, open } = await serve(functions);
    const client = await connect({ path: "/api/sync" });
    client.add(0, "count");
    expect((await client.next()).type).toBe("Transition");
    await expect(open({ path: "/api/nothing" })).rejects.toThrow("404");
  });

  test("a silent server pings", async () => {
    const { connect } = await serve(functions, { pingAfterSilenceMs: 50 });
    const client = await connect();
    expect(await client.next()).toEqual({ type: "Ping" });
    expect(await client.next()).toEqual({ type: "Ping" });
  });
});

describe("messages that no client sends", () => {
  const connect = {
    type: "Connect",
    sessionId: "00000000-0000-0000-0000-000000000000",
    connectionCount: 0,
    lastCloseReason: null,
  };
  const add = { type: "Add", queryId: 0, udfPath: "count", args: [{}] };
  const modify = { type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications: [add] };
  const mutation = { type: "Mutation", requestId: 0, udfPath: "increment", args: [{}] };

  test.each<[string, (string | object)[], RegExp]>([
    ["no JSON", ["{"], /Invalid JSON/],
    ["not an object", ["[]"], /must be a JSON object/],
    ["no type", [{}], /Unknown message type/],
    ["an unknown type", [{ type: "Hello" }], /Unknown message type "Hello"/],
    ["something before Connect", [modify], /Connect must be the first/],
    ["Connect twice", [connect, connect], /Connect must be the first/],
    ["a session id that can be guessed", [{ ...connect, sessionId: "1" }], /"sessionId" must be a/],
    ["a timestamp of 7 bytes", [{ ...connect, maxObservedTimestamp: "AAAAAAAAAA==" }], /8 little/],
    ["a wrong base version", [connect, { ...modify, baseVersion: 3 }], /Base version 3/],
    ["a version that does not rise", [connect, { ...modify, newVersion: 0 }], /New version 0/],
    ["a query id twice", [connect, { ...modify, modifications: [add, add] }], /Duplicate query/],
    [
      "an unknown query removed",
      [connect, { ...modify, modifications: [{ type: "Remove", queryId: 9 }] }],
      /Nonexistent query id: 9/,
    ],
    ["no modifications", [connect, { ...modify, modifications: {} }], /"modifications" must be/],
    ["a modification of no type", [connect, { ...modify, modifications: [{}] }], /Unknown modif/],
    ["a negative request id", [connect, { ...mutation, requestId: -1 }], /"requestId" must be/],
    ["a broken request id", [connect, { ...mutation, requestId: 0.5 }], /"requestId" must be/],
    ["no path", [connect, { ...mutation, udfPath: undefined }], /"udfPath" must be a string/],
    [
      "arguments that are no array",
      [connect, { ...mutation, args: {} }],
      /"args" must be an array/,
    ],
    [
      "arguments that are no object",
      [connect, { ...mutation, args: [1] }],
      /array with one object/,
    ],
    ["two arguments", [connect, { ...mutation, args: [{}, {}] }], /array with one object/],
    [
      "a wrong identity version",
      [connect, { type: "Authenticate", tokenType: "None", baseVersion: 1 }],
      /Base version 1/,
    ],
    [
      "an unknown kind of token",
      [connect, { type: "Authenticate", tokenType: "Guest", baseVersion: 0 }],
      /Unknown token type "Guest"/,
    ],
    [
      "an identity to act as without a subject",
      [
        connect,
        {
          type: "Authenticate",
          tokenType: "Admin",
          value: ADMIN_KEY,
          baseVersion: 0,
          impersonating: {},
        },
      ],
      /needs "tokenIdentifier"/,
    ],
  ])("%s is a FatalError and the end of the connection", async (_name, messages, expected) => {
    const { open } = await serve(functions);
    const client = await open();
    for (const message of messages) {
      client.socket.send(typeof message === "string" ? message : JSON.stringify(message));
    }
    expect(await client.next()).toEqual({
      type: "FatalError",
      error: expect.stringMatching(expected) as string,
    });
    expect(await client.closed).toEqual({ code: 1005, reason: "" });
  });

  test("a binary frame is refused, an Event is ignored, no arguments are no arguments", async () => {
    const { connect, runtime } = await serve(functions);
    const client = await connect();
    client.send({ type: "Event", eventType: "ClientConnect", event: { any: 1 } });
    client.send({ ...mutation, args: [] });
    expect(await client.next()).toMatchObject({ success: true });
    expect(runtime.requests[0]).toMatchObject({ args: "{}" });
    await client.settle();
    client.socket.send(Buffer.from([1, 2]));
    expect((await client.next()).type).toBe("FatalError");
  });

  test("arguments reach the function as they were sent", async () => {
    const { connect } = await serve(functions);
    const client = await connect();
    const args = { a: { $integer: "AQAAAAAAAAA=" }, ü: ["\u2028", null, 1e-7], __proto: 1 };
    client.add(0, "echo", { args });
    expect((await client.next()).modifications[0]!.value).toEqual(args);
  });
});

describe("large and slow", () => {
  const big = "x😀".repeat(2_000_000);
  const large: FakeFunctions = { ...functions, large: { kind: "query", run: () => big } };

  test("a transition above 5,000,000 characters comes in pieces that make the whole again", async () => {
    const { connect } = await serve(large);
    const client = await connect();
    client.add(0, "large");
    const chunks = [await client.next(5_000), await client.next(5_000)];
    expect(
      chunks.map(({ type, partNumber, totalParts }) => [type, partNumber, totalParts]),
    ).toEqual([
      ["TransitionChunk", 0, 2],
      ["TransitionChunk", 1, 2],
    ]);
    expect(chunks[0]!.transitionId).toBe(chunks[1]!.transitionId);
    const whole = JSON.parse(chunks.map((chunk) => chunk.chunk).join("")) as ServerMessage;
    expect(whole.modifications[0]!.value).toBe(big);
  });

  test.each(["/api/sync", "/api/1.27.9/sync"])("a client at %s gets it whole", async (path) => {
    const { connect } = await serve(large);
    const client = await connect({ path });
    client.add(0, "large");
    expect((await client.next(5_000)).type).toBe("Transition");
  });

  test("a client that does not read gets one step over all it missed", async () => {
    const { runtime, connect } = await serve({
      ...functions,
      large: {
        kind: "query",
        run: ({ data }) => `${Number(data["count"])}${"x".repeat(4_000_000)}`,
      },
    });
    const client = await connect();
    client.add(0, "large");
    await client.next();
    client.socket.pause();
    for (let n = 1; n <= 50; n++) {
      runtime.commit((data) => (data["count"] = n));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.resume();
    const messages = await client.settle(1_000);
    expect(messages.length).toBeLessThan(10);
    expect(messages.at(-1)!.modifications[0]!.value).toMatch(/^50x/);
  });

  test("a client that only sends cannot fill the memory with responses", async () => {
    const result = "x".repeat(1_000_000);
    const { runtime, connect } = await serve({ big: { kind: "mutation", run: () => result } });
    const client: RawClient = await connect();
    client.socket.pause();
    for (let n = 0; n < 200; n++) client.mutate(n, "big");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ran = runtime.requests.length;
    expect(ran).toBeLessThan(100);
    client.socket.resume();
    const responses = () => client.messages.filter((message) => message.type !== "Transition");
    await expect.poll(() => responses().length, { timeout: 60_000 }).toBe(200);
  });
});

describe("closing", () => {
  test("what runs is answered first, then the connection goes away", async () => {
    const { runtime, connect, close } = await serve(functions);
    let end = () => {};
    const hasBegun = new Promise<void>((begun) => {
      runtime.beforeMutation = () => (begun(), new Promise((resolve) => (end = resolve)));
    });
    const client = await connect();
    client.mutate(0, "increment");
    client.mutate(1, "increment");
    await hasBegun;
    const closed = close({ graceMs: 120_000 });
    end();
    await closed;
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(client.messages.filter((message) => message.type === "MutationResponse")).toHaveLength(
      1,
    );
    expect(runtime.data["count"]).toBe(1);
  });

  test("what does not end is left after the grace", async () => {
    const { connect, close } = await serve(functions);
    const client = await connect();
    client.act(0, "slow", { ms: 60_000 });
    await client.settle(10);
    await close({ graceMs: 50 });
    await client.closed;
    expect(client.messages.map(({ type }) => type)).not.toContain("ActionResponse");
  });
});

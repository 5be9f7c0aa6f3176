/** The adapters, through the real SDKs and real sockets, against the simulator and its ledger. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ProviderFailureClass } from "../../../src/core/errors";
import { tokensAbout } from "../../../src/pricing/estimate";
import { providerFor } from "../../../src/providers/registry";
import { startSimulator, type Simulator } from "../../../src/providers/simulator/server";
import type { Fault } from "../../../src/providers/simulator/faults";
import type { LedgerEntry } from "../../../src/providers/simulator/ledger";
import { ADAPTERS, call, NOTHING, requestOf, type Outcome } from "./calls";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: Infinity });
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

/** The one call of the ledger, once it has settled. */
async function billed(): Promise<LedgerEntry> {
  await simulator.control.idle();
  const [entry, ...others] = simulator.ledger.entries;
  if (entry === undefined || others.length > 0) throw new Error("the ledger has exactly one call");
  return entry;
}

function endings(outcome: Outcome): number {
  return outcome.events.filter(({ kind }) => kind === "finish" || kind === "error").length;
}

const EXACTLY = "Grüße aus 東京 👩‍🚀 — naïve façade, Ωmega.";

describe.each(ADAPTERS)("$name ($model)", (adapter) => {
  test("a reply streams, ends once, and costs what the ledger says", async () => {
    const outcome = await call(adapter, simulator, {
      request: requestOf("How do I plan a garden party?", { system: "Be brief." }),
    });
    const entry = await billed();

    expect(outcome.text).toContain("garden party");
    expect(outcome.events.filter(({ kind }) => kind === "text").length).toBeGreaterThan(10);
    expect(endings(outcome)).toBe(1);
    expect(outcome.finish).toMatchObject({
      reason: "end",
      warnings: [],
      facts: { servedModel: adapter.model, providerRequestId: entry.requestId },
    });
    expect(outcome.finish?.facts.servedTier).toMatch(/^(standard|default)$/);
    expect(outcome.report).toMatchObject({ source: "provider", reconciliation: "ok", notes: [] });
    expect(outcome.report?.usage).toEqual(entry.billed);
    expect(entry).toMatchObject({ outcome: "complete", model: adapter.model });
  });

  test.each([1, 2, 3, 7])("characters survive a stream in pieces of %d bytes", async (bytes) => {
    simulator.control.fault({ fault: { kind: "split", bytes } });
    const outcome = await call(adapter, simulator, { request: requestOf(`Say: ${EXACTLY}`) });
    expect(outcome.text).toBe(EXACTLY);
    expect(outcome.finish?.reason).toBe("end");
    expect(outcome.report?.usage).toEqual((await billed()).billed);
  });

  test("a reply that is too long is cut at the allowance", async () => {
    const outcome = await call(adapter, simulator, {
      request: requestOf("How do I plan a garden party?", { maxOutputTokens: 7 }),
    });
    expect(outcome.finish?.reason).toBe("length");
    expect(outcome.report?.usage.tokens.output).toBe(7);
    expect(outcome.report?.usage).toEqual((await billed()).billed);
  });

  test("tools: their calls come whole, and a conversation with their results goes on", async () => {
    const toolCalls = [
      { name: "weather", argumentsJson: '{"city":"Köln","days":3}' },
      { name: "clock", argumentsJson: "{}" },
    ];
    // Providers send nothing where there are no arguments.
    const sent = toolCalls.with(1, { name: "clock", argumentsJson: "" });
    simulator.control.reply({ text: "Let me look.", toolCalls: sent });
    const tools = [
      {
        name: "weather",
        description: "The weather",
        inputSchema: { type: "object", properties: {} },
      },
      { name: "clock", description: "The time", inputSchema: { type: "object", properties: {} } },
    ];
    const asked = requestOf("What is the weather?", { tools });
    const first = await call(adapter, simulator, { request: asked });
    expect(first.finish?.reason).toBe("tool_calls");
    expect(first.toolCalls.map(({ name, argumentsJson }) => ({ name, argumentsJson }))).toEqual(
      toolCalls,
    );
    expect(new Set(first.toolCalls.map(({ toolCallId }) => toolCallId)).size).toBe(2);
    expect(first.report?.usage).toEqual((await billed()).billed);

    const second = await call(adapter, simulator, {
      request: {
        ...asked,
        messages: [
          ...asked.messages,
          {
            role: "assistant",
            content: [
              { kind: "text", text: first.text },
              ...first.toolCalls.map((made) => ({ ...made, kind: "tool_call" as const })),
            ],
          },
          {
            role: "tool",
            content: first.toolCalls.map(({ toolCallId }) => ({
              kind: "tool_result" as const,
              toolCallId,
              text: "sunny",
              isError: false,
            })),
          },
        ],
      },
    });
    expect(second.text).toContain("sunny");
    expect(second.finish?.reason).toBe("end");
  });

  test("reasoning is part of the output, and never on top of it", async () => {
    const model = adapter.name === "openai_compatible" ? "some-thinker" : adapter.model;
    const outcome = await call(adapter, simulator, {
      request: requestOf("Think about rain.", { model, reasoning: "high" }),
    });
    const { usage } = outcome.report ?? {};
    expect(usage).toEqual((await billed()).billed);
    expect(usage?.reasoningTokens).toBeGreaterThan(0);
    expect(usage?.tokens.output).toBeGreaterThan(usage?.reasoningTokens ?? 0);
    if (adapter.name === "anthropic") expect(outcome.reasoning).toContain("rain");
  });

  /** What each fault is to the caller, whichever words its API has for it. */
  const REFUSALS: readonly [string, Fault, ProviderFailureClass, boolean][] = [
    ["400", { kind: "status", status: 400 }, "invalid_request", false],
    ["401", { kind: "status", status: 401 }, "authentication", false],
    ["402", { kind: "status", status: 402 }, "spend_limit", false],
    ["403", { kind: "status", status: 403 }, "permission", false],
    ["404", { kind: "status", status: 404 }, "not_found", false],
    ["408", { kind: "status", status: 408 }, "timeout", true],
    ["409", { kind: "status", status: 409 }, "server", true],
    ["413", { kind: "status", status: 413 }, "invalid_request", false],
    ["422", { kind: "status", status: 422 }, "invalid_request", false],
    ["429", { kind: "status", status: 429 }, "rate_limited", true],
    ["500", { kind: "status", status: 500 }, "server", true],
    ["502", { kind: "status", status: 502 }, "server", true],
    ["503", { kind: "status", status: 503, type: "overloaded_error" }, "overloaded", true],
    ["504", { kind: "status", status: 504 }, "timeout", true],
    ["529", { kind: "status", status: 529 }, "overloaded", true],
  ];
  test.each(REFUSALS)(
    "%s: nothing is billed",
    async (...[_name, fault, failureClass, retryable]) => {
      simulator.control.fault({ fault });
      const outcome = await call(adapter, simulator);
      expect(outcome.error).toMatchObject({
        provider: adapter.name,
        failureClass,
        retryable,
        status: fault.kind === "status" ? fault.status : null,
        retryAfterMs: null,
        streamed: false,
        usage: null,
      });
      expect([endings(outcome), outcome.report, outcome.finish]).toEqual([1, null, null]);
      expect(await billed()).toMatchObject({ outcome: "refused", billed: NOTHING });
    },
  );

  test("a rate limit says how long to wait, and the SDK does not retry behind our back", async () => {
    const fault = { kind: "status" as const, status: 429, retryAfterMs: 1_500 };
    simulator.control.fault({ fault, times: 3 });
    const outcome = await call(adapter, simulator);
    expect(outcome.error).toMatchObject({ failureClass: "rate_limited", retryAfterMs: 1_500 });
    expect(simulator.ledger.entries).toHaveLength(1);
  });

  test("a 429 because the money is used up is no rate limit", async () => {
    const codes = { anthropic: "contract_spend_limit_reached", google: "BILLING_DISABLED" };
    const code = {
      ...codes,
      openai: "insufficient_quota",
      openai_compatible: "insufficient_quota",
    }[adapter.name];
    simulator.control.fault({ fault: { kind: "status", status: 429, code } });
    const { error } = await call(adapter, simulator);
    expect(error).toMatchObject({ failureClass: "spend_limit", status: 429, retryable: false });
  });

  test("a wrong key", async () => {
    const { error } = await call(adapter, simulator, { settings: { apiKey: "invalid" } });
    expect(error).toMatchObject({ failureClass: "authentication", status: 401, retryable: false });
    expect(simulator.ledger.entries).toEqual([]);
  });

  test("a key that cannot be sent is not told to whoever reads the error", async () => {
    const apiKey = "sk-live-0123456789\nabcdef";
    const { error } = await call(adapter, simulator, { settings: { apiKey } });
    expect(error?.message).toContain("[API key]");
    expect(error?.message).not.toContain("0123456789");
  });

  test("nobody listens at that address", async () => {
    const gone = await startSimulator();
    await gone.close();
    const { error } = await call(adapter, gone);
    expect(error).toMatchObject({
      failureClass: "network",
      status: null,
      retryable: true,
      usage: null,
    });
  });

  test("a connection that is reset before the answer", async () => {
    simulator.control.fault({ fault: { kind: "reset" } });
    const { error } = await call(adapter, simulator);
    expect(error).toMatchObject({ failureClass: "network", streamed: false, usage: null });
    expect((await billed()).billed).toEqual(NOTHING);
  });

  test("no answer in time", async () => {
    simulator.control.fault({ fault: { kind: "hang" } });
    const timeouts = { headersMs: 100, idleMs: 60_000 };
    const { error } = await call(adapter, simulator, { settings: { timeouts } });
    expect(error).toMatchObject({ failureClass: "timeout", streamed: false, usage: null });
    await simulator.control.idle();
    // On a busy machine the time may be up before the request has even arrived.
    for (const entry of simulator.ledger.entries) expect(entry.billed).toEqual(NOTHING);
  });

  const BREAKS: readonly [string, Fault, ProviderFailureClass][] = [
    ["the connection breaks", { kind: "cut", afterPieces: 5 }, "cut_stream"],
    ["the stream ends in good order", { kind: "truncate", afterPieces: 5 }, "cut_stream"],
    ["the stream falls silent", { kind: "stall", afterPieces: 5 }, "timeout"],
    ["a frame is no JSON", { kind: "malformed", afterPieces: 5 }, "server"],
    [
      "the provider is overloaded meanwhile",
      { kind: "error_event", afterPieces: 5, type: "overloaded_error", code: "overloaded" },
      "overloaded",
    ],
    [
      "the provider fails meanwhile",
      { kind: "error_event", afterPieces: 5, type: "api_error", code: "server_error" },
      "server",
    ],
  ];
  test.each(BREAKS)(
    "%s after five tokens: what arrived is told and counted",
    async (_name, fault, failureClass) => {
      simulator.control.fault({ fault });
      const timeouts = { headersMs: 60_000, idleMs: 500 };
      const outcome = await call(adapter, simulator, { settings: { timeouts } });
      const entry = await billed();

      expect(outcome.text).not.toBe("");
      expect(outcome.error).toMatchObject({ failureClass, streamed: true, retryable: true });
      expect(outcome.error?.usage).toBe(outcome.report);
      expect([endings(outcome), outcome.finish]).toEqual([1, null]);
      expect(entry).toMatchObject({ outcome: "faulted", billed: { tokens: { output: 5 } } });

      // Flagged as what it is: known where the provider said it, counted where it did not.
      const { usage, source, reconciliation } = outcome.report ?? {};
      expect(reconciliation).toBe("unknown");
      expect(source).toBe(adapter.statesInput !== "at the end" ? "estimated_partial" : "estimated");
      expect(usage?.tokens.output).toBe(tokensAbout(outcome.text));
      if (adapter.statesInput !== "at the end") {
        expect({ ...usage?.tokens, output: 5 }).toEqual(entry.billed.tokens);
      } else {
        expect(usage?.tokens.inputFresh).toBeGreaterThan(0);
      }
    },
  );

  test("an error as the first frame is a refusal: nothing is billed", async () => {
    const type = "overloaded_error";
    const fault = { kind: "error_event" as const, afterPieces: 0, type, code: "overloaded" };
    simulator.control.fault({ fault });
    const outcome = await call(adapter, simulator);
    expect(outcome.error).toMatchObject({
      failureClass: "overloaded",
      streamed: false,
      usage: null,
    });
    expect((await billed()).billed).toEqual(NOTHING);
  });

  test("a stream that breaks before its first token is billed for its input", async () => {
    simulator.control.fault({ fault: { kind: "truncate", afterPieces: 0 } });
    const outcome = await call(adapter, simulator);
    const entry = await billed();
    expect(outcome.error).toMatchObject({ failureClass: "cut_stream", streamed: false });
    expect(entry.billed.tokens).toMatchObject({ output: 0 });
    expect(outcome.report?.usage.tokens.inputFresh).toBeGreaterThan(0);
    if (adapter.statesInput === "at once") {
      expect(outcome.report?.usage.tokens.inputFresh).toBe(entry.billed.tokens.inputFresh);
    }
  });

  test("a reply may take longer than its silences, as long as none of them is too long", async () => {
    simulator.control.fault({ fault: { kind: "slow", msPerPiece: 100 } });
    const timeouts = { headersMs: 60_000, idleMs: 1_000 };
    const text = "one two six ten one two six ten one two six ten";
    const outcome = await call(adapter, simulator, {
      request: requestOf(`Say: ${text}`),
      settings: { timeouts },
    });
    expect([outcome.text, outcome.finish?.reason]).toEqual([text, "end"]);
  });

  test("aborting closes the connection, and the ledger agrees with what is reported", async () => {
    simulator.control.fault({ fault: { kind: "slow", msPerPiece: 60 } });
    const controller = new AbortController();
    let pieces = 0;
    const outcome = await call(adapter, simulator, {
      request: requestOf("How do I plan a garden party?", { signal: controller.signal }),
      onEvent: ({ kind }) => {
        pieces += kind === "text" ? 1 : 0;
        if (pieces === 5) controller.abort();
      },
    });
    const entry = await billed();

    expect(outcome.finish?.reason).toBe("aborted");
    expect([endings(outcome), outcome.error]).toEqual([1, null]);
    expect(entry.outcome).toBe("aborted");
    // The provider may have made a few more tokens than arrived, and bills those too.
    expect(entry.billed.tokens.output).toBeGreaterThanOrEqual(5);
    expect(entry.billed.tokens.output).toBeLessThan(40);
    expect(outcome.report).toMatchObject({
      source: adapter.statesInput !== "at the end" ? "estimated_partial" : "estimated",
      reconciliation: "unknown",
    });
    expect(outcome.report?.usage.tokens.output).toBe(tokensAbout(outcome.text));
    if (adapter.statesInput !== "at the end") {
      expect(outcome.report?.usage.tokens.inputFresh).toBe(entry.billed.tokens.inputFresh);
    }
  });

  test("a call that was aborted before it began is never made", async () => {
    const signal = AbortSignal.abort();
    const outcome = await call(adapter, simulator, { request: requestOf("Hello", { signal }) });
    expect(outcome.events).toHaveLength(1);
    expect(outcome.finish?.reason).toBe("aborted");
    expect(simulator.ledger.entries).toEqual([]);
  });

  test("aborting while the answer hangs ends at once", async () => {
    simulator.control.fault({ fault: { kind: "hang" } });
    const controller = new AbortController();
    const { signal } = controller;
    const outcome = call(adapter, simulator, { request: requestOf("Hello", { signal }) });
    await vi.waitUntil(() => simulator.ledger.entries.length === 1);
    controller.abort();
    expect(await outcome).toMatchObject({ finish: { reason: "aborted" }, report: null });
    expect((await billed()).billed).toEqual(NOTHING);
  });

  test("leaving the loop closes the connection", async () => {
    simulator.control.fault({ fault: { kind: "slow", msPerPiece: 20 } });
    const provider = providerFor(adapter.name, adapter.settings(simulator));
    for await (const event of provider.stream(requestOf("Hello", { model: adapter.model }))) {
      if (event.kind === "text") break;
    }
    expect(await billed()).toMatchObject({ outcome: "aborted" });
  });

  test("requests go through the fetch that is given", async () => {
    const urls: string[] = [];
    const outcome = await call(adapter, simulator, {
      settings: {
        fetch: (input, init) => {
          urls.push(input instanceof Request ? input.url : String(input));
          return fetch(input, init);
        },
      },
    });
    expect(outcome.finish?.reason).toBe("end");
    expect(urls).toHaveLength(1);
    expect(urls[0]).toContain(simulator.url);
  });
});

describe("settings that a model refuses are left out, with a warning", () => {
  test.each([
    [0, 1],
    [1, 1],
    [2, 0],
    [3, 0],
  ])("temperature, adapter %d: %d warnings", async (index, warnings) => {
    const adapter = ADAPTERS[index]!;
    const request = requestOf("Hello", { temperature: 0.2 });
    const outcome = await call(adapter, simulator, { request });
    expect(outcome.finish?.reason).toBe("end");
    expect(outcome.finish?.warnings).toHaveLength(warnings);
  });

  test("a service tier that Anthropic does not have", async () => {
    const request = requestOf("Hello", { serviceTier: "flex" });
    const outcome = await call(ADAPTERS[0]!, simulator, { request });
    expect(outcome.finish?.warnings[0]).toContain("flex");
  });

  test("reasoning of an older Claude takes a budget, and only where there is room for it", async () => {
    const model = "claude-haiku-4-5";
    const ask = (maxOutputTokens: number) =>
      call(ADAPTERS[0]!, simulator, {
        request: requestOf("Think about rain.", { model, reasoning: "high", maxOutputTokens }),
      });
    expect((await ask(4_000)).reasoning).toContain("rain");
    const cramped = await ask(500);
    expect([cramped.reasoning, cramped.finish?.warnings.length]).toEqual(["", 1]);
  });
});

describe("prompt caches", () => {
  const system = "All work and no play makes Jack a dull boy. ".repeat(150);

  test.each(["5m", "1h"] as const)("Anthropic: written for %s, then read", async (promptCache) => {
    const kept = { keepFor: promptCache, messages: true };
    const request = requestOf("First question?", { system, promptCache: kept });
    const first = await call(ADAPTERS[0]!, simulator, { request });
    const { tokens } = first.report!.usage;
    const [written, other] =
      promptCache === "5m"
        ? (["cacheWrite5m", "cacheWrite1h"] as const)
        : (["cacheWrite1h", "cacheWrite5m"] as const);
    expect(tokens[written]).toBeGreaterThan(1_024);
    expect([tokens.inputFresh, tokens.cacheRead, tokens[other]]).toEqual([0, 0, 0]);

    const second = await call(ADAPTERS[0]!, simulator, {
      request: {
        ...request,
        messages: [
          ...request.messages,
          { role: "assistant", content: [{ kind: "text", text: "An answer." }] },
          { role: "user", content: [{ kind: "text", text: "Second question?" }] },
        ],
      },
    });
    expect(second.report?.usage.tokens.cacheRead).toBe(tokens[written]);
    expect(second.report?.usage.tokens[written]).toBeGreaterThan(0);
    await simulator.control.idle();
    expect([first, second].map(({ report }) => report?.usage)).toEqual(
      simulator.ledger.entries.map((entry) => entry.billed),
    );
  });

  test("Anthropic: tools and system alone, for whatever is asked", async () => {
    const promptCache = { keepFor: "5m", messages: false } as const;
    const tools = [{ name: "clock", description: "The time", inputSchema: { type: "object" } }];
    const ask = async (question: string, of: { system: string | null }) => {
      const request = requestOf(question, { ...of, tools, promptCache });
      return (await call(ADAPTERS[0]!, simulator, { request })).report?.usage.tokens;
    };
    const first = await ask("First question?", { system });
    const second = await ask("Quite another one?", { system });
    expect(first?.cacheWrite5m).toBeGreaterThan(1_024);
    expect(first?.inputFresh).toBeGreaterThan(0);
    expect(second).toMatchObject({ cacheRead: first?.cacheWrite5m, cacheWrite5m: 0 });
    // Without a system the tools are all that there is to keep, and too short for it.
    expect(await ask("And this?", { system: null })).toMatchObject({
      cacheRead: 0,
      cacheWrite5m: 0,
    });
  });

  test.each([1, 2, 3])(
    "OpenAI and Gemini, adapter %d: unasked; writing is billed on new models only",
    async (index) => {
      const adapter = ADAPTERS[index]!;
      const request = requestOf("First question?", { system });
      const first = await call(adapter, simulator, { request });
      const second = await call(adapter, simulator, { request });
      expect(first.report!.usage.tokens.cacheWrite30m > 0).toBe(adapter.model === "gpt-6-sol");
      expect(second.report?.usage.tokens.cacheRead).toBeGreaterThanOrEqual(1_024);
      await simulator.control.idle();
      expect([first, second].map(({ report }) => report?.usage)).toEqual(
        simulator.ledger.entries.map((entry) => entry.billed),
      );
    },
  );
});

test("an imitator that states no usage: the call is complete, and its usage is an estimate", async () => {
  simulator.control.fault({ fault: { kind: "no_usage" } });
  const outcome = await call(ADAPTERS[2]!, simulator, { request: requestOf("Say: one two three") });
  expect(outcome.finish?.reason).toBe("end");
  expect(outcome.report).toMatchObject({
    source: "estimated",
    reconciliation: "unknown",
    raw: null,
  });
  expect(outcome.report?.usage.tokens).toMatchObject({ output: tokensAbout("one two three") });
});

test("Gemini gets the token of a thought back with the call, and waits as long as it says", async () => {
  const adapter = ADAPTERS[3]!;
  const toolCalls = [{ name: "clock", argumentsJson: "{}" }];
  simulator.control.reply({ toolCalls });
  const tools = [{ name: "clock", description: "The time", inputSchema: { type: "object" } }];
  const asked = requestOf("What time is it?", { tools });
  const { toolCalls: made } = await call(adapter, simulator, { request: asked });
  expect(made).toMatchObject([{ name: "clock", signature: btoa("thought of clock") }]);

  const bodies: unknown[] = [];
  const refusing = (_url: unknown, init?: RequestInit): Promise<Response> => {
    bodies.push(JSON.parse(init?.body as string));
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" }];
    const error = { code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED", details };
    return Promise.resolve(Response.json([{ error }], { status: 429 }));
  };
  const result = { kind: "tool_result", toolCallId: made[0]!.toolCallId, isError: false } as const;
  const { error } = await call(adapter, simulator, {
    settings: { fetch: refusing },
    request: {
      ...asked,
      messages: [
        ...asked.messages,
        { role: "assistant", content: made.map((one) => ({ ...one, kind: "tool_call" as const })) },
        { role: "tool", content: [{ ...result, text: "noon" }] },
      ],
    },
  });
  expect(error).toMatchObject({
    failureClass: "rate_limited",
    retryAfterMs: 34_500,
    message: "slow down",
  });
  expect(bodies[0]).toMatchObject({
    contents: [
      { role: "user" },
      { role: "model", parts: [{ thoughtSignature: btoa("thought of clock") }] },
      { parts: [{ functionResponse: { name: "clock", response: { output: "noon" } } }] },
    ],
  });
});

test("OpenAI's served tier is what the end of the stream says", async () => {
  const request = requestOf("Hello", { serviceTier: "fast" });
  const outcome = await call(ADAPTERS[1]!, simulator, { request });
  expect(outcome.finish?.facts.servedTier).toBe("priority");
});

test("many calls at once do not mix", async () => {
  const texts = Array.from({ length: 60 }, (_, index) => `reply number ${index} — ünïcödé`);
  const outcomes = await Promise.all(
    texts.map((text, index) =>
      call(ADAPTERS[index % ADAPTERS.length]!, simulator, { request: requestOf(`Say: ${text}`) }),
    ),
  );
  expect(outcomes.map(({ text }) => text)).toEqual(texts);
  await simulator.control.idle();
  const byRequestId = new Map(
    simulator.ledger.entries.map((entry) => [entry.requestId, entry.billed]),
  );
  for (const { finish, report } of outcomes) {
    expect(report?.usage).toEqual(byRequestId.get(finish?.facts.providerRequestId ?? ""));
  }
});

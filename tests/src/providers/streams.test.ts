/** Streams as the providers document them, whole, split anywhere, and cut after every byte. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { usageOf, type Usage } from "../../../src/pricing/usage";
import type { ProviderName } from "../../../src/providers/provider";
import { openAiChatProvider } from "../../../src/providers/openaiChat";
import { retryAfterMsOf } from "../../../src/providers/failure";
import { providerFor } from "../../../src/providers/registry";
import { collect, requestOf, type Outcome } from "./calls";
import { chunk, frames, play, response } from "./frames";

type Recorded = {
  file: string;
  provider: ProviderName;
  text: string;
  reasoning: string;
  toolCalls: Outcome["toolCalls"][number][];
  finish: string;
  facts: Record<string, string | null>;
  usage: Usage;
};

const RECORDED: readonly Recorded[] = [
  {
    file: "anthropic.sse",
    provider: "anthropic",
    text: "Okay, let's check Zürich ☀️:",
    reasoning: "The user wants the weather in Zürich.",
    toolCalls: [
      {
        toolCallId: "toolu_01T1x1fJ34qAmk2tNTrN7Up6",
        name: "get_weather",
        argumentsJson: '{"location": "Zürich","unit": "celsius"}',
      },
    ],
    finish: "tool_calls",
    facts: {
      servedModel: "claude-sonnet-5-5",
      servedTier: "priority",
      servedSpeed: "standard",
      servedRegion: "us",
      providerMessageId: "msg_01Q8Faay6S7QPTvEUUQARt7h",
      providerRequestId: "req_1",
    },
    usage: usageOf(
      {
        inputFresh: 472,
        cacheRead: 1_800,
        cacheWrite5m: 1_000,
        cacheWrite1h: 2_000,
        output: 89,
      },
      { reasoningTokens: 21, toolUnits: { webSearch: 1 } },
    ),
  },
  {
    file: "openai-chat.sse",
    provider: "openai_compatible",
    text: "Okay, Zürich ☀️:",
    reasoning: "",
    toolCalls: [
      {
        toolCallId: "call_DdmO9pD3xa9XTPNJ32zg2hcA",
        name: "get_weather",
        argumentsJson: '{"location":"Zürich"}',
      },
      { toolCallId: "call_2nd", name: "get_time", argumentsJson: "{}" },
    ],
    finish: "tool_calls",
    facts: {
      servedModel: "gpt-5.6-terra-2026-06-01",
      servedTier: "flex",
      providerMessageId: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
    },
    usage: usageOf(
      { inputFresh: 470, cacheRead: 1_024, cacheWrite30m: 512, output: 300 },
      { reasoningTokens: 192 },
    ),
  },
  {
    file: "openai-responses.sse",
    provider: "openai",
    text: "Hi there! 👋 Zürich it is.",
    reasoning: "**Greeting** first.",
    toolCalls: [
      {
        toolCallId: "call_unLAR8MvFNptuiZK6K6HCy5k",
        name: "get_weather",
        argumentsJson: '{"location":"Zürich"}',
      },
    ],
    finish: "tool_calls",
    facts: { servedModel: "gpt-6.1-terra", servedTier: "priority" },
    usage: usageOf(
      {
        inputFresh: 2_304,
        cacheRead: 1_024,
        cacheWrite30m: 256,
        cacheWrite12h: 512,
        output: 150,
      },
      { reasoningTokens: 64, toolUnits: { webSearch: 2 } },
    ),
  },
  {
    file: "deepseek-chat.sse",
    provider: "openai_compatible",
    text: "Grüezi mitenand!",
    reasoning: "Hm, Zürich.",
    toolCalls: [],
    finish: "end",
    facts: { servedModel: "deepseek-v4-pro", servedTier: null },
    usage: usageOf({ inputFresh: 93, cacheRead: 1_024, output: 46 }, { reasoningTokens: 31 }),
  },
];

const bytesOf = (file: string): Uint8Array => readFileSync(`tests/fixtures/providers/${file}`);

describe.each(RECORDED)("$file", (recorded) => {
  const bytes = bytesOf(recorded.file);

  test.each([bytes.length, 64, 5, 1])("is understood in pieces of %d bytes", async (stepBytes) => {
    const outcome = await play(recorded.provider, { bytes, stepBytes });
    expect(outcome.error).toBeNull();
    expect([outcome.text, outcome.reasoning]).toEqual([recorded.text, recorded.reasoning]);
    expect(outcome.toolCalls).toEqual(
      recorded.toolCalls.map((made) => ({ kind: "tool_call", ...made })),
    );
    expect(outcome.finish).toMatchObject({ reason: recorded.finish, facts: recorded.facts });
    expect(outcome.report).toMatchObject({ source: "provider", reconciliation: "ok" });
    expect(outcome.report?.usage).toEqual(recorded.usage);
  });

  test.each([
    ["ends in good order", false],
    ["breaks", true],
  ])("when it %s after any byte, nothing incomplete passes for complete", async (_how, breaks) => {
    for (let length = 0; length < bytes.length; length += 1) {
      const outcome = await play(recorded.provider, {
        bytes: bytes.subarray(0, length),
        ends: breaks ? "broken" : "in good order",
      });
      const ends = outcome.events.filter(({ kind }) => kind === "finish" || kind === "error");
      expect(ends, `${length} bytes`).toEqual([outcome.events.at(-1)]);
      expect(recorded.text.startsWith(outcome.text), `${length} bytes: ${outcome.text}`).toBe(true);

      if (outcome.finish === null) {
        const { failureClass, streamed, usage } = outcome.error!;
        // A frame that is cut in half may reach the SDK as one that is no JSON.
        expect(["cut_stream", "server"], `${length} bytes`).toContain(failureClass);
        expect(usage).toBe(outcome.report);
        expect(streamed).toBe(
          outcome.text + outcome.reasoning !== "" || outcome.toolCalls.length > 0,
        );
        expect(outcome.report?.source, `${length} bytes`).not.toBe("provider");
      } else {
        expect(outcome.text).toBe(recorded.text);
        expect(outcome.toolCalls).toHaveLength(recorded.toolCalls.length);
        expect(outcome.finish.reason).toBe(recorded.finish);
      }
    }
  });
});

describe("odd endings", () => {
  test("usage inside the choice, as Moonshot sends it", async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 3, total_tokens: 23, cached_tokens: 16 };
    const bytes = frames(chunk({ content: "Hi" }, null), chunk({}, "stop", { usage }), "[DONE]");
    const { report } = await play("openai_compatible", { bytes });
    expect(report?.usage).toEqual(usageOf({ inputFresh: 4, cacheRead: 16, output: 3 }));
  });

  test("what Gemini thinks is counted behind its door for OpenAI's clients, and nowhere else", async () => {
    const usage = { prompt_tokens: 758, completion_tokens: 102, total_tokens: 1_725 };
    const bytes = frames({ ...chunk({ content: "Hi" }, "stop"), usage }, "[DONE]");
    const baseUrl = "https://generativelanguage.googleapis.com/v1beta/openai/";
    const google = await play("openai_compatible", { bytes, baseUrl });
    expect(google.report).toMatchObject({
      reconciliation: "ok",
      usage: { tokens: { inputFresh: 758, output: 967 } },
    });
    const other = await play("openai_compatible", { bytes });
    expect(other.report).toMatchObject({
      reconciliation: "mismatch",
      usage: { tokens: { inputFresh: 758, output: 102 } },
    });
  });

  test.each([
    [{ promptFeedback: { blockReason: "SAFETY" } }, "filtered"],
    [{ candidates: [{ finishReason: "RECITATION" }] }, "filtered"],
    [{ candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL" }] }, "other"],
    [{ candidates: [{ content: { parts: [] }, finishReason: "MAX_TOKENS" }] }, "length"],
  ])("Gemini, which ends without a word: %j", async (frame, reason) => {
    const { finish, text } = await play("google", { bytes: frames(frame) });
    expect([finish?.reason, text]).toEqual([reason, ""]);
  });

  test("a server that gives its tool calls no ids", async () => {
    const calls = [0, 1].map((index) => ({ index, function: { name: "look", arguments: "{}" } }));
    const bytes = frames(chunk({ tool_calls: calls }, null), chunk({}, "tool_calls"), "[DONE]");
    const { toolCalls } = await play("openai_compatible", { bytes });
    expect(toolCalls.map(({ toolCallId }) => toolCallId)).toEqual(["c_0", "c_1"]);
  });

  test("a server that ends with stop after calling a tool", async () => {
    const call = { index: 0, id: "t", function: { name: "look", arguments: "" } };
    const bytes = frames(chunk({ tool_calls: [call] }, null), chunk({}, "stop"), "[DONE]");
    const { finish, toolCalls } = await play("openai_compatible", { bytes });
    expect(finish?.reason).toBe("tool_calls");
    expect(toolCalls).toMatchObject([{ toolCallId: "t", name: "look", argumentsJson: "{}" }]);
  });

  test.each([
    ["content_filter", "filtered"],
    ["length", "length"],
    ["eos", "other"],
  ])("finish_reason %s is %s", async (reason, expected) => {
    const bytes = frames(chunk({ content: "Hi" }, reason), "[DONE]");
    expect((await play("openai_compatible", { bytes })).finish?.reason).toBe(expected);
  });

  test("a frame without what every frame has: what came before it is told and counted", async () => {
    const { choices: _choices, ...rest } = chunk({}, null) as { choices: unknown };
    const broken = { ...rest, choices: [{ index: 0, finish_reason: null }] };
    const outcome = await play("openai_compatible", {
      bytes: frames(chunk({ content: "Hi" }, null), broken),
    });
    expect(outcome.error).toMatchObject({ failureClass: "server", streamed: true });
    expect(outcome.report).toMatchObject({ source: "estimated", usage: { tokens: { output: 1 } } });
  });

  test("an error frame of Chat Completions", async () => {
    const error = {
      message: "too much",
      type: "requests",
      code: "rate_limit_exceeded",
      param: null,
    };
    const bytes = frames(chunk({ content: "Hi" }, null), { error });
    const outcome = await play("openai_compatible", { bytes });
    expect(outcome.error).toMatchObject({ failureClass: "rate_limited", streamed: true });
  });

  const usage = { input_tokens: 10, output_tokens: 4, total_tokens: 14 };

  test("a response that failed: its usage counts", async () => {
    const error = { code: "server_error", message: "it broke" };
    const outcome = await play("openai", { bytes: frames(response("failed", { error, usage })) });
    expect(outcome.error).toMatchObject({ failureClass: "server", message: "it broke" });
    expect(outcome.error?.usage).toMatchObject({
      source: "provider",
      usage: { tokens: { inputFresh: 10, output: 4 } },
    });
  });

  test.each([
    ["max_output_tokens", "length"],
    ["content_filter", "filtered"],
  ])("an incomplete response because of %s is %s", async (reason, expected) => {
    const rest = { incomplete_details: { reason }, usage };
    const { finish } = await play("openai", { bytes: frames(response("incomplete", rest)) });
    expect(finish?.reason).toBe(expected);
  });

  test("the tier that was asked for is not the tier that was served", async () => {
    const created = { ...response("created", { service_tier: "auto" }) };
    const cut = await play("openai", { bytes: frames(created) });
    expect(cut.events.at(-1)).toMatchObject({ kind: "error", facts: { servedTier: null } });
    const whole = response("completed", { service_tier: "flex", usage });
    const outcome = await play("openai", { bytes: frames(created, whole) });
    expect(outcome.finish?.facts.servedTier).toBe("flex");
  });

  test("Anthropic's running totals are no final ones before it says why it stopped", async () => {
    const event = (data: { type: string }): string =>
      `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
    const counted = { input_tokens: 5, output_tokens: 1 };
    const start = { type: "message_start", message: { id: "m", model: "m", usage: counted } };
    const delta = {
      type: "message_delta",
      delta: { stop_reason: null },
      usage: { output_tokens: 9 },
    };
    const bytes = new TextEncoder().encode(event(start) + event(delta));
    const { report, error } = await play("anthropic", { bytes });
    expect(error?.failureClass).toBe("cut_stream");
    expect(report).toMatchObject({
      source: "estimated_partial",
      usage: { tokens: { inputFresh: 5, output: 9 } },
    });
  });

  test("an error event of Responses", async () => {
    const error = { type: "error", code: "invalid_prompt", message: "no", param: null };
    const outcome = await play("openai", { bytes: frames({ ...error, sequence_number: 0 }) });
    expect(outcome.error).toMatchObject({
      failureClass: "invalid_request",
      streamed: false,
      usage: null,
    });
  });

  test("Chat Completions of OpenAI itself takes the newer name of the allowance", async () => {
    const bodies: unknown[] = [];
    const settings = {
      apiKey: "k",
      baseUrl: "http://provider.invalid/v1",
      fetch: async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
        bodies.push(await new Request(url, init).json());
        const headers = { "content-type": "text/event-stream" };
        return new Response("data: [DONE]\n\n", { headers });
      },
    };
    for (const name of ["openai", "openai_compatible"] as const) {
      await collect(openAiChatProvider(name, settings).stream(requestOf("Hello")));
    }
    expect(bodies[0]).toMatchObject({ max_completion_tokens: 1_000 });
    expect(bodies[1]).toMatchObject({ max_tokens: 1_000, stream_options: { include_usage: true } });
    expect(bodies[1]).not.toHaveProperty("max_completion_tokens");
  });
});

test("an abort ends the call, even if the rest of the body never comes and nobody hears of the abort", async () => {
  const abort = new AbortController();
  const fetch = (): Promise<Response> => {
    const first = frames({ candidates: [{ content: { parts: [{ text: "Hi" }] } }] });
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(first),
    });
    return Promise.resolve(new Response(body));
  };
  const provider = providerFor("google", {
    apiKey: "k",
    baseUrl: "http://provider.invalid",
    fetch,
  });
  const request = requestOf("Hello", { signal: abort.signal });
  const { finish, text } = await collect(provider.stream(request), () => abort.abort());
  expect([finish?.reason, text]).toEqual(["aborted", "Hi"]);
});

test("a tool call whose frame is sent again is made once", async () => {
  const functionCall = { id: "call_1", name: "pay", args: {} };
  const frame = { candidates: [{ content: { parts: [{ functionCall }] }, finishReason: "STOP" }] };
  const { toolCalls, finish } = await play("google", { bytes: frames(frame, frame) });
  expect([toolCalls.length, finish?.reason]).toEqual([1, "tool_calls"]);
});

test.each([
  ["", ""],
  [" ", "2"],
])(
  "an empty header asks for no wait: retry-after-ms %j, retry-after %j",
  (milliseconds, seconds) => {
    const headers = new Headers({ "retry-after-ms": milliseconds, "retry-after": seconds });
    expect(retryAfterMsOf(headers, 0)).toBe(seconds === "" ? null : 2_000);
  },
);

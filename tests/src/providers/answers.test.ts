/** Answers that are not what they should be: what they count as, what they cost, and that they end. */
import { describe, expect, test } from "vitest";
import { tokensAbout } from "../../../src/pricing/estimate";
import type { ProviderName } from "../../../src/providers/provider";
import { candidate, chunk, events, frames, play, response, type Delivery } from "./frames";

const NAMES: readonly ProviderName[] = ["anthropic", "openai", "openai_compatible", "google"];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const MINUTE = { headersMs: 60_000, idleMs: 60_000 };

const START = {
  type: "message_start",
  message: { id: "m", model: "m", usage: { input_tokens: 5, output_tokens: 1 } },
};
const block = (index: number, contentBlock: object, ...deltas: object[]) => [
  { type: "content_block_start", index, content_block: contentBlock },
  ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
];
const TEXT = { type: "text", text: "" };
const said = (text: string) => ({ type: "text_delta", text });
const itemAdded = (item: object) => ({
  type: "response.output_item.added",
  sequence_number: 2,
  output_index: 0,
  item,
});
const usage = { input_tokens: 10, output_tokens: 4, total_tokens: 14 };

describe("with status 200, but no stream", () => {
  test.each(NAMES)("%s: a proxy's page", async (name) => {
    const page = bytes("\n<!doctype html>\n<h1>504 Gateway timed out</h1>");
    const { error } = await play(name, { bytes: page, contentType: "text/html" });
    expect(error).toMatchObject({ failureClass: "server", status: 200, usage: null });
    expect(error?.message).toContain("<h1>504 Gateway timed out</h1>");
  });

  test.each([
    ["anthropic", { type: "error", error: { type: "overloaded_error", message: "busy" } }],
    ["openai", { error: { code: "overloaded", message: "busy" } }],
    ["openai_compatible", { error: { code: 503, message: "busy" } }],
    ["google", [{ error: { code: 503, message: "busy" } }]],
  ] as const)("%s: an error as JSON", async (name, body) => {
    const delivery = { bytes: bytes(JSON.stringify(body)), stepBytes: 1 };
    const { error } = await play(name, { ...delivery, contentType: "application/json" });
    expect(error).toMatchObject({ failureClass: "overloaded", message: "busy", streamed: false });
    expect(error?.usage).toBeNull();
  });
});

describe("without an end", () => {
  test.each(NAMES)("%s: a page of an error is read no further than its beginning", async (name) => {
    const delivery: Delivery = { bytes: bytes("x".repeat(80_000)), status: 500, ends: "never" };
    const { error } = await play(name, { ...delivery, timeouts: MINUTE });
    expect(error).toMatchObject({ failureClass: "server", status: 500 });
    expect(error?.message.length).toBeLessThan(70_000);
  });

  test.each(NAMES)("%s: a frame", async (name) => {
    const head = bytes(`event: x\ndata: "`);
    const endless = new Uint8Array(head.length + 5_000_000).fill(0x61);
    endless.set(head);
    const delivery: Delivery = { bytes: endless, stepBytes: 65_536, ends: "never" };
    const { error } = await play(name, { ...delivery, timeouts: MINUTE });
    expect(error).toMatchObject({ failureClass: "server", streamed: false });
    expect(error?.message).toContain("too large");
  });

  test("a connection that stays open after the last frame", async () => {
    const done = frames(chunk({ content: "Hi" }, "stop"), "[DONE]");
    const { finish, text } = await play("openai_compatible", {
      bytes: done,
      ends: "never",
      timeouts: MINUTE,
    });
    expect([finish?.reason, text]).toEqual(["end", "Hi"]);
  });
});

test.each([
  ["openai", frames(response("completed", { usage }), { type: "error", message: "late" })],
  ["openai_compatible", frames(chunk({ content: "Hi" }, "stop"), { error: { message: "late" } })],
  ["google", frames(candidate([{ text: "Hi" }], "STOP"), { error: { code: 500 } })],
] as const)("%s: an error after the end leaves the reply what it is", async (name, stream) => {
  const { finish, error } = await play(name, { bytes: stream });
  expect([finish?.reason, error]).toEqual(["end", null]);
});

describe("usage that is none", () => {
  test.each([
    [
      "anthropic",
      events(
        START,
        ...block(0, TEXT, said("Hello there")),
        { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: null } as never,
        { type: "message_stop" },
      ),
      "estimated_partial",
    ],
    [
      "openai",
      frames(
        { type: "response.output_text.delta", sequence_number: 1, delta: "Hello there" },
        response("completed", { usage: {} }),
      ),
      "estimated",
    ],
    [
      "openai_compatible",
      frames(chunk({ content: "Hello there" }, "stop", {}), { ...chunk({}, null), usage: {} }),
      "estimated",
    ],
    [
      "google",
      frames(candidate([{ text: "Hello there" }], "STOP", { usageMetadata: {} })),
      "estimated",
    ],
    [
      "google",
      frames(
        candidate([{ text: "Hello there" }], "STOP", { usageMetadata: { promptTokenCount: 5 } }),
      ),
      "estimated_partial",
    ],
  ] as const)("%s: it is counted, and said to be", async (name, stream, source) => {
    const { finish, report } = await play(name, { bytes: stream });
    expect(finish?.reason).toBe("end");
    expect(report).toMatchObject({ source, reconciliation: "unknown" });
    expect(report?.usage.tokens.output).toBe(tokensAbout("Hello there"));
    expect(report?.usage.tokens.inputFresh).toBeGreaterThan(0);
  });

  test("a running total of Chat Completions is none of a reply that broke off", async () => {
    const running = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 };
    const stream = frames({ ...chunk({ content: "Hello there" }, null), usage: running });
    const { report } = await play("openai_compatible", { bytes: stream });
    expect(report).toMatchObject({
      source: "estimated_partial",
      usage: { tokens: { inputFresh: 9, output: tokensAbout("Hello there") } },
    });
  });
});

describe("an error before there is anything to show", () => {
  const error = { type: "error", sequence_number: 3, code: "server_error", message: "it broke" };

  test.each([
    [
      "after hidden reasoning",
      [response("created"), itemAdded({ type: "reasoning" }), error],
      true,
    ],
    ["right after the call was taken", [response("created"), error], false],
    ["in place of a reply", [response("created"), response("failed", { error })], false],
  ] as const)("of Responses, %s: billed is %s", async (_when, stream, billed) => {
    const { error: failed, report } = await play("openai", { bytes: frames(...stream) });
    expect(failed).toMatchObject({ failureClass: "server", streamed: false });
    expect(report === null).toBe(!billed);
    if (billed) expect(report?.source).toBe("estimated");
  });

  test("what arrived of a tool call counts, though it is none", async () => {
    const args = `{"city":"${"x".repeat(400)}`;
    const call = { index: 0, id: "t", function: { name: "look", arguments: args } };
    const stream = frames(chunk({ tool_calls: [call] }, null), { error: { message: "it broke" } });
    const chat = await play("openai_compatible", { bytes: stream });
    expect(chat.toolCalls).toEqual([]);
    expect(chat.report?.usage.tokens.output).toBe(tokensAbout(`look${args}`));

    const anthropic = await play("anthropic", {
      bytes: events(
        START,
        ...block(
          0,
          { type: "tool_use", id: "t", name: "look" },
          { type: "input_json_delta", partial_json: args },
        ),
      ),
    });
    expect(anthropic.report?.usage.tokens.output).toBe(tokensAbout(`look${args}`));

    const delta = { type: "response.function_call_arguments.delta", output_index: 0, delta: args };
    const responses = await play("openai", { bytes: frames(response("created"), delta, error) });
    expect(responses.report?.usage.tokens.output).toBe(tokensAbout(args));
  });
});

test.each([
  ["anthropic", events(START, ...block(0, TEXT, said(""), said("Hi"), said("")))],
  [
    "openai",
    frames(
      ...["", "Hi", ""].map((delta, index) => ({
        type: "response.output_text.delta",
        sequence_number: index,
        delta,
      })),
    ),
  ],
] as const)("%s: deltas of nothing are no events", async (name, stream) => {
  const outcome = await play(name, { bytes: stream });
  const texts = outcome.events.flatMap((event) => (event.kind === "text" ? [event.text] : []));
  expect(texts).toEqual(["Hi"]);
});

test("a frame of Responses that is sent again counts once", async () => {
  const delta = { type: "response.output_text.delta", sequence_number: 7, delta: "ha" };
  const stream = frames(delta, delta, { ...delta, sequence_number: 8 });
  expect((await play("openai", { bytes: stream })).text).toBe("haha");
});

describe("a tool call that was cut off at the allowance is none", () => {
  const call = { index: 0, id: "t", function: { name: "pay", arguments: '{"amount":1' } };
  const functionCall = { id: "t", name: "pay", args: {} };
  const item = { type: "function_call", call_id: "t", name: "pay", arguments: '{"amount":1' };
  test.each([
    ["openai_compatible", frames(chunk({ tool_calls: [call] }, null), chunk({}, "length"))],
    ["google", frames(candidate([{ functionCall }], "MAX_TOKENS"))],
    [
      "openai",
      frames(
        {
          type: "response.output_item.done",
          output_index: 0,
          item: { ...item, status: "incomplete" },
        },
        response("incomplete", { incomplete_details: { reason: "max_output_tokens" }, usage }),
      ),
    ],
  ] as const)("%s", async (name, stream) => {
    const { finish, toolCalls } = await play(name, { bytes: stream });
    expect([finish?.reason, toolCalls]).toEqual(["length", []]);
  });
});

test.each([
  [{ code: 429, message: "slow down" }, "rate_limited"],
  [{ code: 502, message: "upstream" }, "server"],
  [{ code: "odd", message: "what" }, "server"],
])("an error frame of an imitator: %j is %s", async (error, failureClass) => {
  const stream = frames(chunk({ content: "Hi" }, null), { ...chunk({}, "error"), error });
  const outcome = await play("openai_compatible", { bytes: stream });
  expect(outcome.error).toMatchObject({ failureClass, streamed: true });
});

test("a reply that ends with finish_reason error is no whole one", async () => {
  const { error } = await play("openai_compatible", {
    bytes: frames(chunk({ content: "Hi" }, null), chunk({}, "error"), "[DONE]"),
  });
  expect(error).toMatchObject({ failureClass: "server", streamed: true });
});

/** The simulator, through the official SDKs as their users hold them, and by hand where SDKs are too polite. */
import Anthropic from "@anthropic-ai/sdk";
import { spawn } from "node:child_process";
import { once } from "node:events";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { startSimulator, type Simulator } from "../../../../src/providers/simulator/server";

let simulator: Simulator;
let anthropic: Anthropic;
let openai: OpenAI;
beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: Infinity });
  anthropic = new Anthropic({ apiKey: "k", baseURL: simulator.anthropicBaseUrl, maxRetries: 0 });
  openai = new OpenAI({ apiKey: "k", baseURL: simulator.openAiBaseUrl, maxRetries: 0 });
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const user = (content: string) => ({ role: "user" as const, content });
const weather = { name: "weather", argumentsJson: '{"city":"Köln"}' };

function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(simulator.url + path, {
    method: "POST",
    headers: { authorization: "Bearer k", "anthropic-version": "2026-10-21", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

test("a message dictates the tools that are called, round by round, whatever the API", async () => {
  const content = 'Call: weather {"city":"Köln"}\nCall: clock\nthen\nCall: clock';
  const first = await openai.responses.create({ model: "gpt-5-mini", input: [user(content)] });
  const named = (items: readonly { type: string; name?: string }[]) =>
    items.flatMap(({ type, name }) => (type === "function_call" ? [name] : []));
  expect(named(first.output)).toEqual(["weather", "clock"]);
  const calls = first.output.filter((item) => item.type === "function_call");
  const outputs = calls.map(({ call_id }) => ({
    type: "function_call_output" as const,
    call_id,
    output: "It is well.",
  }));
  const input = [user(content), ...calls, ...outputs];
  const second = await openai.responses.create({ model: "gpt-5-mini", input });
  expect(named(second.output)).toEqual(["clock"]);

  const messages = [
    user(content),
    {
      role: "assistant" as const,
      content: [{ type: "tool_use" as const, id: "a", name: "clock", input: {} }],
    },
    {
      role: "user" as const,
      content: [{ type: "tool_result" as const, tool_use_id: "a", content: "noon" }],
    },
    {
      role: "assistant" as const,
      content: [{ type: "tool_use" as const, id: "b", name: "clock", input: {} }],
    },
    {
      role: "user" as const,
      content: [{ type: "tool_result" as const, tool_use_id: "b", content: "one" }],
    },
  ];
  const last = await anthropic.messages.create({
    model: "claude-sonnet-5-5",
    max_tokens: 500,
    messages,
  });
  expect(last.stop_reason).toBe("end_turn");
});

describe("Anthropic Messages", () => {
  const request = {
    model: "claude-sonnet-5-5",
    max_tokens: 100,
    messages: [user("Say: hello there")],
  };

  test("without a stream", async () => {
    const { data: message, request_id } = await anthropic.messages.create(request).withResponse();
    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      model: "claude-sonnet-5-5",
      content: [{ type: "text", text: "hello there" }],
      stop_reason: "end_turn",
    });
    const [entry] = simulator.ledger.entries;
    expect(message.usage.output_tokens).toBe(entry?.billed.tokens.output);
    expect(request_id).toBe(entry?.requestId);
  });

  test("the SDK's stream helper puts the same message together", async () => {
    simulator.control.reply({ reasoning: "Hm.", text: "Look: Köln ☀️", toolCalls: [weather] });
    simulator.control.reply({ reasoning: "Hm.", text: "Look: Köln ☀️", toolCalls: [weather] });
    const streamed = await anthropic.messages.stream(request).finalMessage();
    const whole = await anthropic.messages.create(request);
    expect(streamed.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use"]);
    const [, text, tool] = streamed.content;
    expect([text, tool]).toMatchObject([{ text: "Look: Köln ☀️" }, { input: { city: "Köln" } }]);
    const shapeOf = (message: Anthropic.Message) => ({
      stop: message.stop_reason,
      content: message.content.map(({ type }) => type),
      outputTokens: message.usage.output_tokens,
    });
    expect(shapeOf(streamed)).toEqual(shapeOf(whole));
  });

  test("a call that was thought out is refused without its thought, or with another", async () => {
    simulator.control.reply({ reasoning: "Hm.", toolCalls: [weather] });
    const thinking = { type: "adaptive" as const };
    const first = await anthropic.messages.create({ ...request, thinking });
    const [thought, call] = first.content;
    if (thought?.type !== "thinking" || call?.type !== "tool_use") throw new Error("no thought");
    const result = { type: "tool_result", tool_use_id: call.id, content: "rain" } as const;
    const again = (...content: Anthropic.ContentBlockParam[]) =>
      anthropic.messages.create({
        ...request,
        thinking,
        messages: [
          ...request.messages,
          { role: "assistant", content },
          { role: "user", content: [result] },
        ],
      });
    expect((await again(thought, call)).stop_reason).toBe("end_turn");
    await expect(again(call)).rejects.toThrow("Expected `thinking`");
    await expect(again({ ...thought, thinking: "Ha." }, call)).rejects.toThrow(
      "Invalid `signature`",
    );
    expect(simulator.ledger.entries.map(({ thoughts }) => thoughts)).toEqual([0, 1]);
  });

  test("counts tokens as it bills them", async () => {
    const { model, messages } = request;
    const system = "You are terse.";
    const { input_tokens: counted } = await anthropic.messages.countTokens({
      model,
      messages,
      system,
    });
    const { usage } = await anthropic.messages.create({ ...request, system });
    expect(usage.input_tokens).toBe(counted);
  });

  test("lists models", async () => {
    const page = await anthropic.models.list();
    expect(page.data.map(({ id }) => id)).toContain("claude-sonnet-5-5");
  });

  test.each([
    [{ authorization: "Bearer k", "anthropic-version": "2026-10-21" }],
    [{ "x-api-key": "k", "anthropic-version": "2023-06-01" }],
  ])("takes the headers of old and new SDKs: %j", async (headers) => {
    const response = await fetch(`${simulator.url}/v1/messages`, {
      method: "POST",
      headers: headers as unknown as Record<string, string>,
      body: JSON.stringify(request),
    });
    expect(response.status).toBe(200);
  });

  test("sampling parameters are refused by the new version and taken by the old one", async () => {
    const body = { ...request, temperature: 1 };
    expect((await post("/v1/messages", body)).status).toBe(400);
    const old = { "anthropic-version": "2023-06-01" };
    expect((await post("/v1/messages", body, old)).status).toBe(200);
  });

  test.each([
    ["no key", { authorization: "" }, 401, "authentication_error"],
    ["a wrong key", { authorization: "Bearer invalid" }, 401, "authentication_error"],
    ["a version nobody knows", { "anthropic-version": "2030-01-01" }, 400, "invalid_request_error"],
  ])("%s is refused in the words of the API", async (...[_what, headers, status, type]) => {
    const response = await post(
      "/v1/messages",
      request,
      headers as unknown as Record<string, string>,
    );
    expect(response.status).toBe(status);
    expect(response.headers.get("request-id")).toMatch(/^req_/);
    expect(await response.json()).toMatchObject({ type: "error", error: { type } });
    expect(simulator.ledger.entries).toEqual([]);
  });

  test.each([
    ["not JSON", "{"],
    ["no messages", { model: "m", max_tokens: 1, messages: [] }],
    ["no allowance", { model: "m", messages: [user("x")] }],
    ["a fault nobody knows", { ...request, model: "m!explode" }],
  ])("%s is a bad request that names what is wrong", async (_what, body) => {
    const response = await post("/v1/messages", body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).not.toBe("");
  });

  test("an error in the SDK's own class", async () => {
    simulator.control.fault({ fault: { kind: "status", status: 529 } });
    const error = await anthropic.messages.create(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({ status: 529, type: "overloaded_error" });
  });
});

describe("OpenAI Chat Completions", () => {
  const request = { model: "gpt-4.1", messages: [user("Say: hello there")] };

  test("without a stream, and with the SDK's stream helper", async () => {
    const completion = await openai.chat.completions.create(request);
    expect(completion).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { content: "hello there" }, finish_reason: "stop" }],
      usage: { completion_tokens: simulator.ledger.entries[0]?.billed.tokens.output },
    });
    const streamed = await openai.chat.completions
      .stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe("hello there");
    expect(streamed.usage).toEqual(completion.usage);
  });

  test("says nothing of usage unless it is asked to", async () => {
    const stream = await openai.chat.completions.create({ ...request, stream: true });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.some((chunk) => "usage" in chunk)).toBe(false);
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
  });

  test("tool calls, both ways", async () => {
    for (let times = 0; times < 2; times += 1) simulator.control.reply({ toolCalls: [weather] });
    const completion = await openai.chat.completions.create(request);
    const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
    for (const { choices } of [completion, streamed]) {
      expect(choices[0]).toMatchObject({
        finish_reason: "tool_calls",
        message: { tool_calls: [{ function: { name: "weather", arguments: '{"city":"Köln"}' } }] },
      });
    }
  });

  test("refuses in the words of the API", async () => {
    const response = await post("/v1/chat/completions", { model: "m" });
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(await response.json()).toMatchObject({
      error: { type: "invalid_request_error", param: null },
    });
  });

  test("lists Gemini's models to who asks in Google's words", async () => {
    const headers = { "x-goog-api-key": "k" };
    const list = (await (await fetch(`${simulator.url}/v1/models`, { headers })).json()) as object;
    expect(list).toMatchObject({
      models: expect.arrayContaining([
        expect.objectContaining({ name: "models/gemini-3.5-flash" }),
      ]) as unknown,
    });
  });

  test("lists models", async () => {
    const page = await openai.models.list();
    expect(page.data.map(({ id }) => id)).toContain("gpt-6-sol");
  });
});

describe("OpenAI Responses", () => {
  const request = { model: "gpt-6-sol", input: "Say: hello there" };

  test("without a stream, and with the SDK's stream helper", async () => {
    const whole = await openai.responses.create(request);
    expect(whole).toMatchObject({
      object: "response",
      status: "completed",
      output_text: "hello there",
    });
    const streamed = await openai.responses.stream(request).finalResponse();
    expect(streamed.output_text).toBe("hello there");
    expect(streamed.usage).toEqual(whole.usage);
    expect(whole.usage?.output_tokens).toBe(simulator.ledger.entries[0]?.billed.tokens.output);
  });

  test("tool calls, both ways", async () => {
    for (let times = 0; times < 2; times += 1) {
      simulator.control.reply({ text: "Look:", toolCalls: [weather] });
    }
    const whole = await openai.responses.create(request);
    const streamed = await openai.responses.stream(request).finalResponse();
    for (const { output } of [whole, streamed]) {
      expect(output.map(({ type }) => type)).toEqual(["message", "function_call"]);
      expect(output[1]).toMatchObject({ name: "weather", arguments: '{"city":"Köln"}' });
    }
  });

  test("sequence numbers count every event", async () => {
    const stream = await openai.responses.create({ ...request, stream: true });
    const numbers: number[] = [];
    for await (const event of stream) numbers.push(event.sequence_number);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  test("a reply beyond the allowance is incomplete", async () => {
    const response = await openai.responses.create({ ...request, max_output_tokens: 1 });
    expect(response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
  });
});

describe("the ledger", () => {
  const request = { model: "m", messages: [user("Say: one two three four five six seven eight")] };

  test("bills a call without a stream in full, though nobody waited for it", async () => {
    const slow = await startSimulator({ tokensPerSecond: 20 });
    const client = new OpenAI({ apiKey: "k", baseURL: slow.openAiBaseUrl, maxRetries: 0 });
    const controller = new AbortController();
    const call = client.chat.completions.create(request, { signal: controller.signal });
    await vi.waitUntil(() => slow.ledger.entries.length === 1);
    controller.abort();
    await expect(call).rejects.toThrow();
    await slow.control.idle();
    const [entry] = slow.ledger.entries;
    expect(entry).toMatchObject({ outcome: "aborted", billed: { tokens: { output: 11 } } });
    await slow.close();
  });

  test("bills a stream up to where it was left", async () => {
    simulator.control.fault({ fault: { kind: "slow", msPerPiece: 50 } });
    const stream = await openai.chat.completions.create({ ...request, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await simulator.control.idle();
    const [entry] = simulator.ledger.entries;
    expect(entry?.outcome).toBe("aborted");
    expect(entry?.billed.tokens.output).toBeLessThan(11);
    expect(entry?.billed.tokens.inputFresh).toBeGreaterThan(0);
  });

  test("a reply that is held waits in its middle until it is let go on, and is whole then", async () => {
    simulator.control.reply({ text: "one two three four five" });
    const model = "m!hold:2";
    const stream = await openai.chat.completions.create({ ...request, model, stream: true });
    let text = "";
    for await (const chunk of stream) {
      const before = text;
      text += chunk.choices[0]?.delta.content ?? "";
      if (text === before || text !== "one two") continue;
      expect(simulator.ledger.entries[0]?.outcome).toBe("open");
      await post("/simulator/release", {});
    }
    expect(text).toBe("one two three four five");
    expect(simulator.ledger.entries[0]?.outcome).toBe("complete");
  });

  test("is read and cleared over HTTP, as faults and replies are set", async () => {
    const fault = { kind: "status", status: 500 };
    const queued = await post("/simulator/faults", { fault, model: "other", times: 2 });
    expect(await queued.json()).toEqual({ waiting: [{ fault, model: "other", times: 2 }] });
    await post("/simulator/replies", { text: "scripted" });
    const { choices } = await openai.chat.completions.create(request);
    expect(choices[0]?.message.content).toBe("scripted");

    const ledger = await fetch(`${simulator.url}/simulator/ledger`);
    const { entries } = (await ledger.json()) as { entries: unknown[] };
    expect(entries).toEqual(JSON.parse(JSON.stringify(simulator.ledger.entries)));
    expect(entries).toHaveLength(1);

    await fetch(`${simulator.url}/simulator/ledger`, { method: "DELETE" });
    await fetch(`${simulator.url}/simulator/faults`, { method: "DELETE" });
    expect(simulator.ledger.entries).toEqual([]);
    const waiting = await fetch(`${simulator.url}/simulator/faults`);
    expect(await waiting.json()).toEqual({ waiting: [] });
  });

  test("a fault that is none is refused with the reason", async () => {
    const response = await post("/simulator/faults", { fault: { kind: "explode" } });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("fault.kind");
    expect(() => simulator.control.fault({ fault: { kind: "slow", msPerPiece: -1 } })).toThrow();
  });

  test("a fault waits for the calls it is meant for, as often as it says", async () => {
    const fault = { kind: "status", status: 500 } as const;
    simulator.control.fault({ fault, api: "openai_chat", model: "weak", times: 2 });
    const statusOf = async (model: string): Promise<number> =>
      (await post("/v1/chat/completions", { ...request, model })).status;
    expect(await statusOf("strong")).toBe(200);
    expect([await statusOf("weak"), await statusOf("weak"), await statusOf("weak")]).toEqual([
      500, 500, 200,
    ]);
  });

  test.each([
    [{ ...request, model: "m!overloaded" }, 529],
    [{ ...request, model: "m!status:502" }, 502],
    [{ ...request, model: "m!rate_limited:2000" }, 429],
    [{ ...request, metadata: { simulate: "spend_limit" } }, 402],
  ])("a request can ask for a fault by itself: %j", async (body, status) => {
    const response = await post("/v1/chat/completions", body);
    expect(response.status).toBe(status);
    expect(response.headers.get("retry-after")).toBe(status === 429 ? "2" : null);
    expect(simulator.ledger.entries[0]).toMatchObject({ model: "m", outcome: "refused" });
  });

  test("Anthropic's metadata asks for one, too", async () => {
    const metadata = { user_id: "simulate:overloaded" };
    const body = { model: "claude-sonnet-5-5", max_tokens: 9, messages: [user("Hi")], metadata };
    expect((await post("/v1/messages", body)).status).toBe(529);
  });
});

describe("what it says", () => {
  const ask = async (...messages: { role: "user" | "assistant"; content: string }[]) =>
    (await openai.chat.completions.create({ model: "gpt-6-sol", messages })).choices[0]?.message
      .content;

  test("is the same for the same words, mentions them, and does not pretend to be a model", async () => {
    const reply = await ask(user("How should we price the new Düsseldorf workshop?"));
    expect(reply).toBe(await ask(user("How should we price the new Düsseldorf workshop?")));
    expect(reply).toContain("Düsseldorf");
    expect(reply).toContain("This is the simulator, standing in for gpt-6-sol");
  });

  test.each([
    ["What is 12 × 7?", "12 × 7 = 84."],
    ["0.1 + 0.2", "0.1 + 0.2 = 0.3."],
    ["Hello!", "Hello! You wrote “Hello!”"],
    ["", "You sent no text."],
  ])("%j → %j", async (said, expected) => {
    expect(await ask(user(said))).toContain(expected);
  });

  test("remembers the conversation", async () => {
    const reply = await ask(
      user("I like maps."),
      { role: "assistant", content: "Good." },
      user("And you?"),
    );
    expect(reply).toContain("your message number 2; the first was “I like maps.”");
  });

  test("a long message is quoted by its beginning, no character cut in half", async () => {
    const reply = await ask(user("👩‍🚀".repeat(400)));
    expect(reply).not.toMatch(/\p{Surrogate}/u);
    expect(reply).toContain("…”");
  });
});

test("it keeps the pace that it is given", async () => {
  const paced = await startSimulator({ tokensPerSecond: 100, firstTokenMs: 50 });
  const client = new OpenAI({ apiKey: "k", baseURL: paced.openAiBaseUrl, maxRetries: 0 });
  const startedAtMs = performance.now();
  let tokens = 0;
  const stream = await client.chat.completions.create({
    model: "m",
    messages: [user("Say: one two three four five six seven eight nine ten")],
    stream: true,
  });
  for await (const chunk of stream) tokens += chunk.choices[0]?.delta.content ? 1 : 0;
  // Not before its time; how much later depends on the machine. Timers may be a millisecond early.
  expect(performance.now() - startedAtMs).toBeGreaterThan(50 + (tokens - 1) * 10 - 5);
  await paced.close();
});

test("it runs by itself", async () => {
  const child = spawn(process.execPath, [
    "--import",
    "tsx",
    "src/providers/simulator/main.ts",
    "--port",
    "0",
  ]);
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  while (!output.includes("Ledger")) await once(child.stdout, "data");
  const url = /http:\/\/[\d.:]+/.exec(output)?.[0] ?? "";
  const ledger = await fetch(`${url}/simulator/ledger`);
  expect(await ledger.json()).toEqual({ entries: [] });
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(0);
});

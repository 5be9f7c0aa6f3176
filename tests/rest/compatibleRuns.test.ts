/** What becomes of runs of the compatible API when something changes beside them. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { type APIError } from "openai";
import { expect, onTestFinished, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Permission } from "../../src/core/permissions";
import { setVariable } from "../support/startProcess";
import { agentOf, bookedSince, sharedWorld } from "./world";

const world = sharedWorld();
const anthropic = () => {
  const { ready, apiKey } = world();
  return new Anthropic({ baseURL: ready.siteUrl, apiKey, maxRetries: 0 });
};
const openai = () => new OpenAI({ baseURL: world().v1, apiKey: world().apiKey, maxRetries: 0 });

/** More than may wait in a session. */
const TOO_MANY = 25;

test("where too many runs wait in the session, one more is refused, and leaves nothing", async () => {
  const { simulator, owner } = world();
  simulator.control.reset();
  const { model, agentId } = await agentOf(world());
  const { id } = await openai().responses.create({ model, input: "Say: hi" });
  simulator.control.fault({ fault: { kind: "slow", msPerPiece: 1_000 } });
  const begun: string[] = [];
  let refused: unknown = null;
  while (begun.length < TOO_MANY && refused === null) {
    const input = `Say: ${"word ".repeat(30)}`;
    const more = { previous_response_id: id, input, background: true };
    await openai()
      .responses.create({ model, ...more })
      .then(
        (response) => begun.push(response.id),
        (error: unknown) => (refused = error),
      );
  }
  expect(refused).toMatchObject({ status: 429, code: "limit_reached" });
  // One is under way, or about to be; and 20 wait.
  expect([20, 21]).toContain(begun.length);
  const { page } = await owner.query(api.queries.runs.list, {
    paginationOpts: { cursor: null, numItems: 50 },
  });
  const runs = page.filter((run) => run.agentId === agentId);
  expect(runs.map(({ _id }) => `resp_${_id}`).toSorted()).toEqual([id, ...begun].toSorted());
  for (const one of begun.toReversed()) await openai().responses.cancel(one);
});

test("what developers said in a conversation holds for whoever goes on from it; instructions do not", async () => {
  const { control, requests } = world().simulator;
  control.reset();
  const { model } = await agentOf(world());
  const input = [
    { role: "developer" as const, content: "Answer only in French." },
    { role: "user" as const, content: "Say: oui" },
  ];
  const first = await openai().responses.create({ model, input, instructions: "Be brief." });
  const more = { previous_response_id: first.id, input: "Say: non" };
  const second = await openai().responses.create({ model, ...more });
  const last = { previous_response_id: second.id, instructions: "Be long." };
  const rule = { role: "developer" as const, content: "And in rhyme." };
  const said = { role: "user" as const, content: "Say: si" };
  await openai().responses.create({ model, ...last, input: [rule, said] });

  const texts = requests.slice(-3).map((request) => JSON.stringify(request));
  const has = (words: string) => texts.map((text) => text.split(words).length - 1);
  expect(has("Answer only in French.")).toEqual([1, 1, 1]);
  expect(has("Be brief.")).toEqual([1, 0, 0]);
  expect(has("Be long.")).toEqual([0, 0, 1]);
  expect(has("And in rhyme.")).toEqual([0, 0, 1]);
});

/** A key, and what takes it back. */
async function briefKey(
  scopes: Permission[] = ["messages:send", "models:call"],
): Promise<{ key: string; revoke: () => Promise<void> }> {
  const { owner } = world();
  const made = await owner.action(api.actions.keys.create, { name: "Brief", scopes });
  return {
    key: made.key,
    revoke: async () => {
      await owner.mutation(api.mutations.keys.revoke, { id: made._id });
    },
  };
}

const withKey = (apiKey: string) => new OpenAI({ baseURL: world().v1, apiKey, maxRetries: 0 });

test("who leaves once their key is revoked ends the call all the same", async () => {
  const { simulator, owner } = world();
  simulator.control.reset();
  const { model } = await agentOf(world());
  simulator.control.fault({ fault: { kind: "slow", msPerPiece: 50 } });
  const { key, revoke } = await briefKey();
  const sinceMs = Date.now();
  const content = `Say: ${"word ".repeat(500)}`;
  const stream = await withKey(key).chat.completions.create({
    model,
    messages: [{ role: "user", content }],
    stream: true,
  });
  for await (const { choices } of stream) {
    if (!choices[0]?.delta.content) continue;
    await revoke();
    // At once: whoever reads on is told soon that the run was cancelled.
    break;
  }
  await simulator.control.idle();
  expect(simulator.ledger.entries).toMatchObject([{ outcome: "aborted" }]);
  await expect.poll(async () => (await bookedSince(world(), sinceMs)).length).toBe(1);
  const { page } = await owner.query(api.queries.runs.list, {
    paginationOpts: { cursor: null, numItems: 1 },
  });
  expect(page).toMatchObject([{ state: { kind: "cancelled" } }]);
});

test("embeddings whose key is revoked meanwhile are booked as they are billed", async () => {
  const { control, ledger } = world().simulator;
  control.reset();
  control.fault({ fault: { kind: "slow", msPerPiece: 1_500 } });
  const { key, revoke } = await briefKey();
  const sinceMs = Date.now();
  const made = withKey(key).embeddings.create({
    model: "text-embedding-3-small",
    input: ["one", "two words"],
  });
  await expect.poll(() => ledger.entries.length).toBe(1);
  await revoke();
  expect(await bookedSince(world(), sinceMs)).toEqual([]);
  expect((await made).usage).toMatchObject({ cost: 0.00000008 });
  expect(await bookedSince(world(), sinceMs)).toEqual([80_000n]);
});

test("a provider that is overloaded and does not say for how long is to be asked again in some seconds", async () => {
  const { control } = world().simulator;
  control.reset();
  const { model } = await agentOf(world());
  for (let nth = 0; nth < 3; nth++) control.fault({ fault: { kind: "status", status: 529 } });
  const messages = [{ role: "user" as const, content: "Say: hi" }];
  const error = await openai()
    .chat.completions.create({ model, messages })
    .then(
      () => null,
      (reason: unknown) => reason as APIError,
    );
  expect(error).toMatchObject({ status: 503, code: "provider_overloaded" });
  expect(error!.headers!.get("retry-after")).toBe("5");
});

const post = async (path: string, body: object, headers: Record<string, string> = {}) =>
  await fetch(`${world().v1}/${path}`, {
    method: "POST",
    headers: { "x-api-key": world().apiKey, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

test("a message's first event tells fresh input from cached as its last one does", async () => {
  world().simulator.control.reset();
  const systemPrompt = "You help people. ".repeat(1_000);
  const { model } = await agentOf(world(), { systemPrompt });
  type Event = { type: string; message?: { usage: object }; usage?: object };
  const usages = async () => {
    const messages = [{ role: "user", content: "Say: hi" }];
    const answer = await post("messages", { model, max_tokens: 10, messages, stream: true });
    const events = (await answer.text())
      .split("\n")
      .filter((line) => line.startsWith("data: "))
      .map((line) => JSON.parse(line.slice("data: ".length)) as Event);
    const first = events.find(({ type }) => type === "message_start")?.message?.usage;
    const last = events.find(({ type }) => type === "message_delta")?.usage;
    return { first, last } as Record<"first" | "last", Record<string, number>>;
  };
  await usages();
  const { first, last } = await usages();
  expect(first["cache_read_input_tokens"]).toBeGreaterThan(1_000);
  for (const field of ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"]) {
    expect([field, first[field]]).toEqual([field, last[field]]);
  }
});

test.each([
  ["2023-06-01", { temperature: 0.5 }, 200],
  ["2026-10-21", {}, 200],
  ["2026-10-21", { temperature: 1 }, 400],
  ["2026-10-21", { top_p: 1 }, 400],
  ["2030-01-01", {}, 400],
])("anthropic-version %s with %j is answered %i", async (version, more, status) => {
  const { model } = await agentOf(world(), { model: "claude-sonnet-4-5" });
  const messages = [{ role: "user", content: "Say: hi" }];
  const body = { model, max_tokens: 10, messages, ...more };
  const answer = await post("messages", body, { "anthropic-version": version });
  const told: unknown = await answer.json();
  expect([answer.status, JSON.stringify(told)]).toEqual([status, expect.any(String)]);
  const type = status === 200 ? "message" : "error";
  expect(told).toMatchObject({ type });
  if (status === 400) expect(told).toMatchObject({ error: { type: "invalid_request_error" } });
});

test("a long response that is deleted gives its room back, and one under way is not deleted", async () => {
  const { control } = world().simulator;
  control.reset();
  const { owner } = world();
  const { model } = await agentOf(world(), { provider: "openai", model: "gpt-6-luna" });
  const stored = async () => (await owner.query(api.queries.tenants.usage, {})).storageBytes.used;
  const before = await stored();
  const input = `${"word ".repeat(200_000)}\nSay: hi`;
  const { id } = await openai().responses.create({ model, input });
  expect(await stored()).toBeGreaterThan(before + 900_000);
  const { key } = await briefKey(["messages:send", "sessions:read"]);
  await expect(withKey(key).responses.delete(id)).rejects.toMatchObject({ status: 403 });
  await openai().responses.delete(id);
  expect(await stored()).toBe(before);

  control.fault({ fault: { kind: "slow", msPerPiece: 200 } });
  const begun = await openai().responses.create({
    model,
    input: `Say: ${"word ".repeat(100)}`,
    background: true,
  });
  const early = openai().responses.delete(begun.id);
  await expect(early).rejects.toMatchObject({ status: 409, code: "conflict" });
  await openai().responses.cancel(begun.id);
  const remove = async () =>
    await openai()
      .responses.delete(begun.id)
      .then(
        () => 200,
        (error: unknown) => (error as APIError).status,
      );
  await expect.poll(remove, { timeout: 10_000 }).toBe(200);
});

const WEATHER = { name: "get_weather", argumentsJson: '{"city":"Bern"}' };
const flatTools = [
  { type: "function" as const, name: WEATHER.name, parameters: {}, strict: false },
];
const named = (name: string) => [{ type: "function" as const, function: { name } }];

/** How many thoughts the last call had back. */
const thoughts = () => world().simulator.ledger.entries.at(-1)?.thoughts;

test("what Google's models sign is given back with the call, by chats and by responses", async () => {
  world().simulator.control.reset();
  const { model } = await agentOf(world(), { provider: "google", model: "gemini-3.5-flash" });
  const content = `Call: ${WEATHER.name} ${WEATHER.argumentsJson}`;
  const asked = [{ role: "user" as const, content }];
  const tools = named(WEATHER.name);
  const body = { model, messages: asked, tools };
  const { message } = (await openai().chat.completions.create(body)).choices[0]!;
  const streamed = await openai().chat.completions.stream(body).finalChatCompletion();
  for (const reply of [message, streamed.choices[0]!.message]) {
    const [call] = reply.tool_calls!;
    expect(call).toMatchObject({
      extra_content: { google: { thought_signature: expect.any(String) } },
    });
    const result = { role: "tool" as const, tool_call_id: call!.id, content: "sunny" };
    const { role, content: said, tool_calls } = reply;
    const messages = [...asked, { role, content: said, tool_calls: tool_calls! }, result];
    await openai().chat.completions.create({ model, messages, tools });
    expect(thoughts()).toBe(1);
  }

  const called = await openai().responses.create({ model, input: content, tools: flatTools });
  const { call_id } = called.output.find(({ type }) => type === "function_call") as {
    call_id: string;
  };
  const output = { type: "function_call_output" as const, call_id, output: "sunny" };
  const more = { previous_response_id: called.id, input: [output], tools: flatTools };
  await openai().responses.create({ model, ...more });
  expect(thoughts()).toBe(1);
});

test("what Google's models sign is given back by messages whose client sees thoughts", async () => {
  world().simulator.control.reset();
  const { model } = await agentOf(world(), { provider: "google", model: "gemini-3.5-flash" });
  const content = `Call: ${WEATHER.name} ${WEATHER.argumentsJson}`;
  const asked = [{ role: "user" as const, content }];
  const tools = [{ name: WEATHER.name, input_schema: { type: "object" as const } }];
  const body = { model, max_tokens: 2_000, messages: asked, tools };
  const thinking = { type: "enabled" as const, budget_tokens: 1_024 };
  const message = await anthropic().messages.create({ ...body, thinking });
  const streamed = await anthropic()
    .messages.stream({ ...body, thinking })
    .finalMessage();
  const blind = await anthropic().messages.create(body);
  for (const [reply, count] of [
    [message, 1],
    [streamed, 1],
    [blind, 0],
  ] as const) {
    const call = reply.content.find(({ type }) => type === "tool_use") as { id: string };
    const result = { type: "tool_result" as const, tool_use_id: call.id, content: "sunny" };
    const said = { role: "assistant" as const, content: reply.content };
    const messages = [...asked, said, { role: "user" as const, content: [result] }];
    await anthropic().messages.create({ ...body, messages, thinking });
    expect(thoughts()).toBe(count);
  }
});

test("what a model thought, unheard, before its call failed is not told beside the answer", async () => {
  const { control, ledger } = world().simulator;
  const { model } = await agentOf(world());
  const messages = [{ role: "user" as const, content: "Say: hi" }];
  const thinking = { type: "enabled" as const, budget_tokens: 1_024 };
  const body = { model, max_tokens: 2_000, messages, thinking };
  const sealed = { reasoning: "Hm.", showsReasoning: false };
  for (const ask of [
    async () => await anthropic().messages.create(body),
    async () => await anthropic().messages.stream(body).finalMessage(),
  ]) {
    control.reset();
    for (const text of ["lost", "told"]) control.reply({ ...sealed, text });
    // Behind the thought's end, and before the first word.
    control.fault({ fault: { kind: "at_frame", afterFrames: 4, what: "error_event" } });
    const { content } = await ask();
    expect(ledger.entries).toMatchObject([{ outcome: "faulted" }, { outcome: "complete" }]);
    expect(content).toMatchObject([{ type: "redacted_thinking" }, { type: "text", text: "told" }]);
  }
});

test("an answer in JSON has nothing of what was said before the agent's own tools were called", async () => {
  const { control } = world().simulator;
  const { model } = await agentOf(world(), { tools: [{ name: "calculator" }] });
  const answer = { sum: 4 };
  const calls = [{ name: "calculator", argumentsJson: '{"expression":"2 + 2"}' }];
  const schema = {
    type: "object" as const,
    properties: { sum: { type: "number" } },
    required: ["sum"],
    additionalProperties: false,
  };
  const messages = [{ role: "user" as const, content: "2 + 2?" }];
  const chat = {
    model,
    messages,
    response_format: { type: "json_schema" as const, json_schema: { name: "answer", schema } },
  };
  const format = { type: "json_schema" as const, name: "answer", schema };
  const responses = { model, input: "2 + 2?", text: { format } };
  const message = {
    model,
    messages,
    max_tokens: 100,
    output_config: { format: { type: "json_schema" as const, schema } },
  };
  const kept: string[] = [];
  const asks: Record<string, () => Promise<unknown>> = {
    chat: async () =>
      (await openai().chat.completions.parse(chat)).choices[0]?.message.content ?? "",
    "chat, streamed": async () =>
      (await openai().chat.completions.stream(chat).finalChatCompletion()).choices[0]?.message
        .content,
    responses: async () => {
      const { id, output_text: text } = await openai().responses.parse(responses);
      kept.push(id);
      return text;
    },
    "responses, streamed": async () => {
      const stream = openai().responses.stream(responses);
      return (await stream.finalResponse()).output_text;
    },
    "responses in the background, streamed": async () => {
      const more = { background: true, stream: true } as const;
      const stream = await openai().responses.create({ ...responses, ...more });
      let text = "";
      for await (const event of stream) {
        if (event.type === "response.output_text.delta") text += event.delta;
      }
      return text;
    },
    messages: async () => {
      const { content } = await anthropic().messages.parse(message);
      return content.map((block) => ("text" in block ? block.text : "")).join();
    },
    "messages, streamed": async () => await anthropic().messages.stream(message).finalText(),
  };
  for (const [name, ask] of Object.entries(asks)) {
    control.reset();
    control.reply({ text: "Let me see.", toolCalls: calls });
    control.reply({ text: JSON.stringify(answer) });
    expect([name, await ask()]).toEqual([name, JSON.stringify(answer)]);
  }
  const again = await openai().responses.retrieve(kept[0]!);
  expect(again.output_text).toBe(JSON.stringify(answer));
  // As text, all of it is the answer.
  control.reset();
  control.reply({ text: "Let me see.", toolCalls: calls });
  control.reply({ text: "4" });
  const said = await openai().chat.completions.create({ model, messages });
  expect(said.choices[0]?.message.content).toBe("Let me see.\n\n4");
});

test("sealed thoughts go back to the account that sealed them, and to no other", async () => {
  const { simulator, ready } = world();
  simulator.control.reset();
  const { model } = await agentOf(world(), {
    provider: "openai",
    model: "gpt-6-sol",
    reasoningEffort: "high",
  });
  simulator.control.reply({ reasoning: "Where is Bern?", text: "", toolCalls: [WEATHER] });
  const called = await openai().responses.create({ model, input: "Is it?", tools: flatTools });
  const { call_id } = called.output.find(({ type }) => type === "function_call") as {
    call_id: string;
  };
  const output = { type: "function_call_output" as const, call_id, output: "sunny" };
  const more = { previous_response_id: called.id, input: [output], tools: flatTools };
  await openai().responses.create({ model, ...more });
  expect(thoughts()).toBe(1);

  await setVariable(ready, { name: "OPENAI_API_KEY", value: "of-another-account" });
  onTestFinished(async () => await setVariable(ready, { name: "OPENAI_API_KEY", value: "test" }));
  await openai().responses.create({ model, ...more });
  expect(thoughts()).toBe(0);
});

test("a client's tool is not called like one that the agent's settings bring along", async () => {
  const skilled = await agentOf(world(), { skills: ["skill_web_search"] });
  const outgoing = await agentOf(world(), {
    tools: [{ name: "http_post", allowedHosts: ["example.com"] }],
  });
  for (const [model, name] of [
    [outgoing.model, "read_result"],
    [skilled.model, "read_result"],
    [skilled.model, "use_skill"],
  ] as const) {
    const messages = [{ role: "user" as const, content: "Say: hi" }];
    const refused = openai().chat.completions.create({ model, messages, tools: named(name) });
    await expect(refused).rejects.toMatchObject({ status: 400, param: "tools" });
  }
});

test("counting tokens counts as a call, and of a very long request the end is estimated", async () => {
  const { model } = await agentOf(world());
  const count = async (content: string) => {
    const messages = [{ role: "user", content }];
    return await post("messages/count_tokens", { model, messages });
  };
  const limit = "x-ratelimit-limit-requests";
  const call = await post("chat/completions", {
    model,
    messages: [{ role: "user", content: "Say: hi" }],
  });
  expect((await count("hi")).headers.get(limit)).toBe(call.headers.get(limit));
  const tokensOf = async (text: string) =>
    ((await (await count(text)).json()) as { input_tokens: number }).input_tokens;
  // A token a word, which is five characters; of what is estimated, one in four.
  const words = await tokensOf("word ".repeat(100_000));
  expect(await tokensOf("word ".repeat(200_000))).toBeLessThan(words * 2.02);
  expect(await tokensOf("word ".repeat(600_000))).toBeGreaterThan(words * 6.5);
});

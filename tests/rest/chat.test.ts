/** OpenAI's own client against `/v1/chat/completions`. */
import OpenAI, { type APIError } from "openai";
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { billedPico } from "../support/billing";
import { agentOf, bookedSince, sharedWorld } from "./world";

const world = sharedWorld();
const client = () => new OpenAI({ baseURL: world().v1, apiKey: world().apiKey, maxRetries: 0 });
const saying = (text: string) => [{ role: "user" as const, content: `Say: ${text}` }];

/** What the simulator would bill for its calls since it was last reset. */
async function billed(provider = "anthropic"): Promise<bigint> {
  const { simulator } = world();
  await simulator.control.idle();
  return billedPico(simulator.ledger.entries, provider);
}

const sum = (amounts: readonly bigint[]) => amounts.reduce((all, one) => all + one, 0n);

test("an agent answers a client of OpenAI's, with usage and its exact cost", async () => {
  world().simulator.control.reset();
  const { agentId, model } = await agentOf(world());
  const sinceMs = Date.now();
  const { data, response } = await client()
    .chat.completions.create({ model, messages: saying("hello there") })
    .withResponse();
  expect(data).toMatchObject({
    object: "chat.completion",
    model,
    choices: [{ index: 0, finish_reason: "stop", message: { content: "hello there" } }],
  });
  const [entry] = world().simulator.ledger.entries;
  const { inputFresh, output } = entry!.billed.tokens;
  expect(data.usage).toMatchObject({
    prompt_tokens: inputFresh,
    completion_tokens: output,
    total_tokens: inputFresh + output,
  });
  const costUsd = response.headers.get("x-cost-usd")!;
  expect(data.usage).toMatchObject({ cost: Number(costUsd), cost_details: { total: costUsd } });
  expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  expect(Number(response.headers.get("x-overhead-ms"))).toBeGreaterThan(0);
  const booked = await bookedSince(world(), sinceMs);
  expect(booked).toEqual([await billed()]);

  // People see it as a session like any other, from the API.
  const sessions = await world().owner.query(api.queries.sessions.list, {
    agentId,
    paginationOpts: { cursor: null, numItems: 10 },
  });
  expect(sessions.page).toMatchObject([{ source: "api", messageCount: 2 }]);
});

test("a stream brings a role, pieces, one finish reason, usage with cost if asked, and [DONE]", async () => {
  const { model } = await agentOf(world());
  const body = {
    model,
    messages: saying("hello there"),
    stream: true,
    stream_options: { include_usage: true },
  };
  const answer = await fetch(`${world().v1}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${world().apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const frames = (await answer.text()).split("\n\n").filter((frame) => frame !== "");
  expect(frames.at(-1)).toBe("data: [DONE]");
  const chunks = frames
    .slice(0, -1)
    .map((frame) => JSON.parse(frame.replace(/^data: /, "")) as OpenAI.ChatCompletionChunk);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(chunks[0]!.choices[0]!.delta).toMatchObject({ role: "assistant" });
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("hello there");
  const reasons = chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []);
  expect(reasons).toEqual(["stop"]);
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { cost: expect.any(Number) } });
  expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
});

test("a client that leaves in the middle ends the call upstream, and what was used is booked", async () => {
  const { simulator, owner } = world();
  simulator.control.reset();
  const { agentId, model } = await agentOf(world());
  simulator.control.fault({ fault: { kind: "slow", msPerPiece: 50 } });
  const sinceMs = Date.now();
  const text = "word ".repeat(500);
  const stream = await client().chat.completions.create({
    model,
    messages: saying(text),
    stream: true,
  });
  let heard = 0;
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) heard++;
    if (heard === 5) break;
  }
  const leftAtMs = Date.now();
  await simulator.control.idle();
  expect(Date.now() - leftAtMs).toBeLessThan(2_000);
  expect(simulator.ledger.entries).toMatchObject([{ outcome: "aborted" }]);
  const runs = async () =>
    await owner.query(api.queries.runs.list, {
      paginationOpts: { cursor: null, numItems: 1 },
    });
  await expect
    .poll(async () => (await runs()).page[0])
    .toMatchObject({ agentId, state: { kind: "cancelled" } });
  const [booked, ...others] = await bookedSince(world(), sinceMs);
  expect(others).toEqual([]);
  // By what the provider stated of the input, and what had arrived of the output.
  const bill = await billed();
  expect(booked).toBeGreaterThan(bill / 2n);
  expect(booked).toBeLessThan(bill * 2n);
});

test.each([
  [{ messages: "none" }, "messages", "messages must be a list"],
  [{ messages: [] }, "messages", "messages must have a message of the user's"],
  [{ n: 2 }, "n", "n must be 1"],
  [{ temperature: 3 }, "temperature", "temperature must be a number from 0 to 2"],
  [{ service_tier: "priority" }, "service_tier", "standard tier"],
  [
    {
      messages: [
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: "http://x.example/a.png" } }],
        },
      ],
    },
    "messages[0].content[0].image_url.url",
    "must be an https URL",
  ],
])("%j is refused by the field", async (wrong, param, message) => {
  const { model } = await agentOf(world());
  const body = { model, messages: saying("x"), ...wrong } as never;
  const call = client().chat.completions.create(body);
  const error = await call.then(
    () => null,
    (reason: unknown) => reason as APIError,
  );
  expect(error).toMatchObject({ status: 400, param, type: "invalid_request_error" });
  expect(error!.message).toContain(message);
});

test("no key, a wrong key, a model that is not there", async () => {
  const messages = saying("x");
  const ask = (apiKey: string, model: string) =>
    new OpenAI({ baseURL: world().v1, apiKey, maxRetries: 0 }).chat.completions.create({
      model,
      messages,
    });
  await expect(ask("nothing", "agent:demo")).rejects.toMatchObject({
    status: 401,
    code: "invalid_api_key",
  });
  await expect(ask(world().apiKey, "agent:nobody")).rejects.toMatchObject({
    status: 404,
    code: "model_not_found",
    param: "model",
  });
  const { agentId } = await agentOf(world());
  expect((await ask(world().apiKey, `agent:${agentId}`)).choices).toHaveLength(1);
  // Another tenant's agents are not there.
  await expect(ask(world().ready.tenants[1].apiKey, `agent:${agentId}`)).rejects.toMatchObject({
    code: "model_not_found",
  });
});

test("a provider's failure before anything has arrived is a status, and afterwards a frame", async () => {
  const { control } = world().simulator;
  const { model } = await agentOf(world());
  const stream = () =>
    client().chat.completions.create({ model, messages: saying("a b c d e"), stream: true });
  control.fault({ fault: { kind: "status", status: 400 } });
  await expect(stream()).rejects.toMatchObject({ status: 400, code: "provider_refused" });

  control.fault({ fault: { kind: "cut", afterPieces: 3 } });
  const heard: string[] = [];
  const cut = async () => {
    for await (const { choices } of await stream()) heard.push(choices[0]?.delta.content ?? "");
  };
  await expect(cut()).rejects.toMatchObject({ code: "provider_cut_stream" });
  expect(heard.join("")).not.toBe("");
});

test("what may be tried again is, by the server itself", async () => {
  const { control, ledger } = world().simulator;
  control.reset();
  const { model } = await agentOf(world());
  const sinceMs = Date.now();
  control.fault({ fault: { kind: "status", status: 500 } });
  const answer = await client().chat.completions.create({ model, messages: saying("again") });
  expect(answer.choices[0]!.message.content).toBe("again");
  expect(ledger.entries.map(({ outcome }) => outcome)).toEqual(["refused", "complete"]);
  expect(sum(await bookedSince(world(), sinceMs))).toBe(await billed());
});

test("a budget that does not allow the call refuses it with 402, and nobody is to try again", async () => {
  const { owner, simulator } = world();
  simulator.control.reset();
  const { agentId, model } = await agentOf(world());
  await owner.mutation(api.mutations.agents.update, { agentId, monthlyBudget: "0.000001" });
  const call = client().chat.completions.create({ model, messages: saying("x") });
  const error = (await call.then(
    () => null,
    (reason: unknown) => reason,
  )) as APIError;
  expect(error).toMatchObject({
    status: 402,
    code: "budget_exceeded",
    type: "insufficient_quota",
  });
  expect(error.headers!.get("x-should-retry")).toBe("false");
  expect(simulator.ledger.entries).toEqual([]);
});

test("what a client gives counts in full before it is called", async () => {
  const { owner, simulator } = world();
  const { agentId, model } = await agentOf(world(), { maxTokens: 16 });
  // Room for some thousand tokens of Opus, at 5 USD for a million of them and 25 for those that come out.
  await owner.mutation(api.mutations.agents.update, { agentId, monthlyBudget: "0.02" });
  const ask = async (text: string) =>
    await client().chat.completions.create({ model, messages: saying(text) });
  expect((await ask("short")).choices[0]!.message.content).toBe("short");
  simulator.control.reset();
  await expect(ask("word ".repeat(2_000))).rejects.toMatchObject({ status: 402 });
  expect(simulator.ledger.entries).toEqual([]);
});

test("the client's bounds hold beside the agent's, and a reply that is cut says so", async () => {
  const { model } = await agentOf(world(), { maxTokens: 6 });
  const ask = async (max_tokens: number) =>
    await client().chat.completions.create({
      model,
      max_tokens,
      messages: saying("a b c d e f g h i"),
    });
  const cut = await ask(3);
  expect(cut.choices[0]!.finish_reason).toBe("length");
  expect(cut.usage!.completion_tokens).toBe(3);
  expect((await ask(100)).usage!.completion_tokens).toBe(6);
});

test("the agent's own tools run within the call; beside the client's they are not made", async () => {
  const { simulator } = world();
  simulator.control.reset();
  const { model } = await agentOf(world(), {
    tools: [{ name: "calculator" }, { name: "http_post", allowedHosts: ["example.com"] }],
  });
  const calculator = 'Call: calculator {"expression":"6 * 7"}';
  const weather = 'Call: get_weather {"city":"Bern"}';
  const tools = [
    {
      type: "function" as const,
      function: { name: "get_weather", parameters: { type: "object" } },
    },
  ];
  const ask = async (content: string) =>
    await client().chat.completions.create({ model, messages: [{ role: "user", content }], tools });
  const sinceMs = Date.now();
  const answer = await ask(calculator);
  expect(answer.choices[0]).toMatchObject({ finish_reason: "stop" });
  expect(answer.choices[0]!.message.content).toContain("42");
  const booked = await bookedSince(world(), sinceMs);
  expect(booked).toHaveLength(2);
  expect(answer.usage).toMatchObject({ cost: Number(sum(booked)) / 1e12 });

  const asked = simulator.requests.at(-1) as { tools: { name: string }[] };
  expect(asked.tools.map(({ name }) => name)).toEqual(["calculator", "get_weather"]);

  const mixed = await ask(`${calculator}\n${weather}`);
  expect(mixed.choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: { tool_calls: [{ function: { name: "get_weather" } }] },
  });
  expect(mixed.choices[0]!.message.tool_calls).toHaveLength(1);
});

test("a provider's model needs a key that was given the right by name", async () => {
  const { owner, v1 } = world();
  const made = await owner.action(api.actions.keys.create, {
    name: "few",
    scopes: ["messages:send"],
  });
  const few = new OpenAI({ baseURL: v1, apiKey: made.key, maxRetries: 0 });
  const ask = (model: string) => few.chat.completions.create({ model, messages: saying("x") });
  await expect(ask("openai/gpt-6-luna")).rejects.toMatchObject({
    status: 403,
    code: "insufficient_permissions",
  });
  expect((await ask("agent:demo")).choices).toHaveLength(1);
  const { data } = await few.models.list();
  expect(data.every(({ id }) => id.startsWith("agent:"))).toBe(true);
});

test("an idempotency key has a call made once, streamed or not", async () => {
  const { simulator, v1, apiKey } = world();
  const { model } = await agentOf(world());
  simulator.control.reset();
  const post = async (key: string, body: object) => {
    const answer = await fetch(`${v1}/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${apiKey}`,
        "content-type": "application/json",
        "idempotency-key": key,
      },
      body: JSON.stringify({ model, messages: saying("once"), ...body }),
    });
    return {
      status: answer.status,
      replayed: answer.headers.get("idempotent-replayed"),
      text: await answer.text(),
    };
  };
  for (const stream of [false, true]) {
    const key = `key-${stream}`;
    const first = await post(key, { stream });
    expect(first).toMatchObject({ status: 200, replayed: null });
    await expect
      .poll(async () => await post(key, { stream }))
      .toEqual({ ...first, replayed: "true" });
    expect(await post(key, { stream, max_tokens: 5 })).toMatchObject({ status: 422 });
  }
  expect(simulator.ledger.entries).toHaveLength(2);
});

test("another tenant finds nothing of a response, and cannot end or delete it", async () => {
  const { v1, apiKey, ready } = world();
  const { model } = await agentOf(world());
  const made = await client().responses.create({ model, input: "Say: ours" });
  const ask = async (key: string, method = "GET", path = "") => {
    const headers = { authorization: `Bearer ${key}` };
    return (await fetch(`${v1}/responses/${made.id}${path}`, { method, headers })).status;
  };
  const [, { apiKey: theirs }] = ready.tenants;
  expect(await ask(theirs)).toBe(404);
  expect(await ask(theirs, "POST", "/cancel")).toBe(404);
  expect(await ask(theirs, "DELETE")).toBe(404);
  expect(await ask(apiKey)).toBe(200);
});

/** The official clients, current and the major before, against `/v1`. */
import Anthropic from "@anthropic-ai/sdk";
import AnthropicPrevious from "anthropic-previous";
import OpenAI from "openai";
import OpenAICurrent from "openai-current";
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { Conformance } from "./conformance";
import { agentOf, bookedSince, sharedWorld } from "./world";

const world = sharedWorld();
const table = new Conformance();

const WEATHER = {
  type: "object" as const,
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const CALL = 'Call: get_weather {"city": "Bern"}';
const SCHEMA = {
  type: "object",
  properties: { ok: { type: "boolean" } },
  required: ["ok"],
  additionalProperties: false,
};

const failureOf = async (call: PromiseLike<unknown>): Promise<Record<string, unknown>> =>
  await call.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as Record<string, unknown>,
  );

type ResponseStreamEvent = OpenAI.Responses.ResponseStreamEvent;
type ResponseCreatedEvent = OpenAI.Responses.ResponseCreatedEvent;

async function takenUp(client: OpenAI, id: string, after?: number) {
  const from = after === undefined ? {} : { starting_after: after };
  return await client.responses.retrieve(id, { stream: true, ...from });
}

async function allOf(events: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const all = [];
  for await (const event of events) all.push(event);
  return all;
}

async function slowly(): Promise<void> {
  const { control } = world().simulator;
  control.reset();
  control.fault({ fault: { kind: "slow", msPerPiece: 50 } });
}

/** The call has ended upstream, and one amount was booked for it. */
async function expectSettled(sinceMs: number): Promise<void> {
  const { simulator } = world();
  await simulator.control.idle();
  expect(simulator.ledger.entries).toMatchObject([{ outcome: "aborted" }]);
  await expect.poll(async () => (await bookedSince(world(), sinceMs)).length).toBe(1);
}

const OPENAI = [
  { client: "openai 7.55.0", Client: OpenAICurrent as unknown as typeof OpenAI },
  { client: "openai 6.49.0", Client: OpenAI },
];

describe.each(OPENAI)("$client", ({ client, Client }) => {
  const openai = (options: object = {}) =>
    new Client({ baseURL: world().v1, apiKey: world().apiKey, maxRetries: 0, ...options });
  const agent = async (settings = {}) =>
    await agentOf(world(), { provider: "openai", model: "gpt-6-luna", ...settings });
  const user = (content: string) => [{ role: "user" as const, content }];
  const tools = [
    { type: "function" as const, function: { name: "get_weather", parameters: WEATHER } },
  ];

  const chat = (what: string, shows: () => Promise<void>) =>
    table.check({ client, api: "chat/completions", what }, shows);

  chat("an answer, with usage and cost", async () => {
    const { model } = await agent();
    const answer = await openai().chat.completions.create({ model, messages: user("Say: hi") });
    expect(answer.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "hi" } });
    expect(answer.usage).toMatchObject({ cost: expect.any(Number) });
    expect(answer._request_id).toMatch(/^req_/);
  });

  chat("a stream, by iteration", async () => {
    const { model } = await agent();
    const body = { model, messages: user("Say: one two"), stream: true } as const;
    let text = "";
    for await (const chunk of await openai().chat.completions.create(body)) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    expect(text).toBe("one two");
  });

  chat("`.stream()`: events, the final message, usage", async () => {
    const { model } = await agent();
    const stream = openai().chat.completions.stream({
      model,
      messages: user("Say: one two"),
      stream_options: { include_usage: true },
    });
    const pieces: string[] = [];
    stream.on("content", (delta) => pieces.push(delta));
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe("one two");
    expect(pieces.join("")).toBe("one two");
    expect(await stream.totalUsage()).toMatchObject({ total_tokens: expect.any(Number) });
  });

  chat("`.parse()`: JSON by a schema", async () => {
    const { model } = await agent();
    const answer = await openai().chat.completions.parse({
      model,
      messages: user('Say: {"ok":true}'),
      response_format: {
        type: "json_schema",
        json_schema: { name: "ok", strict: true, schema: SCHEMA },
      },
    });
    expect(answer.choices[0]?.message.parsed).toEqual({ ok: true });
    expect(world().simulator.requests.at(-1)).toMatchObject({
      text: { format: { type: "json_schema", name: "ok", schema: SCHEMA, strict: true } },
    });
  });

  const PICTURE = "https://pictures.example/cat.png";

  chat("an image by its URL, which the provider fetches", async () => {
    const { model, agentId } = await agent();
    const content = [
      { type: "text" as const, text: "Say: a cat" },
      { type: "image_url" as const, image_url: { url: PICTURE } },
    ];
    const messages = [{ role: "user" as const, content }];
    const answer = await openai().chat.completions.create({ model, messages });
    expect(answer.choices[0]?.message.content).toContain("a cat");
    expect(JSON.stringify(world().simulator.requests.at(-1))).toContain(`"image_url":"${PICTURE}"`);

    const google = { provider: "google", model: "gemini-3.5-flash" } as const;
    await world().owner.mutation(api.mutations.agents.update, { agentId, ...google });
    const refused = await failureOf(openai().chat.completions.create({ model, messages }));
    expect(refused).toMatchObject({ status: 400, param: "messages" });
    expect(refused["message"]).toContain("as a data URL");
  });

  chat("tools: call, result, answer", async () => {
    const { model } = await agent();
    const asked = user(CALL);
    const called = await openai().chat.completions.create({ model, messages: asked, tools });
    const { message, finish_reason } = called.choices[0]!;
    expect(finish_reason).toBe("tool_calls");
    expect(message.tool_calls).toMatchObject([
      { type: "function", function: { name: "get_weather", arguments: '{"city": "Bern"}' } },
    ]);
    const result = {
      role: "tool" as const,
      tool_call_id: message.tool_calls![0]!.id,
      content: "sunny",
    };
    const answer = await openai().chat.completions.create({
      model,
      messages: [...asked, message, result],
      tools,
    });
    expect(answer.choices[0]).toMatchObject({ finish_reason: "stop" });
    expect(answer.choices[0]!.message.content).toContain("sunny");
  });

  chat("tools in a stream", async () => {
    const { model } = await agent();
    const stream = openai().chat.completions.stream({ model, messages: user(CALL), tools });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { tool_calls: [{ function: { name: "get_weather" } }] },
    });
  });

  chat("`runTools()`: the client's loop", async () => {
    const { model } = await agent();
    const runner = openai().chat.completions.runTools({
      model,
      messages: user(CALL),
      tools: [
        {
          type: "function",
          function: {
            name: "get_weather",
            description: "The weather",
            parameters: WEATHER,
            parse: (text: string): object => JSON.parse(text) as object,
            function: () => "snow",
          },
        },
      ],
    });
    expect(await runner.finalContent()).toContain("snow");
  });

  chat("abort: the call ends upstream, its cost is booked", async () => {
    const { model } = await agent();
    await slowly();
    const sinceMs = Date.now();
    const stream = await openai().chat.completions.create({
      model,
      messages: user(`Say: ${"word ".repeat(500)}`),
      stream: true,
    });
    let heard = 0;
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content && ++heard === 3) break;
    await expectSettled(sinceMs);
  });

  chat("errors by their classes", async () => {
    const messages = user("Say: x");
    const { agentId, model } = await agent();
    const create = (name: string, options = {}) =>
      openai(options).chat.completions.create({ model: name, messages });
    expect(await failureOf(create(model, { apiKey: "wrong" }))).toBeInstanceOf(
      Client.AuthenticationError,
    );
    expect(await failureOf(create("agent:nobody"))).toBeInstanceOf(Client.NotFoundError);
    const bad = openai().chat.completions.create({ model, messages, n: 3 });
    expect(await failureOf(bad)).toBeInstanceOf(Client.BadRequestError);
    const { control } = world().simulator;
    control.reset();
    for (let nth = 0; nth < 3; nth++) {
      control.fault({ fault: { kind: "status", status: 429, retryAfterMs: 1 } });
    }
    expect(await failureOf(create(model))).toBeInstanceOf(Client.RateLimitError);
    await world().owner.mutation(api.mutations.agents.update, {
      agentId,
      monthlyBudget: "0.000001",
    });
    expect(await failureOf(create(model))).toMatchObject({ status: 402, code: "budget_exceeded" });
  });

  chat("an error frame ends a cut stream", async () => {
    const { model } = await agent();
    world().simulator.control.fault({ fault: { kind: "cut", afterPieces: 2 } });
    const stream = openai().chat.completions.stream({ model, messages: user("Say: a b c d e f") });
    expect(await failureOf(stream.finalChatCompletion())).toBeInstanceOf(Client.APIError);
  });

  chat("the client's own retries", async () => {
    const { model } = await agent();
    const { control, ledger } = world().simulator;
    control.reset();
    for (let nth = 0; nth < 3; nth++) {
      control.fault({ fault: { kind: "status", status: 503, retryAfterMs: 1 } });
    }
    const answer = await openai({ maxRetries: 2 }).chat.completions.create({
      model,
      messages: user("Say: at last"),
    });
    expect(answer.choices[0]?.message.content).toBe("at last");
    expect(ledger.entries.length).toBe(4);
  });

  chat("a provider's model by its own name", async () => {
    const body = { messages: user("Say: plain") };
    const answer = await openai().chat.completions.create({ ...body, model: "openai/gpt-6-luna" });
    expect(answer).toMatchObject({
      model: "openai/gpt-6-luna",
      choices: [{ message: { content: "plain" } }],
    });
    const asked = world().simulator.requests.at(-1) as { instructions?: string };
    expect(asked.instructions).toBeUndefined();
  });

  const responses = (what: string, shows: () => Promise<void>) =>
    table.check({ client, api: "responses", what }, shows);
  const flatTools = [
    { type: "function" as const, name: "get_weather", parameters: WEATHER, strict: true },
  ];

  responses("an answer, with usage and cost", async () => {
    const { model } = await agent();
    const answer = await openai().responses.create({ model, input: "Say: hi" });
    expect(answer).toMatchObject({ object: "response", status: "completed", output_text: "hi" });
    expect(answer.usage).toMatchObject({ cost: expect.any(Number) });
  });

  responses("a stream, by iteration and by `.stream()`", async () => {
    const { model } = await agent();
    const types: string[] = [];
    const events = await openai().responses.create({ model, input: "Say: one two", stream: true });
    let last = -1;
    for await (const event of events) {
      types.push(event.type);
      expect(event.sequence_number).toBe(++last);
    }
    const deltas = types.filter((type) => type === "response.output_text.delta");
    expect(deltas.length).toBeGreaterThan(0);
    expect(types.filter((type) => type !== "response.output_text.delta")).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const final = await openai().responses.stream({ model, input: "Say: one two" }).finalResponse();
    expect(final.output_text).toBe("one two");
  });

  responses("a cut stream is taken up again where it was cut", async () => {
    const { model } = await agent();
    await slowly();
    const input = `Say: ${"word ".repeat(40).trim()}`;
    const body = { model, input, background: true, stream: true } as const;
    const cut: ResponseStreamEvent[] = [];
    for await (const event of await openai().responses.create(body)) {
      cut.push(event);
      if (cut.length === 10) break;
    }
    const { id } = (cut[0] as ResponseCreatedEvent).response;
    const rest = await allOf(await takenUp(openai(), id, cut.at(-1)!.sequence_number));
    expect(rest.length).toBeGreaterThan(10);
    expect(rest.at(-1)).toMatchObject({ type: "response.completed" });
    const whole = await allOf(await takenUp(openai(), id));
    expect([...cut, ...rest]).toEqual(whole);

    const stream = openai().responses.stream({ response_id: id, starting_after: 12 });
    const seen = await allOf(stream);
    expect(seen.map(({ sequence_number }) => sequence_number)).toEqual(
      whole.slice(13).map(({ sequence_number }) => sequence_number),
    );
    expect((await stream.finalResponse()).output_text).toContain("word word");
  });

  responses("a stream that has ended is told again", async () => {
    const { model } = await agent({ tools: [{ name: "calculator" }] });
    for (const input of ["Say: one two three", CALL, 'Call: calculator {"expression":"6 * 7"}']) {
      const body = { model, input, tools: flatTools, stream: true } as const;
      const first = await allOf(await openai().responses.create(body));
      const { id } = (first[0] as ResponseCreatedEvent).response;
      expect(await allOf(await takenUp(openai(), id))).toEqual(first);
      expect(await allOf(await takenUp(openai(), id, 5))).toEqual(first.slice(6));
      expect(await allOf(await takenUp(openai(), id, 1_000))).toEqual([]);
    }
    const { id } = await openai().responses.create({ model, input: "Say: one two" });
    const { output, usage } = await openai().responses.retrieve(id);
    expect((await allOf(await takenUp(openai(), id))).at(-1)).toMatchObject({
      type: "response.completed",
      response: { id, output, usage },
    });
    expect(await failureOf(takenUp(openai(), "resp_nobodys", 1))).toBeInstanceOf(
      Client.NotFoundError,
    );
    expect(await failureOf(takenUp(openai(), id, -2))).toBeInstanceOf(Client.BadRequestError);
  });

  responses("an error event ends a cut stream", async () => {
    const { model } = await agent();
    const { control } = world().simulator;
    const body = { model, input: "Say: a b c d e f" };
    control.fault({ fault: { kind: "cut", afterPieces: 2 } });
    const types: string[] = [];
    const cut = async () => {
      for await (const { type } of await openai().responses.create({ ...body, stream: true })) {
        types.push(type);
      }
    };
    const failure = await failureOf(cut());
    expect(failure).toBeInstanceOf(Client.APIError);
    expect(failure).toMatchObject({ code: "provider_cut_stream", type: "server_error" });
    expect(types).toContain("response.output_text.delta");
    control.fault({ fault: { kind: "cut", afterPieces: 2 } });
    const helper = openai().responses.stream(body).finalResponse();
    expect(await failureOf(helper)).toBeInstanceOf(Client.APIError);
  });

  responses("abort: the call ends upstream, its cost is booked", async () => {
    const { model } = await agent();
    await slowly();
    const sinceMs = Date.now();
    const input = `Say: ${"word ".repeat(500)}`;
    const stream = await openai().responses.create({ model, input, stream: true });
    let heard = 0;
    for await (const { type } of stream) {
      if (type === "response.output_text.delta" && ++heard === 3) break;
    }
    await expectSettled(sinceMs);
  });

  responses("errors by their classes", async () => {
    const { agentId, model } = await agent();
    const create = (name: string, options = {}) =>
      openai(options).responses.create({ model: name, input: "Say: x" });
    expect(await failureOf(create(model, { apiKey: "wrong" }))).toBeInstanceOf(
      Client.AuthenticationError,
    );
    expect(await failureOf(create("agent:nobody"))).toBeInstanceOf(Client.NotFoundError);
    const bad = openai().responses.create({ model, input: "Say: x", temperature: 3 });
    expect(await failureOf(bad)).toBeInstanceOf(Client.BadRequestError);
    const { control } = world().simulator;
    control.reset();
    for (let nth = 0; nth < 3; nth++) {
      control.fault({ fault: { kind: "status", status: 429, retryAfterMs: 1 } });
    }
    expect(await failureOf(create(model))).toBeInstanceOf(Client.RateLimitError);
    const monthlyBudget = "0.000001";
    await world().owner.mutation(api.mutations.agents.update, { agentId, monthlyBudget });
    expect(await failureOf(create(model))).toMatchObject({ status: 402, code: "budget_exceeded" });
  });

  responses("the client's own retries", async () => {
    const { model } = await agent();
    const { control, ledger } = world().simulator;
    control.reset();
    for (let nth = 0; nth < 3; nth++) {
      control.fault({ fault: { kind: "status", status: 503, retryAfterMs: 1 } });
    }
    const retrying = openai({ maxRetries: 2 });
    const answer = await retrying.responses.create({ model, input: "Say: at last" });
    expect(answer.output_text).toBe("at last");
    expect(ledger.entries.length).toBe(4);
  });

  responses("an answer that is cut at its bound says so, and its text too", async () => {
    const { model } = await agent();
    const body = {
      model,
      input: "Say: a b c d e f g h i j k l m n o p q r",
      max_output_tokens: 16,
    };
    const cut = { status: "incomplete", output: [{ type: "message", status: "incomplete" }] };
    const answer = await openai().responses.create(body);
    expect(answer).toMatchObject(cut);
    expect(await openai().responses.retrieve(answer.id)).toMatchObject(cut);
    const events = await allOf(await openai().responses.create({ ...body, stream: true }));
    expect(events.at(-1)).toMatchObject({ type: "response.incomplete", response: cut });
    const done = events.find(({ type }) => type === "response.output_item.done");
    expect(done).toMatchObject({ item: { status: "incomplete" } });
  });

  responses("`.parse()`: JSON by a schema", async () => {
    const { model } = await agent();
    const answer = await openai().responses.parse({
      model,
      input: 'Say: {"ok":true}',
      text: { format: { type: "json_schema", name: "ok", strict: true, schema: SCHEMA } },
    });
    expect(answer.output_parsed).toEqual({ ok: true });
  });

  responses("an image by its URL, which the provider fetches", async () => {
    const { model, agentId } = await agent();
    const content = [
      { type: "input_text" as const, text: "Say: a cat" },
      { type: "input_image" as const, image_url: PICTURE, detail: "auto" as const },
    ];
    const input = [{ role: "user" as const, content }];
    expect((await openai().responses.create({ model, input })).output_text).toContain("a cat");
    expect(JSON.stringify(world().simulator.requests.at(-1))).toContain(`"image_url":"${PICTURE}"`);

    // Room for the text and the answer, and none for the image.
    const maxCost = { monthlyBudget: "0.0002" };
    await world().owner.mutation(api.mutations.agents.update, { agentId, ...maxCost });
    const body = { model, max_output_tokens: 20 };
    const text = [{ role: "user" as const, content: content.slice(0, 1) }];
    expect((await openai().responses.create({ ...body, input: text })).status).toBe("completed");
    expect(await failureOf(openai().responses.create({ ...body, input }))).toMatchObject({
      status: 402,
    });
  });

  responses("tools: call, result by `previous_response_id`, answer", async () => {
    const { model } = await agent();
    const called = await openai().responses.create({ model, input: CALL, tools: flatTools });
    const call = called.output.find(({ type }) => type === "function_call");
    expect(call).toMatchObject({ name: "get_weather", arguments: '{"city": "Bern"}' });
    const { call_id } = call as { call_id: string };
    const answer = await openai().responses.create({
      model,
      previous_response_id: called.id,
      input: [{ type: "function_call_output", call_id, output: "sunny" }],
      tools: flatTools,
    });
    expect(answer.output_text).toContain("sunny");
  });

  responses("retrieve, and go on from it", async () => {
    const { model } = await agent();
    const first = await openai().responses.create({ model, input: "Say: my name is Ann" });
    const kept = await openai().responses.retrieve(first.id);
    expect(kept).toMatchObject({
      id: first.id,
      status: "completed",
      output_text: first.output_text,
    });
    expect(kept.usage).toEqual(first.usage);
    const body = { model, previous_response_id: first.id, input: "Say: again" };
    const second = await openai().responses.create(body);
    expect(second.previous_response_id).toBe(first.id);
    expect(JSON.stringify(world().simulator.requests.at(-1))).toContain("my name is Ann");
    const unkept = await openai().responses.create({ model, input: "Say: x", store: false });
    expect(await failureOf(openai().responses.retrieve(unkept.id))).toBeInstanceOf(
      Client.NotFoundError,
    );
  });

  responses("delete", async () => {
    const { model } = await agent();
    const { id } = await openai().responses.create({ model, input: "Say: hi" });
    await openai().responses.delete(id);
    expect(await failureOf(openai().responses.retrieve(id))).toBeInstanceOf(Client.NotFoundError);
    const again = openai().responses.delete(id);
    expect(await failureOf(again)).toBeInstanceOf(Client.NotFoundError);
  });

  responses("background, and cancel", async () => {
    const { model } = await agent();
    await slowly();
    const sinceMs = Date.now();
    const body = { model, input: `Say: ${"word ".repeat(500)}`, background: true } as const;
    const begun = await openai().responses.create(body);
    expect(begun.status).toBe("queued");
    const retrieve = async () => (await openai().responses.retrieve(begun.id)).status;
    await expect.poll(retrieve).toBe("in_progress");
    await expect.poll(() => world().simulator.ledger.entries.length).toBe(1);
    await openai().responses.cancel(begun.id);
    await expect.poll(retrieve).toBe("cancelled");
    await expectSettled(sinceMs);
  });

  table.check(
    { client, api: "embeddings", what: "texts, in base64 and as numbers, with cost" },
    async () => {
      const { control, ledger } = world().simulator;
      control.reset();
      const sinceMs = Date.now();
      const model = "text-embedding-3-small";
      const input = ["one", "two words"];
      const made = await openai().embeddings.create({ model, input });
      expect(made.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
        [0, 1_536],
        [1, 1_536],
      ]);
      const numbers = await openai().embeddings.create({ model, input, encoding_format: "float" });
      expect(numbers.data[1]!.embedding[7]).toBeCloseTo(made.data[1]!.embedding[7]!, 6);
      expect(made.usage).toMatchObject({ prompt_tokens: 4, cost: 0.00000008 });
      expect(ledger.entries.map(({ billed }) => billed.tokens.inputFresh)).toEqual([4, 4]);
      expect(await bookedSince(world(), sinceMs)).toEqual([80_000n, 80_000n]);
      control.fault({ fault: { kind: "status", status: 400 } });
      const refused = openai().embeddings.create({ model, input });
      expect(await failureOf(refused)).toBeInstanceOf(Client.BadRequestError);
      expect(
        await failureOf(openai().embeddings.create({ model: "agent:demo", input })),
      ).toMatchObject({ param: "model" });
      expect(await bookedSince(world(), sinceMs)).toHaveLength(2);
    },
  );

  table.check({ client, api: "models", what: "list and retrieve, with prices" }, async () => {
    const { model } = await agent();
    const ids: string[] = [];
    for await (const { id } of await openai().models.list()) ids.push(id);
    expect(ids).toContain(model);
    expect(ids).toContain("openai/gpt-6-luna");
    const found = await openai().models.retrieve(model);
    expect(found).toMatchObject({ id: model, object: "model", pricing: { prompt: "0.0000001" } });
  });
});

const ANTHROPIC = [
  { client: "anthropic 1.11.0", Client: Anthropic },
  { client: "anthropic 0.137.0", Client: AnthropicPrevious as unknown as typeof Anthropic },
];

describe.each(ANTHROPIC)("$client", ({ client, Client }) => {
  const anthropic = (options: object = {}) =>
    new Client({
      baseURL: world().ready.siteUrl,
      apiKey: world().apiKey,
      maxRetries: 0,
      ...options,
    });
  const user = (content: string) => [{ role: "user" as const, content }];
  const tools = [
    {
      name: "get_weather",
      description: "The weather",
      input_schema: WEATHER,
    },
  ];
  const messages = (what: string, shows: () => Promise<void>) =>
    table.check({ client, api: "messages", what }, shows);

  messages("an answer, with usage and cost", async () => {
    const { model } = await agentOf(world());
    const answer = await anthropic().messages.create({
      model,
      max_tokens: 100,
      messages: user("Say: hi"),
    });
    expect(answer).toMatchObject({
      type: "message",
      role: "assistant",
      model,
      content: [{ type: "text", text: "hi" }],
      stop_reason: "end_turn",
    });
    expect(answer.usage).toMatchObject({
      input_tokens: expect.any(Number),
      cost: expect.any(Number),
    });
    expect(answer._request_id).toMatch(/^req_/);
  });

  messages("a stream, by iteration", async () => {
    const { model } = await agentOf(world());
    const body = { model, max_tokens: 100, messages: user("Say: one two"), stream: true } as const;
    const types: string[] = [];
    for await (const event of await anthropic().messages.create(body)) types.push(event.type);
    expect(types[0]).toBe("message_start");
    expect(types.slice(-3)).toEqual(["content_block_stop", "message_delta", "message_stop"]);
  });

  messages("`.stream()`: events and the final message", async () => {
    const { model } = await agentOf(world());
    const stream = anthropic().messages.stream({
      model,
      max_tokens: 100,
      messages: user("Say: one two"),
    });
    const pieces: string[] = [];
    stream.on("text", (text) => pieces.push(text));
    const final = await stream.finalMessage();
    expect(final.content).toMatchObject([{ type: "text", text: "one two" }]);
    expect(pieces.join("")).toBe("one two");
    expect(final.usage.input_tokens).toBeGreaterThan(0);
    expect(final.usage.output_tokens).toBeGreaterThan(0);
  });

  messages("`.parse()`: JSON by a schema", async () => {
    const { model } = await agentOf(world());
    const answer = await anthropic().messages.parse({
      model,
      max_tokens: 100,
      messages: user('Say: {"ok":true}'),
      output_config: { format: { type: "json_schema", schema: SCHEMA } },
    });
    expect(answer.content[0]).toMatchObject({ text: '{"ok":true}' });
    expect(world().simulator.requests.at(-1)).toMatchObject({
      output_config: { format: { type: "json_schema", schema: SCHEMA } },
    });
  });

  messages("an image by its URL, which the provider fetches", async () => {
    const { model } = await agentOf(world());
    const source = { type: "url" as const, url: "https://pictures.example/cat.png" };
    const content = [
      { type: "text" as const, text: "Say: a cat" },
      { type: "image" as const, source },
    ];
    const asked = [{ role: "user" as const, content }];
    const body = { model, max_tokens: 100 };
    const answer = await anthropic().messages.create({ ...body, messages: asked });
    expect(JSON.stringify(answer.content)).toContain("a cat");
    expect(world().simulator.requests.at(-1)).toMatchObject({
      messages: [{ content: [{}, { type: "image", source }] }],
    });
    const foreign = { ...source, url: "http://169.254.169.254/latest" };
    const wrong = [
      { role: "user" as const, content: [{ type: "image" as const, source: foreign }] },
    ];
    expect(
      await failureOf(anthropic().messages.create({ ...body, messages: wrong })),
    ).toBeInstanceOf(Client.BadRequestError);
  });

  messages("tools: call, result, answer", async () => {
    const { model } = await agentOf(world());
    const asked = user(CALL);
    const body = { model, max_tokens: 100, tools };
    const called = await anthropic().messages.create({ ...body, messages: asked });
    expect(called.stop_reason).toBe("tool_use");
    const use = called.content.find(({ type }) => type === "tool_use") as {
      id: string;
      input: object;
    };
    expect(use).toMatchObject({ name: "get_weather", input: { city: "Bern" } });
    const result = { type: "tool_result" as const, tool_use_id: use.id, content: "sunny" };
    const answer = await anthropic().messages.create({
      ...body,
      messages: [
        ...asked,
        { role: "assistant", content: called.content },
        { role: "user", content: [result] },
      ],
    });
    expect(JSON.stringify(answer.content)).toContain("sunny");
  });

  messages("tools in a stream", async () => {
    const { model } = await agentOf(world());
    const stream = anthropic().messages.stream({
      model,
      max_tokens: 100,
      tools,
      messages: user(CALL),
    });
    const final = await stream.finalMessage();
    expect(final.content.at(-1)).toMatchObject({ type: "tool_use", input: { city: "Bern" } });
  });

  messages("thinking, and its way back with a tool's result", async () => {
    const { model } = await agentOf(world(), { model: "claude-sonnet-4-5" });
    const thinking = { type: "enabled" as const, budget_tokens: 2_000 };
    const body = { model, max_tokens: 4_000, tools, thinking };
    const asked = user(CALL);
    const stream = anthropic().messages.stream({ ...body, messages: asked });
    const called = await stream.finalMessage();
    expect(called.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use"]);
    const use = called.content.at(-1) as { id: string };
    const result = { type: "tool_result" as const, tool_use_id: use.id, content: "sunny" };
    const answer = await anthropic().messages.create({
      ...body,
      messages: [
        ...asked,
        { role: "assistant", content: called.content },
        { role: "user", content: [result] },
      ],
    });
    expect(answer.content[0]).toMatchObject({ type: "thinking" });
    expect(world().simulator.ledger.entries.at(-1)).toMatchObject({ thoughts: 1 });
  });

  messages("abort: the call ends upstream, its cost is booked", async () => {
    const { model } = await agentOf(world());
    await slowly();
    const sinceMs = Date.now();
    const stream = anthropic().messages.stream({
      model,
      max_tokens: 4_000,
      messages: user(`Say: ${"word ".repeat(500)}`),
    });
    stream.on("text", () => stream.abort());
    await failureOf(stream.finalMessage());
    await expectSettled(sinceMs);
  });

  messages("errors by their classes", async () => {
    const { agentId, model } = await agentOf(world());
    const create = (name: string, { options = {}, body = {} } = {}) =>
      anthropic(options).messages.create({
        model: name,
        max_tokens: 10,
        messages: user("Say: x"),
        ...body,
      });
    expect(await failureOf(create(model, { options: { apiKey: "wrong" } }))).toBeInstanceOf(
      Client.AuthenticationError,
    );
    expect(await failureOf(create("agent:nobody"))).toBeInstanceOf(Client.NotFoundError);
    expect(await failureOf(create(model, { body: { messages: [] } }))).toBeInstanceOf(
      Client.BadRequestError,
    );
    await world().owner.mutation(api.mutations.agents.update, {
      agentId,
      monthlyBudget: "0.000001",
    });
    expect(await failureOf(create(model))).toMatchObject({
      status: 402,
      error: {
        type: "error",
        error: { type: "billing_error", details: { error_code: "budget_exceeded" } },
      },
    });
  });

  messages("an error event ends a cut stream", async () => {
    const { model } = await agentOf(world());
    world().simulator.control.fault({ fault: { kind: "cut", afterPieces: 2 } });
    const body = { model, max_tokens: 100, messages: user("Say: a b c d e f") };
    expect(await failureOf(anthropic().messages.stream(body).finalMessage())).toBeInstanceOf(
      Client.APIError,
    );
  });

  table.check(
    { client, api: "count_tokens", what: "an estimate, the agent's prompt included" },
    async () => {
      const { model } = await agentOf(world());
      const { model: longer } = await agentOf(world(), { systemPrompt: "You help. ".repeat(100) });
      const count = async (name: string) =>
        (await anthropic().messages.countTokens({ model: name, messages: user("Hello there") }))
          .input_tokens;
      const few = await count(model);
      expect(few).toBeGreaterThan(2);
      expect(await count(longer)).toBeGreaterThan(few + 200);
    },
  );

  table.check({ client, api: "models", what: "list and retrieve, with prices" }, async () => {
    const { model } = await agentOf(world());
    const ids: string[] = [];
    for await (const { id } of anthropic().models.list({ limit: 20 })) ids.push(id);
    expect(ids).toContain(model);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await anthropic().models.retrieve(model)).toMatchObject({ type: "model", id: model });
  });
});

test("what is not there is told so, in the words of the API that is spoken", async () => {
  const { v1 } = world();
  const nowhere = await fetch(`${v1}/nowhere`);
  expect(nowhere.status).toBe(404);
  expect(await nowhere.json()).toMatchObject({ error: { code: "not_found" } });
  const wrong = await fetch(`${v1}/messages`);
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get("allow")).toBe("POST");
  expect(await wrong.json()).toMatchObject({ type: "error", request_id: expect.any(String) });
});

table.checkDocs();

/** Calls of models under an idempotency key: made to their end and kept whole, or not kept at all. */
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { agentOf, bookedSince, sharedWorld } from "./world";

const world = sharedWorld();
let keys = 0;
const newKey = () => `key ${++keys}`;

type Sent = { key: string; text: string; model: string; stream?: boolean; signal?: AbortSignal };

async function post({ key, text, model, stream = true, signal }: Sent): Promise<Response> {
  const { v1, apiKey } = world();
  return await fetch(`${v1}/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      "idempotency-key": key,
    },
    body: JSON.stringify({ model, messages: [{ role: "user", content: `Say: ${text}` }], stream }),
    ...(signal !== undefined && { signal }),
  });
}

/** What the stream says. */
function saidIn(stream: string): string {
  const frames = stream.split("\n\n").filter((frame) => frame.startsWith("data: {"));
  type Chunk = { choices?: { delta: { content?: string } }[] };
  return frames
    .map((frame) => JSON.parse(frame.slice("data: ".length)) as Chunk)
    .map(({ choices }) => choices?.[0]?.delta.content ?? "")
    .join("");
}

/** Asked again as SDKs do, until nobody is at it any more. */
async function afterwards(sent: Sent): Promise<Response> {
  for (;;) {
    const answer = await post(sent);
    if (answer.status !== 409) return answer;
    await answer.text();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test("while a call is under way, SDKs are told to ask again; what is told again has this moment's headers", async () => {
  const { control, ledger } = world().simulator;
  control.reset();
  const { model } = await agentOf(world());
  control.fault({ fault: { kind: "slow", msPerPiece: 100 } });
  const sent = { key: newKey(), text: "word ".repeat(10).trim(), model };
  const first = await post(sent);
  const early = await post(sent);
  expect(early.status).toBe(409);
  expect(early.headers.get("x-should-retry")).toBeNull();
  expect(early.headers.get("retry-after")).toBe("1");
  const whole = await first.text();

  const again = await afterwards(sent);
  expect(await again.text()).toBe(whole);
  const ids = [first, again].map(({ headers }) => headers.get("x-request-id"));
  expect(ids).toEqual([expect.stringMatching(/^req_/), expect.stringMatching(/^req_/)]);
  expect(ids[0]).not.toBe(ids[1]);
  for (const { headers } of [first, again]) {
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(headers.get("x-accel-buffering")).toBe("no");
    expect(Number(headers.get("x-ratelimit-remaining-requests"))).toBeGreaterThan(0);
    expect(headers.get("x-ratelimit-limit-requests")).not.toBeNull();
  }
  expect(ledger.entries).toHaveLength(1);
});

test("so it is for clients of Anthropic's, and for embeddings", async () => {
  const { v1, apiKey } = world();
  const { model } = await agentOf(world());
  const messages = [{ role: "user", content: "Say: hi" }];
  const calls = [
    ["messages", { model, max_tokens: 10, messages }],
    ["embeddings", { model: "text-embedding-3-small", input: "one" }],
  ] as const;
  for (const [path, body] of calls) {
    const headers = { "x-api-key": apiKey, "idempotency-key": newKey() };
    const ask = async () => {
      const json = { ...headers, "content-type": "application/json" };
      return await fetch(`${v1}/${path}`, {
        method: "POST",
        headers: json,
        body: JSON.stringify(body),
      });
    };
    const first = await ask();
    const text = await first.text();
    const again = await ask();
    expect([first.status, await again.text()]).toEqual([200, text]);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.headers.get("x-cost-usd")).toBe(first.headers.get("x-cost-usd"));
    expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
    expect(again.headers.get("x-ratelimit-remaining-requests")).not.toBeNull();
    if (path !== "messages") continue;
    expect(again.headers.get("request-id")).toBe(again.headers.get("x-request-id"));
    expect(again.headers.get("anthropic-ratelimit-requests-remaining")).not.toBeNull();
  }
});

test("a stream that its provider cut is not kept: the next try makes a new call", async () => {
  const { control, ledger } = world().simulator;
  control.reset();
  const { model } = await agentOf(world());
  control.fault({ fault: { kind: "cut", afterPieces: 3 } });
  const sent = { key: newKey(), text: "a b c d e f", model };
  expect(await (await post(sent)).text()).toContain("provider_cut_stream");

  const again = await afterwards(sent);
  expect(again.headers.get("idempotent-replayed")).toBeNull();
  const text = await again.text();
  expect(saidIn(text)).toBe("a b c d e f");
  expect(ledger.entries).toHaveLength(2);

  const replay = await afterwards(sent);
  expect(replay.headers.get("idempotent-replayed")).toBe("true");
  expect(await replay.text()).toBe(text);
  expect(ledger.entries).toHaveLength(2);
});

test.each([true, false])(
  "who leaves and asks again under the key has the whole answer of one call; streamed: %s",
  async (stream) => {
    const { simulator, owner } = world();
    simulator.control.reset();
    const { model } = await agentOf(world());
    simulator.control.fault({ fault: { kind: "slow", msPerPiece: 30 } });
    const text = "word ".repeat(50).trim();
    const sent = { key: newKey(), text, model, stream };
    const sinceMs = Date.now();
    const leaving = new AbortController();
    const first = post({ ...sent, signal: leaving.signal });
    await expect.poll(() => simulator.ledger.entries.length).toBe(1);
    if (stream) await (await first).body!.getReader().read();
    leaving.abort();
    await first.catch(() => null);

    const again = await afterwards(sent);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    const body = await again.text();
    expect(stream ? saidIn(body) : body).toContain(text);
    expect(simulator.ledger.entries).toMatchObject([{ outcome: "complete" }]);
    expect(await bookedSince(world(), sinceMs)).toHaveLength(1);
    const { page } = await owner.query(api.queries.runs.list, {
      paginationOpts: { cursor: null, numItems: 1 },
    });
    expect(page).toMatchObject([{ state: { kind: "completed" } }]);
  },
);

/** To `/v1/responses` and what is below it. */
type Responding = { key?: string; method?: string; body?: object; signal?: AbortSignal };

async function respond(
  path: string,
  { key, method = "POST", body, signal }: Responding,
): Promise<Response> {
  const { v1, apiKey } = world();
  return await fetch(`${v1}/responses${path}`, {
    method,
    headers: {
      "x-api-key": apiKey,
      ...(key !== undefined && { "idempotency-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
}

const isReplay = ({ headers }: Response) => headers.get("idempotent-replayed") === "true";

test("what was answered is told again, though the response that it went on from is gone", async () => {
  world().simulator.control.reset();
  const { model } = await agentOf(world());
  const idIn = async (response: Response) => ((await response.json()) as { id: string }).id;
  const before = await idIn(await respond("", { body: { model, input: "Say: one" } }));
  const body = { model, input: "Say: two", previous_response_id: before };
  const sent = { key: newKey(), body };
  const id = await idIn(await respond("", sent));

  const deletion = { key: newKey(), method: "DELETE" };
  const [first, second] = [
    await respond(`/${before}`, deletion),
    await respond(`/${before}`, deletion),
  ];
  expect([first.status, second.status]).toEqual([200, 200]);
  expect([isReplay(first), isReplay(second)]).toEqual([false, true]);
  expect(await second.json()).toEqual(await first.json());

  const again = await respond("", sent);
  expect([again.status, isReplay(again), await idIn(again)]).toEqual([200, true, id]);
  expect((await respond("", { body })).status).toBe(404);
});

test("a response is cancelled once for each key", async () => {
  world().simulator.control.reset();
  const { model } = await agentOf(world());
  const begun = await respond("", { body: { model, input: "Say: hi", background: true } });
  const { id } = (await begun.json()) as { id: string };
  const key = newKey();
  const first = await respond(`/${id}/cancel`, { key });
  const again = await respond(`/${id}/cancel`, { key });
  expect([first.status, again.status, isReplay(again)]).toEqual([200, 200, true]);
  expect(await again.json()).toEqual(await first.json());
});

test("in the background a key stands for the run: who left, and asks again, is told the same stream", async () => {
  const { control, ledger } = world().simulator;
  control.reset();
  const { model } = await agentOf(world());
  control.fault({ fault: { kind: "slow", msPerPiece: 50 } });
  const words = Array.from({ length: 40 }, (_, n) => `w${n}`).join(" ");
  const body = { model, input: `Say: ${words}`, background: true, stream: true };
  const key = newKey();
  const leaving = new AbortController();
  const first = await respond("", { key, body, signal: leaving.signal });
  await first.body?.getReader().read();
  leaving.abort();

  const again = await respond("", { key, body });
  expect([again.status, isReplay(again)]).toEqual([200, true]);
  expect(again.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const told = await again.text();
  expect(told).toContain("event: response.completed");
  expect(told).toContain(words);
  expect(await (await respond("", { key, body })).text()).toContain(words);
  expect(ledger.entries).toHaveLength(1);
});

test("in the background a key is free again once its run has failed, and told by its id until then", async () => {
  const { control, ledger } = world().simulator;
  control.reset();
  const { model } = await agentOf(world());
  control.fault({ fault: { kind: "status", status: 400 } });
  const sent = { key: newKey(), body: { model, input: "Say: hi", background: true } };
  const begun = (await (await respond("", sent)).json()) as { id: string };
  const status = async () => {
    const found = await respond(`/${begun.id}`, { method: "GET" });
    return ((await found.json()) as { status: string }).status;
  };
  await expect.poll(status).toBe("failed");

  const anew = await respond("", sent);
  const { id } = (await anew.json()) as { id: string };
  expect(isReplay(anew)).toBe(false);
  expect(id).not.toBe(begun.id);
  const again = await respond("", sent);
  expect([isReplay(again), ((await again.json()) as { id: string }).id]).toEqual([true, id]);
  expect(ledger.entries.length).toBeGreaterThan(1);
});

test("who goes on from nothing is counted all the same", async () => {
  const { model } = await agentOf(world());
  const body = { model, input: "Say: hi", previous_response_id: "resp_nothing" };
  for (const key of [undefined, newKey()]) {
    const gone = await respond("", { body, ...(key !== undefined && { key }) });
    expect(gone.status).toBe(404);
    expect(gone.headers.get("x-ratelimit-remaining-requests")).not.toBeNull();
  }
});

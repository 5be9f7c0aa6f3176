/**
 * Writes that come ten times at once under one idempotency key: one effect each, and the same answer to all.
 * `npm run twins:rest` has a thousand of them instead of a few, on the embedded runtime.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { onEachDriver, setup, supportBot, tenantWith } from "../convex/setup";
import { programOf, type Answer, type Program } from "./calls";

const GROUPS = Number(process.env["REST_TWINS_GROUPS"] ?? 20);
const TWINS = 10;
/** Connections at once. */
const WIDTH = 4;

async function groupsOf(count: number, ask: (nth: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await ask(next++);
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
}

/** All twins until each has an answer that is one: whoever comes while another is at it is asked to come again. */
async function twins(call: Program, at: `POST /${string}`, sent: { key: string; body: object }) {
  const headers = { "idempotency-key": sent.key };
  const one = async (): Promise<Answer> => {
    for (;;) {
      const answer = await call(at, { body: sent.body, headers });
      const { status, body } = answer;
      if (status !== 409 || body["entity"] !== "request") return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return await Promise.all(Array.from({ length: TWINS }, one));
}

function replays(answers: readonly Pick<Answer, "headers">[]): number {
  return answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length;
}

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: Infinity });
});
afterAll(async () => await simulator.close());

/** Groups of calls of models: a call takes as long as many writes. */
const CALL_GROUPS = Math.ceil(GROUPS / 5);

onEachDriver(() => {
  test("a model that is called ten times is called once", { timeout: 600_000 }, async () => {
    const t = await setup({
      API_RATE_LIMITS: JSON.stringify({ model: 1e6 }),
      ANTHROPIC_API_KEY: "test",
      ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    });
    simulator.control.reset();
    const acme = await tenantWith(t, { subject: "ann" });
    const { channels: _channels, skills: _skills, ...agent } = supportBot();
    const agentId = await acme.as.mutation(api.mutations.agents.create, agent);
    const scopes = ["messages:send" as const];
    const { key } = await acme.as.action(api.actions.keys.create, { name: "Tests", scopes });
    const call = async (nth: number) => {
      for (;;) {
        const answer = await t.fetch("/v1/chat/completions", {
          method: "POST",
          headers: {
            "x-api-key": key,
            "content-type": "application/json",
            "idempotency-key": `group ${nth}`,
          },
          body: JSON.stringify({
            model: `agent:${agentId}`,
            messages: [{ role: "user", content: `Say: ${nth}` }],
            stream: nth % 2 === 0,
          }),
        });
        const text = await answer.text();
        if (answer.status !== 409) return { status: answer.status, headers: answer.headers, text };
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    for (let nth = 0; nth < CALL_GROUPS; nth++) {
      const answers = await Promise.all(Array.from({ length: TWINS }, () => call(nth)));
      expect(answers.map(({ status }) => status)).toEqual(Array(TWINS).fill(200));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(replays(answers)).toBe(TWINS - 1);
      expect(simulator.ledger.entries).toHaveLength(nth + 1);
    }
    const runs = await t.run(async (ctx) => await ctx.db.query("runs").take(2 * CALL_GROUPS));
    expect(runs).toHaveLength(CALL_GROUPS);
  });

  test("costs that are told of ten times are booked once", { timeout: 600_000 }, async () => {
    const limits = JSON.stringify({ read: 1e6, write: 1e6 });
    const t = await setup({ API_RATE_LIMITS: limits });
    const acme = await tenantWith(t, { subject: "ann" });
    const call = await programOf(t, acme);
    const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
    const tokens = { inputTokens: 10, outputTokens: 5, inputCost: "0.01", outputCost: "0.02" };
    const body = { agentId, provider: "openai", model: "gpt-5", ...tokens };
    const ids = new Set<string>();
    await groupsOf(GROUPS, async (nth) => {
      const answers = await twins(call, "POST /costs/events", { key: `group ${nth}`, body });
      expect(answers.map(({ status }) => status)).toEqual(Array(TWINS).fill(201));
      const told = new Set(answers.map((answer) => String(answer.body["_id"])));
      expect(told.size).toBe(1);
      expect(replays(answers)).toBe(TWINS - 1);
      for (const id of told) ids.add(id);
    });
    expect(ids.size).toBe(GROUPS);
    const booked = await t.run(async (ctx) => await ctx.db.query("cost_events").take(2 * GROUPS));
    expect(booked.map(({ _id }) => _id).toSorted()).toEqual([...ids].toSorted());
  });

  test("a key is made once, and its secret told to all", async () => {
    const t = await setup();
    const acme = await tenantWith(t, { subject: "ann" });
    const call = await programOf(t, acme);
    const body = { name: "Twins", scopes: ["agents:read"] };
    const answers = await twins(call, "POST /keys", { key: "one", body });
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    expect(answers[0]?.body["key"]).toMatch(/^ak_live_/);
    expect(replays(answers)).toBe(TWINS - 1);
    const { data } = (await call("GET /keys")).body as { data: { name: string }[] };
    expect(data.filter(({ name }) => name === "Twins")).toHaveLength(1);
    // Kept sealed, and not as it was told.
    const secret = String(answers[0]?.body["key"]);
    const kept = await t.run(async (ctx) => await ctx.db.query("idempotency_keys").take(10));
    expect(JSON.stringify(kept)).not.toContain(secret.slice(-49));
    expect(kept).toMatchObject([{ state: { kind: "answered", pieceCount: 0 } }]);

    const other = await call("POST /keys", {
      body: { ...body, name: "Another" },
      headers: { "idempotency-key": "one" },
    });
    expect(other).toMatchObject({ status: 422, body: { kind: "idempotency_key_reused" } });
  });
});

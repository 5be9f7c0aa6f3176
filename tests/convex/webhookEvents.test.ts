/** What receivers are told of: in the transaction of the change, of their own tenant, and nothing that was said. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { covers, isEventFilter, WEBHOOK_EVENT_TYPES } from "../../src/core/webhookEvents";
import type { Simulator } from "../../src/providers/simulator/server";
import { openReceiver, type Receiver } from "../support/receiver";
import type { Backend } from "./drivers";
import { failureOf, firstPage, onEachDriver, supportBot, tenantWith, type Member } from "./setup";
import { ENDED, runIn, scene, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
let receiver: Receiver;
beforeAll(async () => {
  simulator = await simulatorFor();
  receiver = await openReceiver();
});
afterEach(() => {
  simulator.control.reset();
  receiver.reset();
});
afterAll(async () => {
  await simulator.close();
  await receiver.close();
});

async function listen({ as }: Pick<Member, "as">, events: string[] = ["*"]) {
  const made = await as.action(api.actions.webhooks.create, { url: receiver.url, events });
  return made.endpointId;
}

async function listening(): Promise<Scene> {
  const stage = await scene();
  await stage.t.setVariables({ PRIVATE_PROVIDER_URLS: "true" });
  await listen(stage);
  return stage;
}

type Told = { type: string; tenantId: Id<"tenants">; data: Record<string, unknown> };

/** The outbox, in order. */
async function outbox(t: Backend): Promise<Told[]> {
  const rows = await t.run(async (ctx) => await ctx.db.query("webhook_events").collect());
  return rows.map(({ tenantId, type, payload }) => {
    const body = JSON.parse(payload) as { type: string; timestamp: string; data: object };
    expect(Object.keys(body)).toEqual(["type", "timestamp", "data"]);
    expect(body.type).toBe(type);
    expect(new Date(body.timestamp).toISOString()).toBe(body.timestamp);
    expect(payload.length).toBeLessThan(20_000);
    return { type, tenantId, data: body.data as Record<string, unknown> };
  });
}

const typesIn = async (t: Backend) => (await outbox(t)).map(({ type }) => type);

onEachDriver(() => {
  describe("receivers are told", () => {
    test("of agents, sessions and keys, by what has changed and not what it is now", async () => {
      const { t, as, agentId } = await listening();
      const { update, remove } = api.mutations.agents;
      await as.mutation(update, { agentId, systemPrompt: "The bishop knows.", temperature: 0.3 });
      await as.mutation(update, { agentId, temperature: 0.3 }); // as it was already
      const other = await as.mutation(api.mutations.agents.create, supportBot());
      await as.mutation(remove, { agentId: other });
      const sessionId = await as.mutation(api.mutations.conversations.create, { agentId });
      const scopes = ["agents:read" as const];
      const key = await as.action(api.actions.keys.create, { name: "A key", scopes });
      const next = await as.action(api.actions.keys.rotate, { id: key._id });
      await as.mutation(api.mutations.keys.revoke, { id: key._id });

      const told = await outbox(t);
      expect(told.map(({ type, data }) => ({ type, data }))).toEqual([
        {
          type: "agent.updated",
          data: { agentId, version: 2, changed: ["systemPrompt", "temperature"] },
        },
        { type: "agent.created", data: { agentId: other, version: 1 } },
        { type: "agent.archived", data: { agentId: other, version: 2 } },
        { type: "session.created", data: { sessionId, agentId } },
        { type: "key.created", data: { id: key._id, keyId: key.keyId, scopes } },
        { type: "key.created", data: { id: next._id, keyId: next.keyId, scopes } },
        { type: "key.revoked", data: { id: key._id, keyId: key.keyId } },
      ]);
      const text = JSON.stringify(told);
      for (const secret of ["bishop", key.key, next.key]) expect(text).not.toContain(secret);
    });

    test("of a run that waits for people, of what they say, and of its end", async () => {
      const stage = await listening();
      const { t, as, agentId, userId } = stage;
      const tools = [{ name: "calculator" as const, approval: { required: true } }];
      await as.mutation(api.mutations.agents.update, { agentId, tools });
      const argumentsJson = '{"expression":"6 * 7"}';
      simulator.control.reply({
        text: "May I?",
        toolCalls: [{ name: "calculator", argumentsJson }],
      });
      const content = "the bishop's password";
      const sent = await as.mutation(api.mutations.messages.send, { agentId, content });
      const { runId, sessionId } = sent;
      await runIn(as, runId, ["awaiting_approval"]);
      const { page } = await as.query(api.queries.approvals.list, {
        runId,
        paginationOpts: firstPage,
      });
      const approvalId = page[0]!._id;
      await as.mutation(api.mutations.approvals.decide, { approvalId, decision: "deny" });
      await runIn(as, runId, ENDED);

      const told = (await outbox(t)).slice(1); // the agent's tools
      const ids = { runId, agentId, sessionId };
      const approvals = [{ approvalId, toolName: "calculator" }];
      const facts = { approvalId, ...ids, toolName: "calculator" };
      expect(told).toMatchObject([
        { type: "session.created" },
        { type: "run.awaiting_approval", data: { ...ids, approvals } },
        { type: "approval.decided", data: { ...facts, state: "denied", decidedBy: userId } },
        { type: "run.completed", data: ids },
      ]);
      for (const said of ["bishop", "6 * 7"]) expect(JSON.stringify(told)).not.toContain(said);
    });

    test("of sessions that clients of the compatible API open", async () => {
      const { t, as, agentId } = await listening();
      const scopes = ["messages:send" as const];
      const { key } = await as.action(api.actions.keys.create, { name: "Tests", scopes });
      const answer = await t.fetch("/v1/chat/completions", {
        method: "POST",
        headers: { "x-api-key": key, "content-type": "application/json" },
        body: JSON.stringify({
          model: `agent:${agentId}`,
          messages: [{ role: "user", content: "Say: hi" }],
        }),
      });
      expect(answer.status).toBe(200);
      const told = await outbox(t);
      expect(told).toMatchObject([
        { type: "key.created" },
        { type: "session.created", data: { agentId } },
        { type: "run.completed", data: { sessionId: told[1]!.data["sessionId"] } },
      ]);
    });

    test("of runs that fail or are cancelled, with what they cost", async () => {
      const { t, as, agentId } = await listening();
      simulator.control.fault({ fault: { kind: "status", status: 404 } });
      const failing = await as.mutation(api.mutations.messages.send, { agentId, content: "Hi" });
      await runIn(as, failing.runId, ENDED);
      simulator.control.fault({ fault: { kind: "hang" } });
      const hanging = await as.mutation(api.mutations.messages.send, { agentId, content: "Hi" });
      await as.mutation(api.mutations.runs.cancel, { runId: hanging.runId });
      await runIn(as, hanging.runId, ENDED);
      const ends = (await outbox(t)).filter(({ type }) => type.startsWith("run."));
      expect(ends).toMatchObject([
        {
          type: "run.failed",
          data: { runId: failing.runId, reason: "provider_failed", totalCostUsd: "0" },
        },
        { type: "run.cancelled", data: { runId: hanging.runId } },
      ]);
    });

    test("of a budget: its thresholds once each, that calls do not fit once a period, and of pauses", async () => {
      const { t, as, agentId, tenantId } = await listening();
      const about = { name: "Ours", dimension: "agent", key: agentId, window: "month" } as const;
      const limits = { action: "pause" as const, limit: "10", alertPercents: [50] };
      const policyId = await as.mutation(api.mutations.budgets.create, { ...about, ...limits });
      await t.action(internal.jobs.budgets.openAll, {});
      const model = { provider: "anthropic", model: "claude-opus-4-6" } as const;
      const call = { agentId, ...model, inputTokens: 0, outputTokens: 0 };
      const cost = { ...call, inputCost: "6", outputCost: "0" };
      await as.mutation(api.mutations.costs.create, cost);
      const moved = [{ tenantId, dimension: "agent" as const, key: agentId }];
      for (let n = 0; n < 2; n++) await t.action(internal.jobs.budgets.alert, { moved });
      for (let n = 0; n < 3; n++) {
        const asked = { key: `call ${n}`, agentId, ...model, tokens: 10, cost: "5" };
        await as.mutation(api.mutations.budgets.reserve, asked);
      }
      await expect.poll(async () => (await typesIn(t)).length).toBe(3);
      const { period } = await as.query(api.queries.budgets.get, { policyId });
      const facts = { policyId, name: "Ours", period };
      const told = (await outbox(t)).toSorted((a, b) => a.type.localeCompare(b.type));
      expect(told).toMatchObject([
        { type: "budget.alert", data: { ...facts, limitUsd: "10", percent: 50, spentUsd: "6" } },
        { type: "budget.exceeded", data: { ...facts, limitUsd: "10", agentId } },
        { type: "budget.paused", data: { ...facts, agentId } },
      ]);
    });
  });

  test("nobody is told of what did not happen, nor of what nobody listens to, nor of another tenant's", async () => {
    const stage = await scene();
    const { t, as, agentId } = stage;
    await t.setVariables({ PRIVATE_PROVIDER_URLS: "true" });
    const bob = await tenantWith(t, { subject: "bob", maxAgents: 1 });
    await listen(bob);
    await as.mutation(api.mutations.agents.update, { agentId, name: "Renamed" }); // nobody listens
    await listen(stage, ["session.*", "run.failed"]);
    await as.mutation(api.mutations.agents.update, { agentId, name: "Again" }); // not to this
    await bob.as.mutation(api.mutations.agents.create, supportBot());
    const refused = bob.as.mutation(api.mutations.agents.create, supportBot());
    expect(await failureOf(refused)).toMatchObject({ kind: "limit_reached" });
    await as.mutation(api.mutations.conversations.create, { agentId });
    expect((await outbox(t)).map(({ type, tenantId }) => [type, tenantId])).toEqual([
      ["agent.created", bob.tenantId],
      ["session.created", stage.tenantId],
    ]);
  });
});

test("filters are types, nouns with a star, or a star; others are none", () => {
  for (const type of WEBHOOK_EVENT_TYPES) {
    const noun = type.split(".")[0]!;
    expect([type, `${noun}.*`, "*"].map(isEventFilter)).toEqual([true, true, true]);
    expect([[type], [`${noun}.*`], ["*"]].map((one) => covers(one, type))).toEqual([
      true,
      true,
      true,
    ]);
    const others = WEBHOOK_EVENT_TYPES.filter((one) => one !== type);
    expect(covers(others, type)).toBe(false);
    expect(
      covers(
        others.filter((one) => !one.startsWith(noun)).map((one) => `${one.split(".")[0]}.*`),
        type,
      ),
    ).toBe(false);
  }
  for (const text of [
    "",
    "run",
    "run.",
    "run.**",
    "*.completed",
    "nobody.*",
    ".*",
    "run.complete",
  ]) {
    expect(isEventFilter(text), text).toBe(false);
  }
});

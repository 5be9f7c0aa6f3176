/** Models that were refused are left alone for a while: who goes on without them, who waits, and who tries again. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import type { Simulator } from "../../src/providers/simulator/server";
import { onEachDriver, supportBot } from "./setup";
import { ENDED, runIn, sceneOn, setupWithSimulator, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const OPUS = { provider: "anthropic", model: "claude-opus-4-6" } as const;
const HAIKU = { provider: "anthropic", model: "claude-haiku-4-5" } as const;
const MINI = { provider: "openai", model: "gpt-5-mini" } as const;
const LONG_MS = 60_000;

type Fallbacks = readonly (typeof HAIKU | typeof MINI)[];

async function withFallbacks(fallbackModels: Fallbacks): Promise<Scene> {
  const stage = await sceneOn(await setupWithSimulator(), OPUS);
  const { as, agentId } = stage;
  const changes = { agentId, fallbackModels: [...fallbackModels] };
  await as.mutation(api.mutations.agents.update, changes);
  return stage;
}

async function turn({ as, agentId }: Scene) {
  const { runId } = await as.mutation(send, { agentId, content: "Say: here I am" });
  const { state } = await runIn(as, runId, ENDED);
  return { runId, state };
}

async function attemptsOf({ as }: Scene, runId: Id<"runs">) {
  const [step] = await as.query(api.queries.runs.steps, { runId });
  return step?.attempts ?? [];
}

async function cooldowns({ t }: Scene): Promise<Doc<"provider_cooldowns">[]> {
  return await t.run(async (ctx) => await ctx.db.query("provider_cooldowns").collect());
}

/** The models that were called, in order. */
const called = (): string[] => simulator.ledger.entries.map(({ model }) => model);

onEachDriver(() => {
  describe("a model that was refused", () => {
    test("is passed over while another one is there, and the attempt says why", async () => {
      const stage = await withFallbacks([MINI]);
      const { runId } = await turnAfter(stage, { status: 429, retryAfterMs: LONG_MS });
      expect(await attemptsOf(stage, runId)).toMatchObject([
        { ...OPUS, status: "error", error: { failureClass: "rate_limited" } },
        { ...MINI, status: "ok", kind: "fallback" },
      ]);
      expect(await cooldowns(stage)).toMatchObject([
        { ...OPUS, reason: "rate_limited", failures: 1 },
      ]);

      const second = await turn(stage);
      expect(second.state.kind).toBe("completed");
      const [attempt, ...others] = await attemptsOf(stage, second.runId);
      expect(others).toEqual([]);
      expect(attempt).toMatchObject({
        ...MINI,
        kind: "fallback",
        passedOver: [{ ...OPUS, reason: "rate_limited" }],
      });
      expect(attempt?.passedOver?.[0]?.until).toBeGreaterThan(Date.now());
      expect(called()).toEqual([OPUS.model, MINI.model, MINI.model]);
    });

    test("for its account's sake takes the account's other models with it", async () => {
      const stage = await withFallbacks([HAIKU, MINI]);
      const { runId } = await turnAfter(stage, { status: 401 });
      expect(await attemptsOf(stage, runId)).toMatchObject([
        { ...OPUS, status: "error" },
        { ...MINI, status: "ok", passedOver: [{ ...HAIKU, reason: "authentication" }] },
      ]);
    });

    test("at the deployment's account is asked again once that one has another key", async () => {
      const stage = await withFallbacks([MINI]);
      await turnAfter(stage, { status: 401 });
      await turn(stage);
      expect(called()).toEqual([OPUS.model, MINI.model, MINI.model]);
      await stage.t.setVariables({ ANTHROPIC_API_KEY: "another" });
      await turn(stage);
      expect(called().at(-1)).toBe(OPUS.model);

      // Which is refused in its turn, as often as it is.
      await turnAfter(stage, { status: 401 });
      await turn(stage);
      expect(called().slice(-2)).toEqual([MINI.model, MINI.model]);
      expect(await cooldowns(stage)).toMatchObject([{ reason: "authentication", failures: 1 }]);
    });

    test("is not asked too early where there is no other one: the run fails in sight", async () => {
      const stage = await withFallbacks([]);
      const first = await turnAfter(stage, { status: 429, retryAfterMs: LONG_MS });
      expect(first.state).toMatchObject({ kind: "failed", reason: "provider_failed" });
      const { state } = await turn(stage);
      expect(state).toMatchObject({ kind: "failed", reason: "limit_reached" });
      expect(state.detail).toContain("takes no calls of claude-opus-4-6 before");
      expect(called()).toEqual([OPUS.model]);
    });

    test("is waited for where the wait is short, and forgotten once it answers", async () => {
      const stage = await withFallbacks([]);
      const { as, agentId, t } = stage;
      const untilMs = Date.now() + 1_500;
      await t.run(async (ctx) => {
        const row = { ...OPUS, reason: "overloaded", failures: 3, untilMs, updatedAt: 0 } as const;
        await ctx.db.insert("provider_cooldowns", row);
      });
      const { runId } = await as.mutation(send, { agentId, content: "Say: here I am" });
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      expect(simulator.ledger.entries[0]?.startedAtMs).toBeGreaterThanOrEqual(untilMs);
      expect(await cooldowns(stage)).toEqual([]);
    });

    test("is tried by one run when its time has come; the others go on without it until that is over", async () => {
      const stage = await withFallbacks([MINI]);
      const { as, agentId, t } = stage;
      await t.run(async (ctx) => {
        const row = {
          ...OPUS,
          reason: "overloaded",
          failures: 1,
          untilMs: 1,
          updatedAt: 0,
        } as const;
        await ctx.db.insert("provider_cooldowns", row);
      });
      simulator.control.fault({ fault: { kind: "hang" }, api: "anthropic_messages" });
      const sent = await Promise.all(
        Array.from({ length: 4 }, () => as.mutation(send, { agentId, content: "Say: here I am" })),
      );
      const states = async () => {
        const runs = sent.map(({ runId }) => as.query(api.queries.runs.get, { runId }));
        return (await Promise.all(runs)).map(({ state }) => state.kind).toSorted();
      };
      const three = ["calling", "completed", "completed", "completed"];
      await expect.poll(states, { timeout: 20_000 }).toEqual(three);
      expect(called().toSorted()).toEqual([OPUS.model, MINI.model, MINI.model, MINI.model]);

      // Nothing came of it: the next run tries.
      for (const { runId } of sent) await as.mutation(api.mutations.runs.cancel, { runId });
      await expect.poll(states).toEqual(["cancelled", "completed", "completed", "completed"]);
      expect((await turn(stage)).state.kind).toBe("completed");
      expect(called().at(-1)).toBe(OPUS.model);
      expect(await cooldowns(stage)).toEqual([]);
    });

    test("is left alone for longer when it refuses again", async () => {
      const stage = await withFallbacks([MINI]);
      await stage.t.run(async (ctx) => {
        const row = {
          ...OPUS,
          reason: "overloaded",
          failures: 3,
          untilMs: 1,
          updatedAt: 0,
        } as const;
        await ctx.db.insert("provider_cooldowns", row);
      });
      await turnAfter(stage, { status: 529, times: 3 });
      const [row] = await cooldowns(stage);
      expect(row).toMatchObject({ failures: 4, reason: "overloaded" });
      expect(row).not.toHaveProperty("probingUntilMs");
      expect(row!.untilMs - row!.updatedAt).toBeGreaterThanOrEqual(30_000);
    });

    test("at a tenant's own account is that tenant's affair, and forgotten when the account changes", async () => {
      const stage = await withFallbacks([MINI]);
      const { as, t, tenantId, userId } = stage;
      const { account, elsewhere } = await t.run(async (ctx) => {
        const times = { createdAt: 0, updatedAt: 0 };
        const own = { tenantId, name: "Ours", provider: "anthropic", createdBy: userId } as const;
        const row = { ...own, ...times, status: "enabled" as const };
        const id = await ctx.db.insert("providers", row);
        const cooldown = {
          reason: "overloaded",
          failures: 1,
          untilMs: 9e12,
          updatedAt: 0,
        } as const;
        await ctx.db.insert("provider_cooldowns", { ...OPUS, ...cooldown, tenantId, account: id });
        const other = await ctx.db.insert("provider_cooldowns", {
          ...MINI,
          ...cooldown,
          tenantId,
          account: id,
        });
        return { account: id, elsewhere: other };
      });
      expect((await turn(stage)).state.kind).toBe("completed");
      expect(called()).toEqual([MINI.model]);

      await as.mutation(api.mutations.providers.disable, { id: account });
      expect(await cooldowns(stage)).toMatchObject([{ _id: elsewhere }]);
      expect((await turn(stage)).state.kind).toBe("completed");
      expect(called()).toEqual([MINI.model, OPUS.model]);
    });
  });

  test("many calls that fail at once write one row, and one row only", async () => {
    const stage = await withFallbacks([MINI]);
    const { as } = stage;
    const agent = { ...supportBot(), ...OPUS, fallbackModels: [MINI] };
    const agentId = await as.mutation(api.mutations.agents.create, agent);
    simulator.control.fault({
      fault: { kind: "status", status: 429, retryAfterMs: LONG_MS },
      api: "anthropic_messages",
      times: 100,
    });
    const sent = await Promise.all(
      Array.from({ length: 12 }, () => as.mutation(send, { agentId, content: "Say: here I am" })),
    );
    for (const { runId } of sent) {
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
    }
    expect(await cooldowns(stage)).toMatchObject([{ ...OPUS, failures: 1 }]);
  });
});

/** A turn whose first call is refused like this. */
async function turnAfter(
  stage: Scene,
  { times = 1, ...status }: { status: number; retryAfterMs?: number; times?: number },
) {
  const fault = { kind: "status" as const, ...status };
  simulator.control.fault({ fault, api: "anthropic_messages", times });
  return await turn(stage);
}

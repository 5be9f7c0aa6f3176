/** Long sessions: a summary takes the place of their beginning, and nothing is lost by it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Begun } from "../../convex/model/runs/work";
import type { Simulator } from "../../src/providers/simulator/server";
import { billedPico } from "../support/billing";
import { failureOf, firstPage, onEachDriver } from "./setup";
import { ENDED, ledgerOf, loseLease, runIn, scene, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const { prompt, summaries } = api.queries.sessions;
const { compact, undoCompaction } = api.mutations.sessions;

const REX = "The user's dog is called Rex.";

/** A session with so many turns, a question and an answer each; the first tells of Rex. */
async function withHistory({ t, as, tenantId, agentId }: Scene, turns: number) {
  const sessionId = await as.mutation(api.mutations.conversations.create, { agentId });
  await t.run(async (ctx) => {
    for (let turn = 1; turn <= turns; turn++) {
      const place = { tenantId, agentId, sessionId, turn, createdAt: turn };
      const status = "complete" as const;
      const content = turn === 1 ? "My dog is called Rex." : `Question ${turn}?`;
      await ctx.db.insert("messages", { ...place, position: 0, role: "user", content, status });
      const reply = { role: "assistant", content: `Answer ${turn}.`, status } as const;
      await ctx.db.insert("messages", { ...place, position: 1, ...reply });
    }
    await ctx.db.patch("sessions", sessionId, { turnCount: turns, messageCount: 2 * turns });
  });
  return sessionId;
}

async function ask({ as }: Scene, sessionId: Id<"sessions">, content = "And now?") {
  const sent = await as.mutation(send, { sessionId, content });
  const run = await runIn(as, sent.runId, ENDED);
  await simulator.control.idle();
  const steps = await as.query(api.queries.runs.steps, { runId: sent.runId });
  return { ...sent, run, kinds: steps.map(({ kind, status }) => `${kind} ${status}`), steps };
}

async function summariesOf({ as }: Scene, sessionId: Id<"sessions">) {
  const { page } = await as.query(summaries, { sessionId, paginationOpts: firstPage });
  return page;
}

/** What a worker reports of a summary that it was told. */
const reportOf = ({ stepId, attemptId }: Pick<Begun, "stepId" | "attemptId">, text: string) => ({
  stepId,
  attemptId,
  text,
  outcome: { kind: "completed" as const, finishReason: "end" as const },
  reasoning: "",
  toolCalls: [],
  nextSeq: 0,
  rest: [],
  usage: {
    usage: { tokens: { inputFresh: 100, output: 10 }, toolUnits: {}, reasoningTokens: 0 },
    source: "provider" as const,
    reconciliation: "ok" as const,
    notes: [],
  },
  facts: {},
  warnings: [],
  endedAtMs: Date.now(),
});

/** What the last call said, as it came over the wire. */
const received = () => JSON.stringify(simulator.requests.at(-1));

async function messageCountOf({ t }: Scene, sessionId: Id<"sessions">) {
  return await t.run(async (ctx) => {
    const all = await ctx.db.query("messages").collect();
    return all.filter((message) => message.sessionId === sessionId).length;
  });
}

onEachDriver(() => {
  describe("a session that outgrows its room", () => {
    test("of a thousand messages answers, and the model reads of its beginning", async () => {
      const stage = await scene();
      const sessionId = await withHistory(stage, 500);
      // The first is made from the beginning; each later one goes on from the one before.
      for (let n = 1; n <= 5; n++) simulator.control.reply({ text: `Part ${n}. ${REX}` });
      const { run, kinds, runId } = await ask(stage, sessionId);
      expect(run.state).toMatchObject({ kind: "completed" });
      expect(kinds).toEqual([...Array(5).fill("compaction completed"), "model_call completed"]);

      const made = await summariesOf(stage, sessionId);
      expect(made.map(({ upToTurn }) => upToTurn)).toEqual([460, 400, 300, 200, 100]);
      expect(made.map(({ isInForce }) => isInForce)).toEqual([true, false, false, false, false]);
      expect(JSON.stringify(simulator.requests[0])).toContain("My dog is called Rex.");
      expect(JSON.stringify(simulator.requests[1])).toContain("Part 1. ");
      expect(received()).toContain(`Part 5. ${REX}`);
      expect(received()).toContain("Question 461?");
      expect(received()).not.toContain("Question 460?");

      // Nothing is erased, and each call is paid for with the run.
      expect(await messageCountOf(stage, sessionId)).toBe(1_002);
      const { events, total } = await ledgerOf(stage);
      expect(events).toHaveLength(6);
      expect(events.every((event) => event.runId === runId)).toBe(true);
      expect(total).toBe(billedPico(simulator.ledger.entries, "anthropic"));

      // The next turn has room, and reads a bounded part of the session.
      const next = await ask(stage, sessionId);
      expect(next.kinds).toEqual(["model_call completed"]);
      expect(received()).toContain(REX);
      const seen = await stage.as.query(prompt, { sessionId });
      const history = seen.blocks.find(({ kind }) => kind === "history");
      expect(history?.messages).toHaveLength(84);
      expect(seen.blocks.find(({ kind }) => kind === "summary")?.text).toContain(REX);
    });

    test("is summarised by the model that the agent names for it", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      const summaryModel = { provider: "openai", model: "gpt-5-mini" } as const;
      await as.mutation(api.mutations.agents.update, {
        agentId,
        summaryModel,
        maxContextTokens: 1_000,
      });
      const sessionId = await withHistory(stage, 40);
      const { steps } = await ask(stage, sessionId);
      expect(steps.map(({ model }) => model)).toEqual(["gpt-5-mini", "claude-opus-4-6"]);
      const seen = await as.query(prompt, { sessionId });
      expect(seen.totalTokens).toBeLessThanOrEqual(1_000);
    });

    test("goes on without, when no budget has room for the summary, and nobody is paused or told", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      const summaryModel = { provider: "anthropic", model: "claude-opus-4-6" } as const;
      await as.mutation(api.mutations.agents.update, {
        agentId,
        provider: "openai",
        model: "gpt-5-mini",
        maxTokens: 1_000,
        summaryModel,
        maxContextTokens: 1_000,
      });
      const policyId = await as.mutation(api.mutations.budgets.create, {
        name: "Summaries",
        dimension: "agent",
        key: agentId,
        window: "month",
        limit: "0.01", // the reply fits, and the dearer model's summary does not
        action: "pause",
      });
      const get = async () => await as.query(api.queries.budgets.get, { policyId });
      await expect.poll(async () => (await get()).status).toBe("active");
      const sessionId = await withHistory(stage, 40);
      const { run, kinds } = await ask(stage, sessionId);
      expect(run.state).toMatchObject({ kind: "completed" });
      expect(kinds).toEqual(["compaction failed", "model_call completed"]);
      const { page } = await as.query(api.queries.budgets.events, {
        policyId,
        paginationOpts: firstPage,
      });
      expect(page.map(({ kind }) => kind)).toEqual(["refused"]);
      expect((await as.query(api.queries.agents.get, { agentId })).status).toBe("active");
    });

    test("is summarised by the cheaper model that a budget names", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      const summaryModel = { provider: "anthropic", model: "claude-opus-4-6" } as const;
      const cheaper = { provider: "openai", model: "gpt-5-mini" } as const;
      await as.mutation(api.mutations.agents.update, {
        agentId,
        provider: "anthropic",
        model: "claude-haiku-4-5",
        summaryModel,
        maxContextTokens: 1_000,
      });
      const policyId = await as.mutation(api.mutations.budgets.create, {
        name: "Summaries",
        dimension: "model",
        key: "anthropic/claude-opus-4-6",
        window: "month",
        limit: "0.000001",
        action: "degrade",
        degradeTo: cheaper,
      });
      const get = async () => await as.query(api.queries.budgets.get, { policyId });
      await expect.poll(async () => (await get()).status).toBe("active");
      const sessionId = await withHistory(stage, 40);
      const { steps, kinds } = await ask(stage, sessionId);
      expect(kinds).toEqual(["compaction completed", "model_call completed"]);
      expect(steps.map(({ model }) => model)).toEqual(["gpt-5-mini", "claude-haiku-4-5"]);
      const { page } = await as.query(api.queries.budgets.events, {
        policyId,
        paginationOpts: firstPage,
      });
      expect(page).toMatchObject([{ kind: "degraded", model: cheaper }]);
    });

    test("goes on without, when the summary cannot be had", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      await as.mutation(api.mutations.agents.update, { agentId, maxContextTokens: 1_000 });
      const sessionId = await withHistory(stage, 40);
      simulator.control.fault({ fault: { kind: "status", status: 400 } });
      const { run, kinds } = await ask(stage, sessionId);
      expect(run.state).toMatchObject({ kind: "completed" });
      expect(kinds).toEqual(["compaction failed", "model_call completed"]);
      expect(await summariesOf(stage, sessionId)).toEqual([]);
      expect(received()).toContain("Question 40?");
      expect(received()).not.toContain("Rex");
    });

    test("is summarised once, by whoever comes after a lost worker; both calls are paid for", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      await as.mutation(api.mutations.agents.update, { agentId, maxContextTokens: 1_000 });
      const sessionId = await withHistory(stage, 40);
      simulator.control.fault({ fault: { kind: "stall", afterPieces: 3 } });
      const sent = await as.mutation(send, { sessionId, content: "And now?" });
      await runIn(as, sent.runId, ["calling"]);
      await expect.poll(() => simulator.requests.length, { timeout: 20_000 }).toBe(1);
      await loseLease(stage, sent.runId);
      await runIn(as, sent.runId, ENDED);
      await simulator.control.idle();
      const steps = await as.query(api.queries.runs.steps, { runId: sent.runId });
      expect(steps.map(({ kind, status }) => [kind, status])).toEqual([
        ["compaction", "completed"],
        ["model_call", "completed"],
      ]);
      expect(steps[0]?.attempts.map(({ status }) => status)).toEqual(["lost", "ok"]);
      expect(await summariesOf(stage, sessionId)).toHaveLength(1);
      await expect
        .poll(async () => (await ledgerOf(stage)).events.length, { timeout: 20_000 })
        .toBeGreaterThan(2);
    });

    test("is summarised once, however often its worker says so; who has lost the run only books", async () => {
      const stage = await scene();
      const { t, as, agentId } = stage;
      await as.mutation(api.mutations.agents.update, { agentId, maxContextTokens: 1_000 });
      for (const isLost of [false, true]) {
        const sessionId = await withHistory(stage, 40);
        const { runId } = await as.run(async (ctx) => {
          const sent = await ctx.runMutation(send, { sessionId, content: "And now?" });
          const run = await ctx.db.get("runs", sent.runId);
          if (run?.wakeJobId !== undefined) await ctx.scheduler.cancel(run.wakeJobId);
          return sent;
        });
        const lease = { runId, leaseToken: "one" };
        const { take, beginCompaction, finishCompaction } = internal.jobs.driving;
        const { compaction } = (await t.mutation(take, lease))?.context ?? expect.fail();
        const { upToTurn, provider, model } = compaction ?? expect.fail();
        const worst = { inputTokensMax: 400, outputTokensMax: 100 };
        const call = { upToTurn, provider, model, promptChars: 400, worst };
        const begun = await t.mutation(beginCompaction, { ...lease, ...call });
        if (begun === null || begun === "refused") return expect.fail();
        if (isLost) {
          await loseLease(stage, runId);
          await runIn(as, runId, ENDED);
        }
        const report = reportOf(begun, "There was a dog.");
        const made = { ...lease, upToTurn, report };
        for (const _again of [1, 2]) expect(await t.mutation(finishCompaction, made)).toBe(!isLost);
        const kept = await summariesOf(stage, sessionId);
        expect(kept).toMatchObject([{ isInForce: true }]);
        expect(kept.map(({ text }) => text === report.text)).toEqual([!isLost]);
        const { events } = await ledgerOf(stage);
        const booked = events.filter(({ attemptId }) => attemptId.endsWith(begun.attemptId));
        expect(booked.reduce((sum, { totalCostPico }) => sum + totalCostPico, 0n)).toBe(
          750_000_000n, // Opus 4.6: 100 × 5 + 10 × 25 USD per million
        );
      }
    });

    test("does not answer when it is cancelled meanwhile", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      await as.mutation(api.mutations.agents.update, { agentId, maxContextTokens: 1_000 });
      const sessionId = await withHistory(stage, 40);
      simulator.control.fault({ fault: { kind: "stall", afterPieces: 3 } });
      const { runId } = await as.mutation(send, { sessionId, content: "And now?" });
      await runIn(as, runId, ["calling"]);
      await as.mutation(api.mutations.runs.cancel, { runId });
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("cancelled");
      await simulator.control.idle();
      expect(await summariesOf(stage, sessionId)).toEqual([]);
      expect(simulator.requests).toHaveLength(1);
    });
  });

  describe("sessions.compact", () => {
    test("has the next turn begin with a summary, which can be undone", async () => {
      const stage = await scene();
      const { as } = stage;
      const sessionId = await withHistory(stage, 10);
      expect((await failureOf(as.mutation(undoCompaction, { sessionId }))).kind).toBe("conflict");
      await as.mutation(compact, { sessionId });
      await as.mutation(compact, { sessionId });
      simulator.control.reply({ text: REX });
      expect((await ask(stage, sessionId)).kinds).toEqual([
        "compaction completed",
        "model_call completed",
      ]);
      const session = await as.query(api.queries.sessions.get, { sessionId });
      expect(session.compactsNext).toBeUndefined();
      expect(await summariesOf(stage, sessionId)).toMatchObject([{ upToTurn: 8, isInForce: true }]);
      expect(received()).not.toContain("Question 8?");

      await as.mutation(undoCompaction, { sessionId });
      expect(await summariesOf(stage, sessionId)).toMatchObject([{ isInForce: false }]);
      expect((await ask(stage, sessionId)).kinds).toEqual(["model_call completed"]);
      expect(received()).toContain("My dog is called Rex.");
      const log = await as.query(api.queries.activity.list, {
        entityTable: "sessions",
        entityId: sessionId,
        paginationOpts: firstPage,
      });
      expect(log.page.map(({ action }) => action)).toEqual([
        "sessions.undoCompaction",
        "sessions.compact",
        "sessions.create",
      ]);
    });

    test("a branch has the summary of what it took over; deleting the session takes all of them", async () => {
      const stage = await scene();
      const { t, as } = stage;
      const sessionId = await withHistory(stage, 10);
      await as.mutation(compact, { sessionId });
      simulator.control.reply({ text: REX });
      await ask(stage, sessionId);
      const { page } = await as.query(api.queries.messages.list, {
        sessionId,
        paginationOpts: firstPage,
      });
      const [last, early] = ["Question 10?", "Question 3?"].map(
        (content) => page.find((message) => message.content === content)?._id as Id<"messages">,
      ) as [Id<"messages">, Id<"messages">];
      const branch = await as.mutation(api.mutations.messages.edit, {
        messageId: last,
        content: "Otherwise?",
      });
      await runIn(as, branch.runId, ENDED);
      expect(received()).toContain(REX);
      expect(received()).not.toContain("Question 8?");
      const older = await as.mutation(api.mutations.messages.edit, {
        messageId: early,
        content: "Otherwise?",
      });
      await runIn(as, older.runId, ENDED);
      expect(received()).toContain("My dog is called Rex.");
      await as.mutation(api.mutations.conversations.remove, { sessionId });
      const left = async () =>
        await t.run(async (ctx) => {
          const rows = await ctx.db.query("summaries").collect();
          return rows.map((row) => row.sessionId);
        });
      await expect.poll(left, { timeout: 20_000 }).toEqual([branch.sessionId]);
    });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Simulator } from "../../src/providers/simulator/server";
import { billedPico } from "../support/billing";
import { expectFailure, failureOf, firstPage, onEachDriver, tenantWith } from "./setup";
import {
  chunksOf,
  ENDED,
  expectEstimate,
  follow,
  ledgerOf,
  loseLease,
  runIn,
  scene,
  simulatorFor,
  type Scene,
} from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;

const MODELS = [
  { provider: "anthropic", model: "claude-opus-4-6" },
  { provider: "openai", model: "gpt-5-mini" },
] as const;

async function repliesOf({ as }: Scene, sessionId: Id<"sessions">) {
  const { page } = await as.query(api.queries.messages.list, {
    sessionId,
    paginationOpts: firstPage,
  });
  return page.filter(({ role }) => role === "assistant");
}

onEachDriver(() => {
  describe("a turn", () => {
    test.each(MODELS)(
      "with $provider: a reply, streamed, stored and paid for exactly as billed",
      async (model) => {
        const stage = await scene(model);
        const { as, agentId } = stage;
        // Slow enough that it arrives in pieces.
        simulator.control.fault({ fault: { kind: "slow", msPerPiece: 10 } });
        const sent = await as.mutation(send, { agentId, content: "What is 6 * 7?" });
        const followed = follow(as, sent.runId);
        const run = await runIn(as, sent.runId, ENDED);
        await simulator.control.idle();

        expect(run.state).toMatchObject({ kind: "completed", cancelRequested: false });
        const [reply] = await repliesOf(stage, sent.sessionId);
        expect(reply).toMatchObject({ status: "complete", runId: sent.runId, ...model });
        expect(reply?.content).toContain("42");

        expect(await followed).toBe(reply?.content);
        expect(await follow(as, sent.runId)).toBe(reply?.content);

        const { events, total } = await ledgerOf(stage);
        expect(events).toMatchObject([
          { status: "ok", attemptKind: "primary", usageSource: "provider", reconciliation: "ok" },
        ]);
        expect(total).toBe(billedPico(simulator.ledger.entries, model.provider));
        expect(total).toBeGreaterThan(0n);
        const summary = await as.query(api.queries.costs.summary, {});
        expect(summary.exact.total.costUsd).toBe(run.totalCostUsd);
        expect(summary.modelBreakdown).toMatchObject([model]);
        const [step] = await as.query(api.queries.runs.steps, { runId: sent.runId });
        expect(step).toMatchObject({ status: "completed", finishReason: "end" });
      },
    );

    test("goes on with what was said before, and messages stay in order", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      const { sessionId, ...first } = await as.mutation(send, { agentId, content: "My first." });
      const second = await as.mutation(send, { sessionId, content: "My second." });
      const third = await as.mutation(send, { sessionId, content: "My third." });
      for (const { runId } of [first, second, third]) {
        expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      }
      const said = await as.query(api.queries.conversations.getSession, { agentId, sessionId });
      expect(said.map(({ role }) => role)).toEqual(
        Array.from({ length: 3 }, () => ["user", "assistant"]).flat(),
      );
      expect(said.at(-1)?.content).toContain("your message number 3");
      const session = await as.query(api.queries.sessions.get, { sessionId });
      expect(session).toMatchObject({ messageCount: 6 });
      expect(session.activeRunId).toBeUndefined();
      expect(await as.query(api.queries.agents.stats, { agentId })).toMatchObject({
        messageCount: 6,
        sessionCount: 1,
        runCount: 3,
      });
      await ledgerOf(stage);
    });

    test.each(MODELS)(
      "with $provider: refused with 429 and 500, is tried again and billed once",
      async (model) => {
        const stage = await scene(model);
        simulator.control.fault({ fault: { kind: "status", status: 429, retryAfterMs: 20 } });
        simulator.control.fault({ fault: { kind: "status", status: 500 } });
        const { runId } = await stage.as.mutation(send, { agentId: stage.agentId, content: "Hi" });
        expect((await runIn(stage.as, runId, ENDED)).state.kind).toBe("completed");
        await simulator.control.idle();

        const [step] = await stage.as.query(api.queries.runs.steps, { runId });
        expect(step?.attempts).toMatchObject([
          {
            kind: "primary",
            status: "error",
            error: { failureClass: "rate_limited", status: 429 },
          },
          { kind: "retry", status: "error", error: { failureClass: "server", status: 500 } },
          { kind: "retry", status: "ok" },
        ]);
        const { events, total } = await ledgerOf(stage);
        expect(events).toHaveLength(1);
        expect(total).toBe(billedPico(simulator.ledger.entries, model.provider));
      },
    );

    test("is given up after three refusals, and says why where the reply would be", async () => {
      const stage = await scene();
      simulator.control.fault({ fault: { kind: "status", status: 529 }, times: 3 });
      const sent = await stage.as.mutation(send, { agentId: stage.agentId, content: "Hi" });
      const run = await runIn(stage.as, sent.runId, ENDED);
      expect(run.state).toMatchObject({ kind: "failed", reason: "provider_failed" });
      const [reply] = await repliesOf(stage, sent.sessionId);
      expect(reply).toMatchObject({ status: "interrupted", content: "" });
      expect(reply?.error).toContain("overloaded");
      expect((await ledgerOf(stage)).events).toEqual([]);
    });

    test.each(MODELS)(
      "with $provider: cut after content, fails in sight, keeps what arrived, and its cost",
      async (model) => {
        const stage = await scene(model);
        simulator.control.fault({ fault: { kind: "cut", afterPieces: 5 } });
        const sent = await stage.as.mutation(send, {
          agentId: stage.agentId,
          content: "Hello there",
        });
        const run = await runIn(stage.as, sent.runId, ENDED);
        await simulator.control.idle();
        expect(run.state).toMatchObject({ kind: "failed", reason: "provider_failed" });
        const [reply] = await repliesOf(stage, sent.sessionId);
        expect(reply?.status).toBe("interrupted");
        expect(reply?.content).not.toBe("");
        const { events } = await ledgerOf(stage);
        expect(events).toMatchObject([{ status: "truncated" }]);
        expectEstimate(events[0]!, simulator);
      },
    );

    test("without a key for its provider ends at once and says what to set", async () => {
      const stage = await scene();
      await stage.t.setVariables({ ANTHROPIC_API_KEY: null });
      const { runId } = await stage.as.mutation(send, { agentId: stage.agentId, content: "Hi" });
      const { state } = await runIn(stage.as, runId, ENDED);
      expect(state).toMatchObject({ kind: "failed", reason: "misconfigured" });
      expect(state.detail).toContain("ANTHROPIC_API_KEY");
    });
  });

  describe("runs.cancel", () => {
    test.each(MODELS)(
      "with $provider: closes the provider's stream, keeps what arrived and books its cost",
      async (model) => {
        const stage = await scene(model);
        const { as, agentId } = stage;
        simulator.control.fault({ fault: { kind: "slow", msPerPiece: 50 } });
        const sent = await as.mutation(send, { agentId, content: "Tell me a long story, please" });
        await chunksOf(as, sent.runId);
        const asked = await as.mutation(api.mutations.runs.cancel, { runId: sent.runId });
        expect(asked.state.cancelRequested).toBe(true);

        expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("cancelled");
        await simulator.control.idle();
        expect(simulator.ledger.entries).toMatchObject([{ outcome: "aborted" }]);
        const [reply] = await repliesOf(stage, sent.sessionId);
        expect(reply?.status).toBe("interrupted");
        expect(reply?.content).not.toBe("");
        const { events } = await ledgerOf(stage);
        expect(events).toMatchObject([{ status: "aborted" }]);
        expectEstimate(events[0]!, simulator);

        const again = await as.mutation(api.mutations.runs.cancel, { runId: sent.runId });
        expect(again.state.kind).toBe("cancelled");
      },
    );

    test("hears of a cancel while the model is silent", async () => {
      const stage = await scene();
      simulator.control.fault({ fault: { kind: "hang" } });
      const { runId } = await stage.as.mutation(send, { agentId: stage.agentId, content: "Hi" });
      await runIn(stage.as, runId, ["calling"]);
      await stage.as.mutation(api.mutations.runs.cancel, { runId });
      expect((await runIn(stage.as, runId, ENDED)).state.kind).toBe("cancelled");
      expect((await ledgerOf(stage)).events).toEqual([]);
    });

    test("takes a waiting run out of the queue, and the one after it still comes", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      simulator.control.fault({ fault: { kind: "slow", msPerPiece: 10 } });
      const first = await as.mutation(send, { agentId, content: "One" });
      const { sessionId } = first;
      const second = await as.mutation(send, { sessionId, content: "Two" });
      const third = await as.mutation(send, { sessionId, content: "Three" });
      const cancelled = await as.mutation(api.mutations.runs.cancel, { runId: second.runId });
      expect(cancelled.state.kind).toBe("cancelled");
      expect((await runIn(as, third.runId, ENDED)).state.kind).toBe("completed");
      expect((await runIn(as, first.runId, ENDED)).state.kind).toBe("completed");
      await ledgerOf(stage);
    });
  });

  describe("an agent with another model to fall back on", () => {
    const FALLBACK = { provider: "openai", model: "gpt-5-mini" } as const;
    const first = { api: "anthropic_messages" } as const;

    async function withFallback(): Promise<Scene> {
      const stage = await scene();
      const { as, agentId } = stage;
      const fallbackModels = [FALLBACK];
      await as.mutation(api.mutations.agents.update, { agentId, fallbackModels });
      return stage;
    }

    async function attemptsOf({ as }: Scene, runId: Id<"runs">) {
      const [step] = await as.query(api.queries.runs.steps, { runId });
      return step?.attempts.map(({ kind, provider, status }) => [kind, provider, status]);
    }

    test("is answered by it, and pays its price, when the first one cannot be had", async () => {
      const stage = await withFallback();
      const { as, agentId } = stage;
      simulator.control.fault({ fault: { kind: "status", status: 529 }, ...first, times: 3 });
      const sent = await as.mutation(send, { agentId, content: "Say: here I am" });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      expect(await attemptsOf(stage, sent.runId)).toEqual([
        ["primary", "anthropic", "error"],
        ["retry", "anthropic", "error"],
        ["retry", "anthropic", "error"],
        ["fallback", "openai", "ok"],
      ]);
      const [reply] = await repliesOf(stage, sent.sessionId);
      expect(reply).toMatchObject({ content: "here I am", ...FALLBACK });
      await simulator.control.idle();
      const { events, total } = await ledgerOf(stage);
      expect(events).toMatchObject([{ attemptKind: "fallback", ...FALLBACK }]);
      const [taken] = simulator.ledger.entries.filter(({ outcome }) => outcome === "complete");
      expect(total).toBe(billedPico([taken!], "openai"));
    });

    test("goes to it at once where trying again would not help, and not where the request is at fault", async () => {
      const stage = await withFallback();
      const { as, agentId } = stage;
      simulator.control.fault({ fault: { kind: "status", status: 400 }, ...first });
      const bad = await as.mutation(send, { agentId, content: "Say: no" });
      expect((await runIn(as, bad.runId, ENDED)).state.kind).toBe("failed");
      expect(await attemptsOf(stage, bad.runId)).toEqual([["primary", "anthropic", "error"]]);
      simulator.control.fault({ fault: { kind: "status", status: 401 }, ...first });
      const { sessionId } = bad;
      const sent = await as.mutation(send, { sessionId, content: "Say: here I am" });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      expect(await attemptsOf(stage, sent.runId)).toEqual([
        ["primary", "anthropic", "error"],
        ["fallback", "openai", "ok"],
      ]);
    });

    test("does not say it twice: what had begun to arrive is the end", async () => {
      const stage = await withFallback();
      const { as, agentId } = stage;
      simulator.control.fault({ fault: { kind: "cut", afterPieces: 5 }, ...first });
      const sent = await as.mutation(send, { agentId, content: "Tell me about rain" });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("failed");
      expect(await attemptsOf(stage, sent.runId)).toEqual([["primary", "anthropic", "truncated"]]);
      await ledgerOf(stage);
    });

    test("is given up for good when none of them answers", async () => {
      const stage = await withFallback();
      const { as, agentId } = stage;
      simulator.control.fault({ fault: { kind: "status", status: 403 }, times: 2 });
      const sent = await as.mutation(send, { agentId, content: "Hello" });
      const run = await runIn(as, sent.runId, ENDED);
      expect(run.state).toMatchObject({ kind: "failed", reason: "provider_failed" });
      expect(await attemptsOf(stage, sent.runId)).toEqual([
        ["primary", "anthropic", "error"],
        ["fallback", "openai", "error"],
      ]);
    });
  });

  describe("a message to a session that is busy", () => {
    test("interrupts: what is unfinished ends with what had arrived, and it comes next", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      simulator.control.fault({ fault: { kind: "slow", msPerPiece: 50 } });
      const first = await as.mutation(send, { agentId, content: "Tell me about a garden party." });
      const { sessionId } = first;
      const second = await as.mutation(send, { sessionId, content: "Two" });
      await chunksOf(as, first.runId);
      const third = await as.mutation(send, {
        sessionId,
        content: "Say: three",
        whenBusy: "interrupt",
      });
      const ends = [first, second, third].map(async ({ runId }) => await runIn(as, runId, ENDED));
      expect((await Promise.all(ends)).map(({ state }) => state.kind)).toEqual([
        "cancelled",
        "cancelled",
        "completed",
      ]);
      const [reply, interrupted] = await repliesOf(stage, sessionId);
      expect(reply).toMatchObject({ content: "three", status: "complete" });
      expect(interrupted).toMatchObject({ status: "interrupted", runId: first.runId });
      expect(interrupted?.content).not.toBe("");
      await ledgerOf(stage);
    });

    test("interrupts a run that waits to be tried again, at once", async () => {
      const stage = await scene();
      const { as, agentId, t } = stage;
      const fault = { kind: "status", status: 429, retryAfterMs: 20_000 } as const;
      simulator.control.fault({ fault });
      const first = await as.mutation(send, { agentId, content: "One" });
      const { sessionId } = first;
      const attempts = async () => {
        const [step] = await as.query(api.queries.runs.steps, { runId: first.runId });
        return step?.attempts.map(({ status }) => status);
      };
      await expect.poll(attempts).toEqual(["error"]);
      // The second would have to wait, too, had the provider not got over it meanwhile.
      await t.run(async (ctx) => {
        for (const { _id } of await ctx.db.query("provider_cooldowns").collect()) {
          await ctx.db.delete("provider_cooldowns", _id);
        }
      });
      const whenBusy = "interrupt";
      const second = await as.mutation(send, { sessionId, content: "Say: two", whenBusy });
      expect((await runIn(as, second.runId, ENDED)).state.kind).toBe("completed");
      expect((await runIn(as, first.runId, ENDED)).state.kind).toBe("cancelled");
      await ledgerOf(stage);
    });

    test("is not taken, if it says so; nor may everybody interrupt", async () => {
      const stage = await scene();
      const { as, agentId, t } = stage;
      simulator.control.fault({ fault: { kind: "hang" } });
      const { sessionId, runId } = await as.mutation(send, { agentId, content: "One" });
      await expect.poll(() => simulator.ledger.entries.length).toBe(1);
      const late = { sessionId, content: "Two" };
      expect(await failureOf(as.mutation(send, { ...late, whenBusy: "reject" }))).toMatchObject({
        kind: "conflict",
        entity: "session",
      });
      const scopes = ["messages:send"] as const;
      const made = { name: "Sends only", scopes: [...scopes] };
      const { key: apiKey } = await as.action(api.actions.keys.create, made);
      const byKey = t.mutation(send, { ...late, apiKey, whenBusy: "interrupt" });
      await expectFailure(byKey, { kind: "forbidden", permission: "runs:cancel" });
      const { page } = await as.query(api.queries.messages.list, {
        sessionId,
        paginationOpts: firstPage,
      });
      expect(page.filter(({ role }) => role === "user")).toHaveLength(1);

      await as.mutation(api.mutations.runs.cancel, { runId });
      await runIn(as, runId, ENDED);
      const then = await as.mutation(send, { ...late, whenBusy: "reject" });
      expect((await runIn(as, then.runId, ENDED)).state.kind).toBe("completed");
    });
  });

  describe("a lost worker", () => {
    test("is given an estimate, its text kept; the run is made again, and the truth adjusts the ledger", async () => {
      const stage = await scene();
      const { as, agentId, t } = stage;
      simulator.control.fault({ fault: { kind: "slow", msPerPiece: 100 } });
      const sent = await as.mutation(send, { agentId, content: "Tell me a long story, please" });
      await chunksOf(as, sent.runId);
      await loseLease(stage, sent.runId);
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      await simulator.control.idle();
      await t.finishScheduled();

      const replies = await repliesOf(stage, sent.sessionId);
      expect(replies.map(({ status }) => status)).toEqual(["complete", "interrupted"]);
      const [step] = await as.query(api.queries.runs.steps, { runId: sent.runId });
      expect(step?.attempts.map(({ status }) => status)).toEqual(["lost", "ok"]);
      const { events } = await ledgerOf(stage);
      expect(events.map(({ kind, status }) => `${kind} ${status}`).toSorted()).toEqual([
        "adjustment aborted",
        "attempt lost",
        "attempt ok",
      ]);
    });

    test("ends its run in sight after three of them", async () => {
      const stage = await scene();
      simulator.control.fault({ fault: { kind: "hang" }, times: 3 });
      const sent = await stage.as.mutation(send, { agentId: stage.agentId, content: "Hi" });
      for (let lost = 0; lost < 3; lost++) {
        await runIn(stage.as, sent.runId, ["calling"]);
        await loseLease(stage, sent.runId);
      }
      const run = await runIn(stage.as, sent.runId, ENDED);
      expect(run.state).toMatchObject({ kind: "failed", reason: "workers_lost" });
      expect(await repliesOf(stage, sent.sessionId)).toMatchObject([{ status: "interrupted" }]);
      await ledgerOf(stage);
      // A lost worker may only now come to call: not in the next test.
      await stage.t.finishScheduled();
      await simulator.control.idle();
    });
  });

  describe("messages.send", () => {
    test("with an idempotency key happens once; the key is no other message's", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      const message = { agentId, content: "Hi", idempotencyKey: "k1" };
      const first = await as.mutation(send, message);
      expect(await as.mutation(send, message)).toEqual(first);
      await runIn(as, first.runId, ENDED);
      expect(await as.mutation(send, message)).toEqual(first);
      const reused = { kind: "idempotency_key_reused", key: "k1" } as const;
      await expectFailure(as.mutation(send, { ...message, content: "Ho" }), reused);
      const { sessionId } = first;
      const inSession = { sessionId, content: "Hi", idempotencyKey: "k1" };
      await expectFailure(as.mutation(send, inSession), reused);
      expect(simulator.ledger.entries).toHaveLength(1);
    });

    test("refuses what it cannot send, and tells strangers nothing", async () => {
      const stage = await scene();
      const { as, agentId, t } = stage;
      const rival = await tenantWith(t, { subject: "bob" });
      const viewer = await tenantWith(t, { subject: "eve", role: "viewer" });
      const missing = { kind: "not_found", entity: "agent", id: agentId } as const;
      await expectFailure(rival.as.mutation(send, { agentId, content: "Hi" }), missing);
      const forbidden = { kind: "forbidden", permission: "messages:send" } as const;
      await expectFailure(viewer.as.mutation(send, { agentId, content: "Hi" }), forbidden);
      for (const content of [" ", "x".repeat(100_001)]) {
        expect(await failureOf(as.mutation(send, { agentId, content }))).toMatchObject({
          kind: "invalid_argument",
          field: "content",
        });
      }
      expect(await failureOf(as.mutation(send, { content: "Hi" }))).toMatchObject({
        kind: "invalid_argument",
        field: "sessionId",
      });
      await as.mutation(api.mutations.agents.update, { agentId, status: "paused" });
      expect(await failureOf(as.mutation(send, { agentId, content: "Hi" }))).toMatchObject({
        kind: "conflict",
        entity: "agent",
      });
      const runs = await t.run(async (ctx) => await ctx.db.query("runs").collect());
      expect(runs).toEqual([]);
    });

    test("a foreign run, session or message is as good as missing everywhere", async () => {
      const { t, as, agentId } = await scene();
      const rival = await tenantWith(t, { subject: "bob" });
      const { runId, sessionId, messageId } = await as.mutation(send, { agentId, content: "Hi" });
      await runIn(as, runId, ENDED);
      const [run, session] = [
        { kind: "not_found", entity: "run", id: runId },
        { kind: "not_found", entity: "session", id: sessionId },
      ] as const;
      const paginationOpts = firstPage;
      const { queries, mutations } = api;
      await expectFailure(rival.as.query(queries.runs.get, { runId }), run);
      await expectFailure(rival.as.query(queries.runs.steps, { runId }), run);
      await expectFailure(rival.as.query(queries.messages.chunks, { runId }), run);
      await expectFailure(rival.as.mutation(mutations.runs.cancel, { runId }), run);
      await expectFailure(rival.as.query(queries.sessions.get, { sessionId }), session);
      const page = { sessionId, paginationOpts };
      await expectFailure(rival.as.query(queries.messages.list, page), session);
      await expectFailure(rival.as.query(queries.runs.listBySession, page), session);
      await expectFailure(rival.as.mutation(send, { sessionId, content: "Hi" }), session);
      await expectFailure(
        rival.as.query(queries.conversations.get, { conversationId: messageId }),
        {
          kind: "not_found",
          entity: "message",
          id: messageId,
        },
      );
      expect(await rival.as.query(queries.conversations.recent, {})).toEqual([]);
      const sessions = await rival.as.query(queries.sessions.list, { paginationOpts });
      expect(sessions.page).toEqual([]);
      expect((await rival.as.query(queries.costs.summary, {})).total).toBe(0);
    });
  });
});

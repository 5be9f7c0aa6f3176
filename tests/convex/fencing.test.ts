import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import { everything, onEachDriver } from "./setup";
import { sumsOf } from "./sums";
import { ledgerOf, scene, sendUnheard, type Scene } from "./turn";

const worst = { inputTokensMax: 100, outputTokensMax: 100 };

const { take, flush, heartbeat, finish } = internal.jobs.driving;

/** A run that nobody drives yet, so that the test is its only worker. */
async function idleRun() {
  const stage = await scene();
  const { runId } = await sendUnheard(stage);
  return { ...stage, runId };
}

type Idle = Awaited<ReturnType<typeof idleRun>>;

/** A worker that has taken the run and is about to call. */
async function workerOn({ t, runId }: Idle, leaseToken: string) {
  const lease = { runId, leaseToken };
  const { begun } = (await t.mutation(take, lease)) ?? expect.fail();
  if (begun === null) throw new Error("there is no call to make");
  const piece = { messageId: begun.messageId, seq: begun.firstSeq, parts: [] };
  const { stepId, attemptId } = begun;
  const report = {
    stepId,
    attemptId,
    text: "Hello",
    reasoning: "",
    rest: [],
    warnings: [],
    toolCalls: [],
    nextSeq: 0,
    outcome: { kind: "completed", finishReason: "end" } as const,
    usage: {
      usage: { tokens: { inputFresh: 100, output: 10 }, toolUnits: {}, reasoningTokens: 0 },
      source: "provider" as const,
      reconciliation: "ok" as const,
      notes: [],
    },
    facts: {},
    endedAtMs: Date.now(),
  };
  return { lease, piece, report };
}

async function loseLease({ t, runId }: Idle): Promise<void> {
  await t.run(async (ctx) => {
    const run = await ctx.db.get("runs", runId);
    if (run === null || !("leaseToken" in run.state)) throw new Error("nobody holds the run");
    await ctx.db.patch("runs", runId, { state: { ...run.state, leaseExpiresAtMs: 1 } });
  });
}

const costOf = async (stage: Scene) => (await ledgerOf(stage)).total;

onEachDriver(() => {
  describe("a lease", () => {
    test("is one worker's: another cannot take the run, and has no word in it", async () => {
      const stage = await idleRun();
      const { t, runId } = stage;
      const { lease, piece, report } = await workerOn(stage, "one");
      const stranger = { runId, leaseToken: "two" };
      const before = await everything(t);
      expect(await t.mutation(take, stranger)).toBeNull();
      expect(await t.mutation(flush, { ...stranger, ...piece })).toBe("lost");
      expect(await t.mutation(heartbeat, stranger)).toBe("lost");
      expect(await everything(t)).toEqual(before);
      expect(await t.mutation(finish, { ...lease, report })).toBe(true);
    });

    test("is not given while an earlier run of the session is under way, nor for one that has ended", async () => {
      const stage = await idleRun();
      const { t, as, runId } = stage;
      const { sessionId } = await as.query(api.queries.runs.get, { runId });
      const later = await as.mutation(api.mutations.messages.send, { sessionId, content: "Ho" });
      expect(await t.mutation(take, { runId: later.runId, leaseToken: "two" })).toBeNull();
      const { lease, report } = await workerOn(stage, "one");
      expect(await t.mutation(take, { runId: later.runId, leaseToken: "two" })).toBeNull();
      // In one transaction, before the wake-up that the end of the first gives to the later one.
      const taken = await t.run(async (ctx) => {
        const isTakenBy = async (id: typeof runId, leaseToken: string) =>
          (await ctx.runMutation(take, { runId: id, leaseToken })) !== null;
        return {
          finished: await ctx.runMutation(finish, { ...lease, report }),
          ended: await isTakenBy(runId, "three"),
          next: await isTakenBy(later.runId, "four"),
        };
      });
      expect(taken).toEqual({ finished: true, ended: false, next: true });
    });

    test("that another worker took over fences the messages and not the cost", async () => {
      const stage = await idleRun();
      const { t, as, runId } = stage;
      const stale = await workerOn(stage, "one");
      await loseLease(stage);
      const fresh = await workerOn(stage, "two");
      expect(fresh.report.attemptId).not.toBe(stale.report.attemptId);
      const report = { ...stale.report, text: "from the past" };
      expect(await t.mutation(finish, { ...stale.lease, report })).toBe(false);
      expect(await t.mutation(finish, { ...stale.lease, report })).toBe(false);
      expect(await t.mutation(finish, { ...fresh.lease, report: fresh.report })).toBe(true);

      const run = await as.query(api.queries.runs.get, { runId });
      expect(run.state.kind).toBe("completed");
      const said = await as.query(api.queries.conversations.recent, {});
      expect(said.map(({ content }) => content)).not.toContain("from the past");
      // Opus 4.6: 100 × 5 + 10 × 25 USD per million, for each of the two calls.
      expect(await costOf(stage)).toBe(2n * 750_000_000n);
    });
  });

  test("a run that is cancelled before its call costs nothing, and the next gets its turn", async () => {
    const stage = await scene();
    const { t, as, agentId } = stage;
    // Taken for a vote, a run is leased, and no call of it has begun.
    const consensusModels = ["claude-opus-4-6", "claude-haiku-4-5"];
    const voting = { consensusEnabled: true, consensusModels, consensus: { choices: ["A", "B"] } };
    await as.mutation(api.mutations.agents.update, { agentId, ...voting });
    const { runId } = await sendUnheard(stage);
    const lease = { runId, leaseToken: "one" };
    expect(await t.mutation(take, lease)).toMatchObject({ begun: null });
    const asked = await as.mutation(api.mutations.runs.cancel, { runId });
    expect(asked.state).toMatchObject({ kind: "leased", cancelRequested: true });
    expect(
      await t.mutation(internal.jobs.voting.open, { ...lease, promptChars: 2, worst }),
    ).toBeNull();

    expect((await as.query(api.queries.runs.get, { runId })).state.kind).toBe("cancelled");
    expect(await as.query(api.queries.runs.steps, { runId })).toEqual([]);
    const session = await as.query(api.queries.sessions.get, { sessionId: asked.sessionId });
    expect(session.activeRunId).toBeUndefined();
    expect((await ledgerOf(stage)).events).toEqual([]);
  });

  describe("what the model reads", () => {
    test("is the message, however much lost workers had written in answer to it", async () => {
      const stage = await idleRun();
      const { t, runId } = stage;
      const { lease, piece } = await workerOn(stage, "one");
      const parts = [{ kind: "text" as const, text: "x".repeat(450_000) }];
      expect(await t.mutation(flush, { ...lease, ...piece, parts })).toBe("go_on");
      await loseLease(stage);
      const next = { runId, leaseToken: "two" };
      const taken = await t.mutation(take, next);
      expect(taken?.context.messages).toEqual([{ role: "user", text: "Hi", toolCalls: [] }]);
    });

    test("has no messages without anything to read", async () => {
      const stage = await idleRun();
      const { t, as, runId } = stage;
      const { sessionId } = await as.query(api.queries.runs.get, { runId });
      const { lease, report } = await workerOn(stage, "one");
      expect(await t.mutation(finish, { ...lease, report: { ...report, text: " \n" } })).toBe(true);
      const read = await as.run(async (ctx) => {
        const content = "Still there?";
        const sent = await ctx.runMutation(api.mutations.messages.send, { sessionId, content });
        const next = { runId: sent.runId, leaseToken: "two" };
        return await ctx.runMutation(take, next);
      });
      expect(read?.context.messages.map(({ text }) => text)).toEqual(["Hi", "Still there?"]);
    });
  });

  test("an estimate is taken back when the lost worker says that nothing was billed", async () => {
    const stage = await idleRun();
    const { t } = stage;
    const stale = await workerOn(stage, "one");
    await loseLease(stage);
    await workerOn(stage, "two");
    expect(await costOf(stage)).toBeGreaterThan(0n);

    const error = { failureClass: "overloaded", status: 529, message: "Overloaded" } as const;
    const outcome = { kind: "retry" as const, delayMs: 0, error };
    const report = { ...stale.report, outcome, text: "", usage: null };
    for (let times = 1; times <= 2; times++) {
      expect(await t.mutation(finish, { ...stale.lease, report })).toBe(false);
      const { events, total } = await ledgerOf(stage);
      expect(events.map(({ kind }) => kind)).toEqual(["attempt", "adjustment"]);
      expect(total).toBe(0n);
    }
  });

  describe("the end of a run", () => {
    test("adds one row to what is summed, and writes no other: ends never meet each other", async () => {
      const stage = await idleRun();
      const { t } = stage;
      const { lease, report } = await workerOn(stage, "one");
      const before = await t.run(async (ctx) => await sumsOf(ctx, stage.tenantId));
      await t.mutation(finish, { ...lease, report });
      const { tallies, rollups } = await t.run(async (ctx) => await sumsOf(ctx, stage.tenantId));
      expect(rollups).toEqual(before.rollups);
      expect(tallies.slice(before.tallies.length)).toMatchObject([
        { sums: { runs: 1, messages: 2, costEvents: 1 } },
      ]);
    });

    test("cuts long reasoning between characters: half of one could not be stored", async () => {
      const stage = await idleRun();
      const { t, as } = stage;
      const { lease, report } = await workerOn(stage, "one");
      const reasoning = `${"x".repeat(29_999)}😀😀`;
      expect(await t.mutation(finish, { ...lease, report: { ...report, reasoning } })).toBe(true);
      const run = await as.query(api.queries.runs.get, { runId: stage.runId });
      const reply = await t.run(
        async (ctx) => run.messageId && (await ctx.db.get("messages", run.messageId)),
      );
      expect(reply).toMatchObject({ reasoning: { steps: ["x".repeat(29_999)] } });
    });
  });

  describe("repeating", () => {
    test("a flush stores its piece once", async () => {
      const stage = await idleRun();
      const { t } = stage;
      const { lease, piece } = await workerOn(stage, "one");
      const chunk = { ...lease, ...piece, parts: [{ kind: "text" as const, text: "Hel" }] };
      expect(await t.mutation(flush, chunk)).toBe("go_on");
      expect(await t.mutation(flush, chunk)).toBe("go_on");
      const chunks = await t.run(async (ctx) => await ctx.db.query("message_chunks").collect());
      expect(chunks).toHaveLength(1);
    });

    test("a finish changes nothing", async () => {
      const stage = await idleRun();
      const { t } = stage;
      const { lease, report } = await workerOn(stage, "one");
      expect(await t.mutation(finish, { ...lease, report })).toBe(true);
      const before = await everything(t);
      expect(await t.mutation(finish, { ...lease, report })).toBe(false);
      expect(await everything(t)).toEqual(before);
      expect(await costOf(stage)).toBe(750_000_000n);
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Simulator } from "../../src/providers/simulator/server";
import { expectFailure, onEachDriver, setup, signedIn } from "./setup";
import { ENDED, runIn, scene, sendUnheard, setupWithSimulator, simulatorFor } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterAll(() => simulator.close());

const { send } = api.mutations.messages;

onEachDriver(() => {
  describe("the reaper", () => {
    test("wakes a run whose wake-up was lost", async () => {
      const stage = await scene();
      const { t, as } = stage;
      const { runId } = await sendUnheard(stage);
      await t.run(async (ctx) => await ctx.db.patch("runs", runId, { reapAtMs: Date.now() - 1 }));
      await t.finishScheduled();
      expect((await as.query(api.queries.runs.get, { runId })).state.kind).toBe("queued");

      await t.mutation(internal.jobs.reaper.reap, {});
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
    });

    test("leaves a run alone that waits for its turn, and one that has ended", async () => {
      const { t, as, agentId } = await scene();
      const { runId } = await as.mutation(send, { agentId, content: "Hi" });
      await runIn(as, runId, ENDED);
      await t.mutation(internal.jobs.reaper.reapRun, { runId });
      const run = await t.run(async (ctx) => await ctx.db.get("runs", runId));
      expect(run?.reapAtMs).toBeUndefined();
      expect(run?.state.kind).toBe("completed");
    });
  });

  test("a wake-up that comes before the run's time comes again", async () => {
    const stage = await scene();
    const { t, as } = stage;
    const { runId } = await sendUnheard(stage);
    await t.run(async (ctx) => {
      const state = {
        kind: "queued",
        notBeforeMs: Date.now() + 200,
        step: 0,
        leasesLost: 0,
      } as const;
      await ctx.db.patch("runs", runId, { state });
    });
    const early = { runId, leaseToken: "early" };
    expect(await t.mutation(internal.jobs.driving.take, early)).toBeNull();
    expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
  });

  describe("chunks", () => {
    test("go after their message has ended, and only then; the message keeps its text", async () => {
      const { t, as, agentId } = await scene();
      const { runId } = await as.mutation(send, { agentId, content: "Hi" });
      await runIn(as, runId, ENDED);
      const chunkCount = () =>
        t.run(async (ctx) => (await ctx.db.query("message_chunks").collect()).length);
      await t.mutation(internal.jobs.reaper.sweepChunks, {});
      expect(await chunkCount()).toBeGreaterThan(0);

      await t.run(async (ctx) => {
        for (const message of await ctx.db.query("messages").collect()) {
          if (message.chunksExpireAtMs !== undefined) {
            await ctx.db.patch("messages", message._id, { chunksExpireAtMs: Date.now() - 1 });
          }
        }
      });
      await t.mutation(internal.jobs.reaper.sweepChunks, {});
      expect(await chunkCount()).toBe(0);
      expect(await as.query(api.queries.messages.chunks, { runId })).toMatchObject({
        status: "complete",
        isDone: true,
      });
    });
  });

  describe("a session's queue", () => {
    test("takes 20 waiting runs and no more", async () => {
      const { t, as, agentId } = await scene();
      simulator.control.fault({ fault: { kind: "hang" } });
      const first = await as.mutation(send, { agentId, content: "0" });
      const { sessionId } = first;
      await runIn(as, first.runId, ["calling"]);
      for (let n = 1; n <= 20; n++) await as.mutation(send, { sessionId, content: `${n}` });
      await expectFailure(as.mutation(send, { sessionId, content: "21" }), {
        kind: "limit_reached",
        what: "runs waiting in the session",
        limit: 20,
        retryAfterMs: 5_000,
      });
      await as.mutation(api.mutations.runs.cancel, { runId: first.runId });
      await runIn(as, first.runId, ENDED);
      await t.run(async (ctx) => {
        for (const run of await ctx.db.query("runs").collect()) {
          if (run.state.kind === "queued") await ctx.db.delete("runs", run._id);
        }
      });
      await t.finishScheduled();
    });
  });

  describe("the demo's set-up", () => {
    test("makes a tenant that can be talked to, and repeating it changes nothing", async () => {
      const t = await setupWithSimulator();
      const args = {
        issuer: "https://issuer.test",
        subject: "demo",
        provider: "anthropic",
        model: "claude-opus-4-6",
      } as const;
      const made = await t.mutation(internal.jobs.demo.seed, args);
      expect(await t.mutation(internal.jobs.demo.seed, args)).toEqual(made);
      const demo = signedIn(t, "demo");
      const agents = await demo.query(api.queries.agents.list, {});
      expect(agents).toMatchObject([{ _id: made.agentId, tenantId: made.tenantId }]);
      const { runId } = await demo.mutation(send, { agentId: made.agentId, content: "Hello" });
      expect((await runIn(demo, runId, ENDED)).state.kind).toBe("completed");
    });
  });

  test("GET /health answers", async () => {
    const response = await (await setup()).fetch("/health");
    expect(await response.json()).toEqual({ status: "ok" });
  });
});

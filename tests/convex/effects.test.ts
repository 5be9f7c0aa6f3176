/** Calls that change something in the world: approved, made once, alone and in their place, or said to be unknown. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { saying } from "../support/outside";
import { firstPage, onEachDriver } from "./setup";
import { ENDED, loseLease, runIn, scene, sendUnheard, type Scene } from "./turn";
import { openWorld } from "./world";

const world = openWorld();

const HOST = "api.example.com";
const ORDER = `Call: http_post {"url":"https://${HOST}/orders","body":{"pieces":1}}`;
const { send } = api.mutations.messages;

async function ordering({ isAsked }: { isAsked: boolean }): Promise<Scene> {
  const stage = await scene();
  const { as, agentId } = stage;
  const tools = [
    { name: "http_post" as const, allowedHosts: [HOST], approval: { required: isAsked } },
    { name: "clock" as const },
  ];
  await as.mutation(api.mutations.agents.update, { agentId, tools });
  return stage;
}

async function resultsIn({ as }: Scene, sessionId: Id<"sessions">) {
  const { page } = await as.query(api.queries.messages.list, {
    sessionId,
    paginationOpts: firstPage,
  });
  const replies = page.toReversed().flatMap(({ toolCalls = [] }) => toolCalls);
  return replies.map(({ result }) => result);
}

function takeOrder(): void {
  world.outside.serve(HOST, saying('{"order":7}', "application/json"));
}

onEachDriver(() => {
  describe("a call with effects", () => {
    test("waits for approval without being told to, and is made once", async () => {
      const { as, agentId, ...stage } = await scene();
      const tools = [{ name: "http_post" as const, allowedHosts: [HOST] }];
      await as.mutation(api.mutations.agents.update, { agentId, tools });
      takeOrder();
      const sent = await as.mutation(send, { agentId, content: ORDER });
      await runIn(as, sent.runId, ["awaiting_approval"]);
      expect(world.outside.requests).toEqual([]);
      const { page } = await as.query(api.queries.approvals.list, { paginationOpts: firstPage });
      const [{ _id: approvalId } = expect.fail()] = page;
      await as.mutation(api.mutations.approvals.decide, { approvalId, decision: "approve" });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      expect(world.outside.requests).toMatchObject([
        { method: "POST", headers: { "content-type": "application/json" } },
      ]);
      const [result] = await resultsIn({ as, agentId, ...stage }, sent.sessionId);
      expect(result).toMatchObject({ isError: false, text: expect.stringContaining('"order":7') });
    });

    test("has its place: what comes before it is done first, and what comes after it then", async () => {
      const stage = await ordering({ isAsked: false });
      const { as, agentId } = stage;
      takeOrder();
      const content = `Call: clock\nCall: clock\n${ORDER}\n${ORDER}\nCall: clock`;
      const sent = await as.mutation(send, { agentId, content });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      const results = await resultsIn(stage, sent.sessionId);
      expect(results.map((result) => result?.isError)).toEqual(Array(5).fill(false));
      expect(world.outside.requests).toHaveLength(2);
      const steps = await as.query(api.queries.runs.steps, { runId: sent.runId });
      const times = steps.slice(1, -1).map(({ startedAt, endedAt }) => [startedAt, endedAt!]);
      const [one, two, first, second, last] = times as [number, number][];
      for (const [before, after] of [
        [one, first],
        [two, first],
        [first, second],
        [second, last],
      ] as const) {
        expect(before![1]).toBeLessThanOrEqual(after![0]);
      }
    });

    test("is not made again when its worker is lost: a person must look", async () => {
      const stage = await ordering({ isAsked: false });
      const { as, t } = stage;
      takeOrder();
      const { runId, sessionId } = await sendUnheard(stage);
      const lease = { runId, leaseToken: "lost" };
      const { take, finish, beginTools } = internal.jobs.driving;
      const { begun } = (await t.mutation(take, lease)) ?? expect.fail();
      const argumentsJson = `{"url":"https://${HOST}/orders","body":{}}`;
      const toolCalls = [
        { toolCallId: "one", name: "http_post", argumentsJson },
        { toolCallId: "two", name: "http_post", argumentsJson },
      ];
      const { stepId, attemptId } = begun ?? expect.fail();
      const outcome = { kind: "completed" as const, finishReason: "tool_calls" as const };
      const said = { text: "", reasoning: "", toolCalls, nextSeq: 0, rest: [], warnings: [] };
      const report = { stepId, attemptId, outcome, ...said, usage: null, facts: {} };
      await t.mutation(finish, { ...lease, report: { ...report, endedAtMs: Date.now() } });
      expect(await t.mutation(beginTools, lease)).toMatchObject([toolCalls[0]]);
      await loseLease(stage, runId);
      expect((await runIn(as, runId, ENDED)).state).toMatchObject({
        kind: "failed",
        reason: "effect_unknown",
      });
      expect(await resultsIn(stage, sessionId)).toMatchObject([
        { isError: true, text: expect.stringContaining("Whether it took effect is not known.") },
        undefined,
      ]);
      expect(world.outside.requests).toEqual([]);
      // The conversation goes on, and the model is told as well.
      const later = await as.mutation(send, { sessionId, content: "Say: I will look" });
      expect((await runIn(as, later.runId, ENDED)).state.kind).toBe("completed");
    });

    test.each([
      ["breaks off", () => undefined],
      [
        "is cancelled",
        async ({ as }: Scene, runId: Id<"runs">) => {
          await as.mutation(api.mutations.runs.cancel, { runId });
        },
      ],
    ] as const)("that %s is said to be unknown, and not to be undone", async (name, act) => {
      const stage = await ordering({ isAsked: false });
      const { as, agentId } = stage;
      world.outside.serve(HOST, (_asked, response) => {
        if (name === "breaks off") response.destroy();
      });
      const sent = await as.mutation(send, { agentId, content: ORDER });
      await expect.poll(() => world.outside.requests.length).toBe(1);
      await act(stage, sent.runId);
      await runIn(as, sent.runId, ENDED);
      expect(await resultsIn(stage, sent.sessionId)).toMatchObject([
        { isError: true, text: expect.stringContaining("Whether it took effect is not known.") },
      ]);
      expect(world.outside.requests).toHaveLength(1);
    });

    test("goes to allowed hosts only, whoever approves it", async () => {
      const stage = await ordering({ isAsked: false });
      const { as, agentId } = stage;
      const content = 'Call: http_post {"url":"https://evil.example/","body":{}}';
      const sent = await as.mutation(send, { agentId, content });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      expect(await resultsIn(stage, sent.sessionId)).toMatchObject([{ isError: true }]);
      expect(world.outside.requests).toEqual([]);
    });
  });
});

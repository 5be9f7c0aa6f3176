/** Tool calls that people must let through: who is asked, who may say, and what the run makes of it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { APPROVAL_LIFETIME_MINUTES, type ApprovalSetting } from "../../src/core/tools";
import type { Simulator } from "../../src/providers/simulator/server";
import { expectFailure, failureOf, firstPage, memberOf, onEachDriver, tenantWith } from "./setup";
import { ENDED, ledgerOf, runIn, scene, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const { decide } = api.mutations.approvals;
const { list } = api.queries.approvals;
const SUM = { name: "calculator", argumentsJson: '{"expression":"6 * 7"}' };
const CLOCK = { name: "clock", argumentsJson: "{}" };

/** An agent whose calculator has to be approved. */
async function asking(approval: ApprovalSetting = { required: true }): Promise<Scene> {
  const stage = await scene();
  const tools = [{ name: "calculator" as const, approval }, { name: "clock" as const }];
  await stage.as.mutation(api.mutations.agents.update, { agentId: stage.agentId, tools });
  return stage;
}

/** Has the model ask for the calls, and waits until the run waits for people. */
async function waiting({ as, agentId }: Scene, calls = [SUM, CLOCK]) {
  simulator.control.reply({ text: "May I?", toolCalls: calls });
  const sent = await as.mutation(send, { agentId, content: "Reckon, please" });
  await runIn(as, sent.runId, ["awaiting_approval"]);
  const { page } = await as.query(list, { runId: sent.runId, paginationOpts: firstPage });
  return { ...sent, approvals: page.toReversed() };
}

async function resultsIn({ as }: Scene, sessionId: Id<"sessions">) {
  const { page } = await as.query(api.queries.messages.list, {
    sessionId,
    paginationOpts: firstPage,
  });
  const reply = page.find(({ toolCalls }) => toolCalls !== undefined);
  return reply?.toolCalls?.map(({ result }) => result);
}

onEachDriver(() => {
  describe("a tool call that must be approved", () => {
    test("waits, is seen as it will be made, and is made once somebody says so", async () => {
      const stage = await asking();
      const { as, tenantId, userId } = stage;
      const { runId, sessionId, approvals } = await waiting(stage);
      expect(approvals).toMatchObject([
        { state: "pending", toolName: "calculator", argumentsJson: SUM.argumentsJson, runId },
      ]);
      const [{ _id: approvalId, createdAt, expiresAt } = expect.fail()] = approvals;
      expect(expiresAt! - createdAt).toBe(APPROVAL_LIFETIME_MINUTES.default * 60_000);
      // Nothing of the reply is done meanwhile, and nobody is at work.
      expect(await resultsIn(stage, sessionId)).toEqual([undefined, undefined]);
      const pending = await as.query(list, { state: "pending", paginationOpts: firstPage });
      expect(pending.page).toEqual(approvals);
      const inState = async (state?: "awaiting_approval" | "completed") => {
        const args = { paginationOpts: firstPage, ...(state && { state }) };
        const { page } = await as.query(api.queries.runs.list, args);
        return page.map(({ _id }) => _id);
      };
      const unfinished = await as.query(api.queries.runs.unfinished, {});
      expect(unfinished.map(({ _id, sessionId: id }) => [_id, id])).toEqual([[runId, sessionId]]);
      expect(await inState("awaiting_approval")).toEqual([runId]);
      expect(await inState("completed")).toEqual([]);

      const decided = await as.mutation(decide, {
        approvalId,
        decision: "approve",
        comment: "Go on",
      });
      expect(decided).toMatchObject({ state: "approved", decidedBy: userId, comment: "Go on" });
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      expect(await as.query(api.queries.runs.unfinished, {})).toEqual([]);
      expect(await inState("completed")).toEqual([runId]);
      expect(await inState()).toEqual([runId]);
      expect(await resultsIn(stage, sessionId)).toMatchObject([{ text: "42" }, { isError: false }]);
      expect(await as.query(api.queries.approvals.get, { approvalId })).toEqual(decided);
      expect(simulator.ledger.entries).toHaveLength(2);
      await ledgerOf(stage);

      const log = await as.query(api.queries.activity.list, {
        tenantId,
        entityTable: "approvals",
        entityId: approvalId,
        paginationOpts: firstPage,
      });
      expect(log.page.map(({ action, actor }) => [action, actor.kind])).toEqual([
        ["approvals.approve", "user"],
        ["approvals.request", "system"],
      ]);
    });

    test("is not made when somebody says no: the model is told why, and answers", async () => {
      const stage = await asking();
      const { as } = stage;
      const { runId, sessionId, approvals } = await waiting(stage);
      const said = { decision: "deny", comment: "Too dear." } as const;
      await as.mutation(decide, { approvalId: approvals[0]!._id, ...said });
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      expect(await resultsIn(stage, sessionId)).toMatchObject([
        { text: "The call was not approved. They say: Too dear.", isError: true },
        { isError: false },
      ]);
    });

    test("waits for each of them: the last one said sets the run going", async () => {
      const stage = await asking();
      const { as } = stage;
      const other = { ...SUM, argumentsJson: '{"expression":"1 + 1"}' };
      const { runId, sessionId, approvals } = await waiting(stage, [SUM, other]);
      expect(approvals).toHaveLength(2);
      await as.mutation(decide, { approvalId: approvals[0]!._id, decision: "deny" });
      expect(await as.query(api.queries.runs.get, { runId })).toMatchObject({
        state: { kind: "awaiting_approval" },
      });
      await as.mutation(decide, { approvalId: approvals[1]!._id, decision: "approve" });
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      const results = await resultsIn(stage, sessionId);
      expect(results?.filter((result) => result?.isError)).toHaveLength(1);
      expect(
        results?.filter((result) => result?.text === "42" || result?.text === "2"),
      ).toHaveLength(1);
    });

    test("is over in time: the run goes on without it, and nobody can approve it any more", async () => {
      const stage = await asking({ required: true, expiresAfterMinutes: 1 });
      const { as, t } = stage;
      const { runId, sessionId, approvals } = await waiting(stage);
      const [{ _id: approvalId } = expect.fail()] = approvals;
      await t.run((ctx) => ctx.db.patch("approvals", approvalId, { expiresAtMs: Date.now() - 1 }));
      const late = as.mutation(decide, { approvalId, decision: "approve" });
      await expectFailure(late, {
        kind: "conflict",
        entity: "approval",
        reason: "it is expired already",
      });
      await t.mutation(internal.jobs.approvals.expire, {});
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      expect(await resultsIn(stage, sessionId)).toMatchObject([
        { text: "Nobody approved the call in time.", isError: true },
        { isError: false },
      ]);
      expect(await as.query(api.queries.approvals.get, { approvalId })).toMatchObject({
        state: "expired",
      });
    });

    test("ends with its run when that is cancelled", async () => {
      const stage = await asking();
      const { as } = stage;
      const { runId, sessionId, approvals } = await waiting(stage);
      const [{ _id: approvalId } = expect.fail()] = approvals;
      const cancelled = await as.mutation(api.mutations.runs.cancel, { runId });
      expect(cancelled.state.kind).toBe("cancelled");
      const late = as.mutation(decide, { approvalId, decision: "approve" });
      expect(await failureOf(late)).toMatchObject({
        kind: "conflict",
        reason: "it is cancelled already",
      });
      // The session is free, and a later turn takes the call that was never made.
      const later = await as.mutation(send, { sessionId, content: "Say: well" });
      expect((await runIn(as, later.runId, ENDED)).state.kind).toBe("completed");
      await ledgerOf(stage);
    });

    test("is decided once; saying the same again changes nothing", async () => {
      const stage = await asking();
      const { as, t, tenantId } = stage;
      const { runId, approvals } = await waiting(stage);
      const approve = { approvalId: approvals[0]!._id, decision: "approve" } as const;
      const first = await as.mutation(decide, approve);
      expect(await as.mutation(decide, approve)).toEqual(first);
      const other = await memberOf(t, { tenantId, subject: "olga", role: "operator" });
      for (const decision of ["approve", "deny"] as const) {
        expect(await failureOf(other.as.mutation(decide, { ...approve, decision }))).toMatchObject({
          kind: "conflict",
        });
      }
      await runIn(as, runId, ENDED);
    });

    test.each([
      { asked: undefined, may: ["operator", "admin", "owner"], mayNot: ["member", "viewer"] },
      { asked: "owner", may: ["owner"], mayNot: ["admin", "operator", "member"] },
      { asked: "member", may: ["member"], mayNot: ["viewer"] },
    ] as const)("is for the roles that the agent asks for: $asked", async ({ asked, ...roles }) => {
      const stage = await asking({ required: true, ...(asked !== undefined && { role: asked }) });
      const { t, tenantId } = stage;
      const { runId, approvals } = await waiting(stage);
      const deny = { approvalId: approvals[0]!._id, decision: "deny" } as const;
      for (const role of roles.mayNot) {
        const { as } = await memberOf(t, { tenantId, subject: role, role });
        await expectFailure(as.mutation(decide, deny), {
          kind: "forbidden",
          permission: "runs:approve",
        });
      }
      for (const role of roles.may.slice(0, 1)) {
        const { as } = await memberOf(t, { tenantId, subject: role, role });
        expect(await as.mutation(decide, deny)).toMatchObject({
          state: "denied",
          role: asked ?? "operator",
        });
      }
      const stranger = await tenantWith(t, { subject: "eve" });
      expect(await failureOf(stranger.as.mutation(decide, deny))).toMatchObject({
        kind: "not_found",
      });
      await runIn(stage.as, runId, ENDED);
    });

    test("is answered over HTTP, with a key", async () => {
      const stage = await asking();
      const { as, t } = stage;
      const { runId, approvals } = await waiting(stage);
      const scopes = ["sessions:read" as const, "runs:approve" as const];
      const { key } = await as.action(api.actions.keys.create, { name: "Phone", scopes });
      const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
      const answer = (id: string, said: unknown) =>
        t.fetch(`/api/v1/approvals/${id}`, {
          method: "POST",
          headers,
          body: JSON.stringify(said),
        });

      const pending = await t.fetch("/api/v1/approvals", { headers: { "X-Api-Key": key } });
      expect(await pending.json()).toEqual({ data: approvals, nextCursor: null });
      const [{ _id: id } = expect.fail()] = approvals;
      expect((await t.fetch("/api/v1/approvals")).status).toBe(401);
      expect((await answer("nothing", { decision: "approve" })).status).toBe(404);
      expect((await answer(id, { decision: "maybe" })).status).toBe(400);
      const approved = await answer(id, { decision: "approve", comment: "Go" });
      expect(approved.status).toBe(200);
      expect(await approved.json()).toMatchObject({ _id: id, state: "approved", comment: "Go" });
      expect((await answer(id, { decision: "deny" })).status).toBe(409);
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
    });

    test("is not asked for when it cannot be made anyway", async () => {
      const stage = await asking();
      const { as, agentId } = stage;
      simulator.control.reply({ toolCalls: [{ ...SUM, argumentsJson: '{"formula":"6"}' }] });
      const sent = await as.mutation(send, { agentId, content: "Reckon" });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      const { page } = await as.query(list, { paginationOpts: firstPage });
      expect(page).toEqual([]);
    });

    test("outlives the agent's settings as they were: what it may not call any more is not called", async () => {
      const stage = await asking();
      const { as, agentId } = stage;
      const { runId, sessionId, approvals } = await waiting(stage, [SUM]);
      await as.mutation(api.mutations.agents.update, { agentId, tools: [{ name: "clock" }] });
      const { _id: approvalId } = approvals[0]!;
      await as.mutation(decide, { approvalId, decision: "approve" });
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      expect(await resultsIn(stage, sessionId)).toMatchObject([
        { text: "There is no tool calculator.", isError: true },
      ]);
    });

    test("goes with its session", async () => {
      const stage = await asking();
      const { as, t } = stage;
      const { sessionId } = await waiting(stage);
      await as.mutation(api.mutations.conversations.remove, { sessionId });
      await expect
        .poll(async () => await t.run((ctx) => ctx.db.query("approvals").take(1)))
        .toEqual([]);
    });

    test("has a time within reason", async () => {
      const { as, agentId } = await scene();
      const approval = { required: true, expiresAfterMinutes: 0 };
      const tools = [{ name: "clock" as const, approval }];
      expect(
        await failureOf(as.mutation(api.mutations.agents.update, { agentId, tools })),
      ).toMatchObject({ kind: "invalid_argument", field: "tools.approval.expiresAfterMinutes" });
    });
  });
});

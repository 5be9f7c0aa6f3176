/** The ends of an approval: somebody decides, or its time is up. With the last one its run goes on. */
import { isAtLeast } from "../../../src/core/permissions";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { ApprovalDecision } from "../../validators";
import type { CallerScope } from "../access";
import * as Activity from "../activity";
import { apply, wake } from "../runs/state";
import { emit } from "../webhooks/emit";
import { getOrFail, told } from "./approvals";
import { pendingOf } from "./requests";

const record = Activity.recorderOf("approvals");

const COMMENT_LENGTH_MAX = 1_000;

/** Each may be the last one its run waits for. */
const EXPIRED_AT_ONCE = 50;

/**
 * Lets a tool call through, or does not.
 *
 * Saying again what one has said changes nothing.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws forbidden - The agent's settings ask for a higher role.
 * @throws conflict - It was decided already, or its time was up.
 */
export async function decide(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    approvalId,
    verdict: { decision, comment },
    nowMs,
  }: {
    approvalId: Id<"approvals">;
    verdict: { decision: ApprovalDecision; comment?: string | undefined };
    nowMs: number;
  },
): Promise<Doc<"approvals">> {
  const approval = await getOrFail(ctx, scope, approvalId);
  if (!mayDecide(scope, approval)) fail({ kind: "forbidden", permission: "runs:approve" });
  const state = decision === "approve" ? "approved" : "denied";
  const { userId } = scope.actor;
  if (approval.state === state && approval.decidedBy === userId) return approval;
  if (approval.state !== "pending" || (approval.expiresAtMs ?? 0) <= nowMs) {
    const kind = approval.state === "pending" ? "expired" : approval.state;
    return fail({ kind: "conflict", entity: "approval", reason: `it is ${kind} already` });
  }
  const change = omitUndefined({
    state,
    decidedBy: userId,
    comment:
      comment === undefined ? undefined : checkedText("comment", comment, COMMENT_LENGTH_MAX),
  } as const);
  const decided = await end(ctx, scope, { approval, change, action: decision, nowMs });
  await resume(ctx, approval.runId, nowMs);
  return decided;
}

/**
 * Ends the approvals that nobody decided in time, a batch at once.
 *
 * @returns True when there may be more.
 */
export async function expire(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const due = await ctx.db
    .query("approvals")
    .withIndex("by_expiry", (q) => q.gt("expiresAtMs", 0).lte("expiresAtMs", nowMs))
    .take(EXPIRED_AT_ONCE);
  for (const approval of due) {
    const by = { tenantId: approval.tenantId, system: "approvals" };
    await end(ctx, by, { approval, change: { state: "expired" }, action: "expire", nowMs });
    await resume(ctx, approval.runId, nowMs);
  }
  return due.length === EXPIRED_AT_ONCE;
}

/** A key is as good as an operator: whoever made it could let it do more only by being asked. */
function mayDecide({ actor }: CallerScope, { role }: Doc<"approvals">): boolean {
  return isAtLeast(actor.kind === "user" ? actor.role : "operator", role);
}

async function end(
  ctx: MutationCtx,
  by: Activity.By,
  {
    approval,
    change,
    action,
    nowMs,
  }: {
    approval: Doc<"approvals">;
    change: Pick<Doc<"approvals">, "decidedBy" | "comment"> & {
      state: "approved" | "denied" | "expired";
    };
    action: string;
    nowMs: number;
  },
): Promise<Doc<"approvals">> {
  const { _id: id } = approval;
  await ctx.db.patch("approvals", id, { ...change, decidedAt: nowMs, expiresAtMs: undefined });
  const { expiresAtMs: _over, ...decided } = { ...approval, ...change, decidedAt: nowMs };
  await record(ctx, by, { action, id, before: told(approval), after: told(decided), nowMs });
  const { runId, agentId, sessionId, toolName } = approval;
  const facts = { approvalId: id, runId, agentId, sessionId, toolName };
  const data = { ...facts, ...omitUndefined({ decidedBy: change.decidedBy }), state: change.state };
  await emit(ctx, approval, { event: { type: "approval.decided", data }, nowMs });
  return decided;
}

/** The run goes on, unless it waits for more. */
async function resume(ctx: MutationCtx, runId: Id<"runs">, nowMs: number): Promise<void> {
  const run = await ctx.db.get("runs", runId);
  if (run?.state.kind !== "awaiting_approval") return;
  if ((await pendingOf(ctx, run).first()) !== null) return;
  const waitedMs = (run.waitedMs ?? 0) + nowMs - run.state.sinceMs;
  const { ok } = await apply(ctx, run, { event: { kind: "approval_decided" }, nowMs });
  if (!ok) return;
  await ctx.db.patch("runs", runId, { waitedMs });
  await wake(ctx, runId, { delayMs: 0, nowMs });
}

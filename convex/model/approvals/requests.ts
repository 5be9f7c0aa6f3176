/** What a run asks people for: whether it may make the tool calls that its agent may not make by itself. */
import type { ApprovalNeed } from "../../../src/core/tools";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import type { ApprovalState, ToolCall } from "../../validators";
import * as Activity from "../activity";
import { emit } from "../webhooks/emit";
import { told } from "./approvals";

const record = Activity.recorderOf("approvals");

/** Of the calls that a run waits for, so many are named to receivers. */
const TOLD_MAX = 50;

/** `refusal`: why it must not be made, for the model. */
type Answer = { state: "waits" } | { state: "may" } | { state: "must_not"; refusal: string };

/**
 * Whether a reply's call may be made. Asks for it, if nobody did yet: the run then has to wait.
 *
 * @param reply - The message that the call stands in.
 */
export async function answerTo(
  ctx: MutationCtx,
  run: Doc<"runs">,
  {
    reply,
    call,
    need,
    nowMs,
  }: { reply: Doc<"messages">; call: ToolCall; need: ApprovalNeed; nowMs: number },
): Promise<Answer> {
  const asked = await ctx.db
    .query("approvals")
    .withIndex("by_message", (q) =>
      q.eq("tenantId", run.tenantId).eq("messageId", reply._id).eq("toolCallId", call.toolCallId),
    )
    .unique();
  if (asked === null) {
    await ask(ctx, run, { reply, call, need, nowMs });
    return { state: "waits" };
  }
  switch (asked.state) {
    case "pending":
      return { state: "waits" };
    case "approved":
      return { state: "may" };
    case "denied": {
      const why = asked.comment === undefined ? "" : ` They say: ${asked.comment}`;
      return { state: "must_not", refusal: `The call was not approved.${why}` };
    }
    case "expired":
      return { state: "must_not", refusal: "Nobody approved the call in time." };
    case "cancelled":
      return { state: "must_not", refusal: "The call was cancelled." };
  }
}

async function ask(
  ctx: MutationCtx,
  run: Doc<"runs">,
  {
    reply,
    call: { toolCallId, name, argumentsJson },
    need,
    nowMs,
  }: { reply: Doc<"messages">; call: ToolCall; need: ApprovalNeed; nowMs: number },
): Promise<void> {
  const { tenantId, agentId, sessionId, _id: runId } = run;
  const id = await ctx.db.insert("approvals", {
    tenantId,
    agentId,
    sessionId,
    runId,
    messageId: reply._id,
    toolCallId,
    toolName: name,
    argumentsJson,
    role: need.role,
    state: "pending",
    expiresAtMs: nowMs + need.lifetimeMs,
    createdAt: nowMs,
  });
  const after = told({ toolName: name, argumentsJson, runId, state: "pending" });
  await record(ctx, { tenantId, system: "runs" }, { action: "request", id, after, nowMs });
}

/** Tells receivers that the run waits, and for what. */
export async function tellOfRequests(
  ctx: MutationCtx,
  run: Doc<"runs">,
  nowMs: number,
): Promise<void> {
  const { _id: runId, agentId, sessionId } = run;
  const pending = await pendingOf(ctx, run).take(TOLD_MAX);
  const approvals = pending.map(({ _id: approvalId, toolName }) => ({ approvalId, toolName }));
  const data = { runId, agentId, sessionId, approvals };
  await emit(ctx, run, { event: { type: "run.awaiting_approval", data }, nowMs });
}

/** Ends what the run was waiting for, because it does not wait any more. */
export async function cancelPending(
  ctx: MutationCtx,
  run: Doc<"runs">,
  nowMs: number,
): Promise<void> {
  for await (const { _id } of pendingOf(ctx, run)) {
    const state: ApprovalState = "cancelled";
    await ctx.db.patch("approvals", _id, { state, decidedAt: nowMs, expiresAtMs: undefined });
  }
}

export function pendingOf(ctx: QueryCtx, { tenantId, _id: runId }: Doc<"runs">) {
  return ctx.db
    .query("approvals")
    .withIndex("by_run", (q) =>
      q.eq("tenantId", tenantId).eq("runId", runId).eq("state", "pending"),
    );
}

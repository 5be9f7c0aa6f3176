/** What the caller who drives a call reads of it between its parts. */
import { v, type Infer } from "convex/values";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { vToolCall, type StoredGiven } from "../../validators";
import { getOrFail as getMessageOrFail } from "../messages";
import type { TenantScope } from "../access";
import { heldRun, type Lease } from "../runs/state";
import { handedIn } from "./handed";
import { outcomeOf, vOutcome } from "./outcome";
import * as Requests from "./requests";

/** What was given for the run, for the worker that holds it. */
export async function givenOf(ctx: QueryCtx, lease: Lease): Promise<StoredGiven | null> {
  const held = await heldRun(ctx, lease);
  const request = held === null ? null : await Requests.of(ctx, held.run);
  return request?.given ?? null;
}

export const vProgress = v.object({
  outcome: v.union(vOutcome, v.null()),
  /** When the run can be taken; null: its turn has not come, or somebody is at it. */
  freeAtMs: v.union(v.number(), v.null()),
  /** A person has to decide before it goes on. */
  waitsForPeople: v.boolean(),
});
export type Progress = Infer<typeof vProgress>;

export async function progressOf(ctx: QueryCtx, run: Doc<"runs">): Promise<Progress> {
  const { state } = run;
  const session = await ctx.db.get("sessions", run.sessionId);
  const isNext = state.kind === "queued" && session?.activeRunId === run._id;
  return {
    outcome: await outcomeOf(ctx, run),
    freeAtMs: isNext ? state.notBeforeMs : null,
    waitsForPeople: state.kind === "awaiting_approval",
  };
}

export const vReply = v.object({ text: v.string(), toolCalls: v.array(vToolCall) });
export type Reply = Infer<typeof vReply>;

/** The run's last reply, with the calls that its caller is to answer. */
export async function replyOf(
  ctx: QueryCtx,
  scope: TenantScope,
  { messageId }: Doc<"runs">,
): Promise<Reply> {
  const message = messageId === undefined ? null : await getMessageOrFail(ctx, scope, messageId);
  return { text: message?.content ?? "", toolCalls: handedIn(message?.toolCalls) };
}

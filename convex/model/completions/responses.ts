/** Answers that are kept under an id of their own, to be looked up and gone on from. */
import { v, type Infer } from "convex/values";
import { isTerminal } from "../../../src/core/runState";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { vGiven, vProvider, vThoughts, vToolCall } from "../../validators";
import type { CallerScope } from "../access";
import { cancel as cancelRun } from "../runs/cancel";
import type { MutationCtx } from "../../_generated/server";
import { handedIn } from "./handed";
import { outcomeOf, vOutcome } from "./outcome";
import * as Requests from "./requests";

/** More than a run may write. */
const MESSAGES_MAX = 100;

export const vKeptResponse = v.object({
  runId: v.id("runs"),
  createdAt: v.number(),
  echo: v.string(),
  hasBegun: v.boolean(),
  outcome: v.union(vOutcome, v.null()),
  text: v.string(),
  toolCalls: v.array(vToolCall),
  /** What replies say before the last is no part of it. */
  tellsLastReplyOnly: v.boolean(),
  /** The pieces in which it arrived are there still: its stream can be told again. */
  hasPieces: v.boolean(),
});
export type KeptResponse = Infer<typeof vKeptResponse>;

/** @throws not_found - There is none of that id, it is not kept, or it is not the caller's to read. */
export async function get(ctx: QueryCtx, scope: CallerScope, id: string): Promise<KeptResponse> {
  const { run, request } = await kept(ctx, scope, id);
  return {
    runId: run._id,
    createdAt: run.createdAt,
    echo: request.echo ?? "{}",
    hasBegun: run.state.kind !== "queued",
    outcome: await outcomeOf(ctx, run),
    tellsLastReplyOnly: request.tellsLastReplyOnly ?? false,
    ...(await saidIn(ctx, { run, request })),
  };
}

/**
 * Ends a response that is still being made; one that has ended stays as it is.
 *
 * @throws not_found - As for `get`.
 */
export async function cancel(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, nowMs }: { id: string; nowMs: number },
): Promise<KeptResponse> {
  const { run } = await kept(ctx, scope, id);
  await cancelRun(ctx, scope, { runId: run._id, nowMs });
  return await get(ctx, scope, id);
}

/**
 * Forgets a response and what was given for it; its run and what was said stay in the session. Responses that went on from
 * it have the whole conversation of their own.
 *
 * @throws not_found - As for `get`.
 * @throws forbidden - It is somebody else's, and the caller may not delete sessions.
 * @throws conflict - It is still being made.
 */
export async function remove(ctx: MutationCtx, scope: CallerScope, id: string): Promise<void> {
  const { run, request } = await kept(ctx, scope, id);
  const permission = "sessions:delete";
  const mayDelete = isOwn(scope, run) || scope.actor.permissions.has(permission);
  if (!mayDelete) fail({ kind: "forbidden", permission });
  if (!isTerminal(run.state)) {
    const reason = `the response ${id} is still being made: cancel it first`;
    return fail({ kind: "conflict", entity: "response", reason });
  }
  await Requests.remove(ctx, request);
}

/** What a request that goes on from it begins with. */
export const vBefore = v.object({
  runId: v.id("runs"),
  given: vGiven,
  text: v.string(),
  toolCalls: v.array(vToolCall),
  /** Sealed, for the model that had them and the account that it was called with. */
  thoughts: v.optional(vThoughts),
  provider: v.optional(vProvider),
  model: v.optional(v.string()),
});
export type Before = Infer<typeof vBefore>;

/**
 * @throws not_found - As for `get`.
 * @throws conflict - It has not ended, or not with an answer.
 */
export async function before(ctx: QueryCtx, scope: CallerScope, id: string): Promise<Before> {
  const { run, request } = await kept(ctx, scope, id);
  if (run.state.kind !== "completed") {
    const reason = `the response ${id} has no answer to go on from: it is ${run.state.kind}`;
    return fail({ kind: "conflict", entity: "response", reason });
  }
  const last = run.messageId === undefined ? null : await ctx.db.get("messages", run.messageId);
  const { provider, model } = run;
  const { text, toolCalls } = await saidIn(ctx, { run, request });
  return {
    runId: run._id,
    given: request.given,
    text,
    toolCalls,
    ...omitUndefined({ thoughts: last?.thoughts, provider, model }),
  };
}

type Kept = { run: Doc<"runs">; request: Doc<"run_requests"> };

/** @throws not_found - As for `get`. */
export async function kept(ctx: QueryCtx, scope: CallerScope, id: string): Promise<Kept> {
  const runId: Id<"runs"> | null = ctx.db.normalizeId("runs", id);
  const run = runId === null ? null : await ctx.db.get("runs", runId);
  const isTheirs = run?.tenantId === scope.tenantId && mayRead(scope, run);
  const request = run !== null && isTheirs ? await Requests.of(ctx, run) : null;
  if (run === null || request?.isKept !== true) {
    return fail({ kind: "not_found", entity: "response", id });
  }
  return { run, request };
}

/** Who asked for it; and whoever may read what others have said. */
function mayRead(scope: CallerScope, run: Doc<"runs">): boolean {
  return scope.actor.permissions.has("sessions:read") || isOwn(scope, run);
}

/** Whether they asked for it, with the same key. */
function isOwn({ actor }: CallerScope, { userId, keyId }: Doc<"runs">): boolean {
  const key = actor.kind === "key" ? actor.keyId : undefined;
  return userId === actor.userId && keyId === key;
}

/** All that it said, as it was heard: replies that called the agent's own tools came before the last one. */
async function saidIn(
  ctx: QueryCtx,
  { run: { tenantId, sessionId, turn, messageId }, request: { tellsLastReplyOnly } }: Kept,
): Promise<Pick<KeptResponse, "text" | "toolCalls" | "hasPieces">> {
  const messages = await ctx.db
    .query("messages")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", tenantId).eq("sessionId", sessionId).eq("turn", turn),
    )
    .take(MESSAGES_MAX);
  const replies = messages.filter(
    ({ _id, role, status, content }) =>
      role === "assistant" &&
      status === "complete" &&
      content !== "" &&
      (tellsLastReplyOnly !== true || _id === messageId),
  );
  const last = messages.find(({ _id }) => _id === messageId);
  const isSwept = ({ role, status, chunksExpireAtMs }: Doc<"messages">) =>
    role === "assistant" && status !== "streaming" && chunksExpireAtMs === undefined;
  return {
    hasPieces: !messages.some(isSwept),
    text: replies.map(({ content }) => content).join("\n\n"),
    toolCalls: handedIn(last?.toolCalls),
  };
}

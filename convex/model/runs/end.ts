/** Endings: of a reply, of a step and of a run, whoever brings them about. */
import { assert } from "../../../src/core/assert";
import { isTerminal, type RunState } from "../../../src/core/runState";
import type { WebhookEvent } from "../../../src/core/webhookEvents";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { beginningOf } from "../../lib/texts";
import { totalPicoOf, toUsdText } from "../../lib/usd";
import type { Attempt, ChunkPart } from "../../validators";
import type { TenantScope } from "../access";
import { release } from "../budgets/reservations";
import * as Chunks from "../chunks";
import * as Requests from "../completions/requests";
import { tokenCountOf } from "../tokens";
import * as Tallies from "../rollups/tallies";
import { emit } from "../webhooks/emit";
import { apply, reload, wake } from "./state";

/** How much of a model's reasoning is kept with the message. The chunks had all of it. */
const REASONING_CHARS_MAX = 30_000;

/** What had arrived of a reply. */
export type Reply = { text: string; reasoning: string };

export const NO_REPLY: Reply = { text: "", reasoning: "" };

export function toReply(parts: readonly ChunkPart[]): Reply {
  const textOf = (kind: ChunkPart["kind"]) =>
    parts.map((part) => (part.kind === kind ? part.text : "")).join("");
  return { text: textOf("text"), reasoning: textOf("reasoning") };
}

/** The message that the run is writing; a new one if it has none, at the next place of its turn. */
export async function ensureReply(
  ctx: MutationCtx,
  run: Doc<"runs">,
  nowMs: number,
): Promise<Id<"messages">> {
  if (run.messageId !== undefined) return run.messageId;
  const { tenantId, agentId, sessionId, turn, channel } = run;
  const messageId = await ctx.db.insert("messages", {
    tenantId,
    agentId,
    sessionId,
    runId: run._id,
    turn,
    position: run.messageCount,
    role: "assistant",
    content: "",
    status: "streaming",
    createdAt: nowMs,
    ...(channel !== undefined && { channel }),
  });
  await ctx.db.patch("runs", run._id, { messageId, messageCount: run.messageCount + 1 });
  return messageId;
}

/** Writes what became of a reply. `error` makes it an interrupted one. */
export async function endReply(
  ctx: MutationCtx,
  run: Doc<"runs">,
  {
    messageId,
    reply: { text, reasoning },
    error,
    nowMs,
  }: { messageId: Id<"messages">; reply: Reply; error?: string | undefined; nowMs: number },
): Promise<void> {
  await ctx.db.patch("messages", messageId, {
    content: text,
    tokenCount: tokenCountOf({ content: text }),
    status: error === undefined ? "complete" : "interrupted",
    completedAt: nowMs,
    responseTimeMs: nowMs - (run.startedAt ?? nowMs),
    chunksExpireAtMs: nowMs + Chunks.KEPT_MS,
    ...(error !== undefined && { error }),
    ...(reasoning !== "" && {
      reasoning: { enabled: true, steps: [beginningOf(reasoning, REASONING_CHARS_MAX)] },
    }),
  });
}

/** Writes what became of an attempt. One that was given up for lost stays so. */
export async function endAttempt(
  ctx: MutationCtx,
  step: Doc<"run_steps">,
  { attemptId, ended }: { attemptId: string; ended: Partial<Attempt> },
): Promise<void> {
  const attempts = step.attempts.map((attempt) =>
    attempt.attemptId === attemptId && attempt.status === "running"
      ? { ...attempt, ...ended }
      : attempt,
  );
  await ctx.db.patch("run_steps", step._id, { attempts });
}

/** Takes back the attempt that was to be made and was not; without any, there is no step either. */
export async function withdrawAttempt(
  ctx: MutationCtx,
  run: Doc<"runs">,
  nowMs: number,
): Promise<void> {
  const step = await openStep(ctx, run);
  const last = step?.attempts.at(-1);
  if (step === null || last?.status !== "running") return;
  await release(ctx, run, { key: last.attemptId, nowMs });
  const attempts = step.attempts.slice(0, -1);
  if (attempts.length === 0) await ctx.db.delete("run_steps", step._id);
  else await ctx.db.patch("run_steps", step._id, { attempts });
}

/** The step that is under way, if any is; of those of a vote, any one. */
export async function openStep(ctx: QueryCtx, run: Doc<"runs">): Promise<Doc<"run_steps"> | null> {
  const [last = null] = await openSteps(ctx, run);
  return last;
}

/** The steps that are under way, the last first: one, or a vote with those of its parts that have not ended. */
export async function openSteps(ctx: QueryCtx, run: Doc<"runs">): Promise<Doc<"run_steps">[]> {
  const open: Doc<"run_steps">[] = [];
  const latestFirst = ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) => q.eq("tenantId", run.tenantId).eq("runId", run._id))
    .order("desc");
  for await (const step of latestFirst) {
    if (step.status === "running") open.push(step);
    // A part that has ended may have others before it that have not; whatever else has ended has none.
    if (step.parentStepId === undefined) break;
  }
  return open;
}

/**
 * What follows when a run has come to its end, in the transaction that stores its final state: its step
 * ends with it, it is counted, and the session's next run gets its turn.
 */
export async function endRun(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, state, nowMs }: { run: Doc<"runs">; state: RunState; nowMs: number },
): Promise<void> {
  for (const step of await openSteps(ctx, run)) {
    const status = state.kind === "completed" || state.kind === "cancelled" ? state.kind : "failed";
    await ctx.db.patch("run_steps", step._id, { status, endedAt: nowMs });
  }
  await ctx.db.patch("runs", run._id, { wakeJobId: undefined });
  await Requests.endWith(ctx, run);
  const { agentId, sessionId, userId, keyId, channel } = run;
  await Tallies.add(ctx, scope, {
    of: { agentId, sessionId, ...omitUndefined({ userId, keyId, channel }) },
    delta: { runs: 1, messages: run.messageCount },
    nowMs,
  });

  await emit(ctx, scope, { event: endOf(run, state), nowMs });

  const session = await ctx.db.get("sessions", run.sessionId);
  if (session === null) return;
  const replies = run.messageCount - 1; // the user's was counted when it was sent
  const next = session.activeRunId === run._id ? await nextInLine(ctx, session) : null;
  await ctx.db.patch("sessions", session._id, {
    messageCount: session.messageCount + replies,
    lastActivityAt: nowMs,
    ...(session.activeRunId === run._id && { activeRunId: next?._id }),
  });
  if (next !== null) await wake(ctx, next._id, { delayMs: 0, nowMs });
}

/** Ends a run that was cancelled while no call was under way; its final state is stored already. */
export async function endCancelled(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, nowMs }: { run: Doc<"runs">; nowMs: number },
): Promise<void> {
  // A reply is there only if an earlier attempt was waiting to be made again: nothing of it had arrived.
  if (run.messageId !== undefined) {
    const error = "The run was cancelled.";
    await endReply(ctx, run, { messageId: run.messageId, reply: NO_REPLY, error, nowMs });
  }
  await endRun(ctx, scope, { run, state: run.state, nowMs });
}

/** Ends the run if that was asked for meanwhile: a call would cost its whole prompt for nothing. */
export async function endIfCancelled(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, leaseToken, nowMs }: { run: Doc<"runs">; leaseToken: string; nowMs: number },
): Promise<boolean> {
  // Refused unless cancelling was asked for.
  const { ok } = await apply(ctx, run, { event: { kind: "cancelled", leaseToken }, nowMs });
  if (ok) await endCancelled(ctx, scope, { run: await reload(ctx, run._id), nowMs });
  return ok;
}

/** What receivers are told of a run's end. */
function endOf(run: Doc<"runs">, state: RunState): WebhookEvent {
  const { _id: runId, agentId, sessionId, messageCount, totalTokens } = run;
  const ids = { runId, agentId, sessionId };
  const sums = { messageCount, totalTokens, totalCostUsd: toUsdText(totalPicoOf(run)) };
  assert(isTerminal(state), "a run that has ended is in one of its last states");
  const data = { ...ids, ...sums, endedAtMs: state.endedAtMs };
  if (state.kind !== "failed") return { type: `run.${state.kind}`, data };
  return { type: "run.failed", data: { ...data, reason: state.reason } };
}

async function nextInLine(ctx: QueryCtx, session: Doc<"sessions">): Promise<Doc<"runs"> | null> {
  return await ctx.db
    .query("runs")
    .withIndex("by_session_and_state", (q) =>
      q.eq("tenantId", session.tenantId).eq("sessionId", session._id).eq("state.kind", "queued"),
    )
    .first();
}

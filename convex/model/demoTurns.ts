/**
 * The past of a demo tenant: turns that are said and answered as of a moment that is over, by the rules of all turns.
 * Messages, runs, steps, reservations, the ledger and all sums come to be as they always do. The one difference is that
 * no model is asked: what it says is given, and what it used is estimated from that, and booked as an estimate.
 */
import { v, type Infer } from "convex/values";
import { SECOND_MS } from "../../src/core/limits";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import { tenantOf, type CallerScope } from "./access";
import { finish, type Outcome, type Report } from "./runs/finish";
import type { Lease } from "./runs/state";
import { begin as beginTools } from "./runs/tools";
import { begin, checkedKey, sentBefore } from "./runs/turn";
import { take, type Begun } from "./runs/work";
import * as Sessions from "./sessions";
import { tokenCountOf } from "./tokens";

/** Between a message and the call, and between that and the first word. */
const MOMENT_MS = 400;
/** A model writes a token in about as long. */
const MS_PER_TOKEN = 12;
const TOOK_MS_MIN = 2 * SECOND_MS;

export const vPastTurn = v.object({
  key: v.string(), // played once in the tenant
  agentId: v.id("agents"),
  session: v.object({ name: v.string(), title: v.string(), channel: v.string() }),
  content: v.string(),
  atMs: v.number(),
  reply: v.object({
    text: v.string(),
    thoughtTokens: v.optional(v.number()), // of its thinking, which nobody reads but everybody pays for
    toolCall: v.optional(v.object({ name: v.string(), argumentsJson: v.string() })),
    /** In place of a reply: the provider's refusal. */
    failure: v.optional(v.object({ status: v.number(), message: v.string() })),
  }),
});
export type PastTurn = Infer<typeof vPastTurn>;

/**
 * Plays a turn, unless it was played before. Where no budget allows its call, its run says so.
 *
 * @throws forbidden - The tenant is no demo.
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - Its moment is still to come.
 */
export async function play(
  ctx: MutationCtx,
  scope: CallerScope,
  { turn, nowMs }: { turn: PastTurn; nowMs: number },
): Promise<void> {
  const { metadata } = await tenantOf(ctx, scope);
  if (metadata?.["demo"] !== true) fail({ kind: "forbidden", permission: "tenant:write" });
  const { atMs, content } = turn;
  if (atMs > nowMs) fail({ kind: "invalid_argument", field: "atMs", reason: "is still to come" });
  const key = checkedKey(turn.key);
  const isSame = (_run: Doc<"runs">, said: Doc<"messages">) => said.content === content;
  if ((await sentBefore(ctx, scope, { key, isSame })) !== null) return;

  const session = await sessionOf(ctx, scope, turn);
  const said = { content, attachments: undefined, key, opensSession: false };
  const begun = { session, said, drivenBy: "taker", nowMs: atMs } as const;
  const { runId } = await begin(ctx, scope, begun);
  await answer(ctx, { runId, leaseToken: turn.key }, turn);
}

async function sessionOf(
  ctx: MutationCtx,
  scope: CallerScope,
  { agentId, session: { name, title, channel }, atMs }: PastTurn,
): Promise<Doc<"sessions">> {
  const session = { agentId, externalId: name, title, source: channel };
  return await Sessions.open(ctx, scope, { session, nowMs: atMs });
}

async function answer(ctx: MutationCtx, lease: Lease, { reply, atMs }: PastTurn): Promise<void> {
  const taken = await take(ctx, lease, atMs + MOMENT_MS);
  if (taken === null || taken.begun === null) return;
  const { begun, context } = taken;
  const outputTokens = tokenCountOf({ content: reply.text }) + (reply.thoughtTokens ?? 0);
  const tookMs = Math.max(TOOK_MS_MIN, outputTokens * MS_PER_TOKEN);
  const endedAtMs = atMs + MOMENT_MS + tookMs;
  const { model, prompt } = context;
  const used = { inputTokens: prompt.totalTokens, outputTokens };
  const report = reportOf(begun, { reply, model, used, endedAtMs });
  await finish(ctx, lease, { report, nowMs: endedAtMs });
  if (reply.toolCall !== undefined) await beginTools(ctx, lease, endedAtMs);
}

type Answered = {
  reply: PastTurn["reply"];
  model: string;
  used: { inputTokens: number; outputTokens: number };
  endedAtMs: number;
};

function reportOf(
  { stepId, attemptId, firstSeq }: Begun,
  { reply, model, used, endedAtMs }: Answered,
): Report {
  const { text, toolCall, failure, thoughtTokens = 0 } = reply;
  const tokens = { inputFresh: used.inputTokens, output: used.outputTokens };
  const usage = { tokens, reasoningTokens: thoughtTokens, toolUnits: {} };
  const notes = ["made for the demo: no model was asked"];
  return {
    stepId,
    attemptId,
    outcome: outcomeOf(reply),
    text: failure === undefined ? text : "",
    reasoning: "",
    toolCalls: toolCall === undefined ? [] : [{ toolCallId: `call_${attemptId}`, ...toolCall }],
    nextSeq: firstSeq,
    rest: [],
    usage:
      failure === undefined
        ? { usage, source: "estimated", reconciliation: "unknown", notes }
        : null,
    facts: { servedModel: model },
    warnings: [],
    endedAtMs,
  };
}

function outcomeOf({ toolCall, failure }: PastTurn["reply"]): Outcome {
  if (failure === undefined) {
    return { kind: "completed", finishReason: toolCall === undefined ? "end" : "tool_calls" };
  }
  const error = { failureClass: "overloaded", ...failure } as const;
  const detail = `The provider did not answer: ${failure.message}`;
  return { kind: "failed", reason: "provider_failed", detail, error, wasCut: false };
}

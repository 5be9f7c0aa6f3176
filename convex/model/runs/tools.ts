/**
 * A worker's turn at the tools that a reply calls: it writes down that they are about to run, runs them, and reports;
 * a batch at a time, and none before people have decided on those that need it.
 *
 * What a lost worker had begun is begun again where it may be. A call with effects may not: that it was about to be
 * made stands in the run's state, and the run ends instead, for a person to look.
 */
import { v, type Infer } from "convex/values";
import { isWorking } from "../../../src/core/runState";
import { LEASES_LOST_MAX } from "../../../src/core/limits";
import { nextBatch, TOOL_CALLS_PER_REPLY_MAX, type ToolClass } from "../../../src/core/tools";
import { NOT_KNOWN } from "../../../src/tools/tool";
import { RESULT_CHARS_MAX } from "../../../src/tools/call";
import { NOTICE } from "../../../src/tools/repetition";
import { internal } from "../../_generated/api";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { beginningOf } from "../../lib/texts";
import { vToolCall, type ToolCall } from "../../validators";
import type { TenantScope } from "../access";
import { toolsOf } from "../agents/tools";
import { answerTo, tellOfRequests } from "../approvals/requests";
import { repliesOf } from "../context";
import * as Requests from "../completions/requests";
import { tokenCountOf } from "../tokens";
import * as ToolResults from "../toolResults";
import { mentionsSkills, runnableOf, usesIn } from "../skills/runnable";
import { endIfCancelled } from "./end";
import { repeatedIn } from "./circles";
import { grantFor } from "./grants";
import { apply, heldRun, type Lease } from "./state";

/** Of one reply's tools together: with the reply they are one row, which may have 1 MiB. */
const RESULTS_CHARS_MAX = 120_000;

/** Begun as often as workers may be lost at it. */
const STEPS_OF_BATCH_MAX = TOOL_CALLS_PER_REPLY_MAX * LEASES_LOST_MAX;

const NO_ROOM = "\n[The rest is not kept: the plan's storage is full.]";

export const vToolResult = v.object({
  toolCallId: v.string(),
  text: v.string(),
  isError: v.boolean(),
  whole: v.optional(v.object({ storageId: v.id("_storage"), handle: v.string() })),
});
export type ToolResult = Infer<typeof vToolResult>;

/** A call for the worker to make, or to answer with why it may not be made. */
export const vToolToRun = vToolCall.omit("result", "signature").extend({
  refusal: v.optional(v.string()),
  /** The most that its result may have. */
  charsMax: v.number(),
});
export type ToolToRun = Infer<typeof vToolToRun>;

/**
 * Takes the next of the tool calls that wait, and writes a step for each.
 *
 * @returns Null when none may be made now: the lease was lost, the run was cancelled and has now ended, or it waits
 *   for people to decide.
 */
export async function begin(
  ctx: MutationCtx,
  { runId, leaseToken }: Lease,
  nowMs: number,
): Promise<ToolToRun[] | null> {
  const found = await heldRun(ctx, { runId, leaseToken });
  if (found === null) return null;
  const { scope, run } = found;
  if (!isWorking(run.state)) return null;
  if (await endIfCancelled(ctx, scope, { run, leaseToken, nowMs })) return null;
  const replies = await repliesOf(ctx, run);
  const calls = await answered(ctx, scope, { run, replies, nowMs });
  if (calls === null) {
    const event = { kind: "approval_requested", leaseToken } as const;
    const transition = await apply(ctx, run, { event, nowMs });
    if (transition.ok && transition.state.kind === "awaiting_approval") {
      await tellOfRequests(ctx, run, nowMs);
    }
    return null;
  }
  const batch = nextBatch(calls);
  const hasEffects = batch.some(({ toolClass }) => toolClass === "effect");
  const { step } = run.state;
  const event = { kind: "tools_started", leaseToken, step, hasEffects } as const;
  const { ok } = batch.length === 0 ? { ok: false } : await apply(ctx, run, { event, nowMs });
  if (!ok) return null;
  await insertSteps(ctx, run, { batch, firstIndex: step, nowMs });
  return batch.map(({ toolClass: _toolClass, ...call }) => call);
}

type Answered = ToolToRun & { toolClass: ToolClass };

/** The calls that wait, each with what people said of it; null while somebody has yet to be heard. */
async function answered(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, replies, nowMs }: { run: Doc<"runs">; replies: Doc<"messages">[]; nowMs: number },
): Promise<Answered[] | null> {
  const reply = replies.at(-1);
  if (reply === undefined) return [];
  const request = await Requests.of(ctx, run);
  const agent = await Requests.agentFor(ctx, run, request);
  const waiting = (reply.toolCalls ?? []).filter(({ result }) => result === undefined);
  const skills =
    agent !== null && mentionsSkills(waiting) ? await runnableOf(ctx, scope, agent) : [];
  const allowed = { tools: agent === null ? [] : toolsOf(agent, skills), skills };
  const calls: Answered[] = [];
  let mustWait = false;
  const repeated = repeatedIn(replies);
  for (const call of waiting) {
    const { toolCallId, name, argumentsJson } = call;
    const of = { toolCallId, name, argumentsJson, charsMax: charsPerResult(reply) };
    if (repeated.has(call)) {
      calls.push({ ...of, toolClass: "pure", refusal: NOTICE });
      continue;
    }
    const { toolClass, approval: need } = grantFor(allowed, call);
    const answer = need === null ? null : await answerTo(ctx, run, { reply, call, need, nowMs });
    if (answer?.state === "waits") mustWait = true;
    const refusal = answer?.state === "must_not" ? answer.refusal : undefined;
    calls.push({
      ...of,
      toolClass: refusal === undefined ? toolClass : "pure",
      ...omitUndefined({ refusal }),
    });
  }
  return mustWait ? null : calls;
}

function charsPerResult({ toolCalls = [] }: Doc<"messages">): number {
  return Math.min(RESULT_CHARS_MAX, Math.floor(RESULTS_CHARS_MAX / Math.max(1, toolCalls.length)));
}

async function insertSteps(
  ctx: MutationCtx,
  { _id: runId, tenantId, provider, model }: Doc<"runs">,
  { batch, firstIndex, nowMs }: { batch: readonly ToolToRun[]; firstIndex: number; nowMs: number },
): Promise<void> {
  if (provider === undefined || model === undefined) throw new Error("no model was called yet");
  for (const [nth, { toolCallId, name }] of batch.entries()) {
    await ctx.db.insert("run_steps", {
      tenantId,
      runId,
      index: firstIndex + nth,
      kind: "tool_call",
      toolCall: { toolCallId, name },
      status: "running",
      provider,
      model,
      attempts: [],
      totalCostPico: 0n,
      totalTokens: 0,
      startedAt: nowMs,
    });
  }
}

/**
 * Commits what came of the tool calls: each result stands with its call, and the model reads both from then on. Safe
 * to repeat.
 *
 * @returns False when the lease was lost.
 */
export async function finish(
  ctx: MutationCtx,
  { runId, leaseToken }: Lease,
  { results, nowMs }: { results: readonly ToolResult[]; nowMs: number },
): Promise<boolean> {
  const found = await heldRun(ctx, { runId, leaseToken });
  if (found === null) return false;
  const { scope, run } = found;
  if (run.state.kind !== "tools") return true; // The answer to the first report got lost.
  const reply = await lastReply(ctx, run);
  if (reply === undefined) return false;
  const byId = new Map<string, ToolCall["result"]>();
  for (const { toolCallId, text, isError, whole } of results) {
    const of = { sessionId: run.sessionId, whole, nowMs };
    const file = await ToolResults.claim(ctx, scope, of);
    const note = whole !== undefined && file === undefined ? NO_ROOM : "";
    const told = beginningOf(text, charsPerResult(reply)) + note;
    byId.set(toolCallId, { text: told, isError, ...omitUndefined({ file }) });
  }
  const toolCalls = (reply.toolCalls ?? []).map((call) => {
    const result = call.result ?? byId.get(call.toolCallId);
    return result === undefined ? call : { ...call, result };
  });
  const tokenCount = tokenCountOf({ ...reply, toolCalls });
  const ended = toolCalls.filter(({ toolCallId }) => byId.has(toolCallId));
  const skills = await noteSkills(ctx, run, { reply, ended });
  await ctx.db.patch("messages", reply._id, { toolCalls, tokenCount, ...skills });
  const steps = await openSteps(ctx, run);
  for (const { _id, toolCall } of steps) {
    const failed = byId.get(toolCall?.toolCallId ?? "")?.isError ?? true;
    const status = failed ? "failed" : "completed";
    await ctx.db.patch("run_steps", _id, { status, endedAt: nowMs });
  }
  const event = { kind: "tools_finished", leaseToken, stepsDone: steps.length } as const;
  return (await apply(ctx, run, { event, nowMs })).ok;
}

/** What the reply shows of skills that its calls have used. They are counted by a job: other runs use them, too. */
async function noteSkills(
  ctx: MutationCtx,
  { _id: runId }: Doc<"runs">,
  { reply, ended }: { reply: Doc<"messages">; ended: readonly ToolCall[] },
): Promise<Pick<Doc<"messages">, "skillsUsed">> {
  const uses = usesIn(ended);
  if (uses.length === 0) return {};
  await ctx.scheduler.runAfter(0, internal.jobs.skillCalls.noteUses, { runId, uses });
  const used = uses.map(({ skillId }) => skillId);
  return { skillsUsed: [...new Set([...(reply.skillsUsed ?? []), ...used])] };
}

/** Ends the steps of tool calls that a lost worker was at. Of one with effects the reply says that nobody knows. */
export async function loseSteps(ctx: MutationCtx, run: Doc<"runs">, nowMs: number): Promise<void> {
  const steps = await openSteps(ctx, run);
  for (const { _id } of steps) {
    await ctx.db.patch("run_steps", _id, { status: "failed", endedAt: nowMs });
  }
  if (!hasEffects(run.state)) return;
  const reply = await lastReply(ctx, run);
  const lost = new Set(steps.map(({ toolCall }) => toolCall?.toolCallId));
  const result = { text: `The call came to no end. ${NOT_KNOWN}`, isError: true };
  const toolCalls = reply?.toolCalls?.map((call) =>
    call.result === undefined && lost.has(call.toolCallId) ? { ...call, result } : call,
  );
  if (reply !== undefined && toolCalls !== undefined) {
    const tokenCount = tokenCountOf({ ...reply, toolCalls });
    await ctx.db.patch("messages", reply._id, { toolCalls, tokenCount });
  }
}

function hasEffects(state: Doc<"runs">["state"]): boolean {
  return state.kind === "tools" && state.hasEffects === true;
}

/** The tool calls that are under way. Those which a worker was lost with have the same places, and have ended. */
async function openSteps(ctx: MutationCtx, run: Doc<"runs">): Promise<Doc<"run_steps">[]> {
  const { tenantId, _id: runId, state } = run;
  if (!isWorking(state)) return [];
  const ofBatch = await ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) =>
      q.eq("tenantId", tenantId).eq("runId", runId).gte("index", state.step),
    )
    .take(STEPS_OF_BATCH_MAX);
  return ofBatch.filter(({ kind, status }) => kind === "tool_call" && status === "running");
}

async function lastReply(ctx: MutationCtx, run: Doc<"runs">): Promise<Doc<"messages"> | undefined> {
  return (await repliesOf(ctx, run)).at(-1);
}

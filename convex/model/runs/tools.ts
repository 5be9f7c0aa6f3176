/**
 * A worker's turn at the tools that a reply calls: it writes down that they are about to run, runs them, and reports.
 * All of ours may run again at will, so what a lost worker had begun is simply begun again.
 */
import { v, type Infer } from "convex/values";
import { isWorking } from "../../../src/core/runState";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { beginningOf } from "../../lib/texts";
import { repliesOf } from "../context";
import { endIfCancelled } from "./end";
import { apply, heldRun, type Lease } from "./state";

/** Of one reply's tools together: with the reply they are one row, which may have 1 MiB. */
const RESULTS_CHARS_MAX = 120_000;

export const vToolResult = v.object({
  toolCallId: v.string(),
  text: v.string(),
  isError: v.boolean(),
});
export type ToolResult = Infer<typeof vToolResult>;

/**
 * Writes a step for each tool call that waits.
 *
 * @returns False when they must not be made: the lease was lost, or the run was cancelled and has now ended.
 */
export async function begin(
  ctx: MutationCtx,
  { runId, leaseToken }: Lease,
  nowMs: number,
): Promise<boolean> {
  const found = await heldRun(ctx, { runId, leaseToken });
  if (found === null) return false;
  const { scope, run } = found;
  if (!isWorking(run.state)) return false;
  if (await endIfCancelled(ctx, scope, { run, leaseToken, nowMs })) return false;
  const reply = await lastReply(ctx, run);
  const waiting = (reply?.toolCalls ?? []).filter(({ result }) => result === undefined);
  if (reply?.provider === undefined || reply.model === undefined || waiting.length === 0) {
    return false;
  }
  const { step } = run.state;
  const { ok } = await apply(ctx, run, {
    event: { kind: "tools_started", leaseToken, step },
    nowMs,
  });
  if (!ok) return false;
  for (const [nth, { toolCallId, name }] of waiting.entries()) {
    await ctx.db.insert("run_steps", {
      tenantId: run.tenantId,
      runId,
      index: step + nth,
      kind: "tool_call",
      toolCall: { toolCallId, name },
      status: "running",
      provider: reply.provider,
      model: reply.model,
      attempts: [],
      totalCostPico: 0n,
      totalTokens: 0,
      startedAt: nowMs,
    });
  }
  return true;
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
  const { run } = found;
  if (run.state.kind !== "tools") return true; // The answer to the first report got lost.
  const reply = await lastReply(ctx, run);
  if (reply === undefined) return false;
  const charsMax = Math.floor(RESULTS_CHARS_MAX / results.length);
  const byId = new Map(
    results.map(({ toolCallId, text, isError }) => [
      toolCallId,
      { text: beginningOf(text, charsMax), isError },
    ]),
  );
  const toolCalls = (reply.toolCalls ?? []).map((call) => {
    const result = call.result ?? byId.get(call.toolCallId);
    return result === undefined ? call : { ...call, result };
  });
  await ctx.db.patch("messages", reply._id, { toolCalls });
  const steps = await openSteps(ctx, run);
  for (const { _id, toolCall } of steps) {
    const failed = byId.get(toolCall?.toolCallId ?? "")?.isError ?? true;
    const status = failed ? "failed" : "completed";
    await ctx.db.patch("run_steps", _id, { status, endedAt: nowMs });
  }
  const event = { kind: "tools_finished", leaseToken, stepsDone: steps.length } as const;
  return (await apply(ctx, run, { event, nowMs })).ok;
}

/** Ends the steps of tool calls that a lost worker was at. */
export async function loseSteps(ctx: MutationCtx, run: Doc<"runs">, nowMs: number): Promise<void> {
  for (const { _id } of await openSteps(ctx, run)) {
    await ctx.db.patch("run_steps", _id, { status: "failed", endedAt: nowMs });
  }
}

/** The tool calls that are under way: the run's last steps. */
async function openSteps(ctx: MutationCtx, run: Doc<"runs">): Promise<Doc<"run_steps">[]> {
  const open: Doc<"run_steps">[] = [];
  const latestFirst = ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) => q.eq("tenantId", run.tenantId).eq("runId", run._id))
    .order("desc");
  for await (const step of latestFirst) {
    if (step.kind !== "tool_call" || step.status !== "running") break;
    open.push(step);
  }
  return open;
}

async function lastReply(ctx: MutationCtx, run: Doc<"runs">): Promise<Doc<"messages"> | undefined> {
  return (await repliesOf(ctx, run)).at(-1);
}

/** What a run has come to, for the caller who is to be answered: its end, what was used and what it cost. */
import { v, type Infer } from "convex/values";
import { isTerminal } from "../../../src/core/runState";
import { inputCountsOf } from "../../../src/pricing/usage";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { toUsd, toUsdText } from "../../lib/usd";
import { vAttemptError, vFinishReason, vProvider, vRunFailureReason } from "../../validators";
import { unpricedIn } from "../costs/ledger";
import { plusStored, toUsage } from "../costs/storedUsage";

/** More than a run's upstream requests can be. */
const EVENTS_MAX = 500;

/** In USD, for there is no bound to what a run may cost. */
export const vCost = v.object({
  total: v.number(),
  totalUsd: v.string(),
  inputUsd: v.string(),
  outputUsd: v.string(),
  feesUsd: v.string(),
  unpricedCalls: v.number(), // of which something has no known price, and is not in the sums
});

export const vOutcome = v.object({
  end: v.union(
    v.object({ kind: v.literal("completed"), finishReason: vFinishReason }),
    v.object({ kind: v.literal("cancelled") }),
    v.object({
      kind: v.literal("failed"),
      reason: vRunFailureReason,
      detail: v.string(),
      error: v.optional(vAttemptError), // of the last attempt, where it was the provider's doing
    }),
  ),
  usage: v.object({
    input: v.number(), // whatever came from a cache, or went into one, is part of it
    cacheRead: v.number(),
    cacheWrite: v.number(),
    output: v.number(),
    reasoning: v.number(), // part of the output
  }),
  cost: vCost,
  provider: v.optional(vProvider), // of the last attempt
  model: v.optional(v.string()),
});
export type Outcome = Infer<typeof vOutcome>;

/** Null: it has not ended. */
export async function outcomeOf(ctx: QueryCtx, run: Doc<"runs">): Promise<Outcome | null> {
  if (!isTerminal(run.state)) return null;
  const step = await lastCall(ctx, run);
  const events = await ctx.db
    .query("cost_events")
    .withIndex("by_run", (q) => q.eq("tenantId", run.tenantId).eq("runId", run._id))
    .take(EVENTS_MAX);
  const { provider, model } = run;
  return {
    end: endOf(run.state, step),
    ...sumOf(events),
    ...omitUndefined({ provider, model }),
  };
}

function endOf(
  state: Extract<Doc<"runs">["state"], { endedAtMs: number }>,
  step: Doc<"run_steps"> | null,
): Outcome["end"] {
  switch (state.kind) {
    case "completed":
      return { kind: "completed", finishReason: step?.finishReason ?? "end" };
    case "cancelled":
      return { kind: "cancelled" };
    case "failed": {
      const { kind, reason, detail } = state;
      const error = reason === "provider_failed" ? step?.attempts.at(-1)?.error : undefined;
      return { kind, reason, detail, ...omitUndefined({ error }) };
    }
  }
}

/** The last model call; of a vote, the vote itself, which ends as any reply does. */
async function lastCall(
  ctx: QueryCtx,
  { tenantId, _id: runId }: Doc<"runs">,
): Promise<Doc<"run_steps"> | null> {
  const latestFirst = ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", runId))
    .order("desc");
  for await (const step of latestFirst) {
    if (step.kind !== "tool_call" && step.parentStepId === undefined) return step;
  }
  return null;
}

function sumOf(events: readonly Doc<"cost_events">[]): Pick<Outcome, "usage" | "cost"> {
  const none: Doc<"cost_events">["usage"] = { tokens: {}, reasoningTokens: 0, toolUnits: {} };
  const used = toUsage(events.reduce((all, { usage }) => plusStored(all, usage), none));
  const { tokens } = used;
  return {
    usage: {
      ...inputCountsOf(used),
      output: tokens.output + tokens.audioOutput + tokens.imageOutput,
      reasoning: used.reasoningTokens,
    },
    cost: costOf(events),
  };
}

/** What they cost together. */
export function costOf(events: readonly Doc<"cost_events">[]): Outcome["cost"] {
  const pico = (amountOf: (event: Doc<"cost_events">) => bigint) =>
    events.reduce((sum, event) => sum + amountOf(event), 0n);
  const totalPico = pico((event) => event.totalCostPico);
  return {
    total: toUsd(totalPico),
    totalUsd: toUsdText(totalPico),
    inputUsd: toUsdText(pico((event) => event.inputCostPico)),
    outputUsd: toUsdText(pico((event) => event.outputCostPico)),
    feesUsd: toUsdText(pico((event) => event.feesPico)),
    unpricedCalls: events.reduce((sum, event) => sum + unpricedIn(event), 0),
  };
}

/**
 * The ledger's own door: an event is inserted in one transaction with every sum that it is part of, so that no sum
 * ever differs from the ledger. What an event says is made by `attempts`, `reported` and `cleanup`.
 */
import type { WithoutSystemFields } from "convex/server";
import { narrow, widen } from "../../../src/core/money";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { withMorePico } from "../../lib/usd";
import type { StoredSums, TokenTotals } from "../../validators";
import type { TenantScope } from "../access";
import { settleWith, type Used } from "../budgets/reservations";
import { modelKey, type Place } from "../rollups/sums";
import * as Tallies from "../rollups/tallies";
import { tokenTotals } from "./storedUsage";

export type CostEvent = WithoutSystemFields<Doc<"cost_events">>;

/** Inserts the event and adds it to everything that sums it. */
export async function book(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { event, nowMs }: { event: CostEvent; nowMs: number },
): Promise<Id<"cost_events">> {
  const id = await ctx.db.insert("cost_events", { ...event, modelKey: modelKey(event) });
  const tokens = tokenTotals(event.usage);
  const { totalTokens } = tokens;
  const costPico = event.totalCostPico;

  const step = event.stepId === undefined ? null : await ctx.db.get("run_steps", event.stepId);
  if (step !== null) {
    await ctx.db.patch("run_steps", step._id, {
      ...withMorePico(step, costPico),
      totalTokens: step.totalTokens + totalTokens,
    });
  }
  const run = event.runId === undefined ? null : await ctx.db.get("runs", event.runId);
  if (run !== null) {
    await ctx.db.patch("runs", run._id, {
      ...withMorePico(run, costPico),
      totalTokens: run.totalTokens + totalTokens,
    });
  }
  const session =
    event.sessionId === undefined ? null : await ctx.db.get("sessions", event.sessionId);
  if (session !== null) {
    await ctx.db.patch("sessions", session._id, {
      ...withMorePico(session, costPico),
      totalTokens: session.totalTokens + totalTokens,
    });
  }
  const message =
    event.messageId === undefined ? null : await ctx.db.get("messages", event.messageId);
  if (message !== null) {
    const before = narrow({ carry: message.costCarry, rest: message.costPico ?? 0n });
    const { carry, rest } = widen(before + costPico);
    await ctx.db.patch("messages", message._id, {
      costPico: rest,
      costCarry: carry,
      usage: addTokens(message.usage, tokens),
    });
  }
  await Tallies.add(ctx, scope, { ...countedOf(event), nowMs, period: event.period });
  await settleWith(ctx, scope, { ...usedBy(event), nowMs });
  return id;
}

/** What the event takes of budgets, and of which reservation. */
function usedBy(event: CostEvent): Used {
  const { agentId, userId, keyId, provider, model, attemptId, sessionId, status } = event;
  return {
    called: { agentId, provider, model, ...omitUndefined({ userId, keyId }) },
    moment: { atMs: event.startedAtMs, hour: event.period },
    spreadBy: sessionId ?? attemptId,
    used: { tokens: tokenTotals(event.usage).totalTokens, pico: event.totalCostPico },
    ...(event.kind === "attempt" && { key: attemptId }),
    isLost: status === "lost",
  };
}

/** What the event adds, and to whose sums. */
export function countedOf(event: CostEvent): { of: Place; delta: Partial<StoredSums> } {
  const { promptTokens, completionTokens } = tokenTotals(event.usage);
  const { inputCostPico, outputCostPico, feesPico, totalCostPico } = event;
  return {
    of: placeOf(event),
    delta: {
      costEvents: event.eventCount ?? 1,
      unpricedEvents: unpricedIn(event),
      promptTokens,
      completionTokens,
      inputCostPico,
      outputCostPico,
      feesPico,
      totalCostPico,
    },
  };
}

/** How many more events there are, with this one, of which something has no known price. */
export function unpricedIn({ kind, unpriced, unpricedChange }: CostEvent): number {
  if (kind !== "attempt" && unpricedChange !== undefined) return unpricedChange;
  if (kind === "adjustment") return 0;
  return unpriced.length > 0 ? 1 : 0;
}

function placeOf(event: CostEvent): Place {
  const { agentId, sessionId, userId, keyId, channel, ...called } = event;
  const model = { provider: called.provider, model: called.model };
  return { agentId, model, ...omitUndefined({ sessionId, userId, keyId, channel }) };
}

/** What is booked for the attempt. */
export async function eventOf(
  ctx: QueryCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  attemptId: string,
): Promise<Doc<"cost_events"> | null> {
  return await ctx.db
    .query("cost_events")
    .withIndex("by_attempt", (q) => q.eq("tenantId", tenantId).eq("attemptId", attemptId))
    .unique();
}

function addTokens(a: TokenTotals | undefined, b: TokenTotals): TokenTotals {
  return {
    promptTokens: (a?.promptTokens ?? 0) + b.promptTokens,
    completionTokens: (a?.completionTokens ?? 0) + b.completionTokens,
    totalTokens: (a?.totalTokens ?? 0) + b.totalTokens,
  };
}

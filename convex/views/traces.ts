/** What doors return of a run's trace. */
import { v, type Infer } from "convex/values";
import { vTokenTotals } from "../validators";
import { vRunView, vStepView } from "../views";

const vSpent = vTokenTotals.extend({ totalCost: v.number(), totalCostUsd: v.string() });

export const vTraceView = v.object({
  run: vRunView,
  /** In order; those with a `parentStepId` are parts of that step. Their costs sum to the run's. */
  steps: v.array(
    vStepView.extend({
      durationMs: v.optional(v.number()), // absent while it goes on
      spent: v.array(vSpent.extend({ attemptId: v.string() })), // by its attempts
    }),
  ),
  totals: vSpent.extend({
    modelCalls: v.number(),
    toolCalls: v.number(),
    attempts: v.number(),
    waitedMs: v.number(), // before a worker had it
    durationMs: v.optional(v.number()), // from then to its end; absent while it goes on
  }),
});
export type TraceView = Infer<typeof vTraceView>;

/** What a subject has spent in a period of a budget's window, as the roll-ups have it: exact at this instant. */
import { daysOfWeek } from "../../../src/core/periods";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { Spending } from "../../validators";
import type { TenantScope } from "../access";
import { read } from "../rollups/read";
import { openTallies } from "../rollups/tallies";

export type Subject = Pick<Doc<"budget_policies">, "dimension" | "key">;
/** Windows that have counters; a message's is the run itself. */
export type CountedWindow = Exclude<Doc<"budget_policies">["window"], "message">;

export async function spentIn(
  ctx: QueryCtx,
  of: Pick<TenantScope, "tenantId">,
  {
    subject: { dimension, key },
    window,
    period,
    open: given,
  }: {
    subject: Subject;
    window: CountedWindow;
    period: string;
    open?: readonly Doc<"tallies">[]; // for those who read several
  },
): Promise<Spending> {
  const open = given ?? (await openTallies(ctx, of));
  const periods = window === "week" ? daysOfWeek(period) : [period];
  const unit = window === "week" ? "day" : window;
  const sums = await Promise.all(
    periods.map(async (one) => await read(ctx, of, { dimension, key, unit, period: one, open })),
  );
  return {
    tokens: sums.reduce((sum, one) => sum + one.promptTokens + one.completionTokens, 0),
    pico: sums.reduce((sum, { totalCostPico }) => sum + totalCostPico, 0n),
  };
}

/** What is summed beside the ledger: roll-ups, and the tallies that are to be folded into them. */
import type { GenericQueryCtx } from "convex/server";
import type { DataModel, Id } from "../../convex/_generated/dataModel";
import { fold } from "../../convex/model/rollups/fold";
import type { Backend } from "./drivers";

/** The tenant's, as they are stored. */
export async function sumsOf(ctx: GenericQueryCtx<DataModel>, tenantId: Id<"tenants">) {
  const tallies = await ctx.db
    .query("tallies")
    .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    .collect();
  const rollups = await ctx.db
    .query("rollups")
    .withIndex("by_key", (q) => q.eq("tenantId", tenantId))
    .collect();
  return { tallies, rollups };
}

/** Folds all tallies of all tenants, the youngest too. */
export async function foldAll(t: Backend): Promise<void> {
  const when = () => ({ beforeMs: Infinity, nowMs: Date.now() });
  while (await t.run(async (ctx) => (await fold(ctx, when())).hasMore));
}

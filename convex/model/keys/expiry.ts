/** The end of API keys by time. New calls are refused to the millisecond; this tells who listens. */
import type { MutationCtx } from "../../_generated/server";
import * as Activity from "../activity";

const record = Activity.recorderOf("api_keys", { noun: "keys" });

const BATCH = 100;

/** Marks keys that have expired, a batch at a time: the next call of the sweeper goes on. */
export async function expireDue(ctx: MutationCtx, nowMs: number): Promise<void> {
  const due = await ctx.db
    .query("api_keys")
    .withIndex("by_status_and_expiry", (q) => q.eq("status", "active").lte("expiresAt", nowMs))
    .take(BATCH);
  for (const key of due) {
    await ctx.db.patch("api_keys", key._id, { status: "expired" });
    const by = { tenantId: key.tenantId, system: "keys.expire" };
    const change = { before: { status: "active" }, after: { status: "expired" } };
    await record(ctx, by, { action: "expire", id: key._id, ...change, nowMs });
  }
}

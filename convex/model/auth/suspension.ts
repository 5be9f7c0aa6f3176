/** Keeping a person out of the whole deployment, in every tenant, and letting them back in. */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import * as SignIns from "./signIns";

/**
 * Cuts the person's access now: roles and API keys are of no use meanwhile, and all sign-ins end. Twice is no
 * error.
 */
export async function suspend(
  ctx: MutationCtx,
  { _id: userId, status }: Doc<"users">,
  nowMs: number,
): Promise<void> {
  if (status === "suspended") return;
  await ctx.db.patch("users", userId, { status: "suspended", updatedAt: nowMs });
  await SignIns.endOthers(ctx, { userId, keptId: null, because: "suspended", nowMs });
}

/**
 * Lets a suspended person sign in again; their roles and API keys are as they were. Twice is no error.
 *
 * @throws conflict - They are being erased, from which there is no way back.
 */
export async function resume(
  ctx: MutationCtx,
  { _id: userId, status }: Doc<"users">,
  nowMs: number,
): Promise<void> {
  if (status === "active") return;
  const erasure = await ctx.db
    .query("erasures")
    .withIndex("by_subject", (q) => q.eq("subject", "user").eq("subjectId", userId))
    .first();
  if (erasure !== null) {
    fail({ kind: "conflict", entity: "user", reason: "the person is being erased" });
  }
  await ctx.db.patch("users", userId, { status: "active", updatedAt: nowMs });
}

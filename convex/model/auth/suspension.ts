/** Keeping a person out of the whole deployment, in every tenant, and letting them back in. */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import * as Activity from "../activity";
import { MEMBERSHIPS_PER_USER_MAX } from "../memberships";
import * as SignIns from "./signIns";

const record = Activity.recorderOf("users");

/**
 * Cuts the person's access now: roles and API keys are of no use meanwhile, and all sign-ins end. The log of each
 * of their tenants tells it. Twice is no error.
 */
export async function suspend(ctx: MutationCtx, user: Doc<"users">, nowMs: number): Promise<void> {
  const { _id: userId, status } = user;
  if (status === "suspended") return;
  await setStatus(ctx, user, { status: "suspended", action: "suspend", nowMs });
  await SignIns.endOthers(ctx, { userId, keptId: null, because: "suspended", nowMs });
}

/**
 * Lets a suspended person sign in again; their roles and API keys are as they were. Twice is no error.
 *
 * @throws conflict - They are being erased, from which there is no way back.
 */
export async function resume(ctx: MutationCtx, user: Doc<"users">, nowMs: number): Promise<void> {
  const { _id: userId, status } = user;
  if (status === "active") return;
  const erasure = await ctx.db
    .query("erasures")
    .withIndex("by_subject", (q) => q.eq("subject", "user").eq("subjectId", userId))
    .first();
  if (erasure !== null) {
    fail({ kind: "conflict", entity: "user", reason: "the person is being erased" });
  }
  await setStatus(ctx, user, { status: "active", action: "resume", nowMs });
}

async function setStatus(
  ctx: MutationCtx,
  { _id: userId, status: before }: Doc<"users">,
  { status, action, nowMs }: { status: Doc<"users">["status"]; action: string; nowMs: number },
): Promise<void> {
  await ctx.db.patch("users", userId, { status, updatedAt: nowMs });
  const memberships = await ctx.db
    .query("memberships")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(MEMBERSHIPS_PER_USER_MAX);
  const change = { action, id: userId, before: { status: before }, after: { status }, nowMs };
  for (const { tenantId } of memberships) {
    const by = { tenantId, system: "operators" };
    await record(ctx, by, change);
  }
}

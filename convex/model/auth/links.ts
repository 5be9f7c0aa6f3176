/**
 * Links that work once. There is no mail server: whoever asks for one is given its token and passes it on. An
 * unknown, a used and an expired token are told apart by nobody.
 */
import type { Infer } from "convex/values";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { vLinkPurpose } from "../../validators";
import { requireNotAbove } from "../memberships";
import { membershipIn, type CallerScope } from "../access";
import * as Activity from "../activity";

const record = Activity.recorderOf("users");

type Purpose = Infer<typeof vLinkPurpose>;

const HOUR_MS = 60 * 60 * 1_000;
const LIFETIMES_MS: Readonly<Record<Purpose, number>> = {
  first_admin: 24 * HOUR_MS,
  // Followed at once, by whoever made it for themselves.
  sign_in: HOUR_MS / 6,
  password_reset: 24 * HOUR_MS,
  // Used by the same person, in the next moments.
  account: HOUR_MS / 6,
};
const SWEPT_AT_ONCE = 100;
/** More than a person has within the day that links live: making them is limited. */
const DROPPED_MAX = 1_000;

/** @returns When it expires. */
export async function insert(
  ctx: MutationCtx,
  {
    purpose,
    tokenHash,
    userId,
    tenantId,
    nowMs,
  }: {
    purpose: Purpose;
    tokenHash: string;
    userId?: Id<"users">;
    tenantId?: Id<"tenants">;
    nowMs: number;
  },
): Promise<number> {
  const expiresAt = nowMs + LIFETIMES_MS[purpose];
  const link = { purpose, tokenHash, createdAt: nowMs, expiresAt };
  await ctx.db.insert("one_time_links", { ...link, ...omitUndefined({ userId, tenantId }) });
  return expiresAt;
}

/**
 * Uses the link up.
 *
 * @throws not_found - No link for this has the token, or it was used, or has expired.
 */
export async function use(
  ctx: MutationCtx,
  { purpose, tokenHash, nowMs }: { purpose: Purpose; tokenHash: string; nowMs: number },
): Promise<Doc<"one_time_links">> {
  const link = await ctx.db
    .query("one_time_links")
    .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
    .unique();
  const isGood =
    link !== null &&
    link.purpose === purpose &&
    link.usedAt === undefined &&
    link.expiresAt > nowMs;
  if (!isGood) return fail({ kind: "not_found", entity: "link", id: "token" });
  await ctx.db.patch("one_time_links", link._id, { usedAt: nowMs });
  return link;
}

/**
 * Uses a link that signs in up.
 *
 * @returns Whom.
 * @throws not_found - As `use`.
 */
export async function useSignIn(
  ctx: MutationCtx,
  { tokenHash, nowMs }: { tokenHash: string; nowMs: number },
): Promise<Id<"users">> {
  const { userId } = await use(ctx, { purpose: "sign_in", tokenHash, nowMs });
  return userId ?? fail({ kind: "not_found", entity: "link", id: "token" });
}

/**
 * Lets an administrator hand a member a link to set a new password. Only where the person is in no other
 * tenant: whoever has the link can sign in as them, and that must open nothing beyond the tenant. For
 * everybody else the deployment's operators make it.
 *
 * @throws not_found - They are no member.
 * @throws forbidden - Their role is above the caller's, they are in another tenant too, or a key asks.
 */
export async function insertReset(
  ctx: MutationCtx,
  scope: CallerScope,
  { userId, tokenHash, nowMs }: { userId: Id<"users">; tokenHash: string; nowMs: number },
): Promise<number> {
  const membership = await membershipIn(ctx, scope.tenantId, userId);
  if (membership === null) return fail({ kind: "not_found", entity: "user", id: userId });
  requireNotAbove(scope, membership.role);
  if (scope.actor.kind !== "user" || (await isElsewhere(ctx, userId, scope.tenantId))) {
    fail({ kind: "forbidden", permission: "members:write" });
  }
  await record(ctx, scope, { action: "createResetLink", id: userId, nowMs });
  const { tenantId } = scope;
  return await insert(ctx, { purpose: "password_reset", tokenHash, userId, tenantId, nowMs });
}

/**
 * Uses a link to a new password up.
 *
 * @returns Whose.
 * @throws not_found - As `use`; or an administrator made it, and the person has joined another tenant since.
 */
export async function useReset(
  ctx: MutationCtx,
  { tokenHash, nowMs }: { tokenHash: string; nowMs: number },
): Promise<Id<"users">> {
  const { userId, tenantId } = await use(ctx, { purpose: "password_reset", tokenHash, nowMs });
  const isGood =
    userId !== undefined && (tenantId === undefined || !(await isElsewhere(ctx, userId, tenantId)));
  return isGood ? userId : fail({ kind: "not_found", entity: "link", id: "token" });
}

async function isElsewhere(
  ctx: QueryCtx,
  userId: Id<"users">,
  tenantId: Id<"tenants">,
): Promise<boolean> {
  const memberships = await ctx.db
    .query("memberships")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(2);
  return memberships.some((membership) => membership.tenantId !== tenantId);
}

/**
 * Takes the person's links away: what somebody else may have made in their name must not outlive the password
 * that they set against it.
 */
export async function dropOf(ctx: MutationCtx, userId: Id<"users">): Promise<void> {
  const links = await ctx.db
    .query("one_time_links")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(DROPPED_MAX);
  for (const { _id } of links) await ctx.db.delete("one_time_links", _id);
}

/** Deletes what has expired, a batch at a time: the next call of the sweeper goes on. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<void> {
  const due = await ctx.db
    .query("one_time_links")
    .withIndex("by_expiry", (q) => q.lte("expiresAt", nowMs))
    .take(SWEPT_AT_ONCE);
  for (const { _id } of due) await ctx.db.delete("one_time_links", _id);
}

/** Memberships: who may act in a tenant, and as what. People join by invitations. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { beyond, type Role } from "../../src/core/permissions";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import type { MembershipView } from "../views/people";
import { membershipIn, requireOwned, type CallerScope, type TenantScope } from "./access";
import * as Activity from "./activity";
import * as Keys from "./keys/keys";

const record = Activity.recorderOf("memberships");

export const PAGE_SIZE_MAX = 100;
/** Tenants of one person: their list is read whole. */
export const MEMBERSHIPS_PER_USER_MAX = 100;
/** Owners that are looked at to find one who can act. */
const OWNERS_READ_MAX = 20;

/** The tenant's people. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<MembershipView>> {
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await ctx.db
    .query("memberships")
    .withIndex("by_tenant_and_user", (q) => q.eq("tenantId", scope.tenantId))
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: await Promise.all(result.page.map((row) => toView(ctx, row))) };
}

/**
 * Adds a person to a tenant.
 *
 * @throws forbidden - The person is suspended in the whole deployment.
 * @throws conflict - They are a member already, suspended or not.
 * @throws limit_reached - They are in `MEMBERSHIPS_PER_USER_MAX` tenants.
 */
export async function add(
  ctx: MutationCtx,
  by: Activity.By,
  { userId, role, nowMs }: { userId: Id<"users">; role: Role; nowMs: number },
): Promise<Id<"memberships">> {
  const { tenantId } = by;
  if ((await ctx.db.get("users", userId))?.status !== "active") {
    fail({ kind: "forbidden", permission: "tenant:read" });
  }
  if ((await membershipIn(ctx, tenantId, userId)) !== null) {
    fail({ kind: "conflict", entity: "membership", reason: "is a member already" });
  }
  const others = await ctx.db
    .query("memberships")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(MEMBERSHIPS_PER_USER_MAX);
  if (others.length === MEMBERSHIPS_PER_USER_MAX) {
    fail({ kind: "limit_reached", what: "tenants of a person", limit: MEMBERSHIPS_PER_USER_MAX });
  }
  const row = { userId, role, status: "active" } as const;
  const times = { createdAt: nowMs, updatedAt: nowMs };
  const id = await ctx.db.insert("memberships", { tenantId, ...row, ...times });
  await record(ctx, by, { action: "create", id, before: null, after: row, nowMs });
  return id;
}

/**
 * Gives a member another role. Keys that they answer for, and that can do more than it, end.
 *
 * @throws not_found - The membership does not exist or is another tenant's.
 * @throws forbidden - The role, before or after, is above the caller's.
 * @throws conflict - It is the last owner's.
 */
export async function changeRole(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, role, nowMs }: { id: Id<"memberships">; role: Role; nowMs: number },
): Promise<void> {
  const membership = await getToChange(ctx, scope, id);
  requireNotAbove(scope, role);
  if (membership.role === role) return;
  await requireAnotherOwner(ctx, membership);
  const { userId } = membership;
  await change(ctx, scope, { membership, patch: { role }, action: "changeRole", nowMs });
  await Keys.revokeOf(ctx, scope, { userId, keeping: role, nowMs });
}

/**
 * Takes a member's access away until they are resumed, at once; keys that they answer for end for good.
 * Twice is no error.
 *
 * @throws not_found, forbidden, conflict - As `changeRole`.
 */
export async function suspend(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, nowMs }: { id: Id<"memberships">; nowMs: number },
): Promise<void> {
  const membership = await getToChange(ctx, scope, id);
  if (membership.status === "suspended") return;
  await requireAnotherOwner(ctx, membership);
  const patch = { status: "suspended" } as const;
  await change(ctx, scope, { membership, patch, action: "suspend", nowMs });
  await Keys.revokeOf(ctx, scope, { userId: membership.userId, nowMs });
}

/**
 * Gives a suspended member their access back. Twice is no error.
 *
 * @throws not_found, forbidden - As `changeRole`.
 */
export async function resume(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, nowMs }: { id: Id<"memberships">; nowMs: number },
): Promise<void> {
  const membership = await getToChange(ctx, scope, id);
  if (membership.status !== "suspended") return;
  const patch = { status: "active" } as const;
  await change(ctx, scope, { membership, patch, action: "resume", nowMs });
}

/**
 * Ends a membership; keys that the person answers for end with it.
 *
 * @throws not_found, forbidden, conflict - As `changeRole`.
 */
export async function remove(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, nowMs }: { id: Id<"memberships">; nowMs: number },
): Promise<void> {
  const membership = await getToChange(ctx, scope, id);
  await end(ctx, scope, { membership, nowMs });
}

/**
 * Ends the person's own membership; whether it or the tenant is suspended does not matter.
 *
 * @throws not_found - They are no member.
 * @throws conflict - They are the last owner.
 */
export async function leave(
  ctx: MutationCtx,
  user: Doc<"users">,
  { tenantId, nowMs }: { tenantId: Id<"tenants">; nowMs: number },
): Promise<void> {
  const membership = await membershipIn(ctx, tenantId, user._id);
  if (membership === null) return fail({ kind: "not_found", entity: "tenant", id: tenantId });
  await end(ctx, { tenantId, person: user._id }, { membership, nowMs });
}

/**
 * Fails when a tenant would have no owner left who can act.
 *
 * @throws conflict - The membership is the last active owner's.
 */
export async function requireAnotherOwner(
  ctx: QueryCtx,
  { _id, tenantId, role, status }: Doc<"memberships">,
): Promise<void> {
  if (role !== "owner" || status === "suspended") return;
  for (const active of [undefined, "active"] as const) {
    const owners = await ctx.db
      .query("memberships")
      .withIndex("by_tenant_and_role", (q) =>
        q.eq("tenantId", tenantId).eq("role", "owner").eq("status", active),
      )
      .take(OWNERS_READ_MAX);
    for (const owner of owners) {
      if (owner._id === _id) continue;
      if ((await ctx.db.get("users", owner.userId))?.status === "active") return;
    }
  }
  const reason = "is the last owner's; make somebody else an owner first";
  fail({ kind: "conflict", entity: "membership", reason });
}

/** @throws forbidden - The role may do something that the caller may not: nobody gives or takes it. */
export function requireNotAbove(scope: CallerScope, role: Role): void {
  const permission = beyond(scope.actor.permissions, role);
  if (permission !== null) fail({ kind: "forbidden", permission });
}

/** Takes the tenant away from where the person's calls go by themselves. */
export async function forgetDefault(
  ctx: MutationCtx,
  { tenantId, userId }: Pick<Doc<"memberships">, "tenantId" | "userId">,
): Promise<void> {
  const user = await ctx.db.get("users", userId);
  if (user?.defaultTenantId !== tenantId) return;
  await ctx.db.patch("users", userId, { defaultTenantId: undefined });
}

async function getToChange(
  ctx: QueryCtx,
  scope: CallerScope,
  id: Id<"memberships">,
): Promise<Doc<"memberships">> {
  const row = await ctx.db.get("memberships", id);
  const membership = requireOwned(scope, row, { entity: "membership", id });
  requireNotAbove(scope, membership.role);
  return membership;
}

async function end(
  ctx: MutationCtx,
  by: Activity.By,
  { membership, nowMs }: { membership: Doc<"memberships">; nowMs: number },
): Promise<void> {
  await requireAnotherOwner(ctx, membership);
  const { _id: id, userId, role } = membership;
  await ctx.db.delete("memberships", id);
  await forgetDefault(ctx, membership);
  const before = { userId, role };
  await record(ctx, by, { action: "remove", id, before, after: null, nowMs });
  await Keys.revokeOf(ctx, by, { userId, nowMs });
}

async function change(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    membership,
    patch,
    action,
    nowMs,
  }: {
    membership: Doc<"memberships">;
    patch: Partial<Pick<Doc<"memberships">, "role" | "status">>;
    action: string;
    nowMs: number;
  },
): Promise<void> {
  const { _id: id, role, status = "active" } = membership;
  await ctx.db.patch("memberships", id, { ...patch, updatedAt: nowMs });
  const before = { role, status };
  const after = { ...before, ...patch };
  await record(ctx, scope, { action, id, before, after, nowMs });
}

async function toView(
  ctx: QueryCtx,
  { _creationTime, status = "active", ...row }: Doc<"memberships">,
): Promise<MembershipView> {
  const user = await ctx.db.get("users", row.userId);
  return { ...row, status, name: user?.name ?? "", ...omitUndefined({ email: user?.email }) };
}

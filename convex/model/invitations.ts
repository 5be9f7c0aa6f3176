/** Invitations: offers to join a tenant. Making one is `actions/invitations.ts`, which has the randomness. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { DAY_MS } from "../../src/core/limits";
import { beyond, permissionsOf, type Role } from "../../src/core/permissions";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { checkedInteger } from "../lib/checks";
import { checkedEmail } from "../lib/emails";
import { fail } from "../lib/errors";
import type { InvitationView } from "../views/people";
import {
  isInService,
  membershipIn,
  requireOwned,
  type CallerScope,
  type TenantScope,
} from "./access";
import * as Activity from "./activity";
import * as Memberships from "./memberships";

const record = Activity.recorderOf("invitations");

export const PAGE_SIZE_MAX = 100;
/** Of a tenant, open at once: a program that invites in a loop has to stop somewhere. */
export const PENDING_MAX = 500;
const LIFETIME_DAYS = { min: 1, max: 30 };
const LIFETIME_DAYS_DEFAULT = 7;
const SWEPT_AT_ONCE = 100;

export type NewInvitation = {
  email: string;
  role: Role;
  expiresInDays?: number | undefined;
  /** SHA-256 of the token in the link; nobody else has ever seen that. */
  tokenHash: string;
};

/** The tenant's invitations, the newest first, ended ones too. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<InvitationView>> {
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await ctx.db
    .query("invitations")
    .withIndex("by_tenant", (q) => q.eq("tenantId", scope.tenantId))
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

/**
 * Stores an invitation whose token was made. An open one to the same address is revoked: one link per person.
 *
 * @throws invalid_argument - The address is none, the lifetime is out of range.
 * @throws forbidden - The role is above the caller's.
 * @throws limit_reached - `PENDING_MAX` invitations are open.
 */
export async function insert(
  ctx: MutationCtx,
  scope: CallerScope,
  { invitation, nowMs }: { invitation: NewInvitation; nowMs: number },
): Promise<Id<"invitations">> {
  const { role, tokenHash, expiresInDays: days = LIFETIME_DAYS_DEFAULT } = invitation;
  const email = checkedEmail("email", invitation.email);
  const lifetimeMs = checkedInteger("expiresInDays", days, LIFETIME_DAYS) * DAY_MS;
  Memberships.requireNotAbove(scope, role);
  await revokePendingTo(ctx, scope, { email, nowMs });
  await checkRoom(ctx, scope);

  const told = { email, role, expiresAt: nowMs + lifetimeMs };
  const id = await ctx.db.insert("invitations", {
    ...told,
    tenantId: scope.tenantId,
    tokenHash,
    status: "pending",
    invitedBy: scope.actor.userId,
    createdAt: nowMs,
  });
  await record(ctx, scope, { action: "create", id, after: told, nowMs });
  return id;
}

/**
 * Takes an invitation back. Twice is no error.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - It was accepted or has expired.
 */
export async function revoke(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, nowMs }: { id: Id<"invitations">; nowMs: number },
): Promise<void> {
  const row = await ctx.db.get("invitations", id);
  const invitation = requireOwned(scope, row, { entity: "invitation", id });
  if (invitation.status === "revoked") return;
  if (invitation.status !== "pending") notOpen(invitation.status);
  await end(ctx, scope, { invitation, status: "revoked", nowMs });
}

/**
 * Makes the person a member, as the invitation says. Whoever has the link may use it, once.
 *
 * @throws not_found - No invitation has this token, or its tenant is gone.
 * @throws conflict - It was used, revoked or has expired; who invited may not do so any more; the tenant is
 *   suspended; the person is a member already.
 * @throws limit_reached - The person is in too many tenants.
 */
export async function acceptInvitation(
  ctx: MutationCtx,
  { tokenHash, userId, nowMs }: { tokenHash: string; userId: Id<"users">; nowMs: number },
): Promise<{ tenantId: Id<"tenants">; role: Role }> {
  const invitation = await ctx.db
    .query("invitations")
    .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
    .unique();
  const tenant = invitation === null ? null : await ctx.db.get("tenants", invitation.tenantId);
  if (invitation === null || tenant === null || tenant.status === "deleted") {
    return fail({ kind: "not_found", entity: "invitation", id: "token" });
  }
  const { _id: id, tenantId, role } = invitation;
  if (invitation.status !== "pending") notOpen(invitation.status);
  if (invitation.expiresAt <= nowMs) notOpen("expired");
  if (!isInService(tenant)) {
    fail({ kind: "conflict", entity: "tenant", reason: `the tenant is ${tenant.status}` });
  }
  if (!(await mayStillInvite(ctx, invitation))) notOpen("revoked");

  const by = { tenantId, person: userId };
  await Memberships.add(ctx, by, { userId, role, nowMs });
  const patch = { status: "accepted", acceptedBy: userId } as const;
  await ctx.db.patch("invitations", id, { ...patch, acceptedAt: nowMs });
  const before = { status: "pending" };
  await record(ctx, by, { action: "accept", id, before, after: patch, nowMs });
  return { tenantId, role };
}

/**
 * The address that an invitation is to.
 *
 * @throws not_found - No invitation has this token.
 */
export async function emailOf(ctx: QueryCtx, tokenHash: string): Promise<string> {
  const invitation = await ctx.db
    .query("invitations")
    .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
    .unique();
  return invitation?.email ?? fail({ kind: "not_found", entity: "invitation", id: "token" });
}

/** Marks invitations whose time has come, a batch at a time: the next call of the sweeper goes on. */
export async function expireDue(ctx: MutationCtx, nowMs: number): Promise<void> {
  const due = await ctx.db
    .query("invitations")
    .withIndex("by_status_and_expiry", (q) => q.eq("status", "pending").lte("expiresAt", nowMs))
    .take(SWEPT_AT_ONCE);
  for (const invitation of due) {
    const by = { tenantId: invitation.tenantId, system: "invitations.expire" };
    await end(ctx, by, { invitation, status: "expired", nowMs });
  }
}

/** An offer is as good as who made it: who was removed or lowered since then lets nobody in. */
async function mayStillInvite(
  ctx: QueryCtx,
  { tenantId, invitedBy, role }: Doc<"invitations">,
): Promise<boolean> {
  const membership = await membershipIn(ctx, tenantId, invitedBy);
  if (membership === null || membership.status === "suspended") return false;
  if ((await ctx.db.get("users", invitedBy))?.status !== "active") return false;
  const permissions = permissionsOf(membership.role);
  return permissions.has("members:write") && beyond(permissions, role) === null;
}

async function revokePendingTo(
  ctx: MutationCtx,
  scope: CallerScope,
  { email, nowMs }: { email: string; nowMs: number },
): Promise<void> {
  const newest = await ctx.db
    .query("invitations")
    .withIndex("by_tenant_and_email", (q) => q.eq("tenantId", scope.tenantId).eq("email", email))
    .order("desc")
    .first();
  if (newest?.status === "pending") {
    await end(ctx, scope, { invitation: newest, status: "revoked", nowMs });
  }
}

async function checkRoom(ctx: QueryCtx, scope: TenantScope): Promise<void> {
  const pending = await ctx.db
    .query("invitations")
    .withIndex("by_tenant_and_status", (q) =>
      q.eq("tenantId", scope.tenantId).eq("status", "pending"),
    )
    .take(PENDING_MAX);
  if (pending.length === PENDING_MAX) {
    fail({ kind: "limit_reached", what: "open invitations", limit: PENDING_MAX });
  }
}

async function end(
  ctx: MutationCtx,
  by: Activity.By,
  {
    invitation,
    status,
    nowMs,
  }: { invitation: Doc<"invitations">; status: "revoked" | "expired"; nowMs: number },
): Promise<void> {
  await ctx.db.patch("invitations", invitation._id, { status });
  const action = status === "revoked" ? "revoke" : "expire";
  const { _id: id, status: open } = invitation;
  await record(ctx, by, { action, id, before: { status: open }, after: { status }, nowMs });
}

function notOpen(status: string): never {
  return fail({ kind: "conflict", entity: "invitation", reason: `the invitation is ${status}` });
}

function toView({
  _creationTime,
  tokenHash: _tokenHash,
  ...row
}: Doc<"invitations">): InvitationView {
  return row;
}

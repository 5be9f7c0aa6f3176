/**
 * Who may do what in which tenant.
 *
 * This file is the only maker of a `TenantScope`, and every model function that touches a tenant's
 * data asks for one: a door that forgets the check does not compile.
 *
 *   token ─▶ identities ─▶ users ─▶ memberships(role) ─▶ permissions
 */
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import type { Role } from "../validators";

/** Every permission there is. What a role does not list, it may not do. */
const PERMISSIONS = {
  owner: [
    "agents:read",
    "agents:write",
    "sessions:read",
    "sessions:write",
    "messages:send",
    "runs:cancel",
    "costs:read",
  ],
  admin: [
    "agents:read",
    "agents:write",
    "sessions:read",
    "sessions:write",
    "messages:send",
    "runs:cancel",
    "costs:read",
  ],
  // Runs the tenant's agents from day to day.
  operator: [
    "agents:read",
    "agents:write",
    "sessions:read",
    "sessions:write",
    "messages:send",
    "runs:cancel",
    "costs:read",
  ],
  // Talks to agents.
  member: ["agents:read", "sessions:read", "sessions:write", "messages:send", "runs:cancel"],
  // Looks, and changes nothing.
  viewer: ["agents:read", "sessions:read", "costs:read"],
} as const satisfies Record<Role, readonly string[]>;

export type Permission = (typeof PERMISSIONS)[Role][number];

/** `user`: a signed-in person with a role. `run`: the machinery at work for a run that was once admitted. */
export type Actor =
  | Readonly<{ kind: "user"; userId: Id<"users">; role: Role }>
  | Readonly<{ kind: "run"; runId: Id<"runs"> }>;

declare const checked: unique symbol;

/** The checked right to act in a tenant. */
export type TenantScope = Readonly<{ tenantId: Id<"tenants">; actor: Actor; [checked]: true }>;

/** A scope of a person: what doors have, and what is needed to say who made a thing. */
export type UserScope = TenantScope & Readonly<{ actor: Extract<Actor, { kind: "user" }> }>;

/**
 * The caller's right to act in a tenant.
 *
 * @param tenantId - Without it, the caller's default tenant, or else the first one joined.
 * @throws unauthenticated - Nobody is signed in, or the sign-in belongs to no user of ours.
 * @throws not_found - The tenant does not exist, was deleted, or the caller is no member of it: an
 *   outsider must not be able to tell these apart.
 * @throws conflict - The tenant is suspended.
 * @throws forbidden - The caller is suspended, or is a member whose role lacks `permission`.
 */
export async function requireScope(
  ctx: QueryCtx,
  { tenantId, permission }: { tenantId?: Id<"tenants"> | undefined; permission: Permission },
): Promise<UserScope> {
  const user = await requireUser(ctx);
  const membership =
    tenantId === undefined
      ? await defaultMembership(ctx, user)
      : await membershipIn(ctx, tenantId, user._id);
  if (membership === null) return noSuchTenant(tenantId);
  const tenant = await ctx.db.get("tenants", membership.tenantId);
  if (tenant === null || tenant.status === "deleted") return noSuchTenant(tenantId);

  if (user.status === "suspended") fail({ kind: "forbidden", permission });
  requireInService(tenant);
  const allowed: readonly Permission[] = PERMISSIONS[membership.role];
  if (!allowed.includes(permission)) fail({ kind: "forbidden", permission });

  const actor = { kind: "user", userId: user._id, role: membership.role } as const;
  return { tenantId: tenant._id, actor } as UserScope;
}

/**
 * The right of a job to go on with a run. It was checked when the run was admitted, and jobs carry no
 * sign-in; so the run's row, and never an argument, says for whom they act.
 *
 * @returns Null when the run is gone.
 */
export async function scopeOfRun(
  ctx: QueryCtx,
  runId: Id<"runs">,
): Promise<{ scope: TenantScope; run: Doc<"runs"> } | null> {
  const run = await ctx.db.get("runs", runId);
  if (run === null) return null;
  const scope = { tenantId: run.tenantId, actor: { kind: "run", runId } } as TenantScope;
  return { scope, run };
}

/**
 * The row, if it is this tenant's.
 *
 * @throws not_found - It does not exist or is another tenant's: ids cannot be probed.
 */
export function requireOwned<Row extends { tenantId: Id<"tenants"> }>(
  scope: TenantScope,
  row: Row | null,
  { entity, id }: { entity: string; id: string },
): Row {
  if (row === null || row.tenantId !== scope.tenantId) fail({ kind: "not_found", entity, id });
  return row;
}

/** The scope's tenant, as it is now. */
export async function tenantOf(ctx: QueryCtx, scope: TenantScope): Promise<Doc<"tenants">> {
  const tenant = await ctx.db.get("tenants", scope.tenantId);
  return tenant ?? fail({ kind: "not_found", entity: "tenant", id: scope.tenantId });
}

/** True when work may be done for the tenant. */
export function isInService(tenant: Doc<"tenants">): boolean {
  return tenant.status === "active" || tenant.status === "trial";
}

function requireInService(tenant: Doc<"tenants">): void {
  if (!isInService(tenant)) {
    fail({ kind: "conflict", entity: "tenant", reason: `the tenant is ${tenant.status}` });
  }
}

async function requireUser(ctx: QueryCtx): Promise<Doc<"users">> {
  const signedIn = await ctx.auth.getUserIdentity();
  if (signedIn === null) return fail({ kind: "unauthenticated" });
  const identity = await ctx.db
    .query("identities")
    .withIndex("by_token_identifier", (q) => q.eq("tokenIdentifier", signedIn.tokenIdentifier))
    .unique();
  const user = identity === null ? null : await ctx.db.get("users", identity.userId);
  return user ?? fail({ kind: "unauthenticated" });
}

async function membershipIn(
  ctx: QueryCtx,
  tenantId: Id<"tenants">,
  userId: Id<"users">,
): Promise<Doc<"memberships"> | null> {
  return await ctx.db
    .query("memberships")
    .withIndex("by_tenant_and_user", (q) => q.eq("tenantId", tenantId).eq("userId", userId))
    .unique();
}

async function defaultMembership(
  ctx: QueryCtx,
  user: Doc<"users">,
): Promise<Doc<"memberships"> | null> {
  const chosen =
    user.defaultTenantId === undefined
      ? null
      : await membershipIn(ctx, user.defaultTenantId, user._id);
  if (chosen !== null) return chosen;
  return await ctx.db
    .query("memberships")
    .withIndex("by_user", (q) => q.eq("userId", user._id))
    .first();
}

function noSuchTenant(tenantId: Id<"tenants"> | undefined): never {
  return fail({ kind: "not_found", entity: "tenant", id: tenantId ?? "default" });
}

/**
 * Who may do what in which tenant.
 *
 * This file is the only maker of a `TenantScope`, and every model function that touches a tenant's
 * data asks for one: a door that forgets the check does not compile.
 *
 *   token ─▶ identities ─▶ users ─▶ memberships(role) ─▶ permissions
 *   API key ─▶ api_keys(scopes) ────────────────────────▶ permissions
 */
import type { UserIdentity } from "convex/server";
import { v } from "convex/values";
import { permissionsOf, type Permission, type Role } from "../../src/core/permissions";
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import * as Keys from "./keys/lookup";

/**
 * `user`: a signed-in person with a role. `key`: a program with an API key, for which a person answers.
 * `run`, `call`: the machinery at work for a run, or a call of a skill, that was once admitted.
 */
export type Actor =
  | Readonly<{
      kind: "user";
      userId: Id<"users">;
      role: Role;
      permissions: ReadonlySet<Permission>;
    }>
  | Readonly<{
      kind: "key";
      keyId: Id<"api_keys">;
      userId: Id<"users">;
      permissions: ReadonlySet<Permission>;
    }>
  | Readonly<{ kind: "run"; runId: Id<"runs"> }>
  | Readonly<{ kind: "call"; callId: Id<"skill_calls"> }>;

declare const checked: unique symbol;

/** The checked right to act in a tenant. */
export type TenantScope = Readonly<{ tenantId: Id<"tenants">; actor: Actor; [checked]: true }>;

/** What doors have: the scope of a person or a key, and so of somebody who can be named. */
export type CallerScope = TenantScope &
  Readonly<{ actor: Extract<Actor, { kind: "user" | "key" }> }>;

/** Who it is, and with which key, as rows have it. */
export function actorOf({ actor }: CallerScope): {
  userId: Id<"users">;
  keyId?: Id<"api_keys">;
} {
  return { userId: actor.userId, ...(actor.kind === "key" && { keyId: actor.keyId }) };
}

/** How callers say for whom they act; every door of a tenant takes both. */
export const caller = {
  /** Without it, the caller's default tenant; a key has one only. */
  tenantId: v.optional(v.id("tenants")),
  /** Of a program that is not signed in as a person. */
  apiKey: v.optional(v.string()),
};

/**
 * The caller's right to act in a tenant.
 *
 * @param tenantId - Without it, the key's tenant, or the person's default one, or else the first one joined.
 * @throws unauthenticated - Nobody is signed in, or the sign-in belongs to no user of ours; or the key is
 *   none, revoked or expired.
 * @throws not_found - The tenant does not exist, was deleted, or is not the caller's: an outsider must not
 *   be able to tell these apart.
 * @throws conflict - The tenant is suspended.
 * @throws forbidden - The caller, or who answers for the key, is suspended; or the role or key lacks
 *   `permission`.
 */
export async function requireScope(
  ctx: QueryCtx,
  {
    tenantId,
    apiKey,
    permission,
  }: {
    tenantId: Id<"tenants"> | undefined;
    apiKey: string | undefined;
    permission: Permission;
  },
): Promise<CallerScope> {
  const { home, actor, isSuspended } =
    apiKey === undefined
      ? await personIn(ctx, tenantId, await requireUser(ctx))
      : await keyIn(ctx, tenantId, apiKey);
  const tenant = await ctx.db.get("tenants", home);
  if (tenant === null || tenant.status === "deleted") return noSuchTenant(tenantId);

  if (isSuspended) fail({ kind: "forbidden", permission });
  requireInService(tenant);
  if (!actor.permissions.has(permission)) fail({ kind: "forbidden", permission });
  return { tenantId: tenant._id, actor } as CallerScope;
}

type Found = { home: Id<"tenants">; actor: CallerScope["actor"]; isSuspended: boolean };

async function personIn(
  ctx: QueryCtx,
  tenantId: Id<"tenants"> | undefined,
  user: Doc<"users">,
): Promise<Found> {
  const membership =
    tenantId === undefined
      ? await defaultMembership(ctx, user)
      : await membershipIn(ctx, tenantId, user._id);
  if (membership === null) return noSuchTenant(tenantId);
  const { role } = membership;
  return {
    home: membership.tenantId,
    actor: { kind: "user", userId: user._id, role, permissions: permissionsOf(role) },
    isSuspended: user.status === "suspended" || membership.status === "suspended",
  };
}

async function keyIn(
  ctx: QueryCtx,
  tenantId: Id<"tenants"> | undefined,
  apiKey: string,
): Promise<Found> {
  const key = await Keys.find(ctx, apiKey);
  if (key === null) return fail({ kind: "unauthenticated" });
  if (tenantId !== undefined && tenantId !== key.tenantId) return noSuchTenant(tenantId);
  await Keys.noteUse(ctx, key);
  const answering = await ctx.db.get("users", key.createdBy);
  const actor = {
    kind: "key",
    keyId: key._id,
    userId: key.createdBy,
    permissions: new Set(key.scopes),
  } as const;
  return { home: key.tenantId, actor, isSuspended: answering?.status !== "active" };
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

/** As `scopeOfRun`, for a call of a skill. */
export async function scopeOfCall(
  ctx: QueryCtx,
  callId: Id<"skill_calls">,
): Promise<{ scope: TenantScope; call: Doc<"skill_calls"> } | null> {
  const call = await ctx.db.get("skill_calls", callId);
  if (call === null) return null;
  const scope = { tenantId: call.tenantId, actor: { kind: "call", callId } } as TenantScope;
  return { scope, call };
}

/**
 * The row, if it is this tenant's; what is built in is nobody's.
 *
 * @throws not_found - It does not exist or is another tenant's: ids cannot be probed.
 */
export function requireOwned<Row extends { tenantId?: Id<"tenants"> }>(
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

/**
 * The signed-in person, for what is theirs and no tenant's.
 *
 * @throws unauthenticated - Nobody is signed in, the sign-in belongs to no user of ours, or it was ended.
 */
export async function requireUser(ctx: QueryCtx): Promise<Doc<"users">> {
  const signedIn = await requireSignIn(ctx);
  const identity = await ctx.db
    .query("identities")
    .withIndex("by_token_identifier", (q) => q.eq("tokenIdentifier", signedIn.tokenIdentifier))
    .unique();
  const user = identity === null ? null : await ctx.db.get("users", identity.userId);
  return user ?? fail({ kind: "unauthenticated" });
}

/**
 * What the caller is signed in with, whether or not it belongs to a user of ours.
 *
 * @throws unauthenticated - Nobody is signed in, or the sign-in was ended.
 */
export async function requireSignIn(ctx: QueryCtx): Promise<UserIdentity> {
  const signedIn = await ctx.auth.getUserIdentity();
  if (signedIn === null || (await wasEnded(ctx, signedIn))) {
    return fail({ kind: "unauthenticated" });
  }
  return signedIn;
}

/**
 * Whether it is a sign-in of our own issuer's that was ended since: its token is good for some minutes more,
 * but neither calls nor subscriptions are. Other issuers' sessions have ids that are none of ours.
 */
async function wasEnded(ctx: QueryCtx, { sid }: UserIdentity): Promise<boolean> {
  const id = typeof sid === "string" ? ctx.db.normalizeId("auth_sessions", sid) : null;
  if (id === null) return false;
  const signIn = await ctx.db.get("auth_sessions", id);
  return signIn === null || signIn.revokedAt !== undefined;
}

/** The person's membership in the tenant, whatever its state. */
export async function membershipIn(
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

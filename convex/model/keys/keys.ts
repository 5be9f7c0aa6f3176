/** API keys: what programs act in a tenant with. Making one is `actions/keys.ts`, which has the randomness. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { DAY_MS } from "../../../src/core/limits";
import { permissionsOf, type Permission, type Role } from "../../../src/core/permissions";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { KeyView } from "../../views";
import { requireOwned, type CallerScope, type TenantScope } from "../access";
import * as Activity from "../activity";
import { emit } from "../webhooks/emit";

const record = Activity.recorderOf("api_keys", { noun: "keys" });

export const LIST_LIMIT_MAX = 100;
const NAME_LENGTH_MAX = 80;
const LIFETIME_DAYS = { min: 1, max: 365 };
const LIFETIME_DAYS_DEFAULT = 90;
/** Of the tenant, active at once: a program that makes keys in a loop has to stop somewhere. */
export const ACTIVE_KEYS_MAX = 500;
/** How long the old key is good after a rotation, so that its users can be given the new one. */
export const OVERLAP_MS = DAY_MS;

export type NewKey = {
  name: string;
  scopes: Permission[];
  expiresInDays?: number | undefined;
  /** Of the key that was made for this row; nobody else has ever seen it. */
  keyId: string;
  keyHash: string;
};

/** The tenant's keys, the newest first. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<KeyView>> {
  const numItems = Math.min(paginationOpts.numItems, LIST_LIMIT_MAX);
  const result = await ctx.db
    .query("api_keys")
    .withIndex("by_tenant", (q) => q.eq("tenantId", scope.tenantId))
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

/**
 * Stores a key that was made.
 *
 * @throws invalid_argument - The name is blank or too long, no scope is given, the lifetime is out of range.
 * @throws forbidden - A scope is beyond what the caller may do: nobody makes a key stronger than themselves.
 * @throws limit_reached - The tenant has `ACTIVE_KEYS_MAX` active keys.
 */
export async function insert(
  ctx: MutationCtx,
  scope: CallerScope,
  { key, nowMs }: { key: NewKey; nowMs: number },
): Promise<Id<"api_keys">> {
  const days = key.expiresInDays ?? LIFETIME_DAYS_DEFAULT;
  const row = {
    name: checkedText("name", key.name, NAME_LENGTH_MAX),
    scopes: checkedScopes(scope, key.scopes),
    expiresAt: nowMs + checkedInteger("expiresInDays", days, LIFETIME_DAYS) * DAY_MS,
  };
  await checkRoom(ctx, scope);
  return await write(ctx, scope, { action: "create", row: { ...key, ...row }, nowMs });
}

/**
 * Stores the successor of a key: same name, scopes and lifetime. The old one is good for another day.
 *
 * @throws not_found - The key does not exist or is another tenant's.
 * @throws conflict - The key is no longer active.
 * @throws forbidden - The key can do more than the caller may.
 */
export async function insertSuccessor(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, key, nowMs }: { id: Id<"api_keys">; key: Pick<NewKey, "keyId" | "keyHash">; nowMs: number },
): Promise<Id<"api_keys">> {
  const old = await getOrFail(ctx, scope, id);
  if (old.status !== "active") {
    fail({ kind: "conflict", entity: "key", reason: `the key is ${old.status}` });
  }
  checkedScopes(scope, old.scopes);
  await checkRoom(ctx, scope);
  await ctx.db.patch("api_keys", id, { expiresAt: Math.min(old.expiresAt, nowMs + OVERLAP_MS) });
  const row = {
    ...key,
    name: old.name,
    scopes: old.scopes,
    expiresAt: nowMs + (old.expiresAt - old.createdAt),
    replaces: id,
  };
  return await write(ctx, scope, { action: "rotate", row, nowMs });
}

/** Ends a key now, for all calls that begin later and all subscriptions that are open. Twice is no error. */
export async function revoke(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, nowMs }: { id: Id<"api_keys">; nowMs: number },
): Promise<void> {
  const key = await getOrFail(ctx, scope, id);
  if (key.status !== "active") return;
  await end(ctx, scope, { key, nowMs });
}

/**
 * Ends the keys that a person answers for, who leaves or is suspended.
 *
 * @param keeping - The role that the person still has: keys that can do no more than it go on.
 */
export async function revokeOf(
  ctx: MutationCtx,
  by: Activity.By,
  { userId, keeping, nowMs }: { userId: Id<"users">; keeping?: Role; nowMs: number },
): Promise<void> {
  const kept = keeping === undefined ? new Set<Permission>() : permissionsOf(keeping);
  const keys = await ctx.db
    .query("api_keys")
    .withIndex("by_creator", (q) =>
      q.eq("tenantId", by.tenantId).eq("createdBy", userId).eq("status", "active"),
    )
    .take(ACTIVE_KEYS_MAX);
  for (const key of keys) {
    if (key.scopes.some((one) => !kept.has(one))) await end(ctx, by, { key, nowMs });
  }
}

async function end(
  ctx: MutationCtx,
  by: Activity.By,
  { key, nowMs }: { key: Doc<"api_keys">; nowMs: number },
): Promise<void> {
  await ctx.db.patch("api_keys", key._id, { status: "revoked", revokedAt: nowMs });
  const change = { before: { status: key.status }, after: { status: "revoked" } };
  await record(ctx, by, { action: "revoke", id: key._id, ...change, nowMs });
  const event = { type: "key.revoked", data: { id: key._id, keyId: key.keyId } } as const;
  await emit(ctx, by, { event, nowMs });
}

async function write(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    action,
    row,
    nowMs,
  }: {
    action: string;
    row: Pick<Doc<"api_keys">, "name" | "keyId" | "keyHash" | "scopes" | "expiresAt" | "replaces">;
    nowMs: number;
  },
): Promise<Id<"api_keys">> {
  const { name, keyId, keyHash, scopes, expiresAt, replaces } = row;
  const told = { name, keyId, scopes, expiresAt };
  const id = await ctx.db.insert("api_keys", {
    ...told,
    keyHash,
    tenantId: scope.tenantId,
    status: "active",
    createdBy: scope.actor.userId,
    createdAt: nowMs,
    ...omitUndefined({ replaces }),
  });
  await record(ctx, scope, { action, id, after: told, nowMs });
  const event = { type: "key.created", data: { id, keyId, scopes } } as const;
  await emit(ctx, scope, { event, nowMs });
  return id;
}

async function checkRoom(ctx: MutationCtx, scope: TenantScope): Promise<void> {
  const active = await ctx.db
    .query("api_keys")
    .withIndex("by_tenant_and_status", (q) =>
      q.eq("tenantId", scope.tenantId).eq("status", "active"),
    )
    .take(ACTIVE_KEYS_MAX);
  if (active.length === ACTIVE_KEYS_MAX) {
    fail({ kind: "limit_reached", what: "active API keys", limit: ACTIVE_KEYS_MAX });
  }
}

function checkedScopes(scope: CallerScope, scopes: readonly Permission[]): Permission[] {
  const wanted = [...new Set(scopes)];
  if (wanted.length === 0) {
    const reason = "give at least one permission, as agents:read";
    fail({ kind: "invalid_argument", field: "scopes", reason });
  }
  const beyond = wanted.find((permission) => !scope.actor.permissions.has(permission));
  if (beyond !== undefined) fail({ kind: "forbidden", permission: beyond });
  return wanted;
}

async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  id: Id<"api_keys">,
): Promise<Doc<"api_keys">> {
  const key = await ctx.db.get("api_keys", id);
  return requireOwned(scope, key, { entity: "key", id });
}

function toView({ _creationTime, keyHash: _keyHash, ...row }: Doc<"api_keys">): KeyView {
  return row;
}

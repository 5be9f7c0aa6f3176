/** The secrets of endpoints, sealed: the present one, and those before it, which sign for a day longer. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { DAY_MS } from "../../../src/core/limits";
import { credentialFields, type Credential } from "../credentials";

/** For so long receivers may take the new one in; both sign meanwhile. */
const OVERLAP_MS = DAY_MS;
/** Signing at once: whoever rotates more often than that in a day loses the oldest. */
const HOLDING_MAX = 3;
const SWEEP_ROWS = 200;

export type SealedSecret = { secretId: Id<"webhook_secrets">; credential: Credential };

type Endpoint = Pick<Doc<"webhook_endpoints">, "_id" | "tenantId">;

/** A row for a secret that is still to be sealed. It vanishes, should that never happen. */
export async function insert(
  ctx: MutationCtx,
  { nowMs, ...of }: { tenantId: Id<"tenants">; endpointId: Id<"webhook_endpoints">; nowMs: number },
): Promise<Id<"webhook_secrets">> {
  const times = { createdAt: nowMs, expiresAtMs: nowMs + OVERLAP_MS };
  return await ctx.db.insert("webhook_secrets", { ...of, ...times });
}

/** Makes it the present one. */
export async function set(
  ctx: MutationCtx,
  endpoint: Endpoint,
  { secretId, credential, nowMs }: SealedSecret & { nowMs: number },
): Promise<void> {
  // A rotation that died has left a row without a secret: it is swept, and takes nobody's place.
  const others = (await rowsOf(ctx, endpoint)).filter(
    ({ _id, credential }) => _id !== secretId && credential !== undefined,
  );
  for (const [nth, { _id, expiresAtMs }] of others.entries()) {
    if (nth >= HOLDING_MAX - 1) await ctx.db.delete("webhook_secrets", _id);
    else if (expiresAtMs === undefined) {
      await ctx.db.patch("webhook_secrets", _id, { expiresAtMs: nowMs + OVERLAP_MS });
    }
  }
  const present = { ...credentialFields(credential), expiresAtMs: undefined };
  await ctx.db.patch("webhook_secrets", secretId, present);
}

/** What requests are signed with now, the newest first. */
export async function holding(
  ctx: QueryCtx,
  endpoint: Endpoint,
  nowMs: number,
): Promise<Doc<"webhook_secrets">[]> {
  const rows = await rowsOf(ctx, endpoint);
  return rows.filter(
    ({ credential, expiresAtMs = Infinity }) => credential !== undefined && expiresAtMs > nowMs,
  );
}

export async function removeAll(ctx: MutationCtx, endpoint: Endpoint): Promise<void> {
  for (const { _id } of await rowsOf(ctx, endpoint)) await ctx.db.delete("webhook_secrets", _id);
}

/** Deletes those whose time is over. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const over = await ctx.db
    .query("webhook_secrets")
    .withIndex("by_expiry", (q) => q.gt("expiresAtMs", 0).lte("expiresAtMs", nowMs))
    .take(SWEEP_ROWS);
  for (const { _id } of over) await ctx.db.delete("webhook_secrets", _id);
  return over.length === SWEEP_ROWS;
}

async function rowsOf(ctx: QueryCtx, { _id, tenantId }: Endpoint) {
  return await ctx.db
    .query("webhook_secrets")
    .withIndex("by_endpoint", (q) => q.eq("tenantId", tenantId).eq("endpointId", _id))
    .order("desc")
    .take(50);
}

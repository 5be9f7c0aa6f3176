/** What an erasure removes of a tenant: all rows with its id, and their files, and in the end the tenant. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { rowsOf, TENANT_TABLES, type TenantTable } from "../tenantTables";
import { deleteSome } from "./batches";
import { begin, type Progress } from "./progress";

/**
 * Cuts all access to the tenant now, open subscriptions included, and begins to erase it. There is no way back.
 *
 * @throws conflict - It is being erased already.
 */
export async function requestOfTenant(
  ctx: MutationCtx,
  tenant: Doc<"tenants">,
  nowMs: number,
): Promise<Id<"erasures">> {
  const { _id: id, status } = tenant;
  if (status === "deleted") {
    fail({ kind: "conflict", entity: "tenant", reason: "the tenant is deleted" });
  }
  const times = { deletedAt: nowMs, updatedAt: nowMs };
  await ctx.db.patch("tenants", id, { status: "deleted", ...times });
  return await begin(ctx, { subject: "tenant", id }, { table: first().table, nowMs });
}

/** A batch of the next table that has rows; behind the last one the proof, and the tenant's own end. */
export async function eraseSomeOfTenant(
  ctx: MutationCtx,
  tenantId: Id<"tenants">,
  table: string,
): Promise<Progress> {
  const from = TENANT_TABLES.findIndex((one) => one.table === table);
  for (const one of from === -1 ? [] : TENANT_TABLES.slice(from)) {
    const { rows, files } = await deleteSome(ctx, one.table, rowsOf(ctx, one, tenantId));
    const deleted = { table: one.table, rows, files };
    if (rows > 0) return { deleted, next: { table: one.table }, isDone: false };
  }
  // Read in the transaction that says so: no table has a row of the tenant's.
  const left = await notEmpty(ctx, tenantId);
  if (left !== null) {
    return { deleted: { table, rows: 0, files: 0 }, next: { table: left.table }, isDone: false };
  }
  const tenant = await ctx.db.get("tenants", tenantId);
  if (tenant !== null) await ctx.db.delete("tenants", tenantId);
  const deleted = { table: "tenants", rows: tenant === null ? 0 : 1, files: 0 };
  return { deleted, next: { table: "tenants" }, isDone: true };
}

async function notEmpty(ctx: MutationCtx, tenantId: Id<"tenants">): Promise<TenantTable | null> {
  for (const one of TENANT_TABLES) {
    if ((await rowsOf(ctx, one, tenantId).first()) !== null) return one;
  }
  return null;
}

function first(): TenantTable {
  const [table] = TENANT_TABLES;
  if (table === undefined) throw new Error("the schema has no table of tenants");
  return table;
}

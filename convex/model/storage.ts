/** The files of a tenant: the only place that claims stored bytes for one, and gives them back. */
import { BYTES_PER_GB } from "../../src/core/plans";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import { tenantOf, type TenantScope } from "./access";

export type NewFile = Omit<Doc<"files">, "_id" | "_creationTime" | "tenantId" | "sizeBytes">;

/**
 * Makes stored bytes the tenant's.
 *
 * @throws not_found - Nothing is stored under the id, or it is somebody's already: ids cannot be probed.
 * @throws limit_reached - The tenant's plan has no room for it; the bytes are the caller's to delete.
 */
export async function claim(
  ctx: MutationCtx,
  scope: TenantScope,
  file: NewFile,
): Promise<Id<"files">> {
  const { tenantId } = scope;
  const stored = await ctx.db.system.get("_storage", file.storageId);
  const claimed = await ctx.db
    .query("files")
    .withIndex("by_storage_id", (q) => q.eq("storageId", file.storageId))
    .first();
  if (stored === null || claimed !== null) {
    return fail({ kind: "not_found", entity: "file", id: file.storageId });
  }
  const { maxStorageGB } = await tenantOf(ctx, scope);
  const { sizeBytes } = await totals(ctx, tenantId);
  if (sizeBytes + stored.size > maxStorageGB * BYTES_PER_GB) {
    fail({ kind: "limit_reached", what: "GB of storage", limit: maxStorageGB });
  }
  await add(ctx, tenantId, { sizeBytes: stored.size, fileCount: 1 });
  return await ctx.db.insert("files", { ...file, tenantId, sizeBytes: stored.size });
}

/** Deletes a file with its bytes. */
export async function remove(ctx: MutationCtx, file: Doc<"files">): Promise<void> {
  await deleteBytes(ctx, file.storageId);
  await ctx.db.delete("files", file._id);
  await add(ctx, file.tenantId, { sizeBytes: -file.sizeBytes, fileCount: -1 });
}

/** Deletes stored bytes, if they are still there. */
export async function deleteBytes(ctx: MutationCtx, storageId: Id<"_storage">): Promise<void> {
  if ((await ctx.db.system.get("_storage", storageId)) !== null) {
    await ctx.storage.delete(storageId);
  }
}

type StorageTotals = Pick<Doc<"storage_totals">, "sizeBytes" | "fileCount">;

/** How much the tenant stores. */
export async function totals(ctx: QueryCtx, tenantId: Id<"tenants">): Promise<StorageTotals> {
  return (await find(ctx, tenantId)) ?? { sizeBytes: 0, fileCount: 0 };
}

async function add(
  ctx: MutationCtx,
  tenantId: Id<"tenants">,
  { sizeBytes, fileCount }: StorageTotals,
): Promise<void> {
  const row = await find(ctx, tenantId);
  if (row === null) {
    await ctx.db.insert("storage_totals", { tenantId, sizeBytes, fileCount });
    return;
  }
  await ctx.db.patch("storage_totals", row._id, {
    sizeBytes: row.sizeBytes + sizeBytes,
    fileCount: row.fileCount + fileCount,
  });
}

async function find(ctx: QueryCtx, tenantId: Id<"tenants">) {
  return await ctx.db
    .query("storage_totals")
    .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    .unique();
}

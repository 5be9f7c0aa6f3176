/** The files of a tenant: the only place that claims stored bytes for one, and gives them back. */
import { BYTES_PER_GB } from "../../src/core/plans";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import { tenantOf, type TenantScope } from "./access";

/** What its claimer says of a file; size and type are those that its bytes are stored with. */
export type NewFile = Omit<
  Doc<"files">,
  "_id" | "_creationTime" | "tenantId" | "contentType" | "sizeBytes"
>;

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
  if (stored === null || (await isClaimed(ctx, file.storageId))) {
    return fail({ kind: "not_found", entity: "file", id: file.storageId });
  }
  const { size: sizeBytes, contentType } = stored;
  await requireRoom(ctx, scope, sizeBytes);
  await add(ctx, tenantId, { sizeBytes, fileCount: 1 });
  // Null for what was stored without a type, whatever Convex's types say.
  const ofBytes = { sizeBytes, ...omitUndefined({ contentType: contentType ?? undefined }) };
  return await ctx.db.insert("files", { ...file, tenantId, ...ofBytes });
}

/** Whether the bytes are somebody's. */
export async function isClaimed(ctx: QueryCtx, storageId: Id<"_storage">): Promise<boolean> {
  const file = await ctx.db
    .query("files")
    .withIndex("by_storage_id", (q) => q.eq("storageId", storageId))
    .first();
  return file !== null;
}

/** @throws limit_reached - The tenant's plan has no room for so many bytes more. */
export async function requireRoom(
  ctx: QueryCtx,
  scope: TenantScope,
  sizeBytes: number,
): Promise<void> {
  if (await hasRoom(ctx, scope, sizeBytes)) return;
  const { maxStorageGB } = await tenantOf(ctx, scope);
  fail({ kind: "limit_reached", what: "GB of storage", limit: maxStorageGB });
}

/** @throws limit_reached - The tenant's plan has no room for bytes that are stored, and nobody's yet. */
export async function requireRoomFor(
  ctx: QueryCtx,
  scope: TenantScope,
  storageId: Id<"_storage">,
): Promise<void> {
  const stored = await ctx.db.system.get("_storage", storageId);
  await requireRoom(ctx, scope, stored?.size ?? 0);
}

/** Whether the tenant's plan has room for so many bytes more. */
export async function hasRoom(
  ctx: QueryCtx,
  scope: TenantScope,
  sizeBytes: number,
): Promise<boolean> {
  const { maxStorageGB } = await tenantOf(ctx, scope);
  const stored = await totals(ctx, scope.tenantId);
  return stored.sizeBytes + sizeBytes <= maxStorageGB * BYTES_PER_GB;
}

/** The file once more, for another session. Both are the same bytes, stored and counted once. */
export async function share(
  ctx: MutationCtx,
  file: Doc<"files">,
  { sessionId }: { sessionId: Id<"sessions"> },
): Promise<Id<"files">> {
  const { _id, _creationTime, ...shared } = file;
  return await ctx.db.insert("files", { ...shared, sessionId });
}

/** Deletes a file, and its bytes unless another file shares them. */
export async function remove(ctx: MutationCtx, file: Doc<"files">): Promise<void> {
  await ctx.db.delete("files", file._id);
  if (await isClaimed(ctx, file.storageId)) return;
  await deleteBytes(ctx, file.storageId);
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

/** Uploads: stored bytes that are nobody's yet. What nobody claims within a day is deleted. */
import type { MutationCtx } from "../_generated/server";
import type { TenantScope } from "./access";
import * as Settings from "./deploymentSettings";
import * as Storage from "./storage";

/** Whoever uploads sends within minutes; an action that makes a file claims it at once. */
export const UNCLAIMED_MAX_MS = 24 * 60 * 60_000;
const SWEEP_FILES_MAX = 100;

/**
 * An address that takes bytes for an hour.
 *
 * @throws limit_reached - The tenant's plan has no room for a single byte more.
 */
export async function createUrl(ctx: MutationCtx, scope: TenantScope): Promise<string> {
  await Storage.requireRoom(ctx, scope, 1);
  return await ctx.storage.generateUploadUrl();
}

/**
 * Deletes uploads that nobody claimed, a batch at a time and each file looked at once: what is claimed stays so
 * until it is deleted with its bytes. Components keep their files apart.
 *
 * @returns True when there may be more to do.
 */
export async function sweep(
  ctx: MutationCtx,
  { uploadedBeforeMs, nowMs }: { uploadedBeforeMs: number; nowMs: number },
): Promise<boolean> {
  const sweptUntilMs = await Settings.get(ctx, "uploadsSweptUntilMs");
  const stored = await ctx.db.system
    .query("_storage")
    .withIndex("by_creation_time", (q) =>
      q.gte("_creationTime", sweptUntilMs).lt("_creationTime", uploadedBeforeMs),
    )
    .take(SWEEP_FILES_MAX);
  for (const { _id: storageId } of stored) {
    if (!(await Storage.isClaimed(ctx, storageId))) await ctx.storage.delete(storageId);
  }
  const value = stored.at(-1)?._creationTime ?? sweptUntilMs;
  if (value > sweptUntilMs) await Settings.set(ctx, { name: "uploadsSweptUntilMs", value, nowMs });
  return stored.length === SWEEP_FILES_MAX;
}

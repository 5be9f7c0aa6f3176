/** Binaries of skills: WebAssembly modules that are uploaded, looked at, and pinned by their hash. */
import { v, type Infer } from "convex/values";
import { internal } from "../../_generated/api";
import type { Id } from "../../_generated/dataModel";
import type { ActionCtx, MutationCtx, QueryCtx } from "../../_generated/server";
import { toHex } from "../../lib/crypto";
import { fail } from "../../lib/errors";
import type { SkillContent } from "../../validators";
import type { CallerScope } from "../access";
import * as Storage from "../storage";

/** What a worker loads for each call, and a query takes as an argument. */
export const BINARY_BYTES_MAX = 2 * 1024 * 1024;
/** "\0asm" and version 1: how each module begins. */
const MODULE_START = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Uploaded bytes that were looked at. */
export const vUploaded = v.object({ storageId: v.id("_storage"), sha256: v.string() });
export type Uploaded = Infer<typeof vUploaded>;

/**
 * Looks at uploaded bytes. For actions: nothing else can read them.
 *
 * @throws not_found - Nothing is stored under the id, or it is somebody's already.
 * @throws invalid_argument - It is no WebAssembly module, or too large.
 */
export async function looked(
  ctx: ActionCtx,
  storageId: Id<"_storage"> | undefined,
): Promise<Uploaded | undefined> {
  if (storageId === undefined) return undefined;
  await ctx.runQuery(internal.jobs.skills.checkUpload, { storageId });
  const bytes = await (await ctx.storage.get(storageId))?.arrayBuffer();
  if (bytes === undefined) return noSuchUpload(storageId);
  const start = new Uint8Array(bytes.slice(0, MODULE_START.length));
  if (MODULE_START.some((byte, at) => start[at] !== byte)) {
    fail({ kind: "invalid_argument", field: "binary", reason: "is no WebAssembly module" });
  }
  return { storageId, sha256: toHex(await crypto.subtle.digest("SHA-256", bytes)) };
}

/** Fails for what is not there, somebody's, or too large to be read. */
export async function checkUpload(ctx: QueryCtx, storageId: Id<"_storage">): Promise<void> {
  const stored = await ctx.db.system.get("_storage", storageId);
  if (stored === null || (await Storage.isClaimed(ctx, storageId))) noSuchUpload(storageId);
  else if (stored.size > BINARY_BYTES_MAX) {
    const reason = `has ${stored.size} bytes; at most ${BINARY_BYTES_MAX} are allowed`;
    fail({ kind: "invalid_argument", field: "binary", reason });
  }
}

/** Makes the bytes the tenant's. */
export async function claim(
  ctx: MutationCtx,
  scope: CallerScope,
  { uploaded, name, nowMs }: { uploaded: Uploaded; name: string; nowMs: number },
): Promise<NonNullable<SkillContent["wasm"]>> {
  const { storageId, sha256 } = uploaded;
  const fileId = await Storage.claim(ctx, scope, {
    storageId,
    purpose: "skill_binary",
    name,
    createdBy: scope.actor.userId,
    createdAt: nowMs,
  });
  const stored = await ctx.db.system.get("_storage", storageId);
  return { fileId, sha256, sizeBytes: stored?.size ?? 0 };
}

function noSuchUpload(storageId: Id<"_storage">): never {
  return fail({ kind: "not_found", entity: "file", id: storageId });
}

/**
 * Signing a command line in from a browser (RFC 8628): the device shows a short code, a signed-in person
 * approves it, and the device, which asks again and again, is given tokens.
 */
import type { Infer } from "convex/values";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import type { vDeviceAnswer } from "../../views/auth";
import * as SignIns from "./signIns";
import type { RefreshHashes } from "./tokens";

export const LIFETIME_MS = 10 * 60 * 1_000;
export const INTERVAL_MS = 5_000;
const SWEPT_AT_ONCE = 100;

/** RFC 8628, 6.1: no vowels, so no words; nothing that looks like something else. 20^8 codes live 10 minutes. */
export const USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
export const USER_CODE_LENGTH = 8;

type Answer = Infer<typeof vDeviceAnswer>;

export async function insert(
  ctx: MutationCtx,
  { deviceCodeHash, userCode, nowMs }: { deviceCodeHash: string; userCode: string; nowMs: number },
): Promise<void> {
  if ((await findByUserCode(ctx, userCode)) !== null) {
    fail({ kind: "conflict", entity: "device", reason: "the code is taken: ask again" });
  }
  const times = { createdAt: nowMs, expiresAt: nowMs + LIFETIME_MS };
  const grant = { deviceCodeHash, userCode, status: "pending" as const, intervalMs: INTERVAL_MS };
  await ctx.db.insert("device_grants", { ...grant, ...times });
}

/** What the device that asks is told, in RFC 8628's words (3.5); tokens are given once. */
export async function ask(
  ctx: MutationCtx,
  {
    deviceCodeHash,
    hashes,
    nowMs,
  }: { deviceCodeHash: string; hashes: RefreshHashes; nowMs: number },
): Promise<Answer> {
  const grant = await ctx.db
    .query("device_grants")
    .withIndex("by_device_code", (q) => q.eq("deviceCodeHash", deviceCodeHash))
    .unique();
  if (grant === null || grant.status === "used") return { error: "invalid_grant" };
  if (grant.expiresAt <= nowMs) return { error: "expired_token" };
  if (grant.status === "denied") return { error: "access_denied" };
  if (grant.status === "approved" && grant.userId !== undefined) {
    await ctx.db.patch("device_grants", grant._id, { status: "used" });
    return { opened: await SignIns.open(ctx, { userId: grant.userId, hashes, nowMs }) };
  }
  const isTooSoon = grant.lastAskedAt !== undefined && nowMs - grant.lastAskedAt < grant.intervalMs;
  const intervalMs = grant.intervalMs + (isTooSoon ? INTERVAL_MS : 0);
  await ctx.db.patch("device_grants", grant._id, { lastAskedAt: nowMs, intervalMs });
  return { error: isTooSoon ? "slow_down" : "authorization_pending" };
}

/**
 * Signs the device in as the person, or refuses it.
 *
 * @returns Whether a device that waits shows this code: people mistype.
 */
export async function decide(
  ctx: MutationCtx,
  {
    userCode,
    userId,
    status,
    nowMs,
  }: { userCode: string; userId: Id<"users">; status: "approved" | "denied"; nowMs: number },
): Promise<boolean> {
  // People type it with a dash or without, and in lower case.
  const grant = await findByUserCode(ctx, userCode.toUpperCase().replaceAll(/[^A-Z]/g, ""));
  if (grant?.status !== "pending" || grant.expiresAt <= nowMs) return false;
  await ctx.db.patch("device_grants", grant._id, { status, userId });
  return true;
}

/** Deletes what has expired, a batch at a time: the next call of the sweeper goes on. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<void> {
  const due = await ctx.db
    .query("device_grants")
    .withIndex("by_expiry", (q) => q.lte("expiresAt", nowMs))
    .take(SWEPT_AT_ONCE);
  for (const { _id } of due) await ctx.db.delete("device_grants", _id);
}

async function findByUserCode(
  ctx: QueryCtx,
  userCode: string,
): Promise<Doc<"device_grants"> | null> {
  return await ctx.db
    .query("device_grants")
    .withIndex("by_user_code", (q) => q.eq("userCode", userCode))
    .unique();
}

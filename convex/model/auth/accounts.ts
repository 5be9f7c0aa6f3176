/** Accounts at our own issuer: a user, an address to sign in with, and a password. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedText } from "../../lib/checks";
import { isSame } from "../../lib/crypto";
import { checkedEmail } from "../../lib/emails";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { PasswordHash, SignInEnd } from "../../validators";
import type { Me } from "../../views/auth";
import * as Links from "./links";
import * as SignIns from "./signIns";

const NAME_LENGTH_MAX = 120;

export async function findByEmail(ctx: QueryCtx, email: string): Promise<Doc<"users"> | null> {
  return await ctx.db
    .query("users")
    .withIndex("by_email", (q) => q.eq("email", email))
    .first();
}

export async function passwordOf(
  ctx: QueryCtx,
  userId: Id<"users">,
): Promise<Doc<"passwords"> | null> {
  return await ctx.db
    .query("passwords")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .unique();
}

/**
 * Makes a user with an address that is nobody's yet.
 *
 * @throws invalid_argument - The name is blank or too long, the address is none.
 * @throws conflict - A user has the address. Whoever else has it must sign in as that user: an account is
 *   never taken over because two addresses are equal.
 */
export async function create(
  ctx: MutationCtx,
  { name, email: given, nowMs }: { name: string; email: string; nowMs: number },
): Promise<Id<"users">> {
  const email = checkedEmail("email", given);
  if ((await findByEmail(ctx, email)) !== null) {
    const reason = "somebody has this address: sign in to go on";
    fail({ kind: "conflict", entity: "user", reason });
  }
  return await ctx.db.insert("users", {
    name: checkedText("name", name, NAME_LENGTH_MAX),
    email,
    status: "active",
    createdAt: nowMs,
    updatedAt: nowMs,
  });
}

/** @throws invalid_argument - The name is blank or too long. */
export async function rename(
  ctx: MutationCtx,
  userId: Id<"users">,
  { name, nowMs }: { name: string; nowMs: number },
): Promise<void> {
  const checked = checkedText("name", name, NAME_LENGTH_MAX);
  await ctx.db.patch("users", userId, { name: checked, updatedAt: nowMs });
}

/**
 * Sets the person's password, and ends everything that they are signed in with, but for `keptId`, and what they
 * could still use to get in.
 */
export async function setPassword(
  ctx: MutationCtx,
  {
    userId,
    hash,
    keptId = null,
    nowMs,
  }: { userId: Id<"users">; hash: PasswordHash; keptId?: string | null; nowMs: number },
): Promise<void> {
  const row = await passwordOf(ctx, userId);
  if (row === null) await ctx.db.insert("passwords", { userId, hash, updatedAt: nowMs });
  else await ctx.db.patch("passwords", row._id, { hash, updatedAt: nowMs });
  const because: SignInEnd = "password_set";
  await SignIns.endOthers(ctx, { userId, keptId, because, nowMs });
  await Links.dropOf(ctx, userId);
}

/** Puts a stronger hash of the same password in the place of the one that was just checked. */
export async function renewHash(
  ctx: MutationCtx,
  { userId, hash, nowMs }: { userId: Id<"users">; hash: PasswordHash; nowMs: number },
): Promise<void> {
  const row = await passwordOf(ctx, userId);
  if (row !== null) await ctx.db.patch("passwords", row._id, { hash, updatedAt: nowMs });
}

/**
 * Fails unless the hash that was checked outside this transaction is still the person's.
 *
 * @param checkedDigest - Null when they had no password to check.
 * @throws unauthenticated - The password was changed meanwhile.
 */
export async function requireUnchanged(
  ctx: QueryCtx,
  { userId, checkedDigest }: { userId: Id<"users">; checkedDigest: string | null },
): Promise<void> {
  const row = await passwordOf(ctx, userId);
  const isUnchanged =
    row === null || checkedDigest === null
      ? row === null && checkedDigest === null
      : isSame(row.hash.digest, checkedDigest);
  if (!isUnchanged) fail({ kind: "unauthenticated" });
}

export function toMe(user: Doc<"users">): Me {
  const { _id, name, email, status, defaultTenantId, createdAt } = user;
  return { _id, name, status, createdAt, ...omitUndefined({ email, defaultTenantId }) };
}

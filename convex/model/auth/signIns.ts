/**
 * Sign-ins that last (`auth_sessions`): opened with a password, an invitation or a link, carried on by
 * refreshing, ended by the person, by a new password, or by an old refresh token that comes back.
 */
import type { Infer } from "convex/values";
import { DAY_MS } from "../../../src/core/limits";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { isSame } from "../../lib/crypto";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { SignInEnd } from "../../validators";
import type { vOpened, SignInView } from "../../views/auth";
import { ownIssuer } from "../deploymentSecrets";
import type { RefreshHashes } from "./tokens";

/** Not used for so long, it ends. */
const IDLE_LIFETIME_MS = 30 * DAY_MS;
/** However much it is used, it ends. */
const LIFETIME_MAX_MS = 90 * DAY_MS;
/**
 * How long the refresh token before the current one is taken for a lost answer, or for a second tab, and not
 * for a thief. It yields the same successor, so a thief within this time has what the owner has, and the
 * next to come second gives both away.
 */
export const LOST_ANSWER_MS = 10_000;
/** Of one person, at once; the oldest makes room. */
const SIGN_INS_MAX = 50;
const USER_AGENT_LENGTH_MAX = 300;
const SWEPT_AT_ONCE = 100;

export type Opened = Infer<typeof vOpened>;

/** @throws unauthenticated - The user is suspended or gone. */
export async function open(
  ctx: MutationCtx,
  { userId, hashes, nowMs }: { userId: Id<"users">; hashes: RefreshHashes; nowMs: number },
): Promise<Opened> {
  const user = await ctx.db.get("users", userId);
  if (user?.status !== "active") return fail({ kind: "unauthenticated" });
  const earlier = await ofUser(ctx, userId).take(SIGN_INS_MAX);
  const [oldest] = earlier;
  if (oldest !== undefined && earlier.length === SIGN_INS_MAX) {
    await ctx.db.delete("auth_sessions", oldest._id);
  }
  const { ip, userAgent } = await ctx.meta.getRequestMetadata();
  const signInId = await ctx.db.insert("auth_sessions", {
    userId,
    ...hashes,
    rotatedAt: nowMs,
    createdAt: nowMs,
    expiresAt: nowMs + IDLE_LIFETIME_MS,
    ...omitUndefined({
      ip: ip ?? undefined,
      userAgent: userAgent?.slice(0, USER_AGENT_LENGTH_MAX),
    }),
  });
  return { signInId, subject: await subjectOf(ctx, { userId, nowMs }) };
}

/**
 * Carries a sign-in on with its next refresh token.
 *
 * @returns Null when the token is none that is good, be it that this ended the sign-in: throwing would undo
 *   that.
 */
export async function rotate(
  ctx: MutationCtx,
  { hashes, next, nowMs }: { hashes: RefreshHashes; next: RefreshHashes; nowMs: number },
): Promise<Opened | null> {
  const signIn = await findAlive(ctx, hashes, nowMs);
  const user = signIn === null ? null : await ctx.db.get("users", signIn.userId);
  if (signIn === null || user?.status !== "active") return null;
  const { _id: signInId, userId, refreshHash, previousHash, rotatedAt, createdAt } = signIn;

  if (isSame(hashes.refreshHash, refreshHash)) {
    await ctx.db.patch("auth_sessions", signInId, {
      refreshHash: next.refreshHash,
      previousHash: refreshHash,
      rotatedAt: nowMs,
      expiresAt: Math.min(nowMs + IDLE_LIFETIME_MS, createdAt + LIFETIME_MAX_MS),
    });
  } else if (
    previousHash === undefined ||
    !isSame(hashes.refreshHash, previousHash) ||
    !isSame(next.refreshHash, refreshHash) ||
    nowMs - rotatedAt > LOST_ANSWER_MS
  ) {
    await end(ctx, signIn, { because: "token_reused", nowMs });
    return null;
  }
  return { signInId, subject: await subjectOf(ctx, { userId, nowMs }) };
}

/** Ends the sign-in that the refresh token belongs to, whichever of its tokens that is. */
export async function signOut(
  ctx: MutationCtx,
  { hashes, nowMs }: { hashes: RefreshHashes; nowMs: number },
): Promise<void> {
  const signIn = await findAlive(ctx, hashes, nowMs);
  if (signIn !== null) await end(ctx, signIn, { because: "signed_out", nowMs });
}

/** The person's sign-ins that go on, the newest first. */
export async function listAlive(
  ctx: QueryCtx,
  { userId, currentId }: { userId: Id<"users">; currentId: string | null },
): Promise<SignInView[]> {
  const rows = await ofUser(ctx, userId).order("desc").take(SIGN_INS_MAX);
  return rows
    .filter(({ revokedAt }) => revokedAt === undefined)
    .map(({ _id, createdAt, rotatedAt, expiresAt, userAgent, ip }) => ({
      _id,
      createdAt,
      lastUsedAt: rotatedAt,
      expiresAt,
      isCurrent: _id === currentId,
      ...omitUndefined({ userAgent, ip }),
    }));
}

/**
 * Ends one of the person's own sign-ins. Twice is no error.
 *
 * @throws not_found - It does not exist or is somebody else's.
 */
export async function endOwn(
  ctx: MutationCtx,
  { userId, id, nowMs }: { userId: Id<"users">; id: Id<"auth_sessions">; nowMs: number },
): Promise<void> {
  const signIn = await ctx.db.get("auth_sessions", id);
  if (signIn === null || signIn.userId !== userId) {
    return fail({ kind: "not_found", entity: "sign-in", id });
  }
  await end(ctx, signIn, { because: "ended", nowMs });
}

/** Ends what the person is signed in with, but for one. */
export async function endOthers(
  ctx: MutationCtx,
  {
    userId,
    keptId,
    because,
    nowMs,
  }: { userId: Id<"users">; keptId: string | null; because: SignInEnd; nowMs: number },
): Promise<void> {
  const rows = await ofUser(ctx, userId).take(SIGN_INS_MAX);
  for (const signIn of rows.filter(({ _id }) => _id !== keptId)) {
    await end(ctx, signIn, { because, nowMs });
  }
}

/** Deletes what has expired, a batch at a time: the next call of the sweeper goes on. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<void> {
  const due = await ctx.db
    .query("auth_sessions")
    .withIndex("by_expiry", (q) => q.lte("expiresAt", nowMs))
    .take(SWEPT_AT_ONCE);
  for (const { _id } of due) await ctx.db.delete("auth_sessions", _id);
}

function ofUser(ctx: QueryCtx, userId: Id<"users">) {
  return ctx.db.query("auth_sessions").withIndex("by_user", (q) => q.eq("userId", userId));
}

async function findAlive(
  ctx: QueryCtx,
  { familyHash }: RefreshHashes,
  nowMs: number,
): Promise<Doc<"auth_sessions"> | null> {
  const signIn = await ctx.db
    .query("auth_sessions")
    .withIndex("by_family_hash", (q) => q.eq("familyHash", familyHash))
    .unique();
  const isAlive = signIn !== null && signIn.revokedAt === undefined && signIn.expiresAt > nowMs;
  return isAlive ? signIn : null;
}

async function end(
  ctx: MutationCtx,
  { _id, revokedAt }: Doc<"auth_sessions">,
  { because, nowMs }: { because: SignInEnd; nowMs: number },
): Promise<void> {
  if (revokedAt !== undefined) return;
  await ctx.db.patch("auth_sessions", _id, { revokedAt: nowMs, revokedBecause: because });
}

/** Whom our tokens name for the user: the account at our own issuer, which is made when there is none. */
async function subjectOf(
  ctx: MutationCtx,
  { userId, nowMs }: { userId: Id<"users">; nowMs: number },
): Promise<string> {
  const { issuer } = ownIssuer();
  const identities = ctx.db
    .query("identities")
    .withIndex("by_user", (q) => q.eq("userId", userId).eq("issuer", issuer));
  const identity = await identities.first();
  if (identity !== null) return identity.subject;
  await ctx.db.insert("identities", {
    tokenIdentifier: `${issuer}|${userId}`,
    issuer,
    subject: userId,
    userId,
    createdAt: nowMs,
  });
  return userId;
}

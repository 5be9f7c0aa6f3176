/**
 * A person's accounts at providers beside our own issuer. Linking one takes both at once: a code that only the
 * person's own sign-in is given, and a token of the account that redeems it. An equal address proves nothing.
 */
import type { UserIdentity } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import type { WaysIn } from "../../views/auth";
import { findOwnIssuer, hasOtherIssuer, isTrustedIssuer } from "../deploymentSecrets";
import { passwordOf } from "./accounts";
import * as Links from "./links";

/** Of one person: they are read whole, and an erasure takes them all away at once. */
const IDENTITIES_MAX = 20;

type Account = Pick<Doc<"identities">, "tokenIdentifier" | "issuer" | "subject">;

/**
 * Another way for the user to sign in.
 *
 * @throws conflict - The account is somebody's already.
 * @throws limit_reached - The user has `IDENTITIES_MAX` of them.
 */
export async function link(
  ctx: MutationCtx,
  {
    userId,
    account: { tokenIdentifier, issuer, subject },
    nowMs,
  }: { userId: Id<"users">; account: Account; nowMs: number },
): Promise<Id<"identities">> {
  const other = await ctx.db
    .query("identities")
    .withIndex("by_token_identifier", (q) => q.eq("tokenIdentifier", tokenIdentifier))
    .unique();
  if (other !== null) {
    fail({ kind: "conflict", entity: "identity", reason: "the account is linked already" });
  }
  if ((await allOf(ctx, userId)).length === IDENTITIES_MAX) {
    fail({ kind: "limit_reached", what: "accounts of a person", limit: IDENTITIES_MAX });
  }
  const identity = { tokenIdentifier, issuer, subject, userId, createdAt: nowMs };
  return await ctx.db.insert("identities", identity);
}

/**
 * Keeps a code with which another account is linked to the user, for ten minutes.
 *
 * @returns When it expires.
 */
export async function insertCode(
  ctx: MutationCtx,
  { _id: userId, status }: Doc<"users">,
  { codeHash, nowMs }: { codeHash: string; nowMs: number },
): Promise<number> {
  if (status !== "active") return fail({ kind: "unauthenticated" });
  return await Links.insert(ctx, { purpose: "account", tokenHash: codeHash, userId, nowMs });
}

/**
 * Links the account that is signed in to the user who was given the code.
 *
 * @throws not_found - The code is none, was used, has expired, or its user is suspended or gone.
 * @throws conflict, limit_reached - As `link`.
 */
export async function redeem(
  ctx: MutationCtx,
  account: UserIdentity,
  { codeHash, nowMs }: { codeHash: string; nowMs: number },
): Promise<void> {
  const { userId } = await Links.use(ctx, { purpose: "account", tokenHash: codeHash, nowMs });
  const user = userId === undefined ? null : await ctx.db.get("users", userId);
  if (user?.status !== "active") return fail({ kind: "not_found", entity: "link", id: "token" });
  await link(ctx, { userId: user._id, account, nowMs });
}

/** How the person can sign in; what our own issuer calls them stands for their password. */
export async function list(
  ctx: QueryCtx,
  { userId, current }: { userId: Id<"users">; current: string | undefined },
): Promise<WaysIn> {
  const identities = (await allOf(ctx, userId)).filter((row) => !isOwn(row));
  return {
    hasPassword: (await passwordOf(ctx, userId)) !== null,
    canLink: hasOtherIssuer(),
    identities: identities.map(({ _id, issuer, subject, createdAt, tokenIdentifier }) => ({
      _id,
      issuer,
      subject,
      createdAt,
      isCurrent: tokenIdentifier === current,
    })),
  };
}

/**
 * Takes an account away from the ways in; what is signed in with it is refused from now on.
 *
 * @throws not_found - It does not exist, is somebody else's, or is our own issuer's.
 * @throws conflict - The person could not sign in any more.
 */
export async function unlink(
  ctx: MutationCtx,
  user: Doc<"users">,
  id: Id<"identities">,
): Promise<void> {
  const identity = await ctx.db.get("identities", id);
  if (identity === null || identity.userId !== user._id || isOwn(identity)) {
    return fail({ kind: "not_found", entity: "identity", id });
  }
  if (!(await hasOtherWayIn(ctx, user, id))) {
    const reason = "is the last way to sign in; link another one first";
    fail({ kind: "conflict", entity: "identity", reason });
  }
  await ctx.db.delete("identities", id);
}

/** A password at our own issuer, or an account at a provider that the deployment still believes. */
async function hasOtherWayIn(
  ctx: QueryCtx,
  { _id: userId, email }: Doc<"users">,
  id: Id<"identities">,
): Promise<boolean> {
  const canUsePassword = email !== undefined && findOwnIssuer() !== null;
  if (canUsePassword && (await passwordOf(ctx, userId)) !== null) return true;
  const others = (await allOf(ctx, userId)).filter((row) => row._id !== id && !isOwn(row));
  return others.some(({ issuer }) => isTrustedIssuer(issuer));
}

async function allOf(ctx: QueryCtx, userId: Id<"users">): Promise<Doc<"identities">[]> {
  return await ctx.db
    .query("identities")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(IDENTITIES_MAX);
}

function isOwn({ issuer }: Doc<"identities">): boolean {
  return issuer === findOwnIssuer()?.issuer;
}

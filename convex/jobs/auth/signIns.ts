/** What the routes of `rest/auth` read and write to sign people in and keep them signed in. */
import { v } from "convex/values";
import { internalMutation, internalQuery } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { requireUser } from "../../model/access";
import * as Accounts from "../../model/auth/accounts";
import { countTry } from "../../model/auth/limits";
import * as SignIns from "../../model/auth/signIns";
import { vPasswordHash } from "../../validators";
import { vOpened } from "../../views/auth";

const vHashes = v.object({ familyHash: v.string(), refreshHash: v.string() });
const vAccount = v.object({ userId: v.id("users"), hash: vPasswordHash });

/** Counts a try of whoever asks, and of the account if there is one; says how long to wait, or null. */
export const count = internalMutation({
  args: { account: v.optional(v.string()) },
  returns: v.union(v.number(), v.null()),
  handler: async (ctx, { account }) => await countTry(ctx, account),
});

/** The account of an address, for the route that checks the password; null when there is none. */
export const findAccount = internalQuery({
  args: { email: v.string() },
  returns: v.union(vAccount, v.null()),
  handler: async (ctx, { email }) => {
    const user = await Accounts.findByEmail(ctx, email);
    const password = user === null ? null : await Accounts.passwordOf(ctx, user._id);
    return password === null ? null : { userId: password.userId, hash: password.hash };
  },
});

/** The account of whoever is signed in; null when they have no password. */
export const ownAccount = internalQuery({
  args: {},
  returns: v.union(vAccount, v.null()),
  handler: async (ctx) => {
    const user = await requireUser(ctx);
    const password = await Accounts.passwordOf(ctx, user._id);
    return password === null ? null : { userId: password.userId, hash: password.hash };
  },
});

/** A sign-in for somebody whose password was checked, when it is still the password. */
export const open = internalMutation({
  args: {
    userId: v.id("users"),
    hashes: vHashes,
    checkedDigest: v.string(),
    renewedHash: v.optional(vPasswordHash),
  },
  returns: vOpened,
  handler: async (ctx, { userId, hashes, checkedDigest, renewedHash: hash }) => {
    const nowMs = Date.now();
    await Accounts.requireUnchanged(ctx, { userId, checkedDigest });
    if (hash !== undefined) await Accounts.renewHash(ctx, { userId, hash, nowMs });
    return await SignIns.open(ctx, { userId, hashes, nowMs });
  },
});

/** The next turn of a sign-in; null when the refresh token is none that is good. */
export const rotate = internalMutation({
  args: { hashes: vHashes, next: vHashes },
  returns: v.union(vOpened, v.null()),
  handler: async (ctx, args) => await SignIns.rotate(ctx, { ...args, nowMs: Date.now() }),
});

/** The end of the sign-in that a refresh token is of. */
export const signOut = internalMutation({
  args: { hashes: vHashes },
  returns: v.null(),
  handler: async (ctx, { hashes }) => {
    await SignIns.signOut(ctx, { hashes, nowMs: Date.now() });
    return null;
  },
});

/** Another password for whoever is signed in, when the one that was checked is still theirs. */
export const changePassword = internalMutation({
  args: { checkedDigest: v.string(), hash: vPasswordHash, keptId: v.optional(v.string()) },
  returns: v.null(),
  handler: async (ctx, { checkedDigest, hash, keptId }) => {
    const { _id: userId } = await requireUser(ctx);
    await Accounts.requireUnchanged(ctx, { userId, checkedDigest });
    const kept = omitUndefined({ keptId });
    await Accounts.setPassword(ctx, { userId, hash, ...kept, nowMs: Date.now() });
    return null;
  },
});

/** Deletes sign-ins that have expired. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await SignIns.sweep(ctx, Date.now());
    return null;
  },
});

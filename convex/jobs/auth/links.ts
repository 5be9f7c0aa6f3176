/**
 * Links that work once. Operators make them by the command line:
 * `npx convex run jobs/auth/links:firstAdmin`, `npx convex run jobs/auth/links:passwordReset '{"email": …}'` and, for
 * who signs in without a password, `npx convex run jobs/auth/links:signIn '{"userId": …}'`.
 */
import { v, type Infer } from "convex/values";
import { internal } from "../../_generated/api";
import { internalAction, internalMutation } from "../../_generated/server";
import { randomToken, sha256 } from "../../lib/crypto";
import { fail } from "../../lib/errors";
import { caller, requireScope } from "../../model/access";
import * as Accounts from "../../model/auth/accounts";
import * as Links from "../../model/auth/links";
import * as SignIns from "../../model/auth/signIns";
import * as Tenants from "../../model/tenants";
import { vPasswordHash } from "../../validators";
import { vNewLink, vOpened } from "../../views/auth";

const TOKEN_BYTES = 32;
type NewLink = Infer<typeof vNewLink>;

/** A link with which somebody signs up a tenant and is its owner. */
export const firstAdmin = internalAction({
  args: {},
  returns: vNewLink,
  handler: async (ctx): Promise<NewLink> => {
    const token = randomToken(TOKEN_BYTES);
    const tokenHash = await sha256(token);
    const expiresAt = await ctx.runMutation(internal.jobs.auth.links.insertFirstAdmin, {
      tokenHash,
    });
    return { token, expiresAt };
  },
});

/** A link that signs the user in, within ten minutes: for operators, and for the start command's own people. */
export const signIn = internalAction({
  args: { userId: v.id("users") },
  returns: vNewLink,
  handler: async (ctx, { userId }): Promise<NewLink> => {
    const token = randomToken(TOKEN_BYTES);
    const args = { userId, tokenHash: await sha256(token) };
    const expiresAt = await ctx.runMutation(internal.jobs.auth.links.insertSignIn, args);
    return { token, expiresAt };
  },
});

/** A link with which the user with the address sets a new password. */
export const passwordReset = internalAction({
  args: { email: v.string() },
  returns: vNewLink,
  handler: async (ctx, { email }): Promise<NewLink> => {
    const token = randomToken(TOKEN_BYTES);
    const args = { email: email.trim().toLowerCase(), tokenHash: await sha256(token) };
    const expiresAt = await ctx.runMutation(internal.jobs.auth.links.insertReset, args);
    return { token, expiresAt };
  },
});

/** What `firstAdmin` stores. */
export const insertFirstAdmin = internalMutation({
  args: { tokenHash: v.string() },
  returns: v.number(),
  handler: async (ctx, { tokenHash }) =>
    await Links.insert(ctx, { purpose: "first_admin", tokenHash, nowMs: Date.now() }),
});

/** What `signIn` stores. */
export const insertSignIn = internalMutation({
  args: { userId: v.id("users"), tokenHash: v.string() },
  returns: v.number(),
  handler: async (ctx, link) =>
    await Links.insert(ctx, { purpose: "sign_in", ...link, nowMs: Date.now() }),
});

/** What `passwordReset` stores. */
export const insertReset = internalMutation({
  args: { email: v.string(), tokenHash: v.string() },
  returns: v.number(),
  handler: async (ctx, { email, tokenHash }) => {
    const user = await Accounts.findByEmail(ctx, email);
    if (user === null) return fail({ kind: "not_found", entity: "user", id: email });
    const link = { purpose: "password_reset", tokenHash, userId: user._id } as const;
    return await Links.insert(ctx, { ...link, nowMs: Date.now() });
  },
});

/** What `actions.passwords.createResetLink` stores; the caller's sign-in comes along, so it is checked here. */
export const insertMembersReset = internalMutation({
  args: { ...caller, userId: v.id("users"), tokenHash: v.string() },
  returns: v.number(),
  handler: async (ctx, { tenantId, apiKey, ...link }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:write" });
    return await Links.insertReset(ctx, scope, { ...link, nowMs: Date.now() });
  },
});

const vHashes = v.object({ familyHash: v.string(), refreshHash: v.string() });

/** Uses a link of `firstAdmin`: a user, their tenant, and their first sign-in, all or nothing. */
export const useFirstAdmin = internalMutation({
  args: {
    tokenHash: v.string(),
    name: v.string(),
    email: v.string(),
    hash: vPasswordHash,
    tenant: v.object({ name: v.string(), slug: v.string() }),
    hashes: vHashes,
  },
  returns: vOpened,
  handler: async (ctx, { tokenHash, name, email, hash, tenant, hashes }) => {
    const nowMs = Date.now();
    await Links.use(ctx, { purpose: "first_admin", tokenHash, nowMs });
    const userId = await Accounts.create(ctx, { name, email, nowMs });
    await Accounts.setPassword(ctx, { userId, hash, nowMs });
    const made = { ...tenant, billingEmail: email };
    await Tenants.create(ctx, { tenant: made, ownerId: userId, nowMs });
    return await SignIns.open(ctx, { userId, hashes, nowMs });
  },
});

/** Uses a link that signs in. */
export const useSignIn = internalMutation({
  args: { tokenHash: v.string(), hashes: vHashes },
  returns: vOpened,
  handler: async (ctx, { tokenHash, hashes }) => {
    const nowMs = Date.now();
    const userId = await Links.useSignIn(ctx, { tokenHash, nowMs });
    return await SignIns.open(ctx, { userId, hashes, nowMs });
  },
});

/** Uses a link to a new password: sets it, and ends all the person's sign-ins. */
export const useReset = internalMutation({
  args: { tokenHash: v.string(), hash: vPasswordHash },
  returns: v.null(),
  handler: async (ctx, { tokenHash, hash }) => {
    const nowMs = Date.now();
    const userId = await Links.useReset(ctx, { tokenHash, nowMs });
    await Accounts.setPassword(ctx, { userId, hash, nowMs });
    return null;
  },
});

/** Deletes links that have expired. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await Links.sweep(ctx, Date.now());
    return null;
  },
});

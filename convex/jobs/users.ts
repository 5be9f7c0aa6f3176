/**
 * What only the operators of a deployment do to people and see of them, by the command line:
 * `npx convex run jobs/users:suspend '{"email": "ann@acme.example"}'`.
 */
import { v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import { internalMutation, internalQuery, type QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import * as Accounts from "../model/auth/accounts";
import * as SignIns from "../model/auth/signIns";
import * as Suspension from "../model/auth/suspension";
import * as Tenants from "../model/tenants";
import { vUserStatus } from "../validators";
import { vMyTenant } from "../views/people";

/** By address, or by id: whom another provider signs in may have no address. */
const who = { email: v.optional(v.string()), userId: v.optional(v.id("users")) };
type Who = { email?: string; userId?: Id<"users"> };

/** Keeps a person out of every tenant at once, open subscriptions and API keys included. Twice is no error. */
export const suspend = internalMutation({
  args: who,
  returns: v.null(),
  handler: async (ctx, person) => {
    await Suspension.suspend(ctx, await find(ctx, person), Date.now());
    return null;
  },
});

/** Lets a suspended person sign in again; roles and API keys are as they were. Twice is no error. */
export const resume = internalMutation({
  args: who,
  returns: v.null(),
  handler: async (ctx, person) => {
    await Suspension.resume(ctx, await find(ctx, person), Date.now());
    return null;
  },
});

/** Whether a person is suspended, how often they are signed in, and what they are in which tenant. */
export const get = internalQuery({
  args: who,
  returns: v.object({
    userId: v.id("users"),
    name: v.string(),
    email: v.union(v.string(), v.null()),
    status: vUserStatus,
    signInCount: v.number(), // by our own issuer
    tenants: v.array(vMyTenant),
  }),
  handler: async (ctx, person) => {
    const user = await find(ctx, person);
    const { _id: userId, name, email = null, status } = user;
    const signIns = await SignIns.listAlive(ctx, { userId, currentId: null });
    const tenants = await Tenants.mine(ctx, user);
    return { userId, name, email, status, signInCount: signIns.length, tenants };
  },
});

async function find(ctx: QueryCtx, { email, userId }: Who): Promise<Doc<"users">> {
  if ((email === undefined) === (userId === undefined)) {
    return fail({
      kind: "invalid_argument",
      field: "email",
      reason: "give either email or userId",
    });
  }
  const user =
    userId === undefined
      ? await Accounts.findByEmail(ctx, (email ?? "").trim().toLowerCase())
      : await ctx.db.get("users", userId);
  return user ?? fail({ kind: "not_found", entity: "user", id: userId ?? email ?? "" });
}

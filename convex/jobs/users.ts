/**
 * What only the operators of a deployment do to people, by the command line:
 * `npx convex run jobs/users:suspend '{"email": "ann@acme.example"}'`.
 */
import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { internalMutation, type QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import * as Accounts from "../model/auth/accounts";
import * as Suspension from "../model/auth/suspension";

/** Keeps a person out of every tenant at once, open subscriptions and API keys included. Twice is no error. */
export const suspend = internalMutation({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (ctx, { email }) => {
    await Suspension.suspend(ctx, await byEmail(ctx, email), Date.now());
    return null;
  },
});

/** Lets a suspended person sign in again; roles and API keys are as they were. Twice is no error. */
export const resume = internalMutation({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (ctx, { email }) => {
    await Suspension.resume(ctx, await byEmail(ctx, email), Date.now());
    return null;
  },
});

async function byEmail(ctx: QueryCtx, email: string): Promise<Doc<"users">> {
  const user = await Accounts.findByEmail(ctx, email.trim().toLowerCase());
  return user ?? fail({ kind: "not_found", entity: "user", id: email });
}

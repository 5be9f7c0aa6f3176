/** What happens to budgets beside the calls that they bound: opening, alerts, pauses that end, and what goes. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import {
  internalAction,
  internalMutation,
  internalQuery,
  type ActionCtx,
} from "../_generated/server";
import { pagesOf } from "../lib/pages";
import * as Alerts from "../model/budgets/alerts";
import * as Events from "../model/budgets/events";
import * as Opening from "../model/budgets/opening";
import * as Pauses from "../model/budgets/pauses";
import * as Sweep from "../model/budgets/sweep";
import * as Told from "../model/budgets/told";

const ofPolicy = { tenantId: v.id("tenants"), policyId: v.id("budget_policies") };

/** Subjects whose policies are looked for in one query. */
const SUBJECTS_PER_QUERY = 100;

const vPage = v.object({
  policyIds: v.array(v.id("budget_policies")),
  cursor: v.string(),
  isDone: v.boolean(),
});

/** Carries in what was spent before, and activates the policy. */
export const open = internalAction({
  args: { policyId: v.id("budget_policies") },
  returns: v.null(),
  handler: async (ctx, { policyId }): Promise<null> => {
    await openOne(ctx, policyId);
    return null;
  },
});

/** Opens what nobody has opened. Called by `crons.ts`. */
export const openAll = internalAction({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const pages = pagesOf(async (cursor) => {
      return await ctx.runQuery(internal.jobs.budgets.unopened, { cursor });
    });
    for await (const { policyIds } of pages) {
      for (const policyId of policyIds) {
        try {
          await openOne(ctx, policyId);
        } catch (error) {
          console.error(`budget ${policyId} could not be opened:`, error);
        }
      }
    }
    return null;
  },
});

async function openOne(ctx: ActionCtx, policyId: Id<"budget_policies">): Promise<void> {
  const carry = await ctx.runQuery(internal.jobs.budgets.missing, { policyId });
  if (carry !== null) await ctx.runMutation(internal.jobs.budgets.carryIn, carry);
}

export const unopened = internalQuery({
  args: { cursor: v.union(v.string(), v.null()) },
  returns: vPage,
  handler: async (ctx, { cursor }) => await Opening.unopened(ctx, cursor),
});

export const missing = internalQuery({
  args: { policyId: v.id("budget_policies") },
  returns: v.union(Opening.vCarry, v.null()),
  handler: async (ctx, { policyId }) => await Opening.missingFor(ctx, policyId),
});

export const carryIn = internalMutation({
  args: Opening.vCarry.fields,
  returns: v.null(),
  handler: async (ctx, carry): Promise<null> => {
    await Opening.carryIn(ctx, carry);
    return null;
  },
});

/** Tells receivers of webhooks that calls do not fit into a budget any more. */
export const tellExceeded = internalMutation({
  args: Told.vExceeded.fields,
  returns: v.null(),
  handler: async (ctx, exceeded): Promise<null> => {
    await Told.tellExceeded(ctx, exceeded, Date.now());
    return null;
  },
});

/** Tells of the thresholds that budgets of the subjects have reached. */
export const alert = internalAction({
  args: { moved: v.array(Alerts.vMoved) },
  returns: v.null(),
  handler: async (ctx, { moved }): Promise<null> => {
    for (let from = 0; from < moved.length; from += SUBJECTS_PER_QUERY) {
      const some = { moved: moved.slice(from, from + SUBJECTS_PER_QUERY) };
      await tellAll(ctx, await ctx.runQuery(internal.jobs.budgets.policiesOf, some));
    }
    return null;
  },
});

/** The same of all budgets: of those whose job never came, or failed. Called by `crons.ts`. */
export const alertAll = internalAction({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const pages = pagesOf(async (cursor) => {
      return await ctx.runQuery(internal.jobs.budgets.active, { cursor });
    });
    for await (const { policyIds } of pages) await tellAll(ctx, policyIds);
    return null;
  },
});

async function tellAll(ctx: ActionCtx, policyIds: Id<"budget_policies">[]): Promise<void> {
  for (let from = 0; from < policyIds.length; from += Alerts.POLICIES_PER_QUERY) {
    await tellSome(ctx, policyIds.slice(from, from + Alerts.POLICIES_PER_QUERY));
  }
}

/** Where one of several fails, each is looked at by itself: the others are told of all the same. */
async function tellSome(ctx: ActionCtx, policyIds: Id<"budget_policies">[]): Promise<void> {
  try {
    for (const one of await ctx.runQuery(internal.jobs.budgets.due, { policyIds })) {
      await ctx.runMutation(internal.jobs.budgets.tell, one);
    }
  } catch (error) {
    if (policyIds.length > 1) for (const id of policyIds) await tellSome(ctx, [id]);
    // It is looked at again by the cron.
    else console.error(`alerts of budget ${policyIds.join()} could not be told:`, error);
  }
}

export const policiesOf = internalQuery({
  args: { moved: v.array(Alerts.vMoved) },
  returns: v.array(v.id("budget_policies")),
  handler: async (ctx, { moved }) => await Alerts.policiesOf(ctx, moved),
});

export const active = internalQuery({
  args: { cursor: v.union(v.string(), v.null()) },
  returns: vPage,
  handler: async (ctx, { cursor }) => await Alerts.activePage(ctx, cursor),
});

export const due = internalQuery({
  args: { policyIds: v.array(v.id("budget_policies")) },
  returns: v.array(Alerts.vAlert),
  handler: async (ctx, { policyIds }) => await Alerts.due(ctx, policyIds, Date.now()),
});

export const tell = internalMutation({
  args: Alerts.vAlert.fields,
  returns: v.null(),
  handler: async (ctx, one): Promise<null> => {
    await Alerts.tell(ctx, one, Date.now());
    return null;
  },
});

/** Pauses an agent of which a budget has refused a call. */
export const pause = internalMutation({
  args: Pauses.vRefused.fields,
  returns: v.null(),
  handler: async (ctx, refused): Promise<null> => {
    await Pauses.pause(ctx, refused, Date.now());
    return null;
  },
});

/** Resumes agents whose budget's window has ended. Called by `crons.ts`, and at that moment. */
export const resumeDue = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const { hasMore } = await Pauses.resumeDue(ctx, Date.now());
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.budgets.resumeDue, {});
    return null;
  },
});

/** Resumes agents that a policy has paused. */
export const resumeOf = internalMutation({
  args: ofPolicy,
  returns: v.null(),
  handler: async (ctx, of): Promise<null> => {
    const { hasMore } = await Pauses.resumeOf(ctx, of, Date.now());
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.budgets.resumeOf, of);
    return null;
  },
});

/** Deletes the counters of a policy that is gone. */
export const clear = internalMutation({
  args: ofPolicy,
  returns: v.null(),
  handler: async (ctx, of): Promise<null> => {
    const { hasMore } = await Events.clear(ctx, of);
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.budgets.clear, of);
    return null;
  },
});

/** Books a reservation of a spender outside runs, if nobody has ended it in time. */
export const expire = internalMutation({
  args: { tenantId: v.id("tenants"), key: v.string() },
  returns: v.null(),
  handler: async (ctx, of): Promise<null> => {
    await Sweep.expireOne(ctx, of, Date.now());
    return null;
  },
});

/** Books all reservations that nobody has ended in time. Called by `crons.ts`, then by itself while there are more. */
export const sweepExpired = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const { hasMore } = await Sweep.sweepExpired(ctx, Date.now());
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.budgets.sweepExpired, {});
    return null;
  },
});

/** Deletes what is kept no longer. Called by `crons.ts`, then by itself as long as there is something to do. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const { hasMore } = await Events.sweep(ctx, Date.now());
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.budgets.sweep, {});
    return null;
  },
});

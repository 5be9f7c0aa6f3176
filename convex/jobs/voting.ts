/** What a worker reads and writes while it holds a vote. Called by `jobs/consensus.ts` only. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import { vTokensMax } from "../model/budgets/worstCase";
import * as Asking from "../model/consensus/asking";
import { conclude as concludeVotes } from "../model/consensus/concluding";
import { open as openVotes } from "../model/consensus/opening";
import { report as reportVote } from "../model/consensus/reporting";
import { vAsked, vOpened, vVoteReport, type Asked, type Opened } from "../model/consensus/reports";
import { vLease } from "../model/runs/state";

const asked = { promptChars: v.number(), worst: vTokensMax };

/** Opens the votes, or goes on with them. Null: none must be held. */
export const open = internalMutation({
  args: { ...vLease, ...asked },
  returns: v.union(vOpened, v.null()),
  handler: async (ctx, { runId, leaseToken, ...call }): Promise<Opened | null> =>
    await openVotes(ctx, { runId, leaseToken }, { ...call, nowMs: Date.now() }),
});

/** Writes down that a model is asked again. Null: it must not be. */
export const again = internalMutation({
  args: { ...vLease, stepId: v.id("run_steps"), ...asked },
  returns: v.union(vAsked, v.null()),
  handler: async (ctx, { runId, leaseToken, ...call }): Promise<Asked | null> =>
    await Asking.again(ctx, { runId, leaseToken }, { ...call, nowMs: Date.now() }),
});

/** Writes down that the judge is asked. Null: it must not be. */
export const askJudge = internalMutation({
  args: { ...vLease, ...asked },
  returns: v.union(vAsked, v.null()),
  handler: async (ctx, { runId, leaseToken, ...call }): Promise<Asked | null> =>
    await Asking.askJudge(ctx, { runId, leaseToken }, { ...call, nowMs: Date.now() }),
});

/** Commits what became of an attempt; repeating it changes nothing. False: only its cost was booked. */
export const report = internalMutation({
  args: { ...vLease, report: vVoteReport },
  returns: v.boolean(),
  handler: async (ctx, { report: told, ...lease }): Promise<boolean> =>
    await reportVote(ctx, lease, { report: told, nowMs: Date.now() }),
});

/** Ends the votes and the run with them; repeating it changes nothing. False: the lease was lost. */
export const conclude = internalMutation({
  args: { ...vLease, groups: v.union(v.array(v.number()), v.null()) },
  returns: v.boolean(),
  handler: async (ctx, { groups, ...lease }): Promise<boolean> =>
    await concludeVotes(ctx, lease, { groups, nowMs: Date.now() }),
});

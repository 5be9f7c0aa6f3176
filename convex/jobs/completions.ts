/** What the compatible API reads and writes: `rest/compatible/` only. */
import { v } from "convex/values";
import type { AppErrorData } from "../../src/core/errors";
import type { Doc, Id } from "../_generated/dataModel";
import {
  internalMutation,
  internalQuery,
  type MutationCtx,
  type QueryCtx,
} from "../_generated/server";
import { asAppError, fail } from "../lib/errors";
import { unitMutation } from "../lib/unitOfWork";
import { actorOf, scopeOfRun, tenantOf, type CallerScope, type TenantScope } from "../model/access";
import {
  begin as beginCall,
  checkedTarget,
  vBegunCall,
  vNewCall,
  type BegunCall,
  type CheckedTarget,
  type NewCall,
} from "../model/completions/begin";
import { callerScope, vCaller, type Caller } from "../model/headerCaller";
import * as Follow from "../model/completions/follow";
import * as Idempotency from "../model/idempotency";
import * as Listing from "../model/completions/listing";
import { outcomeOf, vOutcome, type Outcome } from "../model/completions/outcome";
import * as Pieces from "../model/completions/pieces";
import * as Responses from "../model/completions/responses";
import { countRequest, vRate, type Rate } from "../model/rateLimits";
import { cancel as cancelRun } from "../model/runs/cancel";
import { finish as commit, vCalledWith, vReport } from "../model/runs/finish";
import { vLease } from "../model/runs/state";
import * as Work from "../model/runs/work";
import * as Storage from "../model/storage";
import { vGiven, type StoredGiven } from "../validators";

async function scopeOf(ctx: QueryCtx, caller: Caller): Promise<CallerScope> {
  return await callerScope(ctx, caller, "messages:send");
}

const vBegun = v.union(
  v.object({ kind: v.literal("begun"), call: vBegunCall, rate: v.union(vRate, v.null()) }),
  v.object({ kind: v.literal("refused"), failure: v.any(), rate: v.union(vRate, v.null()) }),
);
export type Begun =
  | { kind: "begun"; call: BegunCall; rate: Rate | null }
  | { kind: "refused"; failure: AppErrorData; rate: Rate | null };

/**
 * Counts a request, begins its call, and takes it for the caller who drives it.
 *
 * @param isCounted - It was counted before.
 * @param keyRowId - Of the idempotency key under which its answer is kept.
 */
export const begin = unitMutation({
  args: {
    caller: vCaller,
    call: vNewCall,
    isCounted: v.boolean(),
    keyRowId: v.optional(v.id("idempotency_keys")),
  },
  returns: vBegun,
  handler: async (ctx, { caller, call, isCounted, keyRowId }): Promise<Begun> => {
    const scope = await scopeOf(ctx, caller);
    const nowMs = Date.now();
    const rate = isCounted ? null : await countModelRequest(ctx, scope);
    const checked = await checkedBegin(ctx, scope, { call, rate, nowMs });
    if ("kind" in checked) return { kind: "refused", failure: checked, rate };
    // What fails from here on, fails as a whole: no half of a call is ever committed.
    const begun = await beginCall(ctx, scope, { call, ...checked, nowMs });
    const standsFor = { runId: begun.runId, isAttended: call.leaseToken !== undefined };
    if (keyRowId !== undefined) await Idempotency.standFor(ctx, keyRowId, standsFor);
    return { kind: "begun", call: begun, rate };
  },
});

/** What the call is answered by, or why it is not: refused before anything is written, so that its count stays. */
async function checkedBegin(
  ctx: MutationCtx,
  scope: CallerScope,
  { call, rate, nowMs }: { call: NewCall; rate: Rate | null; nowMs: number },
): Promise<{ target: CheckedTarget } | AppErrorData> {
  try {
    if (rate !== null && rate.retryAfterMs !== null) {
      return { kind: "rate_limited", retryAfterMs: rate.retryAfterMs };
    }
    return { target: await checkedTarget(ctx, scope, { call, nowMs }) };
  } catch (error) {
    const failure = asAppError(error);
    if (failure === null) throw error;
    return failure;
  }
}

async function countModelRequest(ctx: MutationCtx, scope: CallerScope): Promise<Rate> {
  return await countRequest(
    ctx,
    { ...actorOf(scope), tenant: await tenantOf(ctx, scope) },
    "model",
  );
}

/** Deletes what was stored for a call that did not begin; of one that did, it is the run's. */
export const discard = internalMutation({
  args: { storageId: v.id("_storage") },
  returns: v.null(),
  handler: async (ctx, { storageId }): Promise<null> => {
    if (!(await Storage.isClaimed(ctx, storageId))) await Storage.deleteBytes(ctx, storageId);
    return null;
  },
});

/**
 * A run that its caller was let begin, and whose id nobody else was told: what has become of their key or sign-in
 * meanwhile does not keep it from being stopped. Whether they may still hear it is asked as its lease is renewed.
 */
async function begunRun(
  ctx: QueryCtx,
  runId: Id<"runs">,
): Promise<{ scope: TenantScope; run: Doc<"runs"> }> {
  const found = await scopeOfRun(ctx, runId);
  return found ?? fail({ kind: "not_found", entity: "run", id: runId });
}

/** Goes on with a run that its caller drives. Null: there is nothing to do. */
export const take = unitMutation({
  args: vLease,
  returns: v.union(Work.vTaken, v.null()),
  handler: async (ctx, lease): Promise<Work.Taken | null> => {
    const { scope } = await begunRun(ctx, lease.runId);
    return await Work.takeAsCaller(ctx, scope, { lease, nowMs: Date.now() });
  },
});

/** Commits what became of an attempt, and says how the run has ended, if it has. */
export const finish = unitMutation({
  args: { ...vLease, report: vReport, calledWith: v.optional(vCalledWith) },
  returns: v.object({ isStored: v.boolean(), outcome: v.union(vOutcome, v.null()) }),
  handler: async (
    ctx,
    { runId, leaseToken, ...made },
  ): Promise<{ isStored: boolean; outcome: Outcome | null }> => {
    const isStored = await commit(ctx, { runId, leaseToken }, { ...made, nowMs: Date.now() });
    const run = isStored ? await ctx.db.get("runs", runId) : null;
    return { isStored, outcome: run === null ? null : await outcomeOf(ctx, run) };
  },
});

/** What was given for the run. Null: the lease was lost. */
export const given = internalQuery({
  args: vLease,
  returns: v.union(vGiven, v.null()),
  handler: async (ctx, lease): Promise<StoredGiven | null> => await Follow.givenOf(ctx, lease),
});

/** How far a run has come that somebody else drives, or that has to wait. */
export const follow = internalQuery({
  args: { runId: v.id("runs") },
  returns: Follow.vProgress,
  handler: async (ctx, { runId }): Promise<Follow.Progress> =>
    await Follow.progressOf(ctx, (await begunRun(ctx, runId)).run),
});

/** What the run says at its end, for a caller who has not heard it while it came. */
export const reply = internalQuery({
  args: { runId: v.id("runs") },
  returns: Follow.vReply,
  handler: async (ctx, { runId }): Promise<Follow.Reply> => {
    const { scope, run } = await begunRun(ctx, runId);
    return await Follow.replyOf(ctx, scope, run);
  },
});

/** Ends the run: whoever asked for it has left. */
export const leave = internalMutation({
  args: { runId: v.id("runs") },
  returns: v.null(),
  handler: async (ctx, { runId }): Promise<null> => {
    const { scope } = await begunRun(ctx, runId);
    await cancelRun(ctx, scope, { runId, nowMs: Date.now() });
    return null;
  },
});

/** The models that the caller may name. */
export const models = internalQuery({
  args: { caller: vCaller },
  returns: v.array(Listing.vListedModel),
  handler: async (ctx, { caller }): Promise<Listing.ListedModel[]> =>
    await Listing.list(ctx, await scopeOf(ctx, caller), Date.now()),
});

export const model = internalQuery({
  args: { caller: vCaller, name: v.string() },
  returns: Listing.vListedModel,
  handler: async (ctx, { caller, name }): Promise<Listing.ListedModel> =>
    await Listing.get(ctx, await scopeOf(ctx, caller), { name, nowMs: Date.now() }),
});

/** What stands before whatever a client gives, in tokens by our own count. */
export const fixed = internalQuery({
  args: { caller: vCaller, name: v.string() },
  returns: Listing.vFixed,
  handler: async (ctx, { caller, name }): Promise<Listing.Fixed> =>
    await Listing.fixedOf(ctx, await scopeOf(ctx, caller), { name, nowMs: Date.now() }),
});

/** An answer that was kept. */
export const response = internalQuery({
  args: { caller: vCaller, id: v.string() },
  returns: Responses.vKeptResponse,
  handler: async (ctx, { caller, id }): Promise<Responses.KeptResponse> =>
    await Responses.get(ctx, await scopeOf(ctx, caller), id),
});

/** How such an answer has arrived, piece by piece. */
export const responsePieces = internalQuery({
  args: { caller: vCaller, id: v.string(), place: Pieces.vPlace },
  returns: Pieces.vPieces,
  handler: async (ctx, { caller, ...from }): Promise<Pieces.Pieces> =>
    await Pieces.after(ctx, await scopeOf(ctx, caller), from),
});

export const cancelResponse = internalMutation({
  args: { caller: vCaller, id: v.string() },
  returns: Responses.vKeptResponse,
  handler: async (ctx, { caller, id }): Promise<Responses.KeptResponse> =>
    await Responses.cancel(ctx, await callerScope(ctx, caller, "runs:cancel"), {
      id,
      nowMs: Date.now(),
    }),
});

export const deleteResponse = internalMutation({
  args: { caller: vCaller, id: v.string() },
  returns: v.null(),
  handler: async (ctx, { caller, id }): Promise<null> => {
    await Responses.remove(ctx, await scopeOf(ctx, caller), id);
    return null;
  },
});

/** What a request begins with that goes on from an answer. */
export const before = internalQuery({
  args: { caller: vCaller, id: v.string() },
  returns: Responses.vBefore,
  handler: async (ctx, { caller, id }): Promise<Responses.Before> =>
    await Responses.before(ctx, await scopeOf(ctx, caller), id),
});

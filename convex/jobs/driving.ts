/** What a worker reads and writes while it drives a run. Called by `jobs/runs.ts` only. */
import { v } from "convex/values";
import { internalMutation, internalQuery } from "../_generated/server";
import { unitMutation } from "../lib/unitOfWork";
import { caller, requireScope } from "../model/access";
import { vTokensMax } from "../model/budgets/worstCase";
import * as Compact from "../model/runs/compact";
import * as Drivers from "../model/runs/drivers";
import {
  finish as commit,
  giveUp as end,
  vCalledWith,
  vReport,
  type Failure,
} from "../model/runs/finish";
import { toView } from "../model/runs/read";
import { getOrFail, vLease, vVerdict, type Verdict } from "../model/runs/state";
import * as Tools from "../model/runs/tools";
import * as Work from "../model/runs/work";
import { vChunkPart, vProvider, vRunFailureReason } from "../validators";
import { vRunView, type RunView } from "../views";

const vLeaving = {
  seat: v.object({ slot: v.number(), token: v.string() }),
  takesIn: v.boolean(),
};
const vTakenIn = v.object({ runId: v.id("runs"), tenantId: v.id("tenants") });

/** Takes the run, or goes on with it, and begins the call that comes next. Null: there is nothing to do. */
export const take = unitMutation({
  args: vLease,
  returns: v.union(Work.vTaken, v.null()),
  handler: async (ctx, lease): Promise<Work.Taken | null> =>
    await Work.take(ctx, lease, Date.now()),
});

/** As `take`, for a caller who drives a run of their own. */
export const takeAsCaller = unitMutation({
  args: { ...caller, ...vLease },
  returns: v.union(Work.vTaken, v.null()),
  handler: async (ctx, { tenantId, apiKey, ...lease }): Promise<Work.Taken | null> => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "messages:send" });
    return await Work.takeAsCaller(ctx, scope, { lease, nowMs: Date.now() });
  },
});

/** The run, for the caller who has driven it. */
export const readAsCaller = internalQuery({
  args: { ...caller, runId: v.id("runs") },
  returns: vRunView,
  handler: async (ctx, { tenantId, apiKey, runId }): Promise<RunView> => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "messages:send" });
    return toView(await getOrFail(ctx, scope, runId));
  },
});

/** What a wake-up does: takes its run and a seat, or parks the run. Null: there is nothing to do for it. */
export const start = unitMutation({
  args: { ...vLease, token: v.string() },
  returns: v.union(Work.vStarted, v.null()),
  handler: async (ctx, { token, ...lease }): Promise<Work.Started | null> =>
    await Work.start(ctx, lease, { token, nowMs: Date.now() }),
});

/** Whether runs are parked, for a driver that has room. */
export const isAnyParked = internalQuery({
  args: {},
  returns: v.boolean(),
  handler: async (ctx): Promise<boolean> => await Drivers.isAnyParked(ctx),
});

/** Gives a driver more runs to drive. */
export const takeIn = internalMutation({
  args: { room: v.number(), underWay: v.array(v.id("tenants")) },
  returns: v.array(vTakenIn),
  handler: async (ctx, taking): Promise<Drivers.TakenIn[]> =>
    await Drivers.takeIn(ctx, taking, Date.now()),
});

/** Gives a driver more runs to drive, or takes its seat back. */
export const leave = internalMutation({
  args: vLeaving,
  returns: v.array(vTakenIn),
  handler: async (ctx, leaving): Promise<Drivers.TakenIn[]> =>
    await Drivers.leave(ctx, leaving, Date.now()),
});

/** Commits what became of a driver's last run, and does what `leave` does. */
export const finishAndLeave = unitMutation({
  args: { ...vLease, report: vReport, calledWith: v.optional(vCalledWith), ...vLeaving },
  returns: v.object({ isStored: v.boolean(), takenIn: v.array(vTakenIn) }),
  handler: async (ctx, { runId, leaseToken, seat, takesIn, ...made }) => {
    const nowMs = Date.now();
    const isStored = await commit(ctx, { runId, leaseToken }, { ...made, nowMs });
    return { isStored, takenIn: await Drivers.leave(ctx, { seat, takesIn }, nowMs) };
  },
});

/** Appends a piece of the reply; repeating it changes nothing. */
export const flush = internalMutation({
  args: {
    ...vLease,
    messageId: v.id("messages"),
    seq: v.number(),
    parts: v.array(vChunkPart),
  },
  returns: vVerdict,
  handler: async (ctx, { runId, leaseToken, ...chunk }): Promise<Verdict> =>
    await Work.flush(ctx, { runId, leaseToken }, { chunk, nowMs: Date.now() }),
});

/** A sign of life while nothing arrives. */
export const heartbeat = internalMutation({
  args: vLease,
  returns: vVerdict,
  handler: async (ctx, lease): Promise<Verdict> => await Work.heartbeat(ctx, lease, Date.now()),
});

/** Commits what became of an attempt; repeating it changes nothing. False: only its cost was booked. */
export const finish = unitMutation({
  args: { ...vLease, report: vReport, calledWith: v.optional(vCalledWith) },
  returns: v.boolean(),
  handler: async (ctx, { runId, leaseToken, ...made }): Promise<boolean> =>
    await commit(ctx, { runId, leaseToken }, { ...made, nowMs: Date.now() }),
});

/** What a model reads of a skill once it asks for it. Null: the agent has it no more, or the lease was lost. */
export const skillInstructions = internalQuery({
  args: { ...vLease, skillId: v.string() },
  returns: v.union(v.string(), v.null()),
  handler: async (ctx, { skillId, ...lease }): Promise<string | null> =>
    await Work.skillInstructions(ctx, lease, skillId),
});

const vBegunSummary = v.object({ ...Work.vBegun.fields, called: Compact.vSummaryModel });

/** Writes down that a summary is about to be asked for. Null: it must not be; "refused": the run goes on without. */
export const beginCompaction = internalMutation({
  args: {
    ...vLease,
    provider: vProvider,
    model: v.string(),
    upToTurn: v.number(),
    promptChars: v.number(),
    worst: vTokensMax,
  },
  returns: v.union(vBegunSummary, v.literal("refused"), v.null()),
  handler: async (
    ctx,
    { runId, leaseToken, ...call },
  ): Promise<Compact.BegunSummary | "refused" | null> =>
    await Compact.begin(ctx, { runId, leaseToken }, { call, nowMs: Date.now() }),
});

/** Commits what came of a summary; repeating it changes nothing. False: there is nothing more to do. */
export const finishCompaction = internalMutation({
  args: { ...vLease, upToTurn: v.number(), report: vReport },
  returns: v.boolean(),
  handler: async (ctx, { report, upToTurn, ...lease }): Promise<boolean> =>
    await Compact.finish(ctx, lease, { report, upToTurn, nowMs: Date.now() }),
});

/** Writes down that the next tools are about to run. Null: none may, for now or for good. */
export const beginTools = unitMutation({
  args: vLease,
  returns: v.union(v.array(Tools.vToolToRun), v.null()),
  handler: async (ctx, lease): Promise<Tools.ToolToRun[] | null> =>
    await Tools.begin(ctx, lease, Date.now()),
});

/** Commits what came of the tools; repeating it changes nothing. False: the lease was lost. */
export const finishTools = unitMutation({
  args: { ...vLease, results: v.array(Tools.vToolResult) },
  returns: v.boolean(),
  handler: async (ctx, { results, ...lease }): Promise<boolean> =>
    await Tools.finish(ctx, lease, { results, nowMs: Date.now() }),
});

/** Gives the run back, for another worker to go on with, now or at that time. */
export const handOver = internalMutation({
  args: { ...vLease, notBeforeMs: v.optional(v.number()) },
  returns: v.null(),
  handler: async (ctx, { notBeforeMs, ...lease }): Promise<null> => {
    const nowMs = Date.now();
    const delayMs = Math.max(0, (notBeforeMs ?? nowMs) - nowMs);
    await Work.handOver(ctx, lease, { delayMs, nowMs });
    return null;
  },
});

/** Ends a run that cannot go on, before any call was made. */
export const giveUp = internalMutation({
  args: { ...vLease, reason: vRunFailureReason, detail: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { runId, leaseToken, reason, detail }): Promise<boolean> => {
    const failure: Failure = { reason, detail };
    return await end(ctx, { runId, leaseToken }, { failure, nowMs: Date.now() });
  },
});

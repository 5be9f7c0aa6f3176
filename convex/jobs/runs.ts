/**
 * Driving a run: one worker's way from its claim to the commit.
 *
 * An action of Convex's default runtime. It touches no table itself; all that it does to the run goes
 * through `jobs/driving.ts` and carries its lease. If it dies anywhere, the lease runs out and the reaper
 * goes on from what was committed (`convex/README.md` says what that is at each point).
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalAction, type ActionCtx } from "../_generated/server";
import { Gate } from "../lib/gate";
import { omitUndefined } from "../lib/objects";
import { despiteRaces, persistently } from "../lib/persistently";
import { caller } from "../model/access";
import { settingsFor } from "../model/providers/credentials";
import { markOf } from "../model/providers/marks";
import type { Failure } from "../model/runs/finish";
import type { Lease } from "../model/runs/state";
import type { CallContext } from "../model/runs/context";
import type { Begun } from "../model/runs/work";
import { vRunView, type RunView } from "../views";
import { CALL_BYTES_MAX } from "../../src/context/files";
import { MINUTE_MS } from "../../src/core/limits";
import { providerFor } from "../../src/providers/registry";
import { streamWithFiles, unseenIn, type CallFiles } from "./callFiles";
import { makeSummary } from "./compaction";
import { holdVote } from "./consensus";
import { Driver, type Work } from "./driver";
import { CALL_MS_MAX, ModelCall } from "./modelCall";
import { toRequest } from "./modelRequest";
import { toSkills } from "./skillTools";
import { runTools } from "./toolCalls";
import { toolDataFor } from "./toolData";

/** What wakes a run: drives it, and then whatever is parked. Ends at once when it is not there to be driven. */
export const drive = internalAction({
  args: { runId: v.id("runs") },
  returns: v.null(),
  handler: async (ctx, { runId }): Promise<null> => {
    await new Driver(ctx, (work) => driveRun(ctx, work)).begin(runId);
    return null;
  },
});

/** Drives a caller's own run as far as it goes, in no slot of the scheduler, and returns it as it then is. */
export const driveAsCaller = internalAction({
  args: { ...caller, runId: v.id("runs") },
  returns: vRunView,
  handler: async (ctx, { runId, ...of }): Promise<RunView> => {
    const { driving } = internal.jobs;
    const by = omitUndefined(of);
    const untilMs = Date.now() + CALLERS_LIFE_MS;
    await driveRun(ctx, {
      runId,
      take: async (lease) => await ctx.runMutation(driving.takeAsCaller, { ...by, ...lease }),
      finish: async (lease, made) =>
        await persistently(() => ctx.runMutation(driving.finish, { ...lease, ...made })),
      leftMs: () => untilMs - Date.now(),
      fileGate: new Gate(CALL_BYTES_MAX),
    });
    return await ctx.runQuery(driving.readAsCaller, { ...by, runId });
  },
});

/** A Node.js action, which may have called this one, has ten minutes. */
const CALLERS_LIFE_MS = 9.5 * MINUTE_MS;

/** Drives a run as far as one worker can. Does nothing when the run is not there to be driven. */
async function driveRun(ctx: ActionCtx, work: Work): Promise<void> {
  const { runId } = work;
  const lease: Lease = { runId, leaseToken: crypto.randomUUID() };
  for (let goesOn = true; goesOn;) {
    const taken = await despiteRaces(() => work.take(lease));
    if (taken === null) return;
    const { context, begun } = taken;
    goesOn =
      begun === null
        ? await goOn(ctx, { work, lease, context })
        : await makeModelCall(ctx, { work, lease, context, begun });
    if (goesOn && work.leftMs() < CALL_MS_MAX) {
      await ctx.runMutation(internal.jobs.driving.handOver, lease);
      return;
    }
  }
}

type At = { lease: Lease; context: CallContext };

/** Does what comes before or in place of the model's call. False: there is nothing more to do for this worker. */
async function goOn(
  ctx: ActionCtx,
  { work, lease, context }: At & { work: Work },
): Promise<boolean> {
  const { compaction, waiting, exceeded } = context;
  if (waiting.length > 0) return await makeToolCalls(ctx, { lease, context });
  if (exceeded !== null) {
    await ctx.runMutation(internal.jobs.driving.giveUp, { ...lease, ...exceeded });
    return false;
  }
  if (compaction !== null) {
    return await makeSummary(ctx, { lease, compaction, leftMs: work.leftMs() });
  }
  await holdVote(ctx, { lease, context, gate: work.fileGate });
  return false;
}

/** Makes the next of the tool calls that wait. False: there is nothing more to do for this worker. */
async function makeToolCalls(ctx: ActionCtx, { lease, context }: At): Promise<boolean> {
  const calls = await ctx.runMutation(internal.jobs.driving.beginTools, lease);
  if (calls === null) return false;
  const { tools } = context;
  const skills = toSkills(context.skills, async (skillId) => {
    return await ctx.runQuery(internal.jobs.driving.skillInstructions, { ...lease, skillId });
  });
  const heartbeat = async () => await ctx.runMutation(internal.jobs.driving.heartbeat, lease);
  const data = toolDataFor(ctx, lease);
  const results = await runTools(calls, { tools, skills, data, heartbeat });
  return await persistently(() =>
    ctx.runMutation(internal.jobs.driving.finishTools, { ...lease, results }),
  );
}

/** Calls the model. True: its reply called tools, and the run goes on. */
async function makeModelCall(
  ctx: ActionCtx,
  { work, lease, context, begun }: At & { work: Work; begun: Begun },
): Promise<boolean> {
  const giveUp = async (failure: Failure) => {
    await ctx.runMutation(internal.jobs.driving.giveUp, { ...lease, ...failure });
    return false;
  };
  const { provider } = context;
  const setUp = await settingsFor(provider, context.account);
  if (!setUp.ok) return await giveUp({ reason: "misconfigured", detail: setUp.detail });

  const account = await markOf(setUp.settings);
  const call = new ModelCall({
    begun,
    account,
    hasFallback: context.hasFallback,
    leftMs: work.leftMs(),
    flush: async (chunk) =>
      await ctx.runMutation(internal.jobs.driving.flush, { ...lease, ...chunk }),
    heartbeat: async () => await ctx.runMutation(internal.jobs.driving.heartbeat, lease),
  });
  let files: CallFiles | null = null;
  const report = await call.make((signal) =>
    streamWithFiles(ctx, { lease, context, gate: work.fileGate, signal }, (opened) => {
      files = opened;
      const request = toRequest(context, { account, signal, files: opened });
      return providerFor(provider, setUp.settings).stream(request);
    }),
  );
  if (files !== null) report.warnings.push(...unseenIn(context, files));
  const calledWith = {
    account: context.account?.id ?? null,
    mark: account,
    ...omitUndefined({ probes: context.probes }),
  };
  const isStored = await work.finish(lease, { report, calledWith });
  return isStored && report.toolCalls.length > 0;
}

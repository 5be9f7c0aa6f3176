/**
 * Driving a run: one worker's way from its claim to the commit.
 *
 * It touches no table itself; all that it does to the run goes through `jobs/driving.ts` and carries its lease. If it
 * dies anywhere, the lease runs out and the reaper goes on from what was committed (`convex/README.md` says what that
 * is at each point).
 */
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { omitUndefined } from "../lib/objects";
import { despiteRaces, persistently } from "../lib/persistently";
import { settingsFor } from "../model/providers/credentials";
import { markOf } from "../model/providers/marks";
import type { Failure } from "../model/runs/finish";
import type { Lease } from "../model/runs/state";
import type { CallContext } from "../model/runs/context";
import type { Begun, Taken } from "../model/runs/work";
import type { Given } from "../../src/completions/given";
import { MINUTE_MS } from "../../src/core/limits";
import { providerFor } from "../../src/providers/registry";
import { streamWithFiles, unseenIn, type CallFiles } from "./callFiles";
import { makeSummary } from "./compaction";
import { holdVote } from "./consensus";
import type { Work } from "./driver";
import { CALL_MS_MAX, ModelCall } from "./modelCall";
import { readGiven } from "./readGiven";
import { toRequest } from "./modelRequest";
import { toSkills } from "./skillTools";
import { runTools } from "./toolCalls";
import { toolDataFor } from "./toolData";

/** A Node.js action, which may have called one that drives, has ten minutes; an HTTP action is not given longer. */
export const CALLERS_LIFE_MS = 9.5 * MINUTE_MS;

/**
 * Drives a run as far as one worker can. Does nothing when the run is not there to be driven.
 *
 * @param begun - The run as the worker has taken it already.
 */
export async function driveRun(ctx: ActionCtx, work: Work, begun?: TakenBefore): Promise<void> {
  const { runId } = work;
  const lease: Lease = { runId, leaseToken: begun?.leaseToken ?? crypto.randomUUID() };
  let before = begun?.taken ?? null;
  for (let goesOn = true; goesOn;) {
    const taken = before ?? (await despiteRaces(() => work.take(lease)));
    before = null;
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

export type TakenBefore = { leaseToken: string; taken: Taken };
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
  const given = await givenFor(ctx, { work, lease, context });
  await holdVote(ctx, { lease, context, given, gate: work.fileGate });
  return false;
}

/** What the run's caller gave it; null: it is a session's. */
async function givenFor(
  ctx: ActionCtx,
  { work, lease, context }: At & { work: Work },
): Promise<Given | null> {
  return context.given === null ? null : (work.given ?? (await readGiven(ctx, lease)));
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

  const given = await givenFor(ctx, { work, lease, context });
  const account = await markOf(setUp.settings);
  const call = new ModelCall({
    begun,
    account,
    hasFallback: context.hasFallback,
    leftMs: work.leftMs(),
    listen: work.listen,
    keepsParts: context.given?.isKept === true,
    flush: async (chunk) =>
      await ctx.runMutation(internal.jobs.driving.flush, { ...lease, ...chunk }),
    heartbeat: async () => await ctx.runMutation(internal.jobs.driving.heartbeat, lease),
  });
  let files: CallFiles | null = null;
  const report = await call.make((signal) =>
    streamWithFiles(ctx, { lease, context, gate: work.fileGate, signal }, (opened) => {
      files = opened;
      const request = toRequest(context, { account, signal, given, files: opened });
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

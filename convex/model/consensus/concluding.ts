/** The end of a vote, and of its run. */
import { tally } from "../../../src/core/consensus";
import { isWorking, type RunEvent } from "../../../src/core/runState";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { TenantScope } from "../access";
import * as Chunks from "../chunks";
import { endReply, endRun, NO_REPLY } from "../runs/end";
import { giveUp } from "../runs/finish";
import { apply, heldRun, reload, type Lease } from "../runs/state";
import { openWhole, partsOf, resultOf, type VoteStep } from "./journal";
import { textOf } from "./words";

/**
 * Ends the votes and, with their outcome, the run.
 *
 * @param groups - For each answer that there is, in the models' order, of which it is; null: nobody could say.
 * @returns False when the lease was lost.
 */
export async function conclude(
  ctx: MutationCtx,
  lease: Lease,
  { groups, nowMs }: { groups: readonly number[] | null; nowMs: number },
): Promise<boolean> {
  const found = await heldRun(ctx, lease);
  if (found === null) return false;
  const { scope, run } = found;
  if (await cancelled(ctx, scope, { run, lease, nowMs })) return true;
  const whole = await openWhole(ctx, run);
  if (whole === null || run.messageId === undefined) return false;
  const { votes } = await partsOf(ctx, whole);
  const answered = votes.filter(({ ballot }) => ballot.answer !== undefined);
  if (answered.length === 0) return await fail(ctx, lease, { votes, nowMs });

  const rest = [...(groups ?? [])];
  const ofVotes = votes.map(({ ballot }) =>
    ballot.answer === undefined ? null : (rest.shift() ?? null),
  );
  const ballots = votes.map(({ ballot: { weight } }, at) => ({
    weight,
    group: ofVotes[at] ?? null,
  }));
  const isJudged = groups !== null || answered.length < whole.plan.quorum;
  const { outcome, group, agreement } = tally(ballots, whole.plan);
  const winner = votes.find((_vote, at) => group !== null && ofVotes[at] === group) ?? null;
  const said = isJudged ? outcome : "not_judged";
  const result = resultOf(whole, votes, {
    outcome: said,
    groups: ofVotes,
    ...(groups !== null && { agreement }),
  });
  const text = winner?.ballot.answer ?? textOf(said, votes);

  const { messageId, chunkCount: seq } = run;
  await Chunks.append(ctx, run, { messageId, seq, parts: [{ kind: "text", text }] });
  await endReply(ctx, run, { messageId, reply: { text, reasoning: "" }, nowMs });
  const { provider, model } = winner ?? {};
  await ctx.db.patch("messages", messageId, {
    consensus: result,
    ...omitUndefined({ provider, model }),
  });
  await ctx.db.patch("run_steps", whole._id, { status: "completed", endedAt: nowMs });
  return await endWith(ctx, scope, {
    run,
    event: { kind: "completed", leaseToken: lease.leaseToken },
    nowMs,
  });
}

/** No model answered: there is nothing to say, and so the run has failed. */
async function fail(
  ctx: MutationCtx,
  lease: Lease,
  { votes, nowMs }: { votes: readonly VoteStep[]; nowMs: number },
): Promise<boolean> {
  const reasons = votes.map(
    ({ provider, model, ballot }) => `${provider}/${model}: ${ballot.problem ?? "no answer"}`,
  );
  const detail = `No model answered. ${reasons.join(" ")}`;
  return await giveUp(ctx, lease, { failure: { reason: "provider_failed", detail }, nowMs });
}

async function cancelled(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, lease, nowMs }: { run: Doc<"runs">; lease: Lease; nowMs: number },
): Promise<boolean> {
  const event = { kind: "cancelled", leaseToken: lease.leaseToken } as const;
  if (!isWorking(run.state) || run.state.cancelRequestedAtMs === null) return false;
  if (run.messageId !== undefined) {
    const error = "The run was cancelled.";
    await endReply(ctx, run, { messageId: run.messageId, reply: NO_REPLY, error, nowMs });
  }
  return await endWith(ctx, scope, { run, event, nowMs });
}

async function endWith(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, event, nowMs }: { run: Doc<"runs">; event: RunEvent; nowMs: number },
): Promise<boolean> {
  const transition = await apply(ctx, run, { event, nowMs });
  if (!transition.ok) return false;
  const { state } = transition;
  await endRun(ctx, scope, { run: await reload(ctx, run._id), state, nowMs });
  return true;
}

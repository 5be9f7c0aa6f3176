/** What a run's calls hold of budgets before they are made. */
import { MINUTE_MS } from "../../../src/core/limits";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { FallbackModel } from "../../validators";
import { reserveOrDegrade, reserveOrSend, type Asked } from "../budgets/admission";
import type { Refusal } from "../budgets/refusals";
import type { TokensMax } from "../budgets/worstCase";

/** No worker lives as long: what is held then is nobody's any more. */
const CALL_LIFETIME_MS = 15 * MINUTE_MS;
/** Carrying in what was spent before takes a job of some milliseconds, and drawing shards together a commit. */
export const OPENING_CHECK_MS = 100;

type Call = FallbackModel & {
  key: string; // the attempt's id
  worst: TokensMax;
  /** What has sent it to this model. */
  degraded?: readonly Refusal[];
  isOptional?: boolean;
};

/** What the next call of a run may come to, held in every budget that bounds it, or the model that it is to be made anew for. */
export async function reserveFor(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { call, nowMs }: { call: Call; nowMs: number },
): ReturnType<typeof reserveOrSend> {
  return await reserveOrSend(ctx, run, askedFor(run, call, nowMs));
}

/** The same for a call that is part of the run's: of the model that it is to be made of. */
export async function reserveForPart(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { call, nowMs }: { call: Call; nowMs: number },
): ReturnType<typeof reserveOrDegrade> {
  return await reserveOrDegrade(ctx, run, askedFor(run, call, nowMs));
}

/** Runs of one session follow one another, and so are spread by it. */
function askedFor(
  { agentId, userId, keyId, channel, sessionId }: Doc<"runs">,
  { key, provider, model, worst, degraded = [], isOptional = false }: Call,
  nowMs: number,
): Asked {
  return {
    key,
    called: { agentId, provider, model, ...omitUndefined({ userId, keyId }) },
    channel,
    spreadBy: sessionId,
    worst,
    degraded,
    isOptional,
    expiresAtMs: nowMs + CALL_LIFETIME_MS,
    nowMs,
  };
}

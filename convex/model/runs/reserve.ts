/** What a run's calls hold of budgets before they are made. */
import { MINUTE_MS } from "../../../src/core/limits";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { FallbackModel } from "../../validators";
import { reserve, type Verdict } from "../budgets/admission";
import type { TokensMax } from "../budgets/worstCase";

/** No worker lives as long: what is held then is nobody's any more. */
const CALL_LIFETIME_MS = 15 * MINUTE_MS;
/** Carrying in what was spent before takes a job of some milliseconds. */
export const OPENING_CHECK_MS = 100;

type Call = FallbackModel & {
  key: string; // the attempt's id
  worst: TokensMax;
  spared?: readonly Id<"budget_policies">[];
};

/** Runs of one session follow one another, and so are spread by it. */
export async function reserveFor(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { call: { key, provider, model, worst, spared = [] }, nowMs }: { call: Call; nowMs: number },
): Promise<Verdict> {
  const { agentId, userId, keyId, sessionId } = run;
  return await reserve(ctx, run, {
    key,
    called: { agentId, provider, model, ...omitUndefined({ userId, keyId }) },
    spreadBy: sessionId,
    worst,
    spared,
    expiresAtMs: nowMs + CALL_LIFETIME_MS,
    nowMs,
  });
}

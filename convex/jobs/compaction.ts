/** A summary of a session's beginning, asked for and written down before the run's first reply. */
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { omitUndefined } from "../lib/objects";
import { persistently } from "../lib/persistently";
import { HIDDEN_TOKENS_MAX } from "../model/budgets/worstCase";
import { settingsFor } from "../model/providers/credentials";
import { markOf } from "../model/providers/marks";
import type { Compaction } from "../model/runs/compact";
import type { Lease } from "../model/runs/state";
import { tokensAtMost } from "../../src/pricing/estimate";
import type { ProviderRequest } from "../../src/providers/provider";
import { providerFor } from "../../src/providers/registry";
import { ModelCall } from "./modelCall";

/**
 * Makes the summary that comes next.
 *
 * @returns False: there is nothing more to do for this worker.
 */
export async function makeSummary(
  ctx: ActionCtx,
  { lease, compaction, leftMs }: { lease: Lease; compaction: Compaction; leftMs: number },
): Promise<boolean> {
  const { provider, model, upToTurn } = compaction;
  const begun = await ctx.runMutation(internal.jobs.driving.beginCompaction, {
    ...lease,
    provider,
    model,
    upToTurn,
    promptChars: compaction.system.length + compaction.text.length,
    worst: {
      inputTokensMax: tokensAtMost(compaction.system + compaction.text) + HIDDEN_TOKENS_MAX,
      outputTokensMax: compaction.maxOutputTokens,
    },
  });
  if (begun === null) return false;
  if (begun === "refused") return true;
  const { called, ...attempt } = begun;
  const setUp = await settingsFor(called.provider, called.account);
  const heartbeat = async () => await ctx.runMutation(internal.jobs.driving.heartbeat, lease);
  const call = new ModelCall({
    begun: attempt,
    account: setUp.ok ? await markOf(setUp.settings) : "",
    hasFallback: false,
    leftMs,
    flush: heartbeat, // nobody follows a summary while it is written
    heartbeat,
  });
  const report = await call.make((signal) => {
    if (!setUp.ok) throw new Error(setUp.detail);
    const request = toRequest({ ...compaction, model: called.model }, signal);
    return providerFor(called.provider, setUp.settings).stream(request);
  });
  return await persistently(() =>
    ctx.runMutation(internal.jobs.driving.finishCompaction, { ...lease, upToTurn, report }),
  );
}

function toRequest(
  { model, system, text, maxOutputTokens, temperature }: Compaction,
  signal: AbortSignal,
): ProviderRequest {
  return {
    model,
    system,
    maxOutputTokens,
    signal,
    messages: [{ role: "user", content: [{ kind: "text", text }] }],
    ...omitUndefined({ temperature }),
  };
}

/**
 * Telling a tracing system of runs that have ended, by OTLP over HTTP. Called by `crons.ts`, away from the runs: they
 * neither wait for it nor know of it.
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import {
  internalAction,
  internalMutation,
  internalQuery,
  type ActionCtx,
} from "../_generated/server";
import { otlpCollector, type OtlpCollector } from "../model/deploymentSecrets";
import * as Traces from "../model/traces";
import { SECOND_MS } from "../../src/core/limits";
import { toOtlp, type TracedRun } from "../../src/tracing/otlp";

const POST_MS_MAX = 10 * SECOND_MS;
/** Of one call; what is left has the next one. */
const BATCHES_MAX = 50;

/** Sends what has not been sent, batch after batch. Does nothing unless a collector is set up. */
export const exportEnded = internalAction({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const collector = otlpCollector();
    if (collector === null) return null;
    await ctx.runMutation(internal.jobs.traces.begin, {});
    for (let batches = 0; batches < BATCHES_MAX; batches++) {
      const hasMore = await exportBatch(ctx, collector);
      if (!hasMore) break;
    }
    return null;
  },
});

async function exportBatch(ctx: ActionCtx, collector: OtlpCollector): Promise<boolean> {
  const batch: Traces.Batch | null = await ctx.runQuery(internal.jobs.traces.batch, {});
  if (batch === null) return false;
  const answer = await post(batch.runs, collector);
  if (answer.kind === "failed") {
    console.error(`the trace collector did not take ${batch.runs.length} runs: ${answer.why}`);
    const { retryAfterMs } = answer;
    await ctx.runMutation(internal.jobs.traces.failed, { retryAfterMs });
    return false;
  }
  // What it will never take is left out: the protocol says not to send it again.
  if (answer.kind === "refused") console.error(`the trace collector refused runs: ${answer.why}`);
  await ctx.runMutation(internal.jobs.traces.sent, { next: batch.next });
  return batch.hasMore;
}

type Answer =
  | { kind: "taken" }
  | { kind: "refused"; why: string }
  | { kind: "failed"; why: string; retryAfterMs: number | null };

async function post(
  runs: readonly TracedRun[],
  { url, headers, serviceName }: OtlpCollector,
): Promise<Answer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), POST_MS_MAX);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(await toOtlp(runs, { serviceName })),
      redirect: "manual",
      signal: abort.signal,
    });
    await response.body?.cancel();
    if (response.ok) return { kind: "taken" };
    const why = `it answered ${response.status}`;
    if (response.status === 400 || response.status === 413) return { kind: "refused", why };
    const seconds = Number(response.headers.get("retry-after"));
    return { kind: "failed", why, retryAfterMs: seconds > 0 ? seconds * SECOND_MS : null };
  } catch (error) {
    // Its message may name what stands in the headers.
    const why = error instanceof Error ? error.name : "unknown";
    return { kind: "failed", why: `it could not be reached (${why})`, retryAfterMs: null };
  } finally {
    clearTimeout(timer);
  }
}

/** The next runs to tell of. */
export const batch = internalQuery({
  args: {},
  returns: v.any(), // `Traces.Batch`, which only `exportEnded` reads
  handler: async (ctx): Promise<Traces.Batch | null> => await Traces.batch(ctx, Date.now()),
});

/** Marks where telling begins. */
export const begin = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    await Traces.begin(ctx, Date.now());
    return null;
  },
});

/** Marks up to where runs were told. */
export const sent = internalMutation({
  args: { next: Traces.vPlace },
  returns: v.null(),
  handler: async (ctx, { next }): Promise<null> => {
    await Traces.sent(ctx, next, Date.now());
    return null;
  },
});

/** Marks when to try again. */
export const failed = internalMutation({
  args: { retryAfterMs: v.union(v.number(), v.null()) },
  returns: v.null(),
  handler: async (ctx, how): Promise<null> => {
    await Traces.failed(ctx, how, Date.now());
    return null;
  },
});

/**
 * Which ended runs a tracing system has been told of: a place in their order by the time of their end, kept as a mark
 * of the deployment's upkeep. It moves on once a batch has arrived, so that each run is sent at least once.
 */
import { v, type Infer } from "convex/values";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../src/core/limits";
import type { TracedRun } from "../../src/tracing/otlp";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import * as Settings from "./deploymentSettings";
import { traced } from "./runs/trace";

/** Each may have hundreds of steps, and is read whole. */
const RUNS_PER_BATCH = 10;
/** Ends are in the order of the clock and not of commits: one that is this old has no other before it to come. */
const SETTLED_MS = 10 * SECOND_MS;
/** What a collector missed for longer is not told any more. */
const BACKLOG_MS = DAY_MS;
const BACKOFF_MS = { first: 30 * SECOND_MS, max: 15 * MINUTE_MS };

export const vPlace = v.object({ endedAtMs: v.number(), createdAt: v.number() });
export type Place = Infer<typeof vPlace>;

export type Batch = { runs: TracedRun[]; next: Place; hasMore: boolean };

/**
 * The runs that ended after the last one that was sent; null when there is nothing to send, or not yet.
 *
 * The first time there is no place yet: it begins now, and what was before is not told.
 */
export async function batch(ctx: QueryCtx, nowMs: number): Promise<Batch | null> {
  const { place, retryAtMs } = await Settings.get(ctx, "traceExport");
  if (place === null || retryAtMs > nowMs) return null;
  const from =
    place.endedAtMs < nowMs - BACKLOG_MS ? { endedAtMs: nowMs - BACKLOG_MS, createdAt: 0 } : place;
  const ended = await endedAfter(ctx, from, nowMs - SETTLED_MS);
  const last = ended.at(-1);
  if (last === undefined) return null;
  const found = await Promise.all(ended.map(async (run) => await traced(ctx, run)));
  const runs = found.filter((run) => run !== null);
  return { runs, next: placeOf(last), hasMore: ended.length === RUNS_PER_BATCH };
}

/** Begins now, unless it has begun. */
export async function begin(ctx: MutationCtx, nowMs: number): Promise<void> {
  const before = await Settings.get(ctx, "traceExport");
  if (before.place !== null) return;
  const place = { endedAtMs: nowMs, createdAt: 0 };
  await Settings.set(ctx, { name: "traceExport", value: { ...before, place }, nowMs });
}

/** Moves on to a place, never back. */
export async function sent(ctx: MutationCtx, next: Place, nowMs: number): Promise<void> {
  const { place } = await Settings.get(ctx, "traceExport");
  const isBehind = place !== null && compare(next, place) <= 0;
  const value = { place: isBehind ? place : next, failures: 0, retryAtMs: 0 };
  await Settings.set(ctx, { name: "traceExport", value, nowMs });
}

/** Waits before the next try, longer each time, or as long as the collector asks. */
export async function failed(
  ctx: MutationCtx,
  { retryAfterMs }: { retryAfterMs: number | null },
  nowMs: number,
): Promise<void> {
  const { place, failures } = await Settings.get(ctx, "traceExport");
  const waitMs = Math.min(BACKOFF_MS.first * 2 ** failures, BACKOFF_MS.max);
  const retryAtMs = nowMs + Math.min(Math.max(waitMs, retryAfterMs ?? 0), BACKOFF_MS.max);
  const value = { place, failures: Math.min(failures + 1, 10), retryAtMs };
  await Settings.set(ctx, { name: "traceExport", value, nowMs });
}

async function endedAfter(ctx: QueryCtx, after: Place, untilMs: number): Promise<Doc<"runs">[]> {
  const atTheSameTime = await ctx.db
    .query("runs")
    .withIndex("by_end_time", (q) =>
      q.eq("state.endedAtMs", after.endedAtMs).gt("_creationTime", after.createdAt),
    )
    .take(RUNS_PER_BATCH);
  const later = await ctx.db
    .query("runs")
    .withIndex("by_end_time", (q) =>
      q.gt("state.endedAtMs", after.endedAtMs).lte("state.endedAtMs", untilMs),
    )
    .take(RUNS_PER_BATCH);
  return [...atTheSameTime, ...later].slice(0, RUNS_PER_BATCH);
}

function placeOf({ state, _creationTime: createdAt }: Doc<"runs">): Place {
  return { endedAtMs: "endedAtMs" in state ? state.endedAtMs : 0, createdAt };
}

function compare(a: Place, b: Place): number {
  return a.endedAtMs - b.endedAtMs || a.createdAt - b.createdAt;
}

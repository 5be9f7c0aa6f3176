/**
 * Drivers: the few actions that drive all scheduled runs.
 *
 * Convex runs eight scheduled jobs at once, and an action keeps its slot for as long as it lives. Were each run driven
 * by the job that wakes it, eight calls of a provider that hangs would stop every scheduled function there is. So a
 * wake-up drives only if it gets one of `DRIVERS_MAX` seats, and drives other runs beside its own, for it only waits.
 * When all seats are taken, it parks its run and ends; drivers take parked runs in.
 *
 *   wake-up ──▶ a seat is free ──▶ takes it with the run ──▶ drives ──▶ its last run ends: gives it back,
 *          └──▶ none is ─────────▶ parks the run, ends ······▶ taken in by a driver      or takes parked runs in
 *
 * Invariants, each by one transaction that reads what it depends on:
 *
 * - A run is parked only while all seats are taken, and a seat is given back only while no run is parked, or to one
 *   that was and is woken for it: whichever comes second has read what the first one wrote. So no run waits parked
 *   while nobody drives.
 * - A seat whose job neither waits nor runs any more is free: its driver died, and needs nobody to clean up.
 * - A run that was taken in has a time for the reaper until a worker claims it: a driver that dies in between loses
 *   nothing but that time.
 *
 * On the way of a plain turn nothing is added but the seat's row to two commits that there are anyway; nobody has to
 * wait for a row that all want: seats are looked through from a random one on, and while work piles up, they stay taken.
 */
import { wake } from "./state";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { WAKE_GRACE_MS } from "../../../src/core/limits";
import { isUnderWay } from "../../lib/jobs";

/** Half of the slots: as many are left for deliveries and whatever else is scheduled. */
export const DRIVERS_MAX = 4;

/** Runs that a driver is at side by side. */
export const RUNS_PER_DRIVER_MAX = 16;

/** Of these, a tenant's: the rest is for the others, whatever the one's provider does. */
const TENANT_RUNS_PER_DRIVER_MAX = 12;

/** Parked runs among which a driver chooses. */
const LOOKED_AT_MAX = 64;

/** A driver's claim to be one. */
export type Seat = { slot: number; token: string };

/** A run that a driver is to drive. */
export type TakenIn = { runId: Id<"runs">; tenantId: Id<"tenants"> };

/** What a driver has to say for itself when it asks for more. */
export type Taking = {
  room: number;
  /** Whose runs it is at, each as often as it is. */
  underWay: readonly Id<"tenants">[];
};

/** A seat that nobody holds, or null. */
export async function freeSlot(ctx: MutationCtx): Promise<number | null> {
  const first = Math.floor(Math.random() * DRIVERS_MAX);
  for (let nth = 0; nth < DRIVERS_MAX; nth++) {
    const slot = (first + nth) % DRIVERS_MAX;
    if (!(await isHeld(ctx, await driverIn(ctx, slot)))) return slot;
  }
  return null;
}

/** Writes down who has the seat from now on, and the job that it ends with. */
export async function sit(
  ctx: MutationCtx,
  { slot, token }: Seat,
  jobId: Id<"_scheduled_functions">,
): Promise<void> {
  const driver = await driverIn(ctx, slot);
  const holder = { token, jobId };
  if (driver === null) await ctx.db.insert("drivers", { slot, holder });
  else await ctx.db.patch("drivers", driver._id, { holder });
}

/** Puts the run aside, for a driver to take in. Behind those of its tenant, and beside those of others. */
export async function park(ctx: MutationCtx, run: Doc<"runs">, nowMs: number): Promise<void> {
  const { _id: runId, tenantId } = run;
  const last = await ctx.db
    .query("parked_runs")
    .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    .order("desc")
    .first();
  await ctx.db.insert("parked_runs", { tenantId, runId, rank: last === null ? 0 : last.rank + 1 });
  await ctx.db.patch("runs", runId, { wakeJobId: undefined, reapAtMs: nowMs + WAKE_GRACE_MS });
}

/** Whether a run waits for a driver, for those that have room. */
export async function isAnyParked(ctx: QueryCtx): Promise<boolean> {
  return (await inOrder(ctx).first()) !== null;
}

/**
 * Wakes a queued run when its time has come, unless a wake-up is still to come: that job waits for a slot. Nor if it is
 * parked, and somebody drives who will take it in.
 */
export async function ensureWake(ctx: MutationCtx, run: Doc<"runs">, nowMs: number): Promise<void> {
  if (run.state.kind !== "queued") return;
  const job =
    run.wakeJobId === undefined
      ? null
      : await ctx.db.system.get("_scheduled_functions", run.wakeJobId);
  if (job?.state.kind === "pending" || (await waitsForDriver(ctx, run))) {
    await ctx.db.patch("runs", run._id, { reapAtMs: nowMs + WAKE_GRACE_MS });
  } else {
    await unpark(ctx, run);
    await wake(ctx, run._id, { delayMs: Math.max(0, run.state.notBeforeMs - nowMs), nowMs });
  }
}

/** True while the run is parked and somebody drives who will take it in. */
async function waitsForDriver(ctx: QueryCtx, run: Doc<"runs">): Promise<boolean> {
  if ((await parkedRow(ctx, run)) === null) return false;
  for (let slot = 0; slot < DRIVERS_MAX; slot++) {
    if (await isHeld(ctx, await driverIn(ctx, slot))) return true;
  }
  return false;
}

/** The run is somebody's, or has ended: it waits for no driver any more. */
export async function unpark(ctx: MutationCtx, run: Doc<"runs">): Promise<void> {
  const parked = await parkedRow(ctx, run);
  if (parked !== null) await ctx.db.delete("parked_runs", parked._id);
}

/**
 * Gives parked runs to a driver: as many as it has room for, tenants with fewer runs under way first.
 *
 * Ranks are places in the queue of a tenant, so that whoever parks a thousand runs is served between the others.
 */
export async function takeIn(
  ctx: MutationCtx,
  { room, underWay }: Taking,
  nowMs: number,
): Promise<TakenIn[]> {
  const parked = await inOrder(ctx).take(LOOKED_AT_MAX);
  const waiting: Doc<"parked_runs">[] = [];
  for (const one of parked) {
    const run = await ctx.db.get("runs", one.runId);
    // Gone with its session, or taken by a worker of its own.
    if (run?.state.kind === "queued") waiting.push(one);
    else await ctx.db.delete("parked_runs", one._id);
  }
  if (waiting.length === 0 && parked.length > 0)
    return await takeIn(ctx, { room, underWay }, nowMs);

  const taken = chosen(waiting, { room, underWay });
  for (const { _id, runId } of taken) {
    await ctx.db.delete("parked_runs", _id);
    await ctx.db.patch("runs", runId, { reapAtMs: nowMs + WAKE_GRACE_MS });
  }
  return taken.map(({ runId, tenantId }) => ({ runId, tenantId }));
}

/** One after another, of the tenant that then has the fewest runs under way the one that stands first. */
function chosen(
  parked: readonly Doc<"parked_runs">[],
  { room, underWay }: Taking,
): Doc<"parked_runs">[] {
  const counts = new Map<Id<"tenants">, number>();
  const countOf = ({ tenantId }: { tenantId: Id<"tenants"> }) => counts.get(tenantId) ?? 0;
  for (const tenantId of underWay) counts.set(tenantId, countOf({ tenantId }) + 1);

  const left = [...parked];
  const taken: Doc<"parked_runs">[] = [];
  while (taken.length < room && left.length > 0) {
    const fewest = Math.min(...left.map(countOf));
    if (fewest >= TENANT_RUNS_PER_DRIVER_MAX) break;
    const at = left.findIndex((one) => countOf(one) === fewest);
    for (const one of left.splice(at, 1)) {
      counts.set(one.tenantId, fewest + 1);
      taken.push(one);
    }
  }
  return taken;
}

/**
 * A driver has nothing more to do: it takes parked runs in, or gives its seat back.
 *
 * @param takesIn - False late in its life: then it wakes one that is parked, which comes to its seat and takes the
 *   others in.
 * @returns Runs to drive. Without any, it is no driver any more.
 */
export async function leave(
  ctx: MutationCtx,
  { seat, takesIn }: { seat: Seat; takesIn: boolean },
  nowMs: number,
): Promise<TakenIn[]> {
  const driver = await driverIn(ctx, seat.slot);
  if (driver?.holder?.token !== seat.token) return [];
  const room = takesIn ? RUNS_PER_DRIVER_MAX : 1;
  const taken = await takeIn(ctx, { room, underWay: [] }, nowMs);
  if (takesIn && taken.length > 0) return taken;
  await ctx.db.patch("drivers", driver._id, { holder: undefined });
  for (const { runId } of taken) await wake(ctx, runId, { delayMs: 0, nowMs });
  return [];
}

function inOrder(ctx: QueryCtx) {
  return ctx.db.query("parked_runs").withIndex("by_rank", (q) => q.gte("rank", 0));
}

async function driverIn(ctx: QueryCtx, slot: number): Promise<Doc<"drivers"> | null> {
  return await ctx.db
    .query("drivers")
    .withIndex("by_slot", (q) => q.eq("slot", slot))
    .unique();
}

async function isHeld(ctx: QueryCtx, driver: Doc<"drivers"> | null): Promise<boolean> {
  return driver?.holder !== undefined && (await isUnderWay(ctx, driver.holder.jobId));
}

async function parkedRow(
  ctx: QueryCtx,
  { _id: runId, tenantId }: Doc<"runs">,
): Promise<Doc<"parked_runs"> | null> {
  return await ctx.db
    .query("parked_runs")
    .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", runId))
    .first();
}

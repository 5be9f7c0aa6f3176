/** Drivers of scheduled runs, and callers who drive their own. One mistake each. */
import type { Mutant } from "./mutants";

const DRIVERS = {
  file: "convex/model/runs/drivers.ts",
  tests: ["tests/convex/driving.test.ts"],
};
const WORK = { file: "convex/model/runs/work.ts", tests: ["tests/convex/driving.test.ts"] };
const CALLERS = {
  file: "convex/model/runs/work.ts",
  tests: ["tests/convex/callerDriven.test.ts"],
};

export const DRIVING: readonly Mutant[] = [
  {
    name: "driving: a seat counts as free whoever sits in it",
    ...DRIVERS,
    find: "if (!(await isHeld(ctx, await driverIn(ctx, slot)))) return slot;",
    replace: "return slot;",
  },
  {
    name: "driving: a dead driver's seat stays taken",
    ...DRIVERS,
    find: "(await isUnderWay(ctx, driver.holder.jobId));",
    replace: 'driver.holder.jobId !== "";',
  },
  {
    name: "driving: a seat is given back although runs are parked",
    ...DRIVERS,
    find: "if (takesIn && taken.length > 0) return taken;",
    replace: "if (takesIn && taken.length > RUNS_PER_DRIVER_MAX) return taken;",
  },
  {
    name: "driving: a seat is given back by who does not sit in it",
    ...DRIVERS,
    find: "if (driver?.holder?.token !== seat.token) return [];",
    replace: "if (driver === null) return [];",
  },
  {
    name: "driving: a driver late in its life leaves without waking anybody",
    ...DRIVERS,
    find: "for (const { runId } of taken) await wake(ctx, runId, { delayMs: 0, nowMs });",
    replace: "",
  },
  {
    name: "driving: whoever was taken in stays parked",
    ...DRIVERS,
    find: '    await ctx.db.delete("parked_runs", _id);\n    await ctx.db.patch("runs", runId, { reapAtMs',
    replace: '    await ctx.db.patch("runs", runId, { reapAtMs',
  },
  {
    name: "driving: parked runs stand in one line, whosever they are",
    ...DRIVERS,
    find: "rank: last === null ? 0 : last.rank + 1",
    replace: "rank: last === null ? 0 : 0",
  },
  {
    name: "driving: a tenant may have all of a driver's places",
    ...DRIVERS,
    find: "if (fewest >= TENANT_RUNS_PER_DRIVER_MAX) break;",
    replace: "if (fewest >= RUNS_PER_DRIVER_MAX) break;",
  },
  {
    name: "driving: whose runs a driver is at is not looked at",
    ...DRIVERS,
    find: "for (const tenantId of underWay) counts.set(tenantId, countOf({ tenantId }) + 1);",
    replace: "if (underWay.length < 0) return [];",
  },
  {
    name: "driving: the reaper wakes who is parked while others drive",
    ...DRIVERS,
    find: 'if (job?.state.kind === "pending" || (await waitsForDriver(ctx, run))) {',
    replace: 'if (job?.state.kind === "pending") {',
  },
  {
    name: "driving: the reaper leaves who is parked to drivers that are gone",
    ...DRIVERS,
    find: "if (await isHeld(ctx, await driverIn(ctx, slot))) return true;",
    replace: "if (slot < DRIVERS_MAX) return true;",
  },
  {
    name: "driving: a wake-up without a seat drives all the same",
    ...WORK,
    find: "  if (slot === null) {",
    replace: "  if (slot === null && found.run.turn < 0) {",
  },
  {
    name: "driving: a wake-up that is not the run's any more takes it",
    ...WORK,
    find: "if (found === null || jobId === undefined) return null;",
    replace:
      "if (found === null) return null;\n  if (jobId === undefined) { await park(ctx, found.run, nowMs); return null; }",
  },
  {
    name: "driving: a caller's run is woken all the same",
    ...CALLERS,
    find: "if (taken !== null && wakeJobId !== undefined) await ctx.scheduler.cancel(wakeJobId);",
    replace:
      "if (taken === null && wakeJobId !== undefined) await ctx.scheduler.cancel(wakeJobId);",
  },
];

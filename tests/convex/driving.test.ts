/** Drivers: who drives scheduled runs, how many of them there are, and that nobody is forgotten. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import { DRIVERS_MAX, RUNS_PER_DRIVER_MAX } from "../../convex/model/runs/drivers";
import { openConvexTest, type Backend, type Caller } from "./drivers";
import { onEachDriver, setup, supportBot, tenantWith } from "./setup";

const { start, take, giveUp, leave, takeIn, isAnyParked } = internal.jobs.driving;
const HOUR_MS = 3_600_000;
const TENANT_RUNS_MAX = 12;

type Tenant = { tenantId: Id<"tenants">; agentId: Id<"agents">; as: Caller };

/** A driver as the database knows it, and the runs that it is at. */
type Driver = {
  seat: { slot: number; token: string };
  jobId: Id<"_scheduled_functions">;
  runs: { runId: Id<"runs">; tenantId: Id<"tenants"> }[];
};

async function tenantNamed(t: Backend, subject: string): Promise<Tenant> {
  const { as, tenantId } = await tenantWith(t, { subject });
  const agentId = await as.mutation(api.mutations.agents.create, supportBot());
  return { as, tenantId, agentId };
}

/** A plant of runs whose wake-ups never come by themselves: the test is all the workers there are. */
class Plant {
  readonly drivers: Driver[] = [];
  readonly #t: Backend;
  #tokens = 0;

  constructor(t: Backend) {
    this.#t = t;
  }

  async send({ as, agentId }: Tenant): Promise<Id<"runs">> {
    return await as.run(async (ctx) => {
      const { runId } = await ctx.runMutation(api.mutations.messages.send, {
        agentId,
        content: "Hi",
      });
      await putOffWakeUps(ctx);
      return runId;
    });
  }

  /** What the job does that wakes the run. */
  async wake(runId: Id<"runs">): Promise<Driver | null> {
    const jobId = (await this.#run(runId))?.wakeJobId;
    const token = `driver ${++this.#tokens}`;
    const lease = { runId, leaseToken: `${token} of ${runId}` };
    const started = await this.#t.mutation(start, { ...lease, token });
    if (started === null) return null;
    if (jobId === undefined) throw new Error("a run was taken without a wake-up of its own");
    const { slot, tenantId } = started;
    const driver = { seat: { slot, token }, jobId, runs: [{ runId, tenantId }] };
    this.drivers.push(driver);
    return driver;
  }

  /** The driver looks whether anything is parked, and takes it in. */
  async look(driver: Driver): Promise<number> {
    const room = RUNS_PER_DRIVER_MAX - driver.runs.length;
    const underWay = driver.runs.map(({ tenantId }) => tenantId);
    return await this.#goOn(driver, await this.#t.mutation(takeIn, { room, underWay }));
  }

  /** One of the driver's runs comes to its end; with the last one, the driver's work may. */
  async end(driver: Driver, { takesIn = true } = {}): Promise<void> {
    const [ending] = driver.runs.splice(0, 1);
    if (ending === undefined) throw new Error("a driver without runs");
    const lease = { runId: ending.runId, leaseToken: `${driver.seat.token} of ${ending.runId}` };
    await this.#t.mutation(giveUp, { ...lease, reason: "misconfigured", detail: "The end." });
    if (driver.runs.length > 0) return;
    const takenIn = await this.#t.run(async (ctx) => {
      const taken = await ctx.runMutation(leave, { seat: driver.seat, takesIn });
      await putOffWakeUps(ctx);
      return taken;
    });
    await this.#goOn(driver, takenIn);
    if (driver.runs.length === 0) this.drivers.splice(this.drivers.indexOf(driver), 1);
  }

  /** The driver's process is gone: its job is over, its runs' leases run out, and the reaper comes by. */
  async kill(driver: Driver): Promise<void> {
    this.drivers.splice(this.drivers.indexOf(driver), 1);
    await this.#t.run(async (ctx) => {
      await ctx.scheduler.cancel(driver.jobId);
      const past = Date.now() - HOUR_MS;
      for (const { runId } of driver.runs) {
        const run = await ctx.db.get("runs", runId);
        if (run === null || !("leaseToken" in run.state)) continue;
        const state = { ...run.state, leaseExpiresAtMs: past };
        await ctx.db.patch("runs", runId, { state, reapAtMs: past });
      }
      for (const { runId } of driver.runs) {
        await ctx.runMutation(internal.jobs.reaper.reapRun, { runId });
      }
      await putOffWakeUps(ctx);
    });
  }

  /** Half a minute has passed for every run that waits. */
  async reap(): Promise<void> {
    await this.#t.run(async (ctx) => {
      for (const { _id: runId, state, reapAtMs } of await ctx.db.query("runs").collect()) {
        if (state.kind !== "queued" || reapAtMs === undefined) continue;
        await ctx.db.patch("runs", runId, { reapAtMs: Date.now() - HOUR_MS });
        await ctx.runMutation(internal.jobs.reaper.reapRun, { runId });
      }
      await putOffWakeUps(ctx);
    });
  }

  async unfinished(): Promise<Doc<"runs">[]> {
    const runs = await this.#t.run((ctx) => ctx.db.query("runs").collect());
    return runs.filter(({ state }) => !("endedAtMs" in state));
  }

  async expectOrder(): Promise<void> {
    const { seats, parked, runs } = await this.#t.run(async (ctx) => ({
      seats: await ctx.db.query("drivers").collect(),
      parked: await ctx.db.query("parked_runs").collect(),
      runs: await ctx.db.query("runs").collect(),
    }));
    // Every driver has a seat of its own, and there are not more of them.
    const slots = this.drivers.map(({ seat }) => seat.slot);
    expect(new Set(slots).size).toBe(slots.length);
    expect(slots.every((slot) => slot >= 0 && slot < DRIVERS_MAX)).toBe(true);
    for (const { seat } of this.drivers) {
      expect(seats.find(({ slot }) => slot === seat.slot)?.holder?.token).toBe(seat.token);
    }
    // No seat is given back, or was never taken, while somebody waits for one; unless one of them is woken for it.
    const waiting = runs.filter(({ _id, state }) => {
      return state.kind === "queued" && parked.some(({ runId }) => runId === _id);
    });
    const given = seats.filter(({ holder }) => holder !== undefined);
    const isWoken = runs.some(({ state, wakeJobId }) => {
      return state.kind === "queued" && wakeJobId !== undefined;
    });
    if (waiting.length > 0 && !isWoken) expect(given.length).toBe(DRIVERS_MAX);
    // Whoever waits is woken, or seen to by the reaper.
    for (const { state, wakeJobId, reapAtMs } of runs) {
      if (state.kind === "queued") expect(wakeJobId ?? reapAtMs).toBeDefined();
    }
    for (const driver of this.drivers) {
      expect(driver.runs.length).toBeLessThanOrEqual(RUNS_PER_DRIVER_MAX);
    }
  }

  /** Those that were taken in are taken by the driver, each with a lease of its own. */
  async #goOn(
    driver: Driver,
    takenIn: readonly { runId: Id<"runs">; tenantId: Id<"tenants"> }[],
  ): Promise<number> {
    for (const { runId, tenantId } of takenIn) {
      const leaseToken = `${driver.seat.token} of ${runId}`;
      const taken = await this.#t.mutation(take, { runId, leaseToken });
      expect(taken).not.toBeNull();
      driver.runs.push({ runId, tenantId });
    }
    return takenIn.length;
  }

  async #run(runId: Id<"runs">): Promise<Doc<"runs"> | null> {
    return await this.#t.run((ctx) => ctx.db.get("runs", runId));
  }
}

type Ctx = Parameters<Parameters<Caller["run"]>[0]>[0];

/** Wake-ups that were written in this transaction come in an hour instead of at once. */
async function putOffWakeUps(ctx: Ctx): Promise<void> {
  for (const { _id: runId, state, wakeJobId } of await ctx.db.query("runs").collect()) {
    if (state.kind !== "queued" || wakeJobId === undefined) continue;
    const job = await ctx.db.system.get("_scheduled_functions", wakeJobId);
    if (job?.state.kind !== "pending" || job.scheduledTime > Date.now() + HOUR_MS / 2) continue;
    await ctx.scheduler.cancel(wakeJobId);
    const later = await ctx.scheduler.runAfter(HOUR_MS, internal.jobs.runs.drive, { runId });
    await ctx.db.patch("runs", runId, { wakeJobId: later });
  }
}

onEachDriver(() => {
  test("as many wake-ups as there are seats drive; the next parks its run, and a driver takes it in", async () => {
    const t = await setup();
    const plant = new Plant(t);
    const ann = await tenantNamed(t, "ann");
    for (let nth = 0; nth < DRIVERS_MAX; nth++) {
      expect(await plant.wake(await plant.send(ann))).not.toBeNull();
    }
    expect(await t.query(isAnyParked, {})).toBe(false);
    const late = await plant.send(ann);
    expect(await plant.wake(late)).toBeNull();
    expect(await plant.wake(late)).toBeNull();
    expect(await t.query(isAnyParked, {})).toBe(true);
    await plant.expectOrder();

    const [driver] = plant.drivers as [Driver];
    // The reaper has nothing to do for it: somebody drives.
    await plant.reap();
    expect(await t.query(isAnyParked, {})).toBe(true);
    await plant.end(driver);
    expect(driver.runs.map(({ runId }) => runId)).toEqual([late]);
    expect(await t.query(isAnyParked, {})).toBe(false);
    await plant.end(driver);
    expect(plant.drivers).toHaveLength(DRIVERS_MAX - 1);
    // The seat is free again.
    expect(await plant.wake(await plant.send(ann))).not.toBeNull();
  });

  test("a driver late in its life wakes one that is parked, which takes its seat", async () => {
    const t = await setup();
    const plant = new Plant(t);
    const ann = await tenantNamed(t, "ann");
    for (let nth = 0; nth < DRIVERS_MAX; nth++) await plant.wake(await plant.send(ann));
    const [one, two] = [await plant.send(ann), await plant.send(ann)];
    for (const runId of [one, two]) expect(await plant.wake(runId)).toBeNull();
    const [old] = plant.drivers as [Driver];
    await plant.end(old, { takesIn: false });
    expect(plant.drivers).not.toContain(old);
    const next = await plant.wake(one);
    expect(next?.seat.slot).toBe(old.seat.slot);
    expect(await plant.look(next!)).toBe(1);
    expect(next!.runs.map(({ runId }) => runId)).toEqual([one, two]);
  });

  test("when all drivers are gone, the reaper wakes whoever is parked", async () => {
    const t = await setup();
    const plant = new Plant(t);
    const ann = await tenantNamed(t, "ann");
    for (let nth = 0; nth < DRIVERS_MAX; nth++) await plant.wake(await plant.send(ann));
    const parked = await plant.send(ann);
    await plant.wake(parked);
    for (const driver of plant.drivers.slice()) await plant.kill(driver);
    await plant.reap();
    expect(await t.query(isAnyParked, {})).toBe(false);
    expect((await plant.wake(parked))?.runs.map(({ runId }) => runId)).toEqual([parked]);
  });

  test("a driver that was given up for dead cannot give away the seat of who came after it", async () => {
    const t = await setup();
    const plant = new Plant(t);
    const ann = await tenantNamed(t, "ann");
    for (let nth = 0; nth < DRIVERS_MAX; nth++) await plant.wake(await plant.send(ann));
    const [stale] = plant.drivers as [Driver];
    await plant.kill(stale);
    const next = await plant.wake(await plant.send(ann));
    expect(next?.seat.slot).toBe(stale.seat.slot);
    expect(await plant.wake(await plant.send(ann))).toBeNull();
    expect(await t.mutation(leave, { seat: stale.seat, takesIn: true })).toEqual([]);
    await plant.expectOrder();
    expect(await t.query(isAnyParked, {})).toBe(true);
  });

  test("a tenant that parks a flood of runs is served between the others, and leaves them room", async () => {
    const t = await setup();
    const plant = new Plant(t);
    const [ann, bob, eve] = [
      await tenantNamed(t, "ann"),
      await tenantNamed(t, "bob"),
      await tenantNamed(t, "eve"),
    ];
    for (let nth = 0; nth < DRIVERS_MAX; nth++) await plant.wake(await plant.send(eve));
    for (let nth = 0; nth < 70; nth++) await plant.wake(await plant.send(eve));
    for (const tenant of [ann, ann, bob]) await plant.wake(await plant.send(tenant));

    const [first, second] = plant.drivers as [Driver, Driver];
    const small = { room: 3, underWay: [eve.tenantId, eve.tenantId] };
    const taken = await t.mutation(takeIn, small);
    const owners = taken.map(({ tenantId }) => tenantId);
    expect(owners.toSorted()).toEqual([ann.tenantId, bob.tenantId, ann.tenantId].toSorted());
    expect(await plant.look(first)).toBe(TENANT_RUNS_MAX - 1);
    expect(await plant.look(first)).toBe(0);
    await plant.wake(await plant.send(bob));
    expect(await plant.look(first)).toBe(1);
    expect(await plant.look(second)).toBe(TENANT_RUNS_MAX - 1);
  });
});

describe("whatever happens in whichever order", () => {
  const command = fc.record({
    kind: fc.constantFrom(
      ...(["send", "send", "wake", "wake", "wake", "look", "end", "kill", "reap"] as const),
    ),
    nth: fc.nat(1_000),
  });

  test("no run is forgotten, and no driver is one too many", { timeout: 120_000 }, async () => {
    let [parked, killed] = [0, 0];
    const property = fc.asyncProperty(
      fc.array(command, { minLength: 20, maxLength: 40, size: "max" }),
      async (commands) => {
        const t = await openConvexTest({});
        try {
          const plant = new Plant(t);
          const tenants = [await tenantNamed(t, "ann"), await tenantNamed(t, "bob")];
          for (let nth = 0; nth < DRIVERS_MAX; nth++) {
            await plant.wake(await plant.send(tenants[0]!));
          }
          for (const { kind, nth } of commands) {
            const driver = plant.drivers[nth % plant.drivers.length];
            const waiting = (await plant.unfinished()).filter((run) => run.wakeJobId !== undefined);
            const runId = waiting[nth % waiting.length]?._id;
            if (kind === "send") await plant.send(tenants[nth % 2]!);
            if (kind === "reap") await plant.reap();
            if (kind === "wake" && runId !== undefined) {
              if ((await plant.wake(runId)) === null) parked++;
            }
            if (driver !== undefined) {
              if (kind === "look") await plant.look(driver);
              if (kind === "end") await plant.end(driver, { takesIn: nth % 5 > 0 });
              if (kind === "kill") {
                await plant.kill(driver);
                killed++;
              }
            }
            await plant.expectOrder();
          }
          await playToTheEnd(plant);
        } finally {
          await t.close();
        }
      },
    );
    await fc.assert(property, { numRuns: 25, seed: 20_261_126 });
    expect(parked).toBeGreaterThan(20);
    expect(killed).toBeGreaterThan(20);
  });
});

/** Nothing bad happens any more; every run must come to its end. */
async function playToTheEnd(plant: Plant): Promise<void> {
  for (let rounds = 0; rounds < 100; rounds++) {
    const unfinished = await plant.unfinished();
    if (unfinished.length === 0) return;
    for (const { _id, wakeJobId } of unfinished) {
      if (wakeJobId !== undefined) await plant.wake(_id);
    }
    if (plant.drivers.length === 0) await plant.reap();
    for (const driver of plant.drivers.slice()) await plant.end(driver);
    await plant.expectOrder();
  }
  throw new Error("runs were forgotten");
}

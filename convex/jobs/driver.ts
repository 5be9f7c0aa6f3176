/**
 * A driver: an action that drives the run which woke it, and others beside it while there are any. See
 * `model/runs/drivers.ts` for who may be one, and why there are few.
 */
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { RUNS_PER_DRIVER_MAX, type Seat, type TakenIn } from "../model/runs/drivers";
import type { CalledWith, Report } from "../model/runs/finish";
import type { Lease } from "../model/runs/state";
import type { Taken } from "../model/runs/work";
import type { Given } from "../../src/completions/given";
import { CALL_BYTES_MAX } from "../../src/context/files";
import { MINUTE_MS } from "../../src/core/limits";
import type { ProviderEvent } from "../../src/providers/provider";
import { Gate } from "../lib/gate";
import { persistently } from "../lib/persistently";

/** What became of a call, and what it was made with. */
export type Made = { report: Report; calledWith: CalledWith };

/** A run's way to what it needs of whoever drives it. */
export type Work = {
  runId: Id<"runs">;
  take(lease: Lease): Promise<Taken | null>;
  /** Commits what became of a call. False: the lease was lost. */
  finish(lease: Lease, made: Made): Promise<boolean>;
  /** How much longer whoever drives may live. */
  leftMs(): number;
  /** What the run's caller gave it, where whoever drives has it at hand. */
  given?: Given;
  /** Hears what the provider sends as it arrives. Must not throw. */
  listen?: (event: ProviderEvent) => void;
  /** Before the files of whatever is driven beside it: all of them share the action's memory. */
  fileGate: Gate;
};

/** Convex ends an action of its default runtime after half an hour; this leaves time to commit. */
const LIFE_MS = 29 * MINUTE_MS;

/**
 * How long a driver takes runs in as they come: as long as a call that takes its whole time fits into its life.
 * Chance sets drivers apart, so that not all of them come to their end at once.
 */
const TAKES_IN_MS = { min: 10 * MINUTE_MS, spread: 9 * MINUTE_MS };

/** While it has room, it looks this often whether a run is parked; later in its life, only for what nobody else took. */
const LOOK_INTERVAL_MS = 200;
const LATE_LOOK_INTERVAL_MS = 5_000;
const LAST_LOOK_LEFT_MS = 2 * MINUTE_MS;

export class Driver {
  readonly #ctx: ActionCtx;
  readonly #drive: (work: Work) => Promise<void>;
  readonly #token = crypto.randomUUID();
  readonly #startedAtMs = Date.now();
  readonly #fileGate = new Gate(CALL_BYTES_MAX);
  readonly #takesInMs = TAKES_IN_MS.min + Math.random() * TAKES_IN_MS.spread;
  /** The runs under way, and questions for more of them. */
  readonly #busy = new Set<Promise<void>>();
  readonly #underWay = new Map<Id<"runs">, Id<"tenants"> | null>();
  #seat: Seat | null = null;
  /** What it does last is being committed: nothing new may begin meanwhile. */
  #isLeaving = false;
  #isAsking = false;
  #lookedAtMs = 0;

  /** @param drive - Drives one run as far as it goes. */
  constructor(ctx: ActionCtx, drive: (work: Work) => Promise<void>) {
    this.#ctx = ctx;
    this.#drive = drive;
  }

  /** Drives the run, if there is a seat for it, and then whatever is parked, until nothing is. */
  async begin(runId: Id<"runs">): Promise<void> {
    this.#start(runId, null);
    const looking = setInterval(() => this.#look(), LOOK_INTERVAL_MS);
    try {
      for (;;) {
        while (this.#busy.size > 0) await Promise.race(this.#busy);
        const seat = this.#seat;
        if (seat === null) return;
        // Nobody's last commit has given the seat back: a lease was lost, say, or a person is waited for.
        const takenIn = await persistently(() =>
          this.#ctx.runMutation(internal.jobs.driving.leave, { seat, takesIn: this.#takesIn() }),
        );
        this.#goOnWith(takenIn);
      }
    } finally {
      clearInterval(looking);
    }
  }

  #start(runId: Id<"runs">, tenantId: Id<"tenants"> | null): void {
    this.#underWay.set(runId, tenantId);
    const work: Work = {
      runId,
      take: (lease) => this.#take(lease, tenantId),
      finish: (lease, made) => this.#finish(lease, made),
      leftMs: () => this.#leftMs(),
      fileGate: this.#fileGate,
    };
    this.#busyWith(async () => {
      try {
        await this.#drive(work);
      } catch (error) {
        // The others are none the worse for it, and the reaper puts this one right.
        console.error(`run ${runId} could not be driven to its end:`, error);
      }
      this.#underWay.delete(runId);
      this.#look();
    });
  }

  #busyWith(work: () => Promise<void>): void {
    const done = work().finally(() => this.#busy.delete(done));
    this.#busy.add(done);
  }

  /** The first run brings the seat; from then on runs are taken by whoever sits in it. */
  async #take(lease: Lease, tenantId: Id<"tenants"> | null): Promise<Taken | null> {
    const { driving } = internal.jobs;
    if (tenantId !== null || this.#seat !== null) {
      return await this.#ctx.runMutation(driving.take, lease);
    }
    const started = await this.#ctx.runMutation(driving.start, { ...lease, token: this.#token });
    if (started === null) return null;
    this.#seat = { slot: started.slot, token: this.#token };
    this.#underWay.set(lease.runId, started.tenantId);
    return started.taken;
  }

  /** The commit of the last run gives the seat back, if nothing is parked, so that a plain turn has none for that. */
  async #finish(lease: Lease, made: Made): Promise<boolean> {
    const { driving } = internal.jobs;
    const seat = this.#seat;
    if (seat === null || this.#busy.size > 1 || made.report.toolCalls.length > 0) {
      return await persistently(() => this.#ctx.runMutation(driving.finish, { ...lease, ...made }));
    }
    this.#isLeaving = true;
    const { isStored, takenIn } = await persistently(() =>
      this.#ctx.runMutation(driving.finishAndLeave, {
        ...lease,
        ...made,
        seat,
        takesIn: this.#takesIn(),
      }),
    );
    this.#isLeaving = false;
    this.#goOnWith(takenIn);
    return isStored;
  }

  #goOnWith(takenIn: readonly TakenIn[]): void {
    if (takenIn.length === 0) this.#seat = null;
    for (const { runId, tenantId } of takenIn) this.#start(runId, tenantId);
  }

  /** Takes parked runs in, if there is room for them. */
  #look(): void {
    if (this.#seat === null || this.#isLeaving || this.#isAsking) return;
    if (this.#underWay.size === 0 || this.#underWay.size >= RUNS_PER_DRIVER_MAX) return;
    if (Date.now() - this.#lookedAtMs < this.#patienceMs()) return;
    this.#lookedAtMs = Date.now();
    this.#isAsking = true;
    this.#busyWith(async () => {
      try {
        await this.#takeIn();
      } catch (error) {
        console.error("parked runs could not be taken in:", error); // The next look tries again.
      }
      this.#isAsking = false;
    });
  }

  #takesIn(): boolean {
    return Date.now() - this.#startedAtMs < this.#takesInMs;
  }

  #patienceMs(): number {
    if (this.#takesIn()) return 0;
    return this.#leftMs() > LAST_LOOK_LEFT_MS ? LATE_LOOK_INTERVAL_MS : Infinity;
  }

  #leftMs(): number {
    return this.#startedAtMs + LIFE_MS - Date.now();
  }

  async #takeIn(): Promise<void> {
    const { driving } = internal.jobs;
    if (!(await this.#ctx.runQuery(driving.isAnyParked, {}))) return;
    const underWay = [...this.#underWay.values()].filter((tenantId) => tenantId !== null);
    const room = RUNS_PER_DRIVER_MAX - this.#underWay.size;
    const takenIn = await this.#ctx.runMutation(driving.takeIn, { room, underWay });
    for (const { runId, tenantId } of takenIn) this.#start(runId, tenantId);
  }
}

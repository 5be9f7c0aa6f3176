/** Makes a history with the runtime and the model side by side, and holds one to the other after each act. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { type Program, type Result, note } from "../../fixtures/projects/histories/convex/steps";
import type { QueryReply, Watch } from "../../../src/embedded/runtime/types";
import type { Act, HistorySpec, StepSpec } from "./arbitraries";
import { type Backend, outcomeOf } from "./backend";
import { EMPTY, evaluate, type Outcome, type Row, type ScheduledJob, type State } from "./model";
import { Cursors, type Position, type Read } from "./reading";
import { pagesOf, type SeenPage, toSteps } from "./sending";

/** How often what happened, in all histories: a property that meets nothing proves nothing. */
export const counts = {
  histories: 0,
  commits: 0,
  failedMutations: 0,
  jobs: 0,
  failedJobs: 0,
  repeats: 0,
  restarts: 0,
  pages: 0,
  pagesAgain: 0,
  rerun: 0,
  changed: 0,
  untouched: 0,
};

type LiveQuery = {
  program: Program;
  requestId: string;
  watch: Watch;
  /** What it shows, what that depends on, and where its page ends. */
  results: readonly Result[];
  reads: readonly Read[];
  journal: Position | null;
};

export class History {
  private state = EMPTY;
  private readonly known: Pick<Program, "ids" | "jobs"> = { ids: [], jobs: [] };
  private readonly cursors = new Cursors();
  private readonly pages: SeenPage[] = [];
  private live: LiveQuery[] = [];
  /** What was written since live queries were looked at, as it was before and after. */
  private written: Row[] = [];
  private haveJobsChanged = false;

  constructor(private readonly backend: Backend) {}

  async perform({ seed, acts }: HistorySpec): Promise<void> {
    try {
      // In one turn, and so with one commit.
      const cleared = this.backend.clear();
      await this.commit([seed], false);
      await cleared;
      for (const act of acts) await this.act(act);
      await this.checkEverything();
    } finally {
      for (const { watch } of this.live) watch.close();
    }
    counts.histories++;
  }

  private async act(act: Act): Promise<void> {
    switch (act.kind) {
      case "commit":
        return await this.commit(act.programs, act.isRepeated);
      case "query": {
        const program = this.toProgram(act.steps);
        this.judge(program, outcomeOf(await this.backend.query(program)));
        return;
      }
      case "watch":
        return this.watch(this.toProgram(act.steps));
      case "unwatch": {
        const at = act.which % this.live.length;
        this.live[at]?.watch.close();
        this.live = this.live.filter((_, i) => i !== at);
        return;
      }
      case "restart":
        return await this.restart();
    }
  }

  private toProgram(specs: readonly StepSpec[]): Program {
    const docs = (table: string) =>
      [...this.state.docs.values()].filter((row) => row.table === table).map(({ doc }) => doc);
    const steps = toSteps({ docs, pages: this.pages }, specs);
    return { steps, ids: [...this.known.ids], jobs: [...this.known.jobs] };
  }

  /** Holds what a program gave to the model. */
  private judge(
    program: Program,
    given: { ok: boolean; results: Result[] },
    journal: Position | null = null,
  ): Outcome {
    const { results } = given;
    const outcome = evaluate(this.state, program, { results, cursors: this.cursors, journal });
    // The quick comparison first: the other one explains.
    if (!isDeepStrictEqual(results, outcome.results)) expect(results).toEqual(outcome.results);
    expect(given.ok).toBe(outcome.ok);
    const pages = pagesOf(program.steps, results);
    counts.pages += pages.length;
    this.pages.push(...pages);
    return outcome;
  }

  // --- Mutations and jobs -----------------------------------------------------------------------------

  private async commit(specs: StepSpec[][], isRepeated: boolean): Promise<void> {
    const programs = specs.map((steps) => this.toProgram(steps));
    const client = isRepeated ? crypto.randomUUID() : undefined;
    const replies = await this.backend.mutations(programs, client);
    const scheduled: ScheduledJob[] = [];
    for (const [i, reply] of replies.entries()) {
      const given = outcomeOf(reply);
      const outcome = this.judge(programs[i]!, given);
      for (const result of given.results) note(this.known, result);
      if (outcome.ok) scheduled.push(...outcome.scheduled);
      this.become(outcome.state);
      if (outcome.ok) counts.commits++;
      else counts.failedMutations++;
    }
    await this.backend.shown(Math.max(...replies.map(({ tsMicros }) => tsMicros)));
    const haveJobsRun = await this.runJobs(scheduled);
    // Once for each commit; where the machine is slow, those of one turn do not share one.
    const commits = replies.filter(({ ok }) => ok).length;
    await this.checkLive({ runsMax: haveJobsRun ? Number.POSITIVE_INFINITY : commits });
    if (client === undefined || replies.some(({ ok }) => !ok)) return;

    // Replies that were lost: the same requests again give the same, and nothing happens twice.
    counts.repeats++;
    expect(await this.backend.mutations(programs, client)).toEqual(replies);
    await this.checkLive({ runsMax: 0 });
  }

  /** Lets the jobs run that are due, and then the model's in the same order. */
  private async runJobs(scheduled: readonly ScheduledJob[]): Promise<boolean> {
    const waiting = new Map<string, ScheduledJob>();
    const add = (jobs: readonly ScheduledJob[]) => {
      for (const job of jobs) if (job.delayMs === 0) waiting.set(job.id, job);
    };
    add(scheduled);
    const isDue = ({ id }: ScheduledJob) => this.state.jobs.get(id) === "pending";
    if (![...waiting.values()].some(isDue)) return false;

    for (const [id, results] of await this.backend.jobsDone()) {
      const job = waiting.get(id);
      if (job === undefined || !isDue(job)) throw new Error("A job ran that was not to run");
      const outcome = this.judge(job.program, { ok: true, results });
      for (const result of results) note(this.known, result);
      this.become(outcome.state, { id, state: "success" });
      add(outcome.scheduled);
      counts.jobs++;
    }
    for (const { id, program } of [...waiting.values()].filter(isDue)) {
      // It left no word: it can only have failed, whatever it read.
      const nothing = { results: [], cursors: new Cursors(), journal: null };
      expect(evaluate(this.state, program, nothing).ok).toBe(false);
      this.become(this.state, { id, state: "failed" });
      counts.failedJobs++;
    }
    return true;
  }

  private become(next: State, job?: { id: string; state: "success" | "failed" }): void {
    const jobs = job === undefined ? next.jobs : new Map(next.jobs).set(job.id, job.state);
    this.haveJobsChanged ||= jobs !== this.state.jobs;
    this.written.push(...changedRows(this.state, next));
    this.state = { ...next, jobs };
  }

  // --- Live queries -----------------------------------------------------------------------------------

  /** `before`: what the client that watches again had seen. */
  private watch(program: Program, before?: LiveQuery): void {
    const journal = before?.journal ?? null;
    const { watch, requestId } = this.backend.watch(program, before?.watch.reply.journal ?? null);
    const { results, reads, journal: end } = this.judge(program, outcomeOf(watch.reply), journal);
    this.live.push({ program, requestId, watch, results, reads, journal: end });
    this.backend.takeRuns(requestId);
  }

  /** Each shows what a fresh run gives; those that the commits did not touch have not run. */
  private async checkLive({ runsMax }: { runsMax: number }): Promise<void> {
    const fresh = this.live.map(({ program, watch }) =>
      this.backend.freshly(program, watch.reply.journal),
    );
    for (const [i, live] of this.live.entries()) {
      const isTouched = live.reads.some((read) =>
        read.of === "jobs" ? this.haveJobsChanged : this.written.some(read.touches),
      );
      const runs = this.backend.takeRuns(live.requestId);
      if (runs > (isTouched ? runsMax : 0)) {
        throw new Error(`A ${isTouched ? "touched" : "untouched"} query ran ${runs} times`);
      }
      if (runs > 0) counts.rerun++;
      if (!isTouched && this.written.length > 0) counts.untouched++;
      this.checkReply(live, await fresh[i]!);
    }
    this.written = [];
    this.haveJobsChanged = false;
  }

  private checkReply(live: LiveQuery, fresh: QueryReply): void {
    const { reply } = live.watch;
    const given = outcomeOf(reply);
    const outcome = this.judge(live.program, given, live.journal);
    if (!isDeepStrictEqual(outcome.results, live.results)) {
      counts.changed++;
      if (live.journal !== null) counts.pagesAgain++;
    }
    const isSame = isDeepStrictEqual(outcomeOf(fresh), given) && fresh.journal === reply.journal;
    if (!isSame) expect({ ...given, ...reply }).toEqual({ ...outcomeOf(fresh), ...fresh });
    Object.assign(live, outcome);
  }

  private async restart(): Promise<void> {
    counts.restarts++;
    const before = this.live;
    this.live = [];
    await this.backend.restart();
    // Clients come back with the journals that they had.
    for (const live of before) this.watch(live.program, live);
  }

  private async checkEverything(): Promise<void> {
    const range = { indexName: null, range: [], order: "asc", filter: null } as const;
    const all = ["t", "u"].map((table) => ({
      kind: "read" as const,
      query: { ...range, range: [], table },
      ending: { kind: "collect" as const },
    }));
    const jobs = this.known.jobs.map((_, which) => ({ kind: "job" as const, which }));
    const program = { steps: [...all, ...jobs], ids: [], jobs: [...this.known.jobs] };
    this.judge(program, outcomeOf(await this.backend.query(program)));
  }
}

/** Both contents of every document that differs. */
function changedRows(before: State, after: State): Row[] {
  const rows: Row[] = [];
  for (const id of new Set([...before.docs.keys(), ...after.docs.keys()])) {
    const pair = [before.docs.get(id), after.docs.get(id)];
    if (JSON.stringify(pair[0]?.doc) === JSON.stringify(pair[1]?.doc)) continue;
    rows.push(...pair.filter((row) => row !== undefined));
  }
  return rows;
}

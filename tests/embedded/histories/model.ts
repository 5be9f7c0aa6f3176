/**
 * What programs must give and leave behind, computed the plain way: all documents in one map, copied before
 * each call, so that undoing is forgetting the copy. Ids, times and cursors are taken from the results that
 * are judged, after a check that they may be what they are.
 */
import type {
  CallStep,
  Json,
  Program,
  ReadStep,
  Result,
  Step,
  WriteStep,
} from "../../fixtures/projects/histories/convex/steps";
import { isWrite, note } from "../../fixtures/projects/histories/convex/steps";
import type { JsonDocument, JsonObject } from "../../../src/embedded/values/json";
import { type Cursors, type Position, readPage, readRows, type Read } from "./reading";

export type Row = { table: string; doc: JsonDocument };
export type JobState = "pending" | "success" | "failed" | "canceled";

/** Everything there is. A state is never changed, only replaced. */
export type State = {
  readonly docs: ReadonlyMap<string, Row>;
  /** In the order of their creation. */
  readonly jobs: ReadonlyMap<string, JobState>;
  /** When the newest document was created. */
  readonly newest: number;
};

export const EMPTY: State = { docs: new Map(), jobs: new Map(), newest: 0 };

export type Outcome = {
  /** The results as they must be. */
  results: Result[];
  /** Whether the program came to its end. */
  ok: boolean;
  /** The state afterwards; that of before when it failed. */
  state: State;
  reads: Read[];
  /** Jobs that the program scheduled and that stand, with what they will run. */
  scheduled: ScheduledJob[];
  /** Where the page of the outermost call ended. */
  journal: Position | null;
};

export type ScheduledJob = { id: string; delayMs: number; program: Program };

export type Judged = {
  /** What the runtime gave. */
  results: readonly Result[];
  cursors: Cursors;
  journal: Position | null;
};

/** Runs a program in the model. */
export function evaluate(state: State, program: Program, judged: Judged): Outcome {
  const call = new ModelCall(state, program, judged);
  const ok = call.runAll(program.steps);
  const { results, reads, scheduled, journal } = call;
  return { results, ok, state: ok ? call.state : state, reads, scheduled, journal };
}

class ModelCall {
  readonly results: Result[] = [];
  readonly reads: Read[] = [];
  scheduled: ScheduledJob[] = [];
  journal: Position | null = null;
  private readonly known: Pick<Program, "ids" | "jobs">;
  private hasPaginated = false;

  constructor(
    public state: State,
    { ids, jobs }: Pick<Program, "ids" | "jobs">,
    private readonly judged: Judged,
  ) {
    this.known = { ids: [...ids], jobs: [...jobs] };
  }

  /** Whether it came to the end. */
  runAll(steps: readonly Step[]): boolean {
    for (const [i, step] of steps.entries()) {
      if (step.kind === "fail") return false;
      const result = this.run(step, this.judged.results[i] ?? { nothing: true });
      this.results.push(result);
      note(this.known, result);
      if (step.kind === "call" && !step.isCaught && "failed" in result) return false;
    }
    return true;
  }

  private run(step: Exclude<Step, { kind: "fail" }>, judged: Result): Result {
    if (step.kind === "call") return this.call(step, judged);
    return isWrite(step) ? this.write(step, judged) : this.read(step, judged);
  }

  private call({ steps }: CallStep, judged: Result): Result {
    const results =
      "returned" in judged ? judged.returned : "failed" in judged ? judged.failed : [];
    const { cursors } = this.judged;
    const inner = evaluate(
      this.state,
      { steps, ...this.known },
      { results, cursors, journal: null },
    );
    this.reads.push(...inner.reads);
    if (!inner.ok) return { failed: inner.results };
    this.state = inner.state;
    this.scheduled.push(...inner.scheduled);
    return { returned: inner.results };
  }

  private read(step: ReadStep, judged: Result): Result {
    const { docs, jobs } = this.state;
    switch (step.kind) {
      case "get": {
        const id = this.idOf(step.which);
        if (id === undefined) return { nothing: true };
        this.reads.push({ of: "documents", touches: ({ doc }) => doc._id === id });
        return { value: docs.get(id)?.doc ?? null };
      }
      case "read": {
        const { value, read } = readRows(docs.values(), step);
        this.reads.push(read);
        return value;
      }
      case "page":
        return this.page(step, judged);
      case "count": {
        const { table } = step;
        this.reads.push({ of: "documents", touches: (row) => row.table === table });
        return { value: [...docs.values()].filter((row) => row.table === table).length };
      }
      case "job": {
        const id = this.known.jobs[step.which % this.known.jobs.length];
        if (id === undefined) return { nothing: true };
        this.reads.push({ of: "jobs" });
        return { value: jobs.get(id) ?? null };
      }
      case "newestJobs": {
        this.reads.push({ of: "jobs" });
        const newest = [...jobs.keys()].toReversed().slice(0, step.count);
        return { value: newest.filter((id) => this.known.jobs.includes(id)) };
      }
    }
  }

  private page(step: ReadStep & { kind: "page" }, judged: Result): Result {
    if (this.hasPaginated) return { error: "second page" };
    const { cursors, journal } = this.judged;
    const outcome = readPage(this.state.docs.values(), step, { cursors, journal });
    if (outcome === null) return { error: "invalid cursor" };
    this.hasPaginated = true;
    const { page, isDone, position, read } = outcome;
    this.reads.push(read);
    this.journal = position;
    const given = "page" in judged ? judged.page.continueCursor : "";
    return { page: { page, isDone, continueCursor: cursors.of(step.query, position, given) } };
  }

  private write(step: WriteStep, judged: Result): Result {
    switch (step.kind) {
      case "insert":
        return this.insert(step, judged);
      case "schedule": {
        const id = "scheduled" in judged ? judged.scheduled : "";
        // A new job, which nobody knew.
        if (this.known.jobs.includes(id) || this.state.jobs.has(id))
          return { error: "a job twice" };
        this.setJob(id, "pending");
        const { ids, jobs } = this.known;
        const program = { steps: step.steps, ids: [...ids], jobs: [...jobs] };
        this.scheduled.push({ id, delayMs: step.delayMs, program });
        return { scheduled: id };
      }
      case "cancel": {
        const id = this.known.jobs[step.which % this.known.jobs.length];
        if (id !== undefined && this.state.jobs.get(id) === "pending") this.setJob(id, "canceled");
        return { nothing: true };
      }
      case "replace":
      case "patch":
      case "delete":
        return this.update(step);
    }
  }

  private insert({ table, value }: WriteStep & { kind: "insert" }, judged: Result): Result {
    if (!isAllowed(table, value)) return { error: "schema" };
    const { id, createdAt } = "inserted" in judged ? judged.inserted : { id: "", createdAt: 0 };
    if (typeof createdAt !== "number" || createdAt <= this.state.newest) {
      return { error: `created at ${JSON.stringify(createdAt)}, after ${this.state.newest}` };
    }
    if (this.known.ids.includes(id) || this.state.docs.has(id)) return { error: "an id twice" };
    this.setRow(id, { table, doc: { ...value, _creationTime: createdAt, _id: id } });
    this.state = { ...this.state, newest: createdAt };
    return { inserted: { id, createdAt } };
  }

  private update(step: WriteStep & { kind: "replace" | "patch" | "delete" }): Result {
    const id = this.idOf(step.which);
    if (id === undefined) return { nothing: true };
    const row = this.state.docs.get(id);
    if (row === undefined) return { error: "nonexistent" };
    if (step.kind === "delete") {
      this.setRow(id, null);
      return { nothing: true };
    }
    const doc = step.kind === "replace" ? replaced(row.doc, step.value) : patched(row.doc, step);
    if (!isAllowed(row.table, fieldsOf(doc))) return { error: "schema" };
    this.setRow(id, { table: row.table, doc });
    return { nothing: true };
  }

  private idOf(which: number): string | undefined {
    return this.known.ids[which % this.known.ids.length];
  }

  private setRow(id: string, row: Row | null): void {
    const docs = new Map(this.state.docs);
    if (row === null) docs.delete(id);
    else docs.set(id, row);
    this.state = { ...this.state, docs };
  }

  private setJob(id: string, state: JobState): void {
    this.state = { ...this.state, jobs: new Map(this.state.jobs).set(id, state) };
  }
}

function replaced({ _id, _creationTime }: JsonDocument, value: JsonObject): JsonDocument {
  return { ...value, _creationTime, _id };
}

function patched(
  doc: JsonDocument,
  { name, value }: { name: string; value: Json | undefined },
): JsonDocument {
  const next: Record<string, Json | undefined> = { ...doc };
  if (value === undefined) delete next[name];
  else next[name] = value;
  return next as JsonDocument;
}

function fieldsOf({ _id, _creationTime, ...fields }: JsonDocument): JsonObject {
  return fields;
}

/** The fixture's schema: `t` takes anything, `u` exactly a number `n`. */
function isAllowed(table: string, { n, ...others }: JsonObject): boolean {
  if (table === "t") return true;
  const isNumber = typeof n === "number" || (typeof n === "object" && n !== null && "$float" in n);
  return isNumber && Object.keys(others).length === 0;
}

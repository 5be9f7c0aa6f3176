/**
 * The life of a scheduled job, as a pure state machine.
 *
 *   pending ──start──▶ inProgress ──succeed──▶ success
 *      │                   │ └───────fail────▶ failed
 *      └─────cancel────────┴─────────────────▶ canceled
 *
 * A mutation goes from pending to success inside its own transaction, so it runs exactly once. An action's
 * `start` is committed before it runs, so it runs at most once. The last three states are final. Rows of
 * `_scheduled_functions` hold exactly this union, in the shape that Convex shows through `db.system`.
 */
import type { Json, JsonObject } from "../values/json";

export type JobState =
  | { kind: "pending" }
  | { kind: "inProgress" }
  | { kind: "success" }
  | { kind: "failed"; error: string }
  | { kind: "canceled" };

export type JobEvent =
  { kind: "start" } | { kind: "succeed" } | { kind: "fail"; error: string } | { kind: "cancel" };

/** The state after `event`, or null when the event comes too late or twice and is to be ignored. */
export function nextJobState(state: JobState, event: JobEvent): JobState | null {
  switch (event.kind) {
    case "start":
      return state.kind === "pending" ? { kind: "inProgress" } : null;
    case "succeed":
      return state.kind === "inProgress" ? { kind: "success" } : null;
    case "fail":
      return isOpen(state) ? { kind: "failed", error: event.error } : null;
    case "cancel":
      return isOpen(state) ? { kind: "canceled" } : null;
  }
}

/** A job that can still change. */
export function isOpen(state: JobState): boolean {
  return state.kind === "pending" || state.kind === "inProgress";
}

/** A row of `_scheduled_functions` without its system fields. */
export type JobRow = {
  /** "dir/mod.js:fn". */
  name: string;
  args: [JsonObject];
  scheduledTime: number;
  /** Set once the state is final. */
  completedTime?: number;
  state: JobState;
};

/** The row after `event` at `nowMs`, or null when the event does not apply. */
export function nextJobRow(row: JobRow, event: JobEvent, nowMs: number): JobRow | null {
  const state = nextJobState(row.state, event);
  if (state === null) return null;
  return isOpen(state) ? { ...row, state } : { ...row, state, completedTime: nowMs };
}

/** The row inside a stored document. */
export function readJobRow(document: JsonObject): JobRow {
  const { name, args, scheduledTime, completedTime, state } = document as unknown as JobRow;
  const row: JobRow = { name, args, scheduledTime, state };
  return completedTime === undefined ? row : { ...row, completedTime };
}

export function toJson(row: JobRow): { [field: string]: Json } {
  return row as unknown as { [field: string]: Json };
}

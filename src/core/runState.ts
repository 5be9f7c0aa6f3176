/**
 * The life of a run, as a pure state machine.
 *
 *                         ┌────────────── released, lease_expired ──────────────┐
 *                         ▼                                                     │
 *   queued ──claimed──▶ leased ──call_started──▶ calling ──call_finished──▶ leased …
 *     ▲                   │ ▲                                                   │
 *     │                   │ └─────tools_finished───── tools ◀──tools_started────┤
 *     │                                                                         │
 *     └──approval_decided── awaiting_approval ◀──approval_requested─────────────┘
 *
 *   leased, calling, tools ──completed──▶ completed
 *                          ──failed─────▶ failed      (also lease_expired, once too many leases were lost,
 *                                                      or at once when a tool with effects was under way)
 *                          ──cancelled──▶ cancelled   (asked for by cancel_requested, confirmed by the worker)
 *   queued, awaiting_approval ──cancel_requested──▶ cancelled   (nobody is at work: at once)
 *
 * (`released` and `lease_expired` lead back to `queued`, from leased, calling and tools alike.)
 *
 * `completed`, `failed` and `cancelled` are final. The database stores exactly this union, and only
 * `nextRunState` decides what may follow what.
 *
 * **Fencing.** Every event of a worker carries the lease token that its claim set. A worker that lost
 * its lease still runs somewhere and still reports; its token no longer matches, so it is refused with
 * `lease_lost` and stops. What it was billed is recorded all the same: costs are not fenced.
 */
import { assert } from "./assert";
import { LEASES_LOST_MAX } from "./limits";

/** What every living state knows of the way so far. */
type Progress = {
  /** Number of the step that is next or under way; counts model calls and tool calls, and never falls. */
  step: number;
  /** Leases lost one after the other since a step was last finished. */
  leasesLost: number;
};

/** A worker is at it, or was and has not been heard of. */
type Working = Progress & {
  leaseToken: string;
  leaseTtlMs: number;
  leaseExpiresAtMs: number;
  /** When somebody asked to cancel; the worker reads it in the answer to each of its writes. */
  cancelRequestedAtMs: number | null;
};

export type RunFailureReason =
  | "provider_failed"
  | "budget_exceeded"
  | "price_unknown"
  /** The agent cannot run as it is set up: no key for its provider, a model that does not exist. */
  | "misconfigured"
  | "limit_reached"
  /** A tool with effects was begun and nobody knows whether it happened; a person must look. */
  | "effect_unknown"
  /** Worker after worker vanished while driving it. */
  | "workers_lost"
  | "internal";

/** A type alias and no interface, so that a Convex validator can infer the same type. */
export type RunState =
  | ({ kind: "queued"; notBeforeMs: number } & Progress)
  | ({ kind: "leased" } & Working)
  | ({ kind: "calling" } & Working)
  /** `hasEffects`: what runs may change the world, and must not run twice. */
  | ({ kind: "tools"; hasEffects?: true } & Working)
  | ({ kind: "awaiting_approval"; sinceMs: number } & Progress)
  | { kind: "completed"; endedAtMs: number }
  /** `detail` is a sentence for the tenant: what happened and what to change; no secrets, no stack. */
  | { kind: "failed"; endedAtMs: number; reason: RunFailureReason; detail: string }
  | { kind: "cancelled"; endedAtMs: number };

/** All states but the last ones. */
export const UNFINISHED = [
  "queued",
  "leased",
  "calling",
  "tools",
  "awaiting_approval",
] as const satisfies Exclude<RunState, TerminalRunState>["kind"][];

export type WorkingRunState = Extract<RunState, { leaseToken: string }>;
export type TerminalRunState = Extract<RunState, { endedAtMs: number }>;

/** What a worker reports. */
export type WorkerEvent = { leaseToken: string } & (
  | { kind: "call_started"; step: number }
  /** A chunk was flushed, or the heartbeat while nothing arrives. */
  | { kind: "renewed" }
  | { kind: "call_finished" }
  | { kind: "tools_started"; step: number; hasEffects: boolean }
  | { kind: "tools_finished"; stepsDone: number }
  | { kind: "approval_requested" }
  /** The worker hands the run back unfinished: its own time is up, or a retry has to wait. */
  | { kind: "released"; delayMs: number }
  | { kind: "completed" }
  | { kind: "failed"; reason: RunFailureReason; detail: string }
  /** The worker has stopped because cancelling was asked for. */
  | { kind: "cancelled" }
);

export type RunEvent =
  | { kind: "claimed"; leaseToken: string; ttlMs: number }
  | WorkerEvent
  | { kind: "approval_decided" }
  | { kind: "cancel_requested" }
  /** The reaper's: applies only once the lease has run out. */
  | { kind: "lease_expired" };

export type Refusal =
  /** The worker's lease is another's now: stop, write nothing, record only the cost. */
  | "lease_lost"
  /** The run has ended; nothing changes it any more. */
  | "terminal"
  /** The event does not belong in this state, for example a second claim or a late reaper. */
  | "not_applicable";

export type Transition = { ok: true; state: RunState } | { ok: false; refusal: Refusal };

/** The state of a run that was just accepted. */
export function newRunState(nowMs: number): RunState {
  return { kind: "queued", notBeforeMs: nowMs, step: 0, leasesLost: 0 };
}

export function isTerminal(state: RunState): state is TerminalRunState {
  return "endedAtMs" in state;
}

/** True in the states in which a worker holds the run. */
export function isWorking(state: RunState): state is WorkingRunState {
  return "leaseToken" in state;
}

/**
 * The state after `event`, or why it is refused.
 *
 * Events arrive late and twice (a cancelled run's worker still reports that it finished), so a refusal
 * is expected and no error; whoever sent the event decides what it means.
 *
 * An expired lease that nobody has taken yet is still its worker's: the token alone decides, so that
 * a clock or a slow write does not throw away a reply that is almost there.
 */
export function nextRunState(state: RunState, event: RunEvent, nowMs: number): Transition {
  if (isTerminal(state)) return refuse("terminal");
  if (isWorkerEvent(event)) {
    if (!isWorking(state) || state.leaseToken !== event.leaseToken) return refuse("lease_lost");
    return nextWorkingState(state, event, nowMs);
  }
  switch (event.kind) {
    case "claimed":
      return claim(state, event, nowMs);
    case "cancel_requested":
      return accept(requestCancel(state, nowMs));
    case "lease_expired":
      return isWorking(state) && state.leaseExpiresAtMs <= nowMs
        ? accept(afterLostLease(state, nowMs))
        : refuse("not_applicable");
    case "approval_decided":
      return state.kind === "awaiting_approval"
        ? accept({ kind: "queued", notBeforeMs: nowMs, ...progressOf(state) })
        : refuse("not_applicable");
  }
}

function nextWorkingState(state: WorkingRunState, event: WorkerEvent, nowMs: number): Transition {
  const held = { ...workOf(state), leaseExpiresAtMs: nowMs + state.leaseTtlMs };
  switch (event.kind) {
    case "renewed":
      return accept({ ...state, leaseExpiresAtMs: held.leaseExpiresAtMs });
    case "call_started":
      // From `calling` too: the next attempt of the same step, after one that failed.
      return state.kind !== "tools" && event.step === state.step
        ? accept({ kind: "calling", ...held })
        : refuse("not_applicable");
    case "call_finished":
      return state.kind === "calling"
        ? accept({ kind: "leased", ...held, step: state.step + 1, leasesLost: 0 })
        : refuse("not_applicable");
    case "tools_started":
      return state.kind === "leased" && event.step === state.step
        ? accept({ kind: "tools", ...held, ...(event.hasEffects && { hasEffects: true }) })
        : refuse("not_applicable");
    case "tools_finished":
      assert(event.stepsDone > 0, "at least one tool call was made");
      return state.kind === "tools"
        ? accept({ kind: "leased", ...held, step: state.step + event.stepsDone, leasesLost: 0 })
        : refuse("not_applicable");
    case "approval_requested":
      if (state.kind === "calling") return refuse("not_applicable");
      // Nothing is under way, so a cancel that was asked for meanwhile can be carried out here.
      if (state.cancelRequestedAtMs !== null) return accept(cancelledAt(nowMs));
      return accept({ kind: "awaiting_approval", sinceMs: nowMs, ...progressOf(state) });
    case "released":
      assert(event.delayMs >= 0, "a delay is not negative");
      if (state.cancelRequestedAtMs !== null) return accept(cancelledAt(nowMs));
      return accept({ kind: "queued", notBeforeMs: nowMs + event.delayMs, ...progressOf(state) });
    case "completed":
      // Even when cancelling was asked for: the reply was there first, and it has been paid for.
      return accept({ kind: "completed", endedAtMs: nowMs });
    case "failed": {
      const { reason, detail } = event;
      return accept({ kind: "failed", endedAtMs: nowMs, reason, detail });
    }
    case "cancelled":
      return state.cancelRequestedAtMs === null
        ? refuse("not_applicable")
        : accept(cancelledAt(nowMs));
  }
}

/** A claim takes a queued run whose time has come, or one whose worker's lease has run out. */
function claim(
  state: RunState,
  event: Extract<RunEvent, { kind: "claimed" }>,
  nowMs: number,
): Transition {
  assert(event.ttlMs > 0, "a lease lasts");
  const free =
    isWorking(state) && state.leaseExpiresAtMs <= nowMs ? afterLostLease(state, nowMs) : state;
  // A run that must now fail or be cancelled is left as it is for the reaper, which ends it.
  if (free.kind !== "queued" || free.notBeforeMs > nowMs) return refuse("not_applicable");
  return accept({
    kind: "leased",
    ...progressOf(free),
    leaseToken: event.leaseToken,
    leaseTtlMs: event.ttlMs,
    leaseExpiresAtMs: nowMs + event.ttlMs,
    cancelRequestedAtMs: null,
  });
}

function requestCancel(state: Exclude<RunState, TerminalRunState>, nowMs: number): RunState {
  if (!isWorking(state)) return cancelledAt(nowMs);
  return { ...state, cancelRequestedAtMs: state.cancelRequestedAtMs ?? nowMs };
}

function afterLostLease(state: WorkingRunState, nowMs: number): RunState {
  // Even when it was to be cancelled: that something may have happened must be seen.
  if (state.kind === "tools" && state.hasEffects === true) {
    const detail =
      "A tool with effects was under way when its worker vanished. Whether it did what it was to do is not known: look before you ask again.";
    return { kind: "failed", endedAtMs: nowMs, reason: "effect_unknown", detail };
  }
  if (state.cancelRequestedAtMs !== null) return cancelledAt(nowMs);
  const leasesLost = state.leasesLost + 1;
  if (leasesLost >= LEASES_LOST_MAX) {
    const detail = `The run was given up after ${leasesLost} workers in a row vanished at step ${state.step}.`;
    return { kind: "failed", endedAtMs: nowMs, reason: "workers_lost", detail };
  }
  return { kind: "queued", notBeforeMs: nowMs, step: state.step, leasesLost };
}

function cancelledAt(nowMs: number): RunState {
  return { kind: "cancelled", endedAtMs: nowMs };
}

function progressOf({ step, leasesLost }: Progress): Progress {
  return { step, leasesLost };
}

function workOf(state: WorkingRunState): Working {
  const { leaseToken, leaseTtlMs, leaseExpiresAtMs, cancelRequestedAtMs } = state;
  return { ...progressOf(state), leaseToken, leaseTtlMs, leaseExpiresAtMs, cancelRequestedAtMs };
}

function isWorkerEvent(event: RunEvent): event is WorkerEvent {
  return "leaseToken" in event && event.kind !== "claimed";
}

function accept(state: RunState): Transition {
  return { ok: true, state };
}

function refuse(refusal: Refusal): Transition {
  return { ok: false, refusal };
}

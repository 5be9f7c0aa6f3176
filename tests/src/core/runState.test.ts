import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LEASES_LOST_MAX } from "../../../src/core/limits";
import {
  isTerminal,
  isWorking,
  newRunState,
  nextRunState,
  type RunEvent,
  type RunState,
} from "../../../src/core/runState";
import { isKilled, type Mutation } from "../mutants";

type Next = typeof nextRunState;

const NOW = 1_000_000;
const TTL = 30_000;
const OURS = { leaseToken: "ours" };
const progress = { step: 2, leasesLost: 1 };
const held = {
  ...progress,
  leaseToken: "ours",
  leaseTtlMs: TTL,
  leaseExpiresAtMs: NOW + 5_000,
  cancelRequestedAtMs: null,
};

const STATES = {
  queued: { kind: "queued", notBeforeMs: NOW, ...progress },
  delayed: { kind: "queued", notBeforeMs: NOW + 1, ...progress },
  leased: { kind: "leased", ...held },
  calling: { kind: "calling", ...held },
  tools: { kind: "tools", ...held },
  effects: { kind: "tools", hasEffects: true, ...held },
  effectsExpired: { kind: "tools", hasEffects: true, ...held, leaseExpiresAtMs: NOW },
  effectsCancelled: {
    kind: "tools",
    hasEffects: true,
    ...held,
    leaseExpiresAtMs: NOW,
    cancelRequestedAtMs: NOW - 1,
  },
  expired: { kind: "calling", ...held, leaseExpiresAtMs: NOW },
  exhausted: { kind: "leased", ...held, leaseExpiresAtMs: NOW, leasesLost: LEASES_LOST_MAX - 1 },
  cancelling: { kind: "calling", ...held, cancelRequestedAtMs: NOW - 1 },
  cancelExpired: { kind: "tools", ...held, leaseExpiresAtMs: NOW, cancelRequestedAtMs: NOW - 1 },
  cancelLeased: { kind: "leased", ...held, cancelRequestedAtMs: NOW - 1 },
  approval: { kind: "awaiting_approval", sinceMs: NOW - 1, ...progress },
  completed: { kind: "completed", endedAtMs: NOW - 1 },
  failed: { kind: "failed", endedAtMs: NOW - 1, reason: "internal", detail: "" },
  cancelled: { kind: "cancelled", endedAtMs: NOW - 1 },
} as const satisfies Record<string, RunState>;
type StateName = keyof typeof STATES;

const EVENTS = {
  claimed: { kind: "claimed", leaseToken: "theirs", ttlMs: TTL },
  call_started: { kind: "call_started", ...OURS, step: 2 },
  call_started_other_step: { kind: "call_started", ...OURS, step: 3 },
  renewed: { kind: "renewed", ...OURS },
  call_finished: { kind: "call_finished", ...OURS },
  tools_started: { kind: "tools_started", ...OURS, step: 2, hasEffects: false },
  tools_started_other_step: { kind: "tools_started", ...OURS, step: 1, hasEffects: true },
  tools_finished: { kind: "tools_finished", ...OURS, stepsDone: 2 },
  approval_requested: { kind: "approval_requested", ...OURS },
  approval_decided: { kind: "approval_decided" },
  released: { kind: "released", ...OURS, delayMs: 500 },
  completed: { kind: "completed", ...OURS },
  failed: { kind: "failed", ...OURS, reason: "provider_failed", detail: "it broke" },
  cancelled: { kind: "cancelled", ...OURS },
  cancel_requested: { kind: "cancel_requested" },
  lease_expired: { kind: "lease_expired" },
} as const satisfies Record<string, RunEvent>;
type EventName = keyof typeof EVENTS;

const TERMINAL: readonly StateName[] = ["completed", "failed", "cancelled"];
const LIVING = (Object.keys(STATES) as StateName[]).filter((name) => !TERMINAL.includes(name));
const WORKING = LIVING.filter((name) => "leaseToken" in STATES[name]);

/** What is accepted, and where it leads. Every pair that is not listed is refused. */
const ACCEPTED: Readonly<Record<EventName, Partial<Record<StateName, RunState["kind"]>>>> = {
  claimed: { queued: "leased", expired: "leased" },
  call_started: {
    leased: "calling",
    calling: "calling",
    expired: "calling",
    exhausted: "calling",
    cancelling: "calling",
    cancelLeased: "calling",
  },
  call_started_other_step: {},
  renewed: {
    leased: "leased",
    calling: "calling",
    tools: "tools",
    effects: "tools",
    effectsExpired: "tools",
    effectsCancelled: "tools",
    expired: "calling",
    exhausted: "leased",
    cancelling: "calling",
    cancelExpired: "tools",
    cancelLeased: "leased",
  },
  call_finished: { calling: "leased", expired: "leased", cancelling: "leased" },
  tools_started: { leased: "tools", exhausted: "tools", cancelLeased: "tools" },
  tools_started_other_step: {},
  tools_finished: {
    tools: "leased",
    effects: "leased",
    effectsExpired: "leased",
    effectsCancelled: "leased",
    cancelExpired: "leased",
  },
  approval_requested: {
    leased: "awaiting_approval",
    tools: "awaiting_approval",
    effects: "awaiting_approval",
    effectsExpired: "awaiting_approval",
    effectsCancelled: "cancelled",
    exhausted: "awaiting_approval",
    cancelExpired: "cancelled",
    cancelLeased: "cancelled",
  },
  approval_decided: { approval: "queued" },
  released: {
    leased: "queued",
    calling: "queued",
    tools: "queued",
    effects: "queued",
    effectsExpired: "queued",
    effectsCancelled: "cancelled",
    expired: "queued",
    exhausted: "queued",
    cancelling: "cancelled",
    cancelExpired: "cancelled",
    cancelLeased: "cancelled",
  },
  completed: Object.fromEntries(WORKING.map((name) => [name, "completed"])),
  failed: Object.fromEntries(WORKING.map((name) => [name, "failed"])),
  cancelled: {
    effectsCancelled: "cancelled",
    cancelling: "cancelled",
    cancelExpired: "cancelled",
    cancelLeased: "cancelled",
  },
  cancel_requested: {
    queued: "cancelled",
    delayed: "cancelled",
    approval: "cancelled",
    leased: "leased",
    calling: "calling",
    tools: "tools",
    effects: "tools",
    effectsExpired: "tools",
    effectsCancelled: "tools",
    expired: "calling",
    exhausted: "leased",
    cancelling: "calling",
    cancelExpired: "tools",
    cancelLeased: "leased",
  },
  lease_expired: {
    expired: "queued",
    exhausted: "failed",
    cancelExpired: "cancelled",
    effectsExpired: "failed",
    effectsCancelled: "failed",
  },
};

function expectedOutcome(stateName: StateName, eventName: EventName): string {
  const accepted = ACCEPTED[eventName][stateName];
  if (accepted !== undefined) return accepted;
  if (TERMINAL.includes(stateName)) return "refused: terminal";
  const isWorkersOwn = eventName !== "claimed" && "leaseToken" in EVENTS[eventName];
  if (isWorkersOwn && !WORKING.includes(stateName)) return "refused: lease_lost";
  return "refused: not_applicable";
}

function outcome(next: Next, state: RunState, event: RunEvent): string {
  const result = next(state, event, NOW);
  return result.ok ? result.state.kind : `refused: ${result.refusal}`;
}

const PAIRS = (Object.keys(STATES) as StateName[]).flatMap((stateName) =>
  (Object.keys(EVENTS) as EventName[]).map((eventName) => ({ stateName, eventName })),
);

/** Every rule that holds for all states and events, as a check that a mutant can fail. */
const RULES: Readonly<Record<string, (next: Next) => void>> = {
  "every state times every event": (next) => {
    for (const { stateName, eventName } of PAIRS) {
      expect(
        { stateName, eventName, outcome: outcome(next, STATES[stateName], EVENTS[eventName]) },
        `${stateName} × ${eventName}`,
      ).toEqual({ stateName, eventName, outcome: expectedOutcome(stateName, eventName) });
    }
  },

  "a stale lease token is refused in every state": (next) => {
    for (const { stateName, eventName } of PAIRS) {
      const event = EVENTS[eventName];
      if (!("leaseToken" in event) || event.kind === "claimed") continue;
      const refusal = TERMINAL.includes(stateName) ? "terminal" : "lease_lost";
      const stale = { ...event, leaseToken: "stale" };
      expect(outcome(next, STATES[stateName], stale), `${stateName} × ${eventName}`).toBe(
        `refused: ${refusal}`,
      );
    }
  },

  "every accepted write renews the lease": (next) => {
    for (const eventName of ["renewed", "call_started", "call_finished"] as const) {
      const state = eventName === "call_finished" ? STATES.calling : STATES.leased;
      const result = next(state, EVENTS[eventName], NOW);
      expect(result).toMatchObject({ ok: true, state: { leaseExpiresAtMs: NOW + TTL } });
    }
  },

  "only finished steps count, and they forgive lost leases": (next) => {
    expect(next(STATES.calling, EVENTS.call_finished, NOW)).toMatchObject({
      state: { step: 3, leasesLost: 0 },
    });
    expect(next(STATES.tools, EVENTS.tools_finished, NOW)).toMatchObject({
      state: { step: 4, leasesLost: 0 },
    });
    for (const event of [EVENTS.released, EVENTS.approval_requested]) {
      expect(next(STATES.leased, event, NOW)).toMatchObject({ state: progress });
    }
    expect(next(STATES.expired, EVENTS.lease_expired, NOW)).toMatchObject({
      state: { step: 2, leasesLost: 2 },
    });
    expect(next(STATES.expired, EVENTS.claimed, NOW)).toMatchObject({
      state: { step: 2, leasesLost: 2, leaseToken: "theirs" },
    });
  },

  "a release waits as long as it says": (next) => {
    expect(next(STATES.leased, EVENTS.released, NOW)).toMatchObject({
      state: { kind: "queued", notBeforeMs: NOW + 500 },
    });
  },

  "a run that is given up says why": (next) => {
    expect(next(STATES.exhausted, EVENTS.lease_expired, NOW)).toMatchObject({
      state: { kind: "failed", reason: "workers_lost", endedAtMs: NOW },
    });
  },

  "what may have changed the world is not done again": (next) => {
    const { tools_started: event, renewed, lease_expired } = EVENTS;
    expect(next(STATES.leased, { ...event, hasEffects: true }, NOW)).toEqual({
      ok: true,
      state: { ...STATES.effects, leaseExpiresAtMs: NOW + TTL },
    });
    expect(next(STATES.leased, event, NOW)).toEqual({
      ok: true,
      state: { ...STATES.tools, leaseExpiresAtMs: NOW + TTL },
    });
    expect(next(STATES.effects, renewed, NOW)).toMatchObject({ state: { hasEffects: true } });
    for (const state of [STATES.effectsExpired, STATES.effectsCancelled]) {
      expect(next(state, lease_expired, NOW)).toMatchObject({
        state: { kind: "failed", reason: "effect_unknown" },
      });
    }
    // Once it is known what came of it, a lost lease is nothing special any more.
    const after = next(STATES.effects, EVENTS.tools_finished, NOW);
    expect(after.ok && "hasEffects" in after.state).toBe(false);
  },

  "the first request to cancel counts": (next) => {
    expect(next(STATES.cancelling, EVENTS.cancel_requested, NOW)).toMatchObject({
      state: { cancelRequestedAtMs: NOW - 1 },
    });
  },

  "histories: ended runs stay ended, steps do not fall, one worker at a time, no cancel is lost": (
    next,
  ) => {
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 60 }), (moves) => {
        let nowMs = NOW;
        let state: RunState = newRunState(nowMs);
        for (const { event, waitMs } of moves) {
          nowMs += waitMs;
          const result = next(state, atCurrentStep(event, state), nowMs);
          if (result.ok) checkMove(state, event, { after: result.state, nowMs });
          if (result.ok) state = result.state;
        }
      }),
      { numRuns: 10_000, seed: 20_261_120 },
    );
  },
};

const token = fc.constantFrom("a", "b", "c");
const anyMove = fc.record({
  waitMs: fc.constantFrom(0, 1, 10_000, 40_000),
  event: fc.oneof(
    fc.record({
      kind: fc.constant("claimed" as const),
      leaseToken: token,
      ttlMs: fc.constant(TTL),
    }),
    fc.record({
      kind: fc.constant("call_started" as const),
      leaseToken: token,
      step: fc.constant(-1),
    }),
    fc.record({
      kind: fc.constant("tools_started" as const),
      leaseToken: token,
      step: fc.constant(-1),
      hasEffects: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom(
        "renewed" as const,
        "call_finished" as const,
        "approval_requested" as const,
        "cancelled" as const,
      ),
      leaseToken: token,
    }),
    fc.record({
      kind: fc.constant("tools_finished" as const),
      leaseToken: token,
      stepsDone: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant("released" as const), leaseToken: token, delayMs: fc.nat(100) }),
    fc.record({
      kind: fc.constantFrom(
        "approval_decided" as const,
        "cancel_requested" as const,
        "lease_expired" as const,
      ),
    }),
  ),
});

/** Histories would hardly ever guess the right step; which step is right has its own rule. */
function atCurrentStep(event: RunEvent, state: RunState): RunEvent {
  return "step" in event && "step" in state ? { ...event, step: state.step } : event;
}

function checkMove(
  before: RunState,
  event: RunEvent,
  { after, nowMs }: { after: RunState; nowMs: number },
): void {
  expect(isTerminal(before)).toBe(false);
  if ("step" in before && "step" in after) {
    expect(after.step).toBeGreaterThanOrEqual(before.step);
    expect(after.leasesLost).toBeLessThan(LEASES_LOST_MAX);
  }
  if (event.kind === "claimed" && isWorking(before)) {
    expect(before.leaseExpiresAtMs).toBeLessThanOrEqual(nowMs);
  }
  if ("leaseToken" in event && event.kind !== "claimed") {
    expect(isWorking(before) && before.leaseToken).toBe(event.leaseToken);
  }
  const wasAtEffects = before.kind === "tools" && before.hasEffects === true;
  if (wasAtEffects && (event.kind === "lease_expired" || event.kind === "claimed")) {
    expect(isTerminal(after)).toBe(true);
  }
  if (isWorking(before) && before.cancelRequestedAtMs !== null && !isTerminal(after)) {
    expect(isWorking(after) && after.cancelRequestedAtMs).toBe(before.cancelRequestedAtMs);
  }
}

describe("nextRunState", () => {
  for (const [name, rule] of Object.entries(RULES)) {
    test(name, () => rule(nextRunState));
  }
});

const MUTANTS: readonly Mutation[] = [
  {
    name: "an effect is begun again after a lost lease",
    find: 'if (state.kind === "tools" && state.hasEffects === true) {',
    replace: 'if (state.kind === "calling" && state.leasesLost < 0) {',
  },
  {
    name: "a renewal forgets the effect",
    find: "return accept({ ...state, leaseExpiresAtMs: held.leaseExpiresAtMs });",
    replace: "return accept({ kind: state.kind, ...held });",
  },
  {
    name: "the lease token is not compared",
    find: "!isWorking(state) || state.leaseToken !== event.leaseToken",
    replace: "!isWorking(state)",
  },
  {
    name: "an ended run can be changed",
    find: 'if (isTerminal(state)) return refuse("terminal");',
    replace:
      'if (isTerminal(state)) return accept({ kind: "queued", notBeforeMs: 0, step: 0, leasesLost: 0 });',
  },
  {
    name: "a claim ignores a live lease",
    find: "isWorking(state) && state.leaseExpiresAtMs <= nowMs ? afterLostLease(state, nowMs) : state",
    replace: "isWorking(state) ? afterLostLease(state, nowMs) : state",
  },
  {
    name: "a claim ignores the delay",
    find: 'free.kind !== "queued" || free.notBeforeMs > nowMs',
    replace: 'free.kind !== "queued"',
  },
  {
    name: "the reaper does not look at the clock",
    find: "return isWorking(state) && state.leaseExpiresAtMs <= nowMs",
    replace: "return isWorking(state)",
  },
  {
    name: "the reaper gives up one lease too late",
    find: "leasesLost >= LEASES_LOST_MAX",
    replace: "leasesLost > LEASES_LOST_MAX",
  },
  {
    name: "the reaper forgets that cancelling was asked for",
    find: "if (state.cancelRequestedAtMs !== null) return cancelledAt(nowMs);\n  const leasesLost",
    replace: "const leasesLost",
  },
  {
    name: "writes do not renew the lease",
    find: "leaseExpiresAtMs: nowMs + state.leaseTtlMs",
    replace: "leaseExpiresAtMs: state.leaseExpiresAtMs",
  },
  {
    name: "a release forgets that cancelling was asked for",
    find: 'assert(event.delayMs >= 0, "a delay is not negative");\n      if (state.cancelRequestedAtMs !== null) return accept(cancelledAt(nowMs));',
    replace: "",
  },
  {
    name: "any step can be started",
    find: 'state.kind !== "tools" && event.step === state.step',
    replace: 'state.kind !== "tools"',
  },
  {
    name: "a finished call does not count",
    find: 'accept({ kind: "leased", ...held, step: state.step + 1, leasesLost: 0 })',
    replace: 'accept({ kind: "leased", ...held })',
  },
  {
    name: "a worker cancels unasked",
    find: "return state.cancelRequestedAtMs === null",
    replace: "return false",
  },
  {
    name: "a request to cancel is always the first",
    find: "state.cancelRequestedAtMs ?? nowMs",
    replace: "nowMs",
  },
];

const CHECKS = Object.values(RULES).map(
  (check) => (mutant: { nextRunState: Next }) => check(mutant.nextRunState),
);

test.each(MUTANTS)("mutant killed: $name", async (mutation) => {
  expect(await isKilled("src/core/runState.ts", mutation, CHECKS)).toBe(true);
});

test("the unchanged file survives, loaded like a mutant", async () => {
  const find = "function cancelledAt(";
  expect(
    await isKilled("src/core/runState.ts", { name: "none", find, replace: find }, CHECKS),
  ).toBe(false);
});

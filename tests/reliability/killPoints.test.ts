/**
 * A worker dies at each of the places at which it can, in each kind of turn: before and after every call with which it
 * reads or writes what it works on. Whatever is left, the reaper and the next worker make of it what the turn was to
 * become: nothing lost, nothing twice, every call that was billed in the ledger, and nothing held of budgets for calls
 * that nobody makes any more.
 */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import * as runsModule from "../../convex/jobs/runs";
import { tokenTotals } from "../../convex/model/costs/storedUsage";
import { findPrice } from "../../src/pricing/priceBook";
import { openConvexTest } from "../convex/drivers";
import { ledgerOf, sceneOn, simulatorVariables, type Scene } from "../convex/turn";
import { openWorld } from "../convex/world";
import { Fate, type Death } from "./mortalWorkers";
import { SCENARIOS, type Scenario } from "./scenarios";

const world = openWorld();

/** Far more than any of the turns needs. */
const POLLS_MAX = 2_000;
const CALLS_MAX = 200;

describe.each(SCENARIOS)("$name", (scenario) => {
  test("comes out right wherever a worker dies", { timeout: 300_000 }, async () => {
    const { calls } = await play(scenario, null);
    expect(calls).toBeGreaterThan(scenario.callsMin);
    expect(calls).toBeLessThan(CALLS_MAX);
    for (let atCall = 0; atCall < calls; atCall++) {
      for (const when of ["before", "after"] as const) await play(scenario, { atCall, when });
    }
  });
});

/** Plays the scenario with a death in it, and looks at what has become of everything. */
async function play(scenario: Scenario, death: Death | null): Promise<{ calls: number }> {
  world.simulator.control.reset();
  world.outside.reset();
  const fate = new Fate(death);
  const t = await openConvexTest(simulatorVariables(), { "jobs/runs.ts": fate.over(runsModule) });
  try {
    const stage = await sceneOn(t, scenario.model);
    await withBudgets(stage, scenario);
    await scenario.prepare?.(stage, world);
    const { agentId } = stage;
    const to =
      scenario.session === undefined ? { agentId } : { sessionId: await scenario.session(stage) };
    const { runId, sessionId } = await stage.as.mutation(api.mutations.messages.send, {
      ...to,
      content: scenario.content,
    });
    const ended = await untilEnded(stage, { runId, sessionId, scenario, fate });
    const where = death === null ? "unhurt" : `${death.when} call ${death.atCall}`;
    await expectOrder(stage, { sessionId, where });
    expect(scenario.ends, where).toContain(ended.state.kind);
    await scenario.expectAfter?.(stage, {
      simulator: world.simulator,
      outside: world.outside,
      run: ended,
    });
    return { calls: fate.calls };
  } finally {
    await t.close();
  }
}

/** Far from their limits: that of the model's cost too, if it has a price. */
async function withBudgets({ t, tenantId, agentId }: Scene, { model }: Scenario): Promise<void> {
  const isPriced = findPrice({ ...model, atMs: Date.now() }) !== null;
  const subjects = [
    { dimension: "tenant", key: "", window: "month", limit: { tokens: 10 ** 9 } },
    { dimension: "agent", key: agentId, window: "day", limit: { tokens: 10 ** 6 } },
    { dimension: "provider", key: model.provider, window: "hour", limit: { tokens: 1 } },
    ...(isPriced
      ? ([
          {
            dimension: "model",
            key: `${model.provider}/${model.model}`,
            window: "week",
            limit: { pico: 10n ** 15n },
          },
        ] as const)
      : []),
  ] as const;
  await t.run(async (ctx) => {
    for (const subject of subjects) {
      await ctx.db.insert("budget_policies", {
        tenantId,
        name: `Of the ${subject.dimension}`,
        ...subject,
        action: subject.dimension === "provider" ? "warn" : "block",
        alertPercents: [],
        source: "manual",
        status: "active",
        createdAt: 0,
        updatedAt: 0,
      });
    }
  });
}

/** Nothing is held any more, all that was spent is counted, and of whom nobody knows what he spent, all that was held. */
async function expectBudgets({ t, tenantId }: Scene, where: string): Promise<void> {
  const at = { tenantId, nowMs: Date.now(), held: null, cursor: null };
  const compared = await t.query(internal.jobs.checking.differencesOfBudgets, at);
  expect(compared, where).toMatchObject({ differences: [], isDone: true });
  const { reservations, events } = await t.run(async (ctx) => ({
    reservations: await ctx.db.query("budget_reservations").collect(),
    events: await ctx.db.query("cost_events").collect(),
  }));
  expect(reservations.length, where).toBeGreaterThan(0);
  expect(
    reservations.map(({ state }) => state),
    where,
  ).not.toContain("reserved");
  for (const event of events.filter(
    ({ status, kind }) => status === "lost" && kind === "attempt",
  )) {
    const held = reservations.find(({ key }) => key === event.attemptId) ?? expect.fail(where);
    expect(event.usageSource, where).toBe("unknown");
    expect(tokenTotals(event.usage).totalTokens, where).toBe(held.reserved.tokens);
    if (held.reserved.pico > 0n) expect(event.totalCostPico, where).toBe(held.reserved.pico);
  }
}

/** Polls, plays the people's part, and stands in for the time that passes until a dead worker's lease runs out. */
async function untilEnded(
  stage: Scene,
  {
    runId,
    sessionId,
    scenario,
    fate,
  }: { runId: Id<"runs">; sessionId: Id<"sessions">; scenario: Scenario; fate: Fate },
): Promise<Doc<"runs">> {
  let isBuried = false;
  for (let polls = 0; polls < POLLS_MAX; polls++) {
    await scenario.act?.(stage, { runId, sessionId });
    if (fate.hasStruck && !isBuried) {
      await fate.died;
      await passLease(stage, sessionId);
      isBuried = true;
    }
    const runs = await stage.t.run((ctx) => ctx.db.query("runs").collect());
    const [first = expect.fail()] = runs;
    if (runs.every(({ state }) => "endedAtMs" in state)) return first;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("the runs did not end");
}

/** What the dead worker held is free: its lease has run out, and what nobody is woken for is seen to. */
async function passLease({ t }: Scene, sessionId: Id<"sessions">): Promise<void> {
  await t.run(async (ctx) => {
    for (const run of await ctx.db.query("runs").collect()) {
      if (run.sessionId !== sessionId) continue;
      const reapAtMs = Date.now() - 1;
      if ("leaseToken" in run.state) {
        const state = { ...run.state, leaseExpiresAtMs: reapAtMs };
        await ctx.db.patch("runs", run._id, { state, reapAtMs });
      } else if (run.reapAtMs !== undefined) {
        await ctx.db.patch("runs", run._id, { reapAtMs });
      }
    }
    // What a dead worker was to try out is tried by the next one: as much time has passed.
    for (const { _id, probingUntilMs } of await ctx.db.query("provider_cooldowns").collect()) {
      if (probingUntilMs === undefined) continue;
      await ctx.db.patch("provider_cooldowns", _id, { probingUntilMs: Date.now() - 1 });
    }
    await ctx.runMutation(internal.jobs.reaper.reap, {});
  });
}

/** Nothing is open, nothing is there twice, and the books are right. */
async function expectOrder(
  stage: Scene,
  { sessionId, where }: { sessionId: Id<"sessions">; where: string },
): Promise<void> {
  await world.simulator.control.idle();
  const { runs, messages, steps, session, approvals } = await stage.t.run(async (ctx) => ({
    runs: await ctx.db.query("runs").collect(),
    messages: await ctx.db.query("messages").collect(),
    steps: await ctx.db.query("run_steps").collect(),
    approvals: await ctx.db.query("approvals").collect(),
    session: await ctx.db.get("sessions", sessionId),
  }));
  expect(session?.activeRunId, where).toBeUndefined();
  expect(session?.messageCount, where).toBe(messages.length);
  expect(
    messages.map(({ status }) => status),
    where,
  ).not.toContain("streaming");
  expect(
    steps.map(({ status }) => status),
    where,
  ).not.toContain("running");
  const attempts = steps.flatMap((step) => step.attempts);
  expect(
    attempts.map(({ status }) => status),
    where,
  ).not.toContain("running");
  expect(
    approvals.map(({ state }) => state),
    where,
  ).not.toContain("pending");
  for (const { _id, state } of runs) {
    const replies = messages.filter(({ runId, role }) => runId === _id && role === "assistant");
    const final = replies.filter(
      ({ status, toolCalls }) => status === "complete" && toolCalls === undefined,
    );
    expect(final.length, where).toBe(state.kind === "completed" ? 1 : 0);
    // What was cut says so, and every call that a finished reply asks for was answered.
    for (const { status, error, toolCalls = [] } of replies) {
      if (status === "interrupted") expect(error, where).toBeTruthy();
      if (state.kind === "completed") {
        expect(
          toolCalls.every(({ result }) => result !== undefined),
          where,
        ).toBe(true);
      }
    }
  }
  await expectBudgets(stage, where);
  const { events } = await ledgerOf(stage);
  const taken = world.simulator.ledger.entries.filter(({ outcome }) => outcome !== "refused");
  const booked = events.filter(({ kind }) => kind === "attempt");
  expect(booked.length, where).toBeGreaterThanOrEqual(taken.length);
}

/** What the tests of a turn stand on: a simulator, an agent that calls it, and waiting for runs. */
import { expect } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { GenericQueryCtx } from "convex/server";
import type { DataModel, Doc, Id } from "../../convex/_generated/dataModel";
import { keysOf, UNITS } from "../../convex/model/rollups/sums";
import { costOf, NO_MODIFIERS } from "../../src/pricing/cost";
import { findPrice } from "../../src/pricing/priceBook";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import type { Backend, Caller, Variables } from "./drivers";
import { billedPico } from "../support/billing";
import { setup, sharedSetup, supportBot, tenantWith, type Member } from "./setup";

let variables: Variables = {};

/** A simulator that the providers of every deployment opened afterwards point at. */
export async function simulatorFor(): Promise<Simulator> {
  const simulator = await startSimulator({ tokensPerSecond: Infinity });
  variables = {
    ANTHROPIC_API_KEY: "test",
    ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: simulator.openAiBaseUrl,
  };
  return simulator;
}

/** A fresh deployment that calls the simulator, if there is one. */
export async function setupWithSimulator(): Promise<Backend> {
  return await setup(variables);
}

/** What a deployment needs to call the simulator. */
export function simulatorVariables(): Variables {
  return variables;
}

/** One for all tests of a `describe`, as `sharedSetup`. */
export function sharedSetupWithSimulator(): () => Backend {
  return sharedSetup(() => variables);
}

export type Scene = Member & { t: Backend; agentId: Id<"agents"> };

/** A tenant with an agent, on a fresh deployment. */
export async function scene(
  model: { provider: "anthropic" | "openai"; model: string } = {
    provider: "anthropic",
    model: "claude-opus-4-6",
  },
): Promise<Scene> {
  return await sceneOn(await setupWithSimulator(), model);
}

/** The same on a deployment that is there. */
export async function sceneOn(
  t: Backend,
  model: { provider: "anthropic" | "openai"; model: string },
): Promise<Scene> {
  const acme = await tenantWith(t, { subject: "ann" });
  const agent = { ...supportBot(), ...model };
  const agentId = await acme.as.mutation(api.mutations.agents.create, agent);
  return { t, agentId, ...acme };
}

/**
 * Sends, and takes the run's wake-up away before it can come: nobody drives the run, as after a restore
 * from a backup, which has no scheduled functions.
 */
export async function sendUnheard({ as, agentId }: Scene) {
  return await as.run(async (ctx) => {
    const sent = await ctx.runMutation(api.mutations.messages.send, { agentId, content: "Hi" });
    const run = await ctx.db.get("runs", sent.runId);
    if (run?.wakeJobId === undefined) throw new Error("nothing would wake the run");
    await ctx.scheduler.cancel(run.wakeJobId);
    return sent;
  });
}

type RunKind = Doc<"runs">["state"]["kind"];

/** Waits until the run is in one of the states, and returns it. */
export async function runIn(as: Caller, runId: Id<"runs">, kinds: readonly RunKind[]) {
  for (let tries = 0; tries < 5_000; tries++) {
    const run = await as.query(api.queries.runs.get, { runId });
    if ((kinds as readonly string[]).includes(run.state.kind)) return run;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`run ${runId} did not become ${kinds.join(" or ")}`);
}

export const ENDED = ["completed", "failed", "cancelled"] as const;

/**
 * The run's lease runs out, as if its worker had been silent for as long, and the reaper sees it: at once, because
 * this worker is alive, and would renew the lease in between.
 */
export async function loseLease({ t }: Scene, runId: Id<"runs">): Promise<void> {
  await t.run(async (ctx) => {
    const run = await ctx.db.get("runs", runId);
    if (run === null || !("leaseToken" in run.state)) throw new Error("nobody holds the run");
    // Long before: for what a mutation calls it is the time at which that began.
    const pastMs = Date.now() - 60_000;
    const state = { ...run.state, leaseExpiresAtMs: pastMs };
    await ctx.db.patch("runs", runId, { state, reapAtMs: pastMs });
    await ctx.runMutation(internal.jobs.reaper.reap, {});
  });
}

/** Waits until pieces of the run's reply are there, and returns them. */
export async function chunksOf(as: Caller, runId: Id<"runs">) {
  for (let tries = 0; tries < 1_500; tries++) {
    const view = await as.query(api.queries.messages.chunks, { runId });
    if (view.chunks.length > 0) return view;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no chunk of run ${runId} arrived`);
}

/**
 * Follows the run's reply from its start to its end as a client does, a piece at a time and always from
 * the cursor of the last: the text, in the order in which it came.
 */
export async function follow(as: Caller, runId: Id<"runs">): Promise<string> {
  let text = "";
  let afterSeq = -1;
  for (let tries = 0; tries < 3_000; tries++) {
    const view = await as.query(api.queries.messages.chunks, { runId, afterSeq, limit: 1 });
    for (const { seq, parts } of view.chunks) {
      expect(seq).toBeGreaterThan(afterSeq);
      text += parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
    }
    if (view.isDone) return text;
    afterSeq = view.lastSeq;
    if (view.chunks.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`the reply of run ${runId} did not end`);
}

/**
 * That a call which broke off is booked at the price book's price: Anthropic's input as it was stated at the
 * start of the stream, anything else by an estimate that is near to the bill.
 */
export function expectEstimate(event: Doc<"cost_events">, simulator: Simulator): void {
  const [entry, ...others] = simulator.ledger.entries;
  expect(others).toEqual([]);
  const { provider, model, usage, startedAtMs } = event;
  const price = findPrice({ provider, model, atMs: startedAtMs });
  if (price === null || entry === undefined) throw new Error(`no price or no call of ${model}`);
  const used = { ...entry.billed, tokens: { ...entry.billed.tokens, ...usage.tokens } };
  expect(event.totalCostPico).toBe(costOf(used, price, NO_MODIFIERS).totalPico);

  const isStated = provider === "anthropic";
  expect(event.usageSource).toBe(isStated ? "estimated_partial" : "estimated");
  if (isStated) expect(usage.tokens.inputFresh).toBe(entry.billed.tokens.inputFresh);
  expect(usage.tokens.output).toBeGreaterThan(0);
  const billed = billedPico(simulator.ledger.entries, provider);
  expect(event.totalCostPico).toBeGreaterThan(billed / 2n);
  expect(event.totalCostPico).toBeLessThan(billed * 2n);
}

/** The ledger; and that every sum in the database is the sum of its rows. */
export async function ledgerOf({ t, tenantId }: Scene) {
  return await t.run(async (ctx) => {
    const events = await ctx.db.query("cost_events").collect();
    const total = sum(events);
    for (const row of await ctx.db.query("runs").collect()) {
      expect(row.totalCostPico).toBe(sum(events.filter((event) => event.runId === row._id)));
    }
    for (const row of await ctx.db.query("run_steps").collect()) {
      expect(row.totalCostPico).toBe(sum(events.filter((event) => event.stepId === row._id)));
    }
    for (const row of await ctx.db.query("sessions").collect()) {
      expect(row.totalCostPico).toBe(sum(events.filter((event) => event.sessionId === row._id)));
    }
    for (const row of await ctx.db.query("messages").collect()) {
      const own = events.filter((event) => event.messageId === row._id);
      expect(row.costPico ?? 0n).toBe(sum(own));
    }
    await expectSums(ctx, events);
    expect(new Set(events.map(({ attemptId }) => attemptId)).size).toBe(events.length);
    expect(events.every((event) => event.tenantId === tenantId)).toBe(true);
    for (const event of events) {
      const { inputCostPico, outputCostPico, feesPico, totalCostPico } = event;
      expect(inputCostPico + outputCostPico + feesPico).toBe(totalCostPico);
    }
    return { events, total };
  });
}

/** That every roll-up is what the events say, with the tallies that are still to be folded into it. */
async function expectSums(ctx: GenericQueryCtx<DataModel>, events: readonly Doc<"cost_events">[]) {
  const tallies = await ctx.db.query("tallies").collect();
  const rollups = await ctx.db.query("rollups").collect();
  for (const dimension of ["tenant", "agent", "session", "user", "model", "provider"] as const) {
    const open = tallies.filter((tally) => keysOf(tally).some(([one]) => one === dimension));
    const booked = sum(events.filter((event) => isCountedBy(dimension, event)));
    for (const unit of UNITS) {
      const rows = rollups.filter((row) => row.dimension === dimension && row.unit === unit);
      const total = sum(rows) + sum(open.map(({ sums }) => sums));
      expect(total, `the sums by ${dimension} and ${unit}`).toBe(booked);
    }
  }
}

function isCountedBy(
  dimension: "tenant" | "agent" | "session" | "user" | "model" | "provider",
  event: Doc<"cost_events">,
) {
  if (dimension === "session") return event.sessionId !== undefined;
  return dimension !== "user" || event.userId !== undefined;
}

function sum(rows: readonly { totalCostPico: bigint }[]): bigint {
  return rows.reduce((all, { totalCostPico }) => all + totalCostPico, 0n);
}

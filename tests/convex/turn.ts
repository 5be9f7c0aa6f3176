/** What the tests of a turn stand on: a simulator, an agent that calls it, and waiting for runs. */
import { expect } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { costOf, NO_MODIFIERS } from "../../src/pricing/cost";
import { findPrice } from "../../src/pricing/priceBook";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { setup, supportBot, tenantWith, type Backend, type Caller, type Member } from "./setup";

/** Points the deployment's providers at a simulator of its own. */
export async function simulatorFor(): Promise<Simulator> {
  const simulator = await startSimulator({ tokensPerSecond: Infinity });
  Object.assign(process.env, {
    ANTHROPIC_API_KEY: "test",
    ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: simulator.openAiBaseUrl,
  });
  return simulator;
}

export type Scene = Member & { t: Backend; agentId: Id<"agents"> };

/** A tenant with an agent, on a fresh deployment. */
export async function scene(
  model: { provider: "anthropic" | "openai"; model: string } = {
    provider: "anthropic",
    model: "claude-opus-4-6",
  },
): Promise<Scene> {
  const t = setup();
  const acme = await tenantWith(t, { subject: "ann" });
  const agent = { ...supportBot(), ...model };
  const agentId = await acme.as.mutation(api.mutations.agents.create, agent);
  return { t, agentId, ...acme };
}

type RunKind = "queued" | "leased" | "calling" | "completed" | "failed" | "cancelled";

/** Waits until the run is in one of the states, and returns it. */
export async function runIn(as: Caller, runId: Id<"runs">, kinds: readonly RunKind[]) {
  for (let tries = 0; tries < 1_500; tries++) {
    const run = await as.query(api.queries.runs.get, { runId });
    if ((kinds as readonly string[]).includes(run.state.kind)) return run;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`run ${runId} did not become ${kinds.join(" or ")}`);
}

export const ENDED = ["completed", "failed", "cancelled"] as const;

/** Waits until pieces of the run's reply are there, and returns them. */
export async function chunksOf(as: Caller, runId: Id<"runs">) {
  for (let tries = 0; tries < 1_500; tries++) {
    const view = await as.query(api.queries.messages.chunks, { runId });
    if (view.chunks.length > 0) return view;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no chunk of run ${runId} arrived`);
}

/** What the simulator would put on the bill, in picoUSD, by our price book. */
export function billedPico(simulator: Simulator, provider: string): bigint {
  return simulator.ledger.entries.reduce((sum, entry) => {
    const price = findPrice({ provider, model: entry.model, atMs: entry.startedAtMs });
    if (price === null) throw new Error(`no price for ${entry.model}`);
    return sum + costOf(entry.billed, price, NO_MODIFIERS).totalPico;
  }, 0n);
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
    const totals = await ctx.db.query("tenant_totals").collect();
    for (const dimension of ["tenant", "agent", "model"]) {
      for (const isPeriod of [/^total$/, /^\d{4}-\d\d$/, /^\d{4}-\d\d-\d\d$/]) {
        const rows = totals.filter(
          (row) => row.dimension === dimension && isPeriod.test(row.period),
        );
        expect(sum(rows)).toBe(total);
      }
    }
    expect(new Set(events.map(({ attemptId }) => attemptId)).size).toBe(events.length);
    expect(events.every((event) => event.tenantId === tenantId)).toBe(true);
    for (const event of events) {
      const { inputCostPico, outputCostPico, feesPico, totalCostPico } = event;
      expect(inputCostPico + outputCostPico + feesPico).toBe(totalCostPico);
    }
    return { events, total };
  });
}

function sum(rows: readonly { totalCostPico: bigint }[]): bigint {
  return rows.reduce((all, { totalCostPico }) => all + totalCostPico, 0n);
}

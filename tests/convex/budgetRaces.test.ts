/** Runs that meet at a budget's limit, where a mutation counts as having taken 400 ms: more races than anywhere. */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Simulator } from "../../src/providers/simulator/server";
import { openEmbedded } from "./drivers";
import { supportBot, tenantWith } from "./setup";
import { ENDED, runIn, simulatorFor, simulatorVariables } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterAll(() => simulator.close());

const RUNS = 16;

test("each is answered or refused, none for having lost a race, and nothing is overspent", async () => {
  const t = await openEmbedded(simulatorVariables(), { occWindowMs: 400 });
  onTestFinished(() => t.close());
  const acme = await tenantWith(t, { subject: "at the limit" });
  const agent = { ...supportBot(), skills: [], maxTokens: 1_000 };
  const agentId = await acme.as.mutation(api.mutations.agents.create, agent);
  // Of calls that may come to some 0.03 USD each, and last a while, a few fit at once.
  const slow = { kind: "slow", msPerPiece: 300 } as const;
  simulator.control.fault({ fault: slow, times: RUNS });
  const limit = "0.1";
  const policyId = await acme.as.mutation(api.mutations.budgets.create, {
    name: "Tight",
    dimension: "agent",
    key: agentId,
    window: "month",
    limit,
  });
  const read = async () => await acme.as.query(api.queries.budgets.get, { policyId });
  await expect.poll(async () => (await read()).status).toBe("active");

  const sent = await Promise.all(
    Array.from({ length: RUNS }, () =>
      acme.as.mutation(api.mutations.messages.send, { agentId, content: "Say: hello" }),
    ),
  );
  const runs = await Promise.all(sent.map(({ runId }) => runIn(acme.as, runId, ENDED)));
  const outcomes = runs.map(({ state }) => (state.kind === "failed" ? state.reason : state.kind));
  expect(new Set(outcomes)).toEqual(new Set(["completed", "budget_exceeded"]));
  const answered = outcomes.filter((outcome) => outcome === "completed").length;
  // One call each: none of them was lost and made again.
  expect(simulator.ledger.entries).toHaveLength(answered);

  const { cost } = await read();
  expect(cost.reservedUsd).toBe("0");
  expect(Number(cost.spentUsd)).toBeGreaterThan(0);
  expect(Number(cost.spentUsd)).toBeLessThanOrEqual(Number(limit));
  const { tenantId } = acme;
  const { differences } = await t.action(internal.jobs.checks.check, { tenantId });
  expect(differences).toEqual([]);
  const { contention } = t.runtime.meter();
  expect(contention?.lines.map(({ table }) => table)).toContain("budget_shards");
});

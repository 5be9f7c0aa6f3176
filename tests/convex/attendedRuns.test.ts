/** Runs that somebody waits for: they are made for nobody else. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { MINUTE_MS } from "../../src/core/limits";
import type { Simulator } from "../../src/providers/simulator/server";
import { onEachDriver } from "./setup";
import { ledgerOf, loseLease, scene, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterAll(() => simulator.close());

/** Begins a call as the HTTP action does, which then dies. */
async function begin(
  { as, agentId }: Scene,
  leaseToken?: string,
  more: { keyRowId?: Id<"idempotency_keys"> } = {},
) {
  const given = { system: null, messages: [said("Say: hi")], tools: [], settings: {} };
  const begun = await as.run(
    async (ctx) =>
      await ctx.runMutation(internal.jobs.completions.begin, {
        caller: {},
        call: {
          model: `agent:${agentId}`,
          content: "Say: hi",
          given: { kind: "here", json: JSON.stringify(given) },
          sizes: { chars: 7, tokens: 3, tokensMax: 100 },
          toolNames: [],
          asksForJson: false,
          settings: {},
          features: [],
          isKept: false,
          ...(leaseToken !== undefined && { leaseToken }),
        },
        isCounted: true,
        ...more,
      }),
  );
  if (begun.kind !== "begun") throw new Error("it was refused");
  return begun.call;
}

const said = (text: string) => ({ role: "user", content: [{ kind: "text", text }] });
const stateOf = async ({ as }: Scene, runId: Id<"runs">) =>
  (await as.query(api.queries.runs.get, { runId })).state.kind;
const requests = async ({ t }: Scene) =>
  await t.run(async (ctx) => await ctx.db.query("run_requests").collect());

onEachDriver(() => {
  test("one whose caller died is ended and booked, and made again by nobody", async () => {
    const stage = await scene();
    simulator.control.reset();
    const { runId, taken } = await begin(stage, "token");
    expect(taken?.begun).not.toBeNull();
    await loseLease(stage, runId);
    expect(await stateOf(stage, runId)).toBe("cancelled");
    await stage.t.finishScheduled();
    expect(simulator.ledger.entries).toEqual([]);
    const { events } = await ledgerOf(stage);
    expect(events).toMatchObject([{ status: "lost" }]);
    expect(await requests(stage)).toEqual([]);
  });

  test("one whose caller died may be asked for anew under its key soon after its end", async () => {
    const stage = await scene();
    const asks = async () =>
      await stage.as.mutation(internal.jobs.rest.begin, {
        request: { permission: "messages:send", routeClass: "model" },
        under: { key: "one", requestHash: "a" },
        leaseMs: 10 * MINUTE_MS,
      });
    const first = await asks();
    if (first.kind !== "begun") throw new Error(first.kind);
    const { runId } = await begin(stage, "token", { keyRowId: first.rowId });
    await loseLease(stage, runId);
    expect(await stateOf(stage, runId)).toBe("cancelled");
    // Whoever drove it may be keeping its answer at this moment.
    expect(await asks()).toMatchObject({ failure: { kind: "conflict" } });
    await stage.t.run(async (ctx) => {
      const { state } = (await ctx.db.get("runs", runId))!;
      if (state.kind !== "cancelled") throw new Error(state.kind);
      const endedAtMs = state.endedAtMs - MINUTE_MS;
      await ctx.db.patch("runs", runId, { state: { ...state, endedAtMs } });
    });
    expect(await asks()).toMatchObject({ kind: "begun" });
  });

  test("one that waits for another try is ended if its caller does not come for it", async () => {
    const stage = await scene();
    simulator.control.reset();
    const { runId } = await begin(stage, "token");
    await stage.t.run(
      async (ctx) =>
        await ctx.runMutation(internal.jobs.driving.handOver, { runId, leaseToken: "token" }),
    );
    expect(await stateOf(stage, runId)).toBe("queued");
    // As the wake-up does that comes once the caller's time is over.
    await stage.t.action(internal.jobs.runs.drive, { runId });
    expect(await stateOf(stage, runId)).toBe("cancelled");
    expect(simulator.ledger.entries).toEqual([]);
  });

  test("one that nobody waits for is driven by a worker, which reads what was given", async () => {
    const stage = await scene();
    simulator.control.reset();
    const { runId, taken } = await begin(stage);
    expect(taken).toBeNull();
    await expect.poll(async () => await stateOf(stage, runId)).toBe("completed");
    expect(simulator.requests.at(-1)).toMatchObject({
      messages: [{ role: "user", content: [{ text: "Say: hi" }] }],
    });
    expect(await requests(stage)).toEqual([]);
  });
});

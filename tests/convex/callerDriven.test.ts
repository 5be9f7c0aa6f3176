/** Callers who drive their own runs: they get the end of it in the answer, and need nobody else. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Simulator } from "../../src/providers/simulator/server";
import { onEachDriver } from "./setup";
import { ENDED, ledgerOf, runIn, scene, simulatorFor, type Scene } from "./turn";

const { drive } = api.actions.runs;
const { send } = api.mutations.messages;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterAll(() => simulator.close());

/** The wake-ups that there are for a run, whatever has become of them. */
async function wakeUps({ t }: Scene) {
  const jobs = await t.run((ctx) => ctx.db.system.query("_scheduled_functions").collect());
  return jobs.filter(({ name }) => name.includes("runs"));
}

onEachDriver(() => {
  test("a caller drives their run, tools and all, and nobody is woken for it", async () => {
    const stage = await scene();
    const { as, agentId } = stage;
    await as.mutation(api.mutations.agents.update, { agentId, tools: [{ name: "calculator" }] });
    const content = 'Call: calculator {"expression":"6 * 7"}';
    const sent = await as.mutation(send, { agentId, content, drivenBy: "caller" });
    const [net] = await wakeUps(stage);
    expect(net?.state.kind).toBe("pending");
    expect(net!.scheduledTime - net!._creationTime).toBeGreaterThan(9_000);

    const run = await as.action(drive, { runId: sent.runId });
    expect(run.state.kind).toBe("completed");
    const { page } = await as.query(api.queries.messages.list, {
      sessionId: sent.sessionId,
      paginationOpts: { cursor: null, numItems: 10 },
    });
    expect(page.map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
    expect(page[0]?.content).toContain("42");
    const after = await wakeUps(stage);
    expect(after.map(({ state }) => state.kind)).toEqual(["canceled"]);
    const { events } = await ledgerOf(stage);
    expect(events).toHaveLength(2);

    // Once more: there is nothing to do, and the answer is the same.
    expect(await as.action(drive, { runId: sent.runId })).toEqual(run);
    expect((await ledgerOf(stage)).events).toHaveLength(2);
  });

  test("two callers and a wake-up at once make one call", async () => {
    const stage = await scene();
    const { as, agentId } = stage;
    const calls = simulator.ledger.entries.length;
    const sent = await as.mutation(send, { agentId, content: "Say: once" });
    const args = { runId: sent.runId };
    await Promise.all([as.action(drive, args), as.action(drive, args)]);
    expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
    expect(simulator.ledger.entries.length).toBe(calls + 1);
    expect((await ledgerOf(stage)).events).toHaveLength(1);
  });

  test("a run that waits for its turn is left to wait", async () => {
    const { as, agentId } = await scene();
    const first = await as.mutation(send, { agentId, content: "Say: a", drivenBy: "caller" });
    const { sessionId } = first;
    const second = await as.mutation(send, { sessionId, content: "Say: b", drivenBy: "caller" });
    const { state } = await as.action(drive, { runId: second.runId });
    expect(state.kind).toBe("queued");
    expect((await as.action(drive, { runId: first.runId })).state.kind).toBe("completed");
    // Its turn has come, and with it a wake-up.
    expect((await runIn(as, second.runId, ENDED)).state.kind).toBe("completed");
  });
});

/**
 * Providers that take calls and never come to an end, more of them than there are slots for scheduled functions: other
 * tenants' turns go on, crons run, and whoever waits for such a reply can cancel it.
 */
import { ConvexHttpClient } from "convex/browser";
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { startSimulator } from "../../src/providers/simulator/server";
import { supportBot } from "../convex/setup";
import { dataFolder, startReady, userOf, type Ready } from "../support/startProcess";

/** Polls only; how long anything takes is no business of a test's. */
const PATIENCE = { timeout: 60_000, interval: 100 };

/** As many model calls as the provider has ever hung in. */
const NUMBERS = [8, 16, 40];

async function agentOf(user: ConvexHttpClient, model: string): Promise<Id<"agents">> {
  const agent = { ...supportBot(), provider: "anthropic" as const, model };
  return await user.mutation(api.mutations.agents.create, agent);
}

async function stateOf(user: ConvexHttpClient, runId: Id<"runs">): Promise<string> {
  return (await user.query(api.queries.runs.get, { runId })).state.kind;
}

/** How often a function has ended since the stream of the server's log was opened. */
async function watchLog(ready: Ready) {
  const counts = new Map<string, number>();
  const abort = new AbortController();
  let cursor = 0;
  const reading = (async () => {
    while (!abort.signal.aborted) {
      const url = `${ready.apiUrl}/api/stream_function_logs?cursor=${cursor}`;
      const headers = { Authorization: `Convex ${ready.adminKey}` };
      const reply = await fetch(url, { headers, signal: abort.signal });
      const { entries, newCursor } = (await reply.json()) as {
        entries: { kind: string; identifier?: string }[];
        newCursor: number;
      };
      cursor = newCursor;
      for (const { identifier = "" } of entries) {
        counts.set(identifier, (counts.get(identifier) ?? 0) + 1);
      }
    }
  })().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return {
    countOf: (name: string) =>
      [...counts].reduce((sum, [path, count]) => sum + (path.startsWith(name) ? count : 0), 0),
    async stop() {
      abort.abort();
      await reading;
    },
  };
}

describe("beside a provider that hangs", () => {
  test("others' turns, crons and cancelling go on", { timeout: 240_000 }, async () => {
    const simulator = await startSimulator({ tokensPerSecond: Infinity });
    const variables = {
      ANTHROPIC_API_KEY: "test",
      ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    };
    try {
      const options = { data: await dataFolder(), flags: ["--no-demo"], variables };
      const { ready } = await startReady(options);
      const [, second] = ready.tenants;
      const eve = userOf(ready);
      const ann = new ConvexHttpClient(ready.apiUrl, {
        auth: second.users[0]!.token,
        logger: false,
      });
      // The simulator's own names of models have no price, and where cost is bounded they are not called.
      await eve.mutation(api.mutations.tenants.update, { monthlyBudget: null });
      const hanging = await agentOf(eve, "claude-opus-4-6!stall:1");
      const quick = await agentOf(ann, "claude-opus-4-6");
      const log = await watchLog(ready);

      for (const number of NUMBERS) {
        const sent = await Promise.all(
          Array.from({ length: number }, async () =>
            eve.mutation(api.mutations.messages.send, { agentId: hanging, content: "Say: a b c" }),
          ),
        );
        const states = async () =>
          await Promise.all(sent.map(async ({ runId }) => await stateOf(eve, runId)));
        await expect
          .poll(async () => (await states()).filter((kind) => kind === "calling").length, PATIENCE)
          .toBe(number);

        for (let turn = 0; turn < 3; turn++) {
          const { runId } = await ann.mutation(api.mutations.messages.send, {
            agentId: quick,
            content: "Say: here I am",
          });
          await expect.poll(async () => await stateOf(ann, runId), PATIENCE).toBe("completed");
        }
        if (number === Math.max(...NUMBERS)) {
          const reaped = log.countOf("jobs/reaper");
          await expect.poll(() => log.countOf("jobs/reaper"), PATIENCE).toBeGreaterThan(reaped);
        }
        expect(await states()).toEqual(sent.map(() => "calling"));

        for (const { runId } of sent) await eve.mutation(api.mutations.runs.cancel, { runId });
        await expect
          .poll(async () => [...new Set(await states())], PATIENCE)
          .toEqual(["cancelled"]);
        await simulator.control.idle();
      }

      // Whatever was begun was paid for, and nothing else.
      await log.stop();
      const { exact } = await eve.query(api.queries.costs.summary, {});
      expect(exact.total.costEvents).toBe(NUMBERS.reduce((sum, number) => sum + number, 0));
    } finally {
      await simulator.close();
    }
  });
});

/** Long prompts that are read again are kept by the provider that has to be asked; and the bill is right all the same. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Simulator } from "../../src/providers/simulator/server";
import { billedPico } from "../support/billing";
import { onEachDriver } from "./setup";
import { ENDED, ledgerOf, runIn, scene, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const SONNET = { provider: "anthropic", model: "claude-sonnet-5-5" } as const;
const SUM = { name: "calculator", argumentsJson: '{"expression":"6 * 7"}' };
const LONG = "Be kind to customers who ask about rain, and never promise them any sun. ".repeat(
  300,
);

async function withPrompt(systemPrompt: string, tools: { name: "calculator" }[]): Promise<Scene> {
  const stage = await scene(SONNET);
  const { as, agentId } = stage;
  await as.mutation(api.mutations.agents.update, { agentId, systemPrompt, tools });
  return stage;
}

async function turn({ as, agentId }: Scene, sessionId?: Id<"sessions">) {
  const to = sessionId === undefined ? { agentId } : { sessionId };
  const sent = await as.mutation(send, { ...to, content: "Say: it will rain" });
  expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
  await simulator.control.idle();
  return sent.sessionId;
}

const tokens = () => simulator.ledger.entries.map(({ billed }) => billed.tokens);

async function expectLedgers(stage: Scene): Promise<void> {
  const { total } = await ledgerOf(stage);
  expect(total).toBe(billedPico(simulator.ledger.entries, "anthropic"));
}

onEachDriver(() => {
  describe("a long prompt", () => {
    test("of an agent with tools is kept with its messages: each call reads what the one before it wrote", async () => {
      const stage = await withPrompt(LONG, [{ name: "calculator" }]);
      simulator.control.reply({ toolCalls: [SUM] });
      const sessionId = await turn(stage);
      await turn(stage, sessionId);
      const [first, afterTools, second] = tokens();
      expect(first?.cacheWrite5m).toBeGreaterThan(4_000);
      expect(first).toMatchObject({ inputFresh: 0, cacheRead: 0 });
      expect(afterTools).toMatchObject({ inputFresh: 0, cacheRead: first?.cacheWrite5m });
      const kept = first!.cacheWrite5m + afterTools!.cacheWrite5m;
      expect(second).toMatchObject({ inputFresh: 0, cacheRead: kept });
      await expectLedgers(stage);
    });

    test("without tools is kept for the agent's other conversations, and its messages once there are several", async () => {
      const stage = await withPrompt(LONG, []);
      const sessionId = await turn(stage);
      await turn(stage);
      await turn(stage, sessionId);
      const [first, other, later] = tokens();
      expect(first?.inputFresh).toBeGreaterThan(0);
      expect(first?.cacheWrite5m).toBeGreaterThan(4_000);
      expect(other).toMatchObject({ cacheRead: first?.cacheWrite5m, cacheWrite5m: 0 });
      expect(later?.cacheRead).toBe(first?.cacheWrite5m);
      expect(later?.cacheWrite5m).toBeGreaterThan(0);
      await expectLedgers(stage);
    });

    test("and a short one is not", async () => {
      const stage = await withPrompt("Be kind.", [{ name: "calculator" }]);
      const sessionId = await turn(stage);
      await turn(stage, sessionId);
      for (const { cacheRead, cacheWrite5m } of tokens()) expect(cacheRead + cacheWrite5m).toBe(0);
      await expectLedgers(stage);
    });
  });
});

/** Turns of models that think before they call tools: they get their thoughts back, and nobody else sees them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { CallContext } from "../../convex/model/runs/context";
import { toRequest } from "../../convex/jobs/modelRequest";
import type { Simulator } from "../../src/providers/simulator/server";
import { firstPage, onEachDriver } from "./setup";
import { ENDED, ledgerOf, runIn, scene, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const SUM = { name: "calculator", argumentsJson: '{"expression":"6 * 7"}' };
const THOUGHT = "Six times seven is for the calculator to say.";
const OPUS = { provider: "anthropic", model: "claude-opus-4-6" } as const;

async function thinker(model: Parameters<typeof scene>[0] = OPUS): Promise<Scene> {
  const stage = await scene(model);
  await stage.as.mutation(api.mutations.agents.update, {
    agentId: stage.agentId,
    tools: [{ name: "calculator" as const }],
    reasoningEffort: "high",
  });
  return stage;
}

/** Asks something that takes the calculator, and gives the session once it is answered. */
async function asked({ as, agentId }: Scene) {
  simulator.control.reply({ reasoning: THOUGHT, text: "Let me reckon.", toolCalls: [SUM] });
  const sent = await as.mutation(send, { agentId, content: "What is 6 * 7?" });
  expect((await runIn(as, sent.runId, ENDED)).state).toMatchObject({ kind: "completed" });
  return sent;
}

/** How many thoughts came back with each call so far. */
const thoughts = (): number[] => simulator.ledger.entries.map((entry) => entry.thoughts);

onEachDriver(() => {
  describe("a turn of a model that thinks", () => {
    test.each([
      OPUS, // refuses a call without the thought that led to it
      { provider: "anthropic", model: "claude-haiku-4-5" } as const, // and this one every call without any
      { provider: "openai", model: "gpt-6-sol" } as const,
    ])("$model has its thought back with the result, and in later turns", async (model) => {
      const stage = await thinker(model);
      const { as } = stage;
      const { sessionId } = await asked(stage);
      expect(thoughts()).toEqual([0, 1]);

      const later = await as.mutation(send, { sessionId, content: "Say: thanks" });
      expect((await runIn(as, later.runId, ENDED)).state.kind).toBe("completed");
      expect(thoughts()).toEqual([0, 1, 1]);

      const listed = await as.query(api.queries.messages.list, {
        sessionId,
        paginationOpts: firstPage,
      });
      const reply = listed.page.find(({ toolCalls }) => toolCalls !== undefined);
      expect(reply).toMatchObject({ content: "Let me reckon." });
      expect(reply).not.toHaveProperty("thoughts");
      const { ndjson } = await as.query(api.queries.exports.page, {
        table: "messages",
        cursor: null,
      });
      expect(ndjson).toContain("Let me reckon.");
      expect(ndjson).not.toContain("afterToolCalls");
      await simulator.control.idle();
      await ledgerOf(stage);
    });

    test("another model is not given it, and neither is the model at another account", async () => {
      const stage = await thinker();
      const { as, agentId, t } = stage;
      const { sessionId } = await asked(stage);

      await t.setVariables({ ANTHROPIC_API_KEY: "another" });
      const moved = await as.mutation(send, { sessionId, content: "Say: moved" });
      expect((await runIn(as, moved.runId, ENDED)).state.kind).toBe("completed");
      await t.setVariables({ ANTHROPIC_API_KEY: "test" });

      const other = { provider: "openai" as const, model: "gpt-6-sol" };
      await as.mutation(api.mutations.agents.update, { agentId, ...other });
      const changed = await as.mutation(send, { sessionId, content: "Say: changed" });
      expect((await runIn(as, changed.runId, ENDED)).state.kind).toBe("completed");
      expect(thoughts()).toEqual([0, 1, 0, 0]);
    });

    test("a setting of the agent, which can be taken away again", async () => {
      const { as, agentId } = await thinker();
      expect(await as.query(api.queries.agents.get, { agentId })).toMatchObject({
        reasoningEffort: "high",
      });
      const changes = { agentId, reasoningEffort: null };
      await as.mutation(api.mutations.agents.update, changes);
      expect(await as.query(api.queries.agents.get, { agentId })).not.toHaveProperty(
        "reasoningEffort",
      );
      const sent = await as.mutation(send, { agentId, content: "Think about rain." });
      await runIn(as, sent.runId, ENDED);
      await simulator.control.idle();
      expect(simulator.ledger.entries[0]?.billed.reasoningTokens).toBe(0);
    });
  });
});

test("thoughts, text and calls go back in the order in which they came", () => {
  const call = (toolCallId: string) => ({
    ...SUM,
    toolCallId,
    result: { text: "42", isError: false },
  });
  const thought = (block: string, afterChars: number, afterToolCalls: number) => ({
    block,
    afterChars,
    afterToolCalls,
  });
  const parts = [thought("1", 0, 0), thought("2", 5, 0), thought("3", 9, 1)];
  const context = {
    ...OPUS,
    system: null,
    maxOutputTokens: 100,
    tools: [],
    skills: [],
    prompt: { totalTokens: 9, fixedTokens: 0, isCut: false },
    messages: [
      { role: "user", text: "Hi", toolCalls: [] },
      {
        role: "assistant",
        text: "Once more.",
        toolCalls: [call("a"), call("b")],
        thoughts: { account: "mine", parts },
      },
    ],
  } as unknown as CallContext;
  const { signal } = new AbortController();
  const order = (account: string) =>
    toRequest(context, { account, signal }).messages[1]?.content.map((part) =>
      part.kind === "text"
        ? part.text
        : part.kind === "tool_call"
          ? part.toolCallId
          : part.kind === "reasoning_part" && part.block,
    );
  expect(order("mine")).toEqual(["1", "Once ", "2", "more", "a", "3", ".", "b"]);
  expect(order("another")).toEqual(["Once more.", "a", "b"]);
});

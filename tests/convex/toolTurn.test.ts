/** Turns in which the agent calls tools: what the model is told, what is kept, and what survives a lost worker. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Simulator } from "../../src/providers/simulator/server";
import { TOOL_ROUNDS_DEFAULT } from "../../convex/model/runs/limits";
import { failureOf, firstPage, onEachDriver } from "./setup";
import {
  ENDED,
  follow,
  ledgerOf,
  loseLease,
  runIn,
  scene,
  sendUnheard,
  simulatorFor,
  type Scene,
} from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const TOOLS = [{ name: "calculator" as const }, { name: "clock" as const }];
const SUM = { name: "calculator", argumentsJson: '{"expression":"6 * 7"}' };

async function withTools(
  model: { provider: "anthropic" | "openai"; model: string } = {
    provider: "anthropic",
    model: "claude-opus-4-6",
  },
): Promise<Scene> {
  const stage = await scene(model);
  const { agentId } = stage;
  await stage.as.mutation(api.mutations.agents.update, { agentId, tools: TOOLS });
  return stage;
}

async function messagesOf({ as }: Scene, sessionId: Id<"sessions">) {
  const { page } = await as.query(api.queries.messages.list, {
    sessionId,
    paginationOpts: firstPage,
  });
  return page.toReversed();
}

/** What a worker reports of a reply that is nothing but a tool call. */
function asking({ stepId, attemptId }: { stepId: Id<"run_steps">; attemptId: string }) {
  return {
    stepId,
    attemptId,
    outcome: { kind: "completed" as const, finishReason: "tool_calls" as const },
    text: "",
    reasoning: "",
    toolCalls: [{ toolCallId: "call_1", ...SUM }],
    nextSeq: 0,
    rest: [],
    usage: null,
    facts: {},
    warnings: [],
    endedAtMs: Date.now(),
  };
}

onEachDriver(() => {
  describe("a turn with tools", () => {
    test.each([
      { provider: "anthropic", model: "claude-opus-4-6" },
      { provider: "openai", model: "gpt-5-mini" },
    ] as const)(
      "with $provider: the model asks, is told, and answers; each step is there, and paid for",
      async (model) => {
        const stage = await withTools(model);
        const { as, agentId } = stage;
        const zone = { name: "clock", argumentsJson: '{"timeZone":"Europe/Vienna"}' };
        simulator.control.reply({ text: "Let me reckon.", toolCalls: [SUM, zone] });
        const sent = await as.mutation(send, { agentId, content: "What is 6 * 7, and the time?" });
        const followed = follow(as, sent.runId);
        const run = await runIn(as, sent.runId, ENDED);
        expect(run.state.kind).toBe("completed");

        const [asked, reply, answer] = await messagesOf(stage, sent.sessionId);
        expect(asked?.role).toBe("user");
        expect(reply).toMatchObject({
          content: "Let me reckon.",
          status: "complete",
          toolCalls: [
            { name: "calculator", result: { text: "42", isError: false } },
            { name: "clock", result: { isError: false } },
          ],
        });
        // The simulator says what the last tool said: it was told.
        expect(answer?.content).toContain("The tool answered");
        expect(answer?.content).toContain("Vienna");
        expect(await followed).toBe(`Let me reckon.${answer?.content}`);

        const steps = await as.query(api.queries.runs.steps, { runId: sent.runId });
        expect(steps.map(({ index, kind, status }) => [index, kind, status])).toEqual([
          [0, "model_call", "completed"],
          [1, "tool_call", "completed"],
          [2, "tool_call", "completed"],
          [3, "model_call", "completed"],
        ]);
        await simulator.control.idle();
        expect(simulator.ledger.entries).toHaveLength(2);
        expect((await ledgerOf(stage)).events).toHaveLength(2);
        const { messageCount } = await as.query(api.queries.sessions.get, {
          sessionId: sent.sessionId,
        });
        expect(messageCount).toBe(3);

        // A later turn of the conversation still takes the calls with their results.
        const { sessionId } = sent;
        const later = await as.mutation(send, { sessionId, content: "Say: thanks" });
        expect((await runIn(as, later.runId, ENDED)).state.kind).toBe("completed");
      },
    );

    test("what a tool refuses, and a tool that is none, are told to the model", async () => {
      const stage = await withTools();
      const { as, agentId } = stage;
      const calls = [
        { name: "calculator", argumentsJson: '{"expression":"6 *"}' },
        { name: "calculator", argumentsJson: '{"formula":"6"}' },
        { name: "shell", argumentsJson: '{"command":"rm -rf /"}' },
      ];
      simulator.control.reply({ toolCalls: calls });
      const sent = await as.mutation(send, { agentId, content: "Reckon" });
      expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
      const [, reply] = await messagesOf(stage, sent.sessionId);
      expect(reply?.toolCalls?.map(({ result }) => result?.isError)).toEqual([true, true, true]);
      expect(reply?.toolCalls?.[2]?.result?.text).toBe("There is no tool shell.");
      const steps = await as.query(api.queries.runs.steps, { runId: sent.runId });
      expect(steps.map(({ status }) => status)).toEqual([
        "completed",
        "failed",
        "failed",
        "failed",
        "completed",
      ]);
    });

    test("an agent that comes to no end is stopped in sight", async () => {
      const stage = await withTools();
      const { as, agentId } = stage;
      for (let n = 0; n < TOOL_ROUNDS_DEFAULT + 5; n++) {
        const argumentsJson = JSON.stringify({ expression: `${n} * 7` });
        simulator.control.reply({ toolCalls: [{ ...SUM, argumentsJson }] });
      }
      const sent = await as.mutation(send, { agentId, content: "Reckon on and on" });
      const run = await runIn(as, sent.runId, ENDED);
      expect(run.state).toMatchObject({ kind: "failed", reason: "limit_reached" });
      const last = (await messagesOf(stage, sent.sessionId)).at(-1);
      expect(last).toMatchObject({ status: "interrupted" });
      expect(last?.error).toContain("without coming to an end");
      expect(simulator.ledger.entries).toHaveLength(TOOL_ROUNDS_DEFAULT + 1);
      await ledgerOf(stage);
    });

    test("an agent that makes the same calls in turns is told so, and then stopped", async () => {
      const stage = await withTools();
      const { as, agentId } = stage;
      const other = { name: "calculator", argumentsJson: '{ "expression": "6 * 8" }' };
      for (let n = 0; n < 12; n++)
        simulator.control.reply({ toolCalls: [n % 2 === 0 ? SUM : other] });
      const sent = await as.mutation(send, { agentId, content: "Reckon in turns" });
      const run = await runIn(as, sent.runId, ENDED);
      expect(run.state).toMatchObject({ kind: "failed", reason: "limit_reached" });
      const said = await messagesOf(stage, sent.sessionId);
      const told = said
        .flatMap(({ toolCalls = [] }) => toolCalls)
        .map(({ result }) => result?.text);
      const notice = expect.stringContaining("made 3 times with the same result") as string;
      const reckoned = ["42", "48", "42", "48", "42", "48"];
      expect(told.slice(0, 10)).toEqual([...reckoned, notice, notice, notice, notice]);
      expect(said.at(-1)?.error).toContain("the same call of calculator");
      expect(simulator.ledger.entries).toHaveLength(11);
      await ledgerOf(stage);
    });

    test("tools that were under way with a lost worker are made again, and the reply that asked is not", async () => {
      const stage = await withTools();
      const { as, t } = stage;
      const { runId, sessionId } = await sendUnheard(stage);
      const lease = { runId, leaseToken: "lost" };
      const { take, finish, beginTools, finishTools } = internal.jobs.driving;
      const { begun } = (await t.mutation(take, lease)) ?? expect.fail();
      const text = "Let me reckon.";
      const rest = [{ seq: 0, parts: [{ kind: "text" as const, text }] }];
      const report = { ...asking(begun!), text, nextSeq: 1, rest };
      expect(await t.mutation(finish, { ...lease, report })).toBe(true);
      expect(await t.mutation(beginTools, lease)).toMatchObject([{ toolCallId: "call_1", ...SUM }]);
      await loseLease(stage, runId);
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");

      // What the lost worker still reports is nobody's any more.
      const results = [{ toolCallId: "call_1", text: "41", isError: false }];
      expect(await t.mutation(finishTools, { ...lease, results })).toBe(false);
      const [, reply, answer] = await messagesOf(stage, sessionId);
      expect(reply).toMatchObject({
        content: "Let me reckon.",
        toolCalls: [{ toolCallId: "call_1", result: { text: "42", isError: false } }],
      });
      expect(answer).toMatchObject({ status: "complete" });
      const steps = await as.query(api.queries.runs.steps, { runId });
      expect(steps.map(({ kind, status }) => [kind, status])).toEqual([
        ["model_call", "completed"],
        ["tool_call", "failed"],
        ["tool_call", "completed"],
        ["model_call", "completed"],
      ]);
      expect(simulator.ledger.entries).toHaveLength(1);
    });

    test("a cancel between the tools and the next reply ends the run without another call", async () => {
      const stage = await withTools();
      const { as, t } = stage;
      const { runId, sessionId } = await sendUnheard(stage);
      const lease = { runId, leaseToken: "mine" };
      const { take, finish, beginTools } = internal.jobs.driving;
      const { begun } = (await t.mutation(take, lease)) ?? expect.fail();
      await as.mutation(api.mutations.runs.cancel, { runId });
      const report = asking(begun!);
      expect(await t.mutation(finish, { ...lease, report })).toBe(true);
      expect(await t.mutation(beginTools, lease)).toBeNull();
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("cancelled");

      // The call has no result; a later turn takes it all the same.
      const later = await as.mutation(send, { sessionId, content: "Say: well" });
      expect((await runIn(as, later.runId, ENDED)).state.kind).toBe("completed");
      expect(simulator.ledger.entries).toMatchObject([{ outcome: "complete" }]);
    });

    test("an agent names each tool once, and only tools that there are", async () => {
      const { as, agentId } = await withTools();
      const twice = { agentId, tools: [TOOLS[0]!, TOOLS[0]!] };
      expect(await failureOf(as.mutation(api.mutations.agents.update, twice))).toMatchObject({
        kind: "invalid_argument",
        field: "tools",
      });
      expect(await as.query(api.queries.agents.get, { agentId })).toMatchObject({ tools: TOOLS });
    });
  });
});

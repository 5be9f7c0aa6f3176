/** Kinds of turns, each played to its end however often a worker dies in it. */
import { expect } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import type { Simulator } from "../../src/providers/simulator/server";
import { billedPico } from "../support/billing";
import type { Scene } from "../convex/turn";
import { saying, type Outside } from "../support/outside";

/** What is outside our walls. */
export type World = { simulator: Simulator; outside: Outside };

type Ids = { runId: Id<"runs">; sessionId: Id<"sessions"> };

export type Scenario = Readonly<{
  name: string;
  model: { provider: "anthropic" | "openai"; model: string };
  content: string;
  /** How the first run may end. */
  ends: readonly Doc<"runs">["state"]["kind"][];
  /** Calls that a worker makes at least: fewer, and the scenario does not do what it says. */
  callsMin: number;
  prepare?: (stage: Scene, world: World) => Promise<unknown>;
  /** The session that the message is sent in; absent: one of its own. */
  session?: (stage: Scene) => Promise<Id<"sessions">>;
  /** What people do meanwhile; asked again and again. */
  act?: (stage: Scene, ids: Ids) => Promise<unknown>;
  expectAfter?: (stage: Scene, told: World & { run: Doc<"runs"> }) => Promise<unknown>;
}>;

const OPUS = { provider: "anthropic", model: "claude-opus-4-6" } as const;
const SLOW_OPUS = { provider: "anthropic", model: "claude-opus-4-6!slow:25" } as const;
const GPT = { provider: "openai", model: "gpt-5-mini" } as const;
const SUM = 'Call: calculator {"expression":"6 * 7"}';
const CLOCK = "Call: clock";

type Settings = Record<string, unknown>;

function withSettings(settings: Settings) {
  return async ({ as, agentId }: Scene) =>
    await as.mutation(api.mutations.agents.update, { agentId, ...settings } as never);
}

const withTools = withSettings({ tools: [{ name: "calculator" }, { name: "clock" }] });

/** The results of all tool calls of the session, in order. */
async function resultsIn({ t }: Scene): Promise<(string | undefined)[]> {
  const messages = await t.run((ctx) => ctx.db.query("messages").collect());
  return messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ result }) => result?.text));
}

function deciding(decision: "approve" | "deny") {
  return async ({ as, t }: Scene) => {
    const pending = await t.run((ctx) => ctx.db.query("approvals").collect());
    for (const { _id: approvalId, state } of pending) {
      if (state === "pending")
        await as.mutation(api.mutations.approvals.decide, { approvalId, decision });
    }
  };
}

/** Once, as soon as the run has the state. */
function whenIn(
  kind: Doc<"runs">["state"]["kind"],
  act: (stage: Scene, ids: Ids) => Promise<unknown>,
) {
  const done = new WeakSet<Scene>();
  return async (stage: Scene, ids: Ids) => {
    const run = await stage.as.query(api.queries.runs.get, { runId: ids.runId });
    if (done.has(stage) || run.state.kind !== kind) return;
    done.add(stage);
    await act(stage, ids);
  };
}

const VOTERS = ["claude-opus-4-6", "anthropic/claude-haiku-4-5", "openai/gpt-5-mini"];
const JUDGE = { provider: "openai", model: "gpt-5" };

function voting(consensus: Settings, consensusModels: readonly string[] = VOTERS) {
  return withSettings({ consensusEnabled: true, consensusModels, consensus });
}

/** Every model has voted, once, and what they say is what was said. */
function expectVotes({ outcome, content }: { outcome: string; content: RegExp }) {
  return async ({ t }: Scene) => {
    const messages = await t.run((ctx) => ctx.db.query("messages").collect());
    const [reply] = messages.filter(({ consensus }) => consensus !== undefined);
    expect(reply?.consensus).toMatchObject({ outcome });
    expect(reply?.consensus?.votes.map(({ status }) => status)).toEqual(VOTERS.map(() => "voted"));
    expect(reply?.content).toMatch(content);
    const steps = await t.run((ctx) => ctx.db.query("run_steps").collect());
    const judged = steps.flatMap(({ groups, attempts }) => (groups === undefined ? [] : attempts));
    expect(judged.filter(({ status }) => status === "ok").length).toBeLessThanOrEqual(1);
    const finished = steps.filter(({ ballot }) => ballot?.answer !== undefined);
    const answers = finished.map(({ attempts }) =>
      attempts.filter(({ status }) => status === "ok"),
    );
    expect(answers.map(({ length }) => length)).toEqual(VOTERS.map(() => 1));
  };
}

/** Turns before the scenario's own: more messages than a model is given without a summary. */
const EARLIER_TURNS = 85;

async function longSession({ t, tenantId, agentId }: Scene): Promise<Id<"sessions">> {
  return await t.run(async (ctx) => {
    const sessionId = await ctx.db.insert("sessions", {
      tenantId,
      agentId,
      status: "active",
      messageCount: EARLIER_TURNS * 2,
      totalCostPico: 0n,
      totalTokens: 0,
      turnCount: EARLIER_TURNS,
      createdAt: 0,
      lastActivityAt: 0,
    });
    for (let turn = 1; turn <= EARLIER_TURNS; turn++) {
      const of = { tenantId, agentId, sessionId, turn, status: "complete", createdAt: 0 } as const;
      const [asked, said] = [`Question ${turn}?`, `Answer ${turn}.`];
      await ctx.db.insert("messages", { ...of, position: 0, role: "user", content: asked });
      await ctx.db.insert("messages", { ...of, position: 1, role: "assistant", content: said });
    }
    return sessionId;
  });
}

/** One summary is in force and was made once, all that was said is there, and the reply was given with both in view. */
async function expectSummary({ t }: Scene, { simulator, run }: World & { run: Doc<"runs"> }) {
  const { summaries, session, messages, steps, events } = await t.run(async (ctx) => ({
    summaries: await ctx.db.query("summaries").collect(),
    session: await ctx.db.get("sessions", run.sessionId),
    messages: await ctx.db.query("messages").collect(),
    steps: await ctx.db.query("run_steps").collect(),
    events: await ctx.db.query("cost_events").collect(),
  }));
  expect(summaries).toMatchObject([{ _id: session?.summaryId, runId: run._id }]);
  expect(summaries[0]).not.toHaveProperty("previousId");
  const earlier = messages.filter(({ turn }) => turn <= EARLIER_TURNS);
  expect(earlier.map(({ content }) => content)).toEqual(
    Array.from({ length: EARLIER_TURNS }, (_none, n) => [
      `Question ${n + 1}?`,
      `Answer ${n + 1}.`,
    ]).flat(),
  );
  expect(messages.filter(({ turn, role }) => turn > EARLIER_TURNS && role === "user")).toHaveLength(
    1,
  );
  const made = steps.filter(({ kind }) => kind === "compaction");
  expect(made.map(({ status }) => status)).toEqual(["completed"]);
  expect(made.flatMap(({ attempts }) => attempts).filter(isOk)).toHaveLength(1);
  const last = JSON.stringify(simulator.requests.at(-1));
  expect(last).toContain("[What was said before, in a summary:]");
  expect(last).not.toContain("Question 40?");

  // What the provider stated is booked to the last token; what a dead worker did not hear is an estimate, and says so.
  const bills = simulator.ledger.entries.map((entry) => billedPico([entry], OPUS.provider));
  for (const { usageSource, totalCostPico } of events) {
    if (usageSource === "provider") expect(bills).toContain(totalCostPico);
  }
  const isHeard = events.every(({ usageSource }) => usageSource === "provider");
  const total = events.reduce((sum, { totalCostPico }) => sum + totalCostPico, 0n);
  if (isHeard) expect(total).toBe(billedPico(simulator.ledger.entries, OPUS.provider));
  expect(run.totalCostPico).toBe(total);
}

const isOk = ({ status }: { status: string }) => status === "ok";

export const SCENARIOS: readonly Scenario[] = [
  { name: "a plain reply", model: OPUS, content: "Say: hello", ends: ["completed"], callsMin: 1 },
  {
    name: "a reply that arrives in many pieces",
    model: SLOW_OPUS,
    content: "Say: one two three four five six seven eight nine ten eleven twelve",
    ends: ["completed"],
    callsMin: 5,
  },
  {
    name: "a tool call",
    model: OPUS,
    content: SUM,
    prepare: withTools,
    ends: ["completed"],
    callsMin: 6,
    expectAfter: async (stage) => expect(await resultsIn(stage)).toEqual(["42"]),
  },
  {
    name: "two tools at once, and then another",
    model: GPT,
    content: `${SUM}\n${CLOCK}\nthen\n${SUM}`,
    prepare: withTools,
    ends: ["completed"],
    callsMin: 9,
    expectAfter: async (stage) =>
      expect(await resultsIn(stage)).toEqual(["42", expect.any(String), "42"]),
  },
  {
    name: "a provider that is overloaded at first",
    model: GPT,
    content: "Say: hello",
    prepare: async (_stage, { simulator }) =>
      simulator.control.fault({ fault: { kind: "status", status: 503, retryAfterMs: 1 } }),
    ends: ["completed"],
    callsMin: 3,
  },
  {
    name: "a model that cannot be had, and the next one that can",
    model: { provider: "anthropic", model: "claude-opus-4-6!spend_limit" },
    content: "Say: hello",
    prepare: withSettings({ fallbackModels: [GPT] }),
    ends: ["completed"],
    callsMin: 3,
  },
  {
    name: "a model that refuses",
    model: { provider: "anthropic", model: "claude-opus-4-6!status:400" },
    content: "Say: hello",
    ends: ["failed"],
    callsMin: 1,
  },
  {
    name: "a stream that breaks off",
    model: { provider: "openai", model: "gpt-5-mini!cut:3" },
    content: "Say: one two three four five six",
    ends: ["failed"],
    callsMin: 2,
  },
  {
    name: "a call that is approved",
    model: OPUS,
    content: SUM,
    prepare: withSettings({ tools: [{ name: "calculator", approval: { required: true } }] }),
    act: deciding("approve"),
    ends: ["completed"],
    callsMin: 7,
    expectAfter: async (stage) => expect(await resultsIn(stage)).toEqual(["42"]),
  },
  {
    name: "a call that is denied",
    model: OPUS,
    content: SUM,
    prepare: withSettings({ tools: [{ name: "calculator", approval: { required: true } }] }),
    act: deciding("deny"),
    ends: ["completed"],
    callsMin: 7,
    expectAfter: async (stage) =>
      expect(await resultsIn(stage)).toEqual(["The call was not approved."]),
  },
  {
    name: "a call with effects",
    model: OPUS,
    content: 'Call: clock\nCall: http_post {"url":"https://api.example.com/orders","body":{}}',
    prepare: async (stage, { outside }) => {
      outside.serve("api.example.com", saying('{"order":7}', "application/json"));
      const allowedHosts = ["api.example.com"];
      await withSettings({ tools: [{ name: "http_post", allowedHosts }, { name: "clock" }] })(
        stage,
      );
    },
    act: deciding("approve"),
    ends: ["completed", "failed"],
    callsMin: 9,
    // Never twice; and if nobody knows whether once, the run says so.
    expectAfter: async (_stage, { run: { state }, outside }) => {
      if (state.kind === "failed") expect(state.reason).toBe("effect_unknown");
      expect(outside.requests.length).toBeLessThanOrEqual(1);
      if (state.kind === "completed") expect(outside.requests).toHaveLength(1);
    },
  },
  {
    name: "a run whose money ends between two calls",
    model: OPUS,
    content: `${SUM}\nthen\n${SUM}\nthen\n${SUM}`,
    prepare: withSettings({ tools: [{ name: "calculator" }], maxCostPerMessage: "0.005" }),
    ends: ["failed"],
    callsMin: 6,
    // Of a call whose worker was lost all that was held counts, which is more than it was let have for.
    expectAfter: async ({ t }, { run: { state } }) => {
      expect(state).toMatchObject({ reason: "budget_exceeded" });
      const events = await t.run((ctx) => ctx.db.query("cost_events").collect());
      const known = events.filter(({ usageSource }) => usageSource !== "unknown");
      const knownPico = known.reduce((sum, event) => sum + event.totalCostPico, 0n);
      expect(knownPico).toBeLessThanOrEqual(5_000_000_000n);
    },
  },
  {
    name: "three models that vote",
    model: OPUS,
    content: "Say: yes",
    prepare: withSettings({
      consensusEnabled: true,
      consensusStrategy: "unanimous",
      consensusModels: ["claude-opus-4-6", "openai/gpt-5-mini", "claude-haiku-4-5"],
      consensus: { judge: "openai/gpt-5-mini" },
    }),
    ends: ["completed"],
    callsMin: 6,
    expectAfter: async ({ t }) => {
      const messages = await t.run((ctx) => ctx.db.query("messages").collect());
      const { consensus, content } = messages.at(-1) ?? expect.fail();
      expect(content).toBe("yes");
      expect(consensus).toMatchObject({ outcome: "agreed" });
      expect(consensus?.votes).toHaveLength(3);
    },
  },
  {
    name: "a run that is cancelled in the middle",
    model: { provider: "anthropic", model: "claude-opus-4-6!slow:40" },
    content: "Say: one two three four five six seven eight nine ten eleven twelve",
    act: whenIn("calling", async ({ as }, { runId }) => {
      await as.mutation(api.mutations.runs.cancel, { runId });
    }),
    ends: ["cancelled", "completed"],
    callsMin: 2,
  },
  {
    name: "a message that waits for its turn",
    model: SLOW_OPUS,
    content: "Say: one two three four",
    act: whenIn("calling", async ({ as }, { sessionId }) => {
      await as.mutation(api.mutations.messages.send, { sessionId, content: "Say: second" });
    }),
    ends: ["completed"],
    callsMin: 5,
    expectAfter: async ({ t }) => {
      const runs = await t.run((ctx) => ctx.db.query("runs").collect());
      expect(runs.map(({ state }) => state.kind)).toEqual(["completed", "completed"]);
    },
  },
  {
    name: "a message that interrupts",
    model: { provider: "anthropic", model: "claude-opus-4-6!slow:40" },
    content: "Say: one two three four five six seven eight nine ten eleven twelve",
    act: whenIn("calling", async ({ as }, { sessionId }) => {
      const content = "Say: second";
      await as.mutation(api.mutations.messages.send, {
        sessionId,
        content,
        whenBusy: "interrupt",
      });
    }),
    ends: ["cancelled", "completed"],
    callsMin: 5,
  },
  {
    name: "a vote on one of two choices",
    model: OPUS,
    content: "Say: Approve",
    prepare: voting({ choices: ["Approve", "Reject"] }),
    ends: ["completed"],
    callsMin: 6,
    expectAfter: expectVotes({ outcome: "agreed", content: /^Approve$/ }),
  },
  {
    name: "a vote that a judge decides",
    model: OPUS,
    content: "Hello", // of which each model makes its own
    prepare: async (stage, world) => {
      const call = { name: "group_answers", argumentsJson: '{"groups":[[1,3],[2]]}' };
      // The one who asks may die, and another ask again.
      for (let n = 0; n < 3; n++) {
        world.simulator.control.reply({ model: JUDGE.model, toolCalls: [call] });
      }
      await voting({ judge: `${JUDGE.provider}/${JUDGE.model}` })(stage);
    },
    ends: ["completed"],
    callsMin: 8,
    expectAfter: expectVotes({ outcome: "agreed", content: /standing in for claude-opus-4-6:/ }),
  },
  {
    name: "a vote that is cancelled in the middle",
    model: { provider: "anthropic", model: "claude-opus-4-6!slow:40" },
    content: "Say: one two three four five six seven eight nine ten eleven twelve",
    prepare: voting({ judge: "openai/gpt-5" }, [
      "claude-opus-4-6!slow:40",
      "claude-haiku-4-5!slow:40",
    ]),
    act: whenIn("calling", async ({ as }, { runId }) => {
      await as.mutation(api.mutations.runs.cancel, { runId });
    }),
    ends: ["cancelled", "completed"],
    callsMin: 5,
  },
  {
    name: "a summary before the reply",
    model: OPUS,
    content: "Say: I remember",
    session: longSession,
    ends: ["completed"],
    callsMin: 5,
    expectAfter: expectSummary,
  },
];

/** What models are given to read, and what people see of it: both against what the simulator received. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { PromptView } from "../../convex/views/prompts";
import type { Simulator } from "../../src/providers/simulator/server";
import { expectFailure, failureOf, onEachDriver, supportBot, tenantWith } from "./setup";
import { ENDED, runIn, sharedSetupWithSimulator, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const { prompt } = api.queries.sessions;

const CLAUDE = { provider: "anthropic", model: "claude-opus-4-6" } as const;
const GPT = { provider: "openai", model: "gpt-4.1" } as const;

type AnthropicBody = {
  system: string;
  max_tokens: number;
  temperature?: number;
  messages: { role: string; content: { text: string }[] | string }[];
};
type ResponsesBody = { instructions: string; max_output_tokens: number; temperature?: number };

/** The body of the last call. */
function received<Body>(): Body {
  return simulator.requests.at(-1) as Body;
}

function textsOf({ messages }: AnthropicBody): string[] {
  return messages.map(({ content }) =>
    typeof content === "string" ? content : content.map(({ text }) => text).join(""),
  );
}

function blockOf({ blocks }: PromptView, kind: string) {
  return blocks.find((block) => block.kind === kind);
}

onEachDriver(() => {
  const deployment = sharedSetupWithSimulator();

  async function stageWith(changes: object = {}): Promise<Scene> {
    const t = deployment();
    const acme = await tenantWith(t, { subject: `ann-${Math.random()}` });
    const agent = { ...supportBot(), ...CLAUDE, ...changes };
    const agentId = await acme.as.mutation(api.mutations.agents.create, agent);
    return { t, agentId, ...acme };
  }

  /** Says it and waits for the answer. */
  async function say(
    { as, agentId }: Scene,
    content: string,
    sessionId?: Id<"sessions">,
  ): Promise<Id<"sessions">> {
    const target = sessionId === undefined ? { agentId } : { sessionId };
    const sent = await as.mutation(send, { ...target, content });
    const run = await runIn(as, sent.runId, ENDED);
    expect(run.state).toMatchObject({ kind: "completed" });
    await simulator.control.idle();
    return sent.sessionId;
  }

  describe("sessions.prompt", () => {
    test("is what the model is then given, block by block", async () => {
      const stage = await stageWith({ tools: [{ name: "clock" }], maxTokens: 1_234 });
      const sessionId = await say(stage, "My first.");
      await say(stage, "My second.", sessionId);
      const content = "My third.";
      const seen = await stage.as.query(prompt, { sessionId, content });
      await say(stage, content, sessionId);
      const body = received<AnthropicBody>();

      const texts = [blockOf(seen, "system")?.text, blockOf(seen, "mode")?.text];
      expect(body.system).toBe(texts.join("\n\n"));
      const said = ["history", "under_way"].flatMap((kind) => blockOf(seen, kind)?.messages ?? []);
      expect(said).toHaveLength(5);
      expect(textsOf(body)).toEqual(said.map(({ text }) => text));
      expect(body.max_tokens).toBe(seen.maxOutputTokens);
      expect(body.max_tokens).toBe(1_234);
      expect(blockOf(seen, "tools")?.text).toContain('"clock"');
      expect(seen.leftOut).toEqual([]);
      expect(seen.earlierTurns).toBe(0);
      expect(seen.blocks.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(seen.totalTokens);

      // An estimate is near the bill.
      const billed = simulator.ledger.entries.at(-1)?.billed.tokens.inputFresh ?? 0;
      expect(seen.totalTokens).toBeGreaterThan(billed * 0.8);
      expect(seen.totalTokens).toBeLessThan(billed * 2);
    });

    test("says what is left out when it does not fit, and it is left out", async () => {
      const stage = await stageWith({ maxContextTokens: 1_000, mode: "research" });
      const long = (name: string) => `Say: ${name} ${"lorem ipsum ".repeat(100)}`;
      const sessionId = await say(stage, long("first"));
      // As after a summary was undone: there shall be none.
      await stage.t.run(async (ctx) => {
        await ctx.db.patch("sessions", sessionId, { uncompactedUntilTurn: 10 });
      });
      await say(stage, long("second"), sessionId);
      const seen = await stage.as.query(prompt, { sessionId, content: "Third." });
      expect(seen.budget.inputTokens).toBe(1_000);
      expect(seen.totalTokens).toBeLessThanOrEqual(1_000);
      expect(seen.leftOut.at(-1)?.reason).toBe("does_not_fit");
      expect(seen.earlierTurns).toBe(1);
      await say(stage, "Third.", sessionId);
      const texts = textsOf(received<AnthropicBody>());
      expect(texts.some((text) => text.includes("second"))).toBe(true);
      expect(texts.some((text) => text.includes("first"))).toBe(false);
    });

    test("keeps what is the agent's own from those who may not read agents", async () => {
      const stage = await stageWith();
      const sessionId = await say(stage, "Say: Hi");
      const { key } = await stage.as.action(api.actions.keys.create, {
        name: "reader",
        scopes: ["sessions:read"],
      });
      const seen = await stage.t.query(prompt, { apiKey: key, sessionId });
      expect(JSON.stringify(seen)).not.toContain(supportBot().systemPrompt);
      expect(blockOf(seen, "system")?.tokens).toBeGreaterThan(0);
      expect(blockOf(seen, "history")?.messages).toHaveLength(2);
      const bob = await tenantWith(stage.t, { subject: `bob-${Math.random()}` });
      await expectFailure(bob.as.query(prompt, { sessionId }), {
        kind: "not_found",
        entity: "session",
        id: sessionId,
      });
    });
  });

  describe("agents.prompt", () => {
    const ofAgent = api.queries.agents.prompt;

    test("is what the model is given first, with the changes once they are saved", async () => {
      const stage = await stageWith({ tools: [{ name: "clock" }], temperature: 1 });
      const { as, agentId } = stage;
      const content = "My first.";
      const changes = {
        systemPrompt: "Answer in verse.",
        tools: [],
        maxTokens: 99,
        mode: "creative",
      };
      const asSaved = await as.query(ofAgent, { agentId, content });
      const asChanged = await as.query(ofAgent, { agentId, content, changes });
      expect(blockOf(asSaved, "system")?.text).toBe(supportBot().systemPrompt);
      expect(blockOf(asSaved, "tools")?.text).toContain('"clock"');
      expect(await as.query(api.queries.agents.get, { agentId })).toMatchObject({ version: 1 });

      await as.mutation(api.mutations.agents.update, { agentId, ...changes });
      await say(stage, content);
      const body = received<AnthropicBody>();
      const texts = [blockOf(asChanged, "system")?.text, blockOf(asChanged, "mode")?.text];
      expect(body.system).toBe(texts.join("\n\n"));
      expect(body.system).toContain("Answer in verse.");
      expect(body.max_tokens).toBe(asChanged.maxOutputTokens);
      expect(blockOf(asChanged, "tools")).toBeUndefined();
      expect(textsOf(body)).toEqual(["My first."]);
      expect(await as.query(ofAgent, { agentId, content })).toEqual(asChanged);
      const cleared = await as.query(ofAgent, { agentId, changes: { temperature: null } });
      expect([asChanged.temperature, cleared.temperature]).toEqual([1, undefined]);
    });

    test("refuses what could not be saved, and is nobody else's", async () => {
      const { t, as, agentId } = await stageWith();
      const asked = (changes: object) => failureOf(as.query(ofAgent, { agentId, changes }));
      expect(await asked({ temperature: 3 })).toMatchObject({ field: "temperature" });
      expect(await asked({ mode: "frantic" })).toMatchObject({ field: "mode" });
      const bob = await tenantWith(t, { subject: `bob-${Math.random()}` });
      const missing = { kind: "not_found", entity: "agent", id: agentId } as const;
      await expectFailure(bob.as.query(ofAgent, { agentId }), missing);
    });
  });

  test("agents.models says what each provider has, and whether there is an account for it", async () => {
    const { as } = await stageWith();
    const before = await as.query(api.queries.agents.models, {});
    expect(before.map(({ provider, isReady }) => [provider, isReady])).toEqual([
      ["anthropic", true],
      ["openai", true],
      ["google", false],
      ["openai_compatible", false],
    ]);
    expect(before[0]?.models.find(({ model }) => model === CLAUDE.model)).toMatchObject({
      inputUsdPerMillion: "5",
      outputUsdPerMillion: "25",
      contextTokens: 1_000_000,
      acceptsTemperature: false,
    });
    const openai = before[1]?.models.map(({ model }) => model);
    expect(openai).toContain("gpt-4.1");
    expect(openai).not.toContain("text-embedding-3-large");
    await as.action(api.actions.providers.register, {
      name: "Ours",
      provider: "openai_compatible",
      baseUrl: "https://models.example.com/v1",
    });
    const after = await as.query(api.queries.agents.models, {});
    expect(after.at(-1)).toEqual({ provider: "openai_compatible", isReady: true, models: [] });
  });

  describe("a mode", () => {
    test("changes what is sent: temperature, size of the reply and what the model is told", async () => {
      const plain = { ...GPT, maxTokens: 100_000 };
      const focus = await stageWith(plain);
      await say(focus, "Hi");
      expect(received<ResponsesBody>()).toMatchObject({
        temperature: 0.2,
        max_output_tokens: 8_192,
      });
      const creative = await stageWith({ ...plain, mode: "creative" });
      await say(creative, "Hi");
      expect(received<ResponsesBody>()).toMatchObject({
        temperature: 0.9,
        max_output_tokens: 16_384,
        instructions: expect.stringContaining("more than one way") as string,
      });
      const own = await stageWith({ ...plain, mode: "creative", temperature: 1, maxTokens: 50 });
      await say(own, "Hi");
      expect(received<ResponsesBody>()).toMatchObject({ temperature: 1, max_output_tokens: 50 });
    });

    test("of the tenant's own does, too; gone, it is focus", async () => {
      const stage = await stageWith(GPT);
      const { as, agentId } = stage;
      const mode = { name: "terse", prompt: "One word.", temperature: 0, maxTokens: 10 };
      const modeId = await as.mutation(api.mutations.modes.create, mode);
      await as.mutation(api.mutations.agents.update, { agentId, mode: "terse" });
      const sessionId = await say(stage, "Hi");
      expect(received<ResponsesBody>()).toMatchObject({
        temperature: 0,
        max_output_tokens: 10,
        instructions: `${supportBot().systemPrompt}\n\nOne word.`,
      });
      await as.mutation(api.mutations.modes.update, { modeId, temperature: null, maxTokens: 20 });
      expect(await as.query(api.queries.modes.get, { name: "terse" })).toMatchObject({
        maxTokens: 20,
        isBuiltIn: false,
      });
      await say(stage, "Again", sessionId);
      expect(received<ResponsesBody>()).toMatchObject({ max_output_tokens: 20 });
      expect(received<ResponsesBody>().temperature).toBeUndefined();
      await as.mutation(api.mutations.modes.remove, { modeId });
      expect((await as.query(prompt, { sessionId })).mode).toBe("focus");
    });

    test("is one that there is: others are refused, as are names that are taken", async () => {
      const { t, as, agentId, tenantId } = await stageWith();
      const { create } = api.mutations.modes;
      const update = as.mutation(api.mutations.agents.update, { agentId, mode: "frantic" });
      expect(await failureOf(update)).toMatchObject({ kind: "invalid_argument", field: "mode" });
      const wrong = [
        { name: "focus", prompt: "Mine." },
        { name: "a", prompt: " " },
        { name: "a", prompt: "x", temperature: 3 },
        { name: "a", prompt: "x", historyShare: 1.1 },
        { name: "a", prompt: "x", maxTokens: 0 },
      ];
      const failures = [];
      for (const mode of wrong) failures.push((await failureOf(as.mutation(create, mode))).kind);
      expect(failures).toEqual(["conflict", ...Array(4).fill("invalid_argument")]);
      await as.mutation(create, { name: "a", prompt: "x" });
      expect((await failureOf(as.mutation(create, { name: "a", prompt: "y" }))).kind).toBe(
        "conflict",
      );
      const names = (await as.query(api.queries.modes.list, {})).map(({ name }) => name);
      expect(names).toEqual(["focus", "creative", "research", "a"]);
      const log = await t.run(async (ctx) => {
        const rows = await ctx.db.query("activity_log").collect();
        return rows.filter((row) => row.tenantId === tenantId && row.entityTable === "modes");
      });
      expect(log.map(({ action }) => action)).toEqual(["modes.create"]);
    });
  });
});

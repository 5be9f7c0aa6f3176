import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { budgetFor, WINDOW_TOKENS_DEFAULT } from "../../../src/context/budget";
import type { SaidFile } from "../../../src/context/files";
import { builtInMode, samplingOf, type Mode } from "../../../src/context/modes";
import { assemble, type Material, type Said, type SaidCall } from "../../../src/context/prompt";
import { assertCounted } from "../../support/countedProperty";

const NO_LIMITS = { contextWindowTokens: null, inputTokensMax: null, outputTokensMax: null };
const WANTED = { outputTokens: 1_000, inputTokensMax: null };

describe("a budget", () => {
  test("divides the window: what is written and a margin are not read", () => {
    const limits = { ...NO_LIMITS, contextWindowTokens: 100_000 };
    expect(budgetFor(limits, WANTED)).toEqual({
      windowTokens: 100_000,
      outputTokens: 1_000,
      marginTokens: 5_000,
      inputTokens: 94_000,
    });
  });

  test("takes an ordinary window for a model that nobody knows", () => {
    expect(budgetFor(NO_LIMITS, WANTED).windowTokens).toBe(WINDOW_TOKENS_DEFAULT);
  });

  test("keeps to the smallest of all limits, whoever sets it", () => {
    const limits = { contextWindowTokens: 10_000, inputTokensMax: 8_000, outputTokensMax: 500 };
    expect(budgetFor(limits, WANTED)).toMatchObject({ outputTokens: 500, inputTokens: 8_000 });
    expect(budgetFor(limits, { ...WANTED, inputTokensMax: 2_000 }).inputTokens).toBe(2_000);
    // As much to write as there is window leaves half of it to read.
    const small = { ...NO_LIMITS, contextWindowTokens: 8_192 };
    expect(budgetFor(small, { ...WANTED, outputTokens: 8_192 }).outputTokens).toBe(4_096);
  });

  test("never gives a call more than the window", () => {
    fc.assert(
      fc.property(
        fc.record({
          contextWindowTokens: fc.option(fc.integer({ min: 1, max: 2_000_000 })),
          inputTokensMax: fc.option(fc.integer({ min: 1, max: 2_000_000 })),
          outputTokensMax: fc.option(fc.integer({ min: 1, max: 200_000 })),
        }),
        fc.integer({ min: 1, max: 200_000 }),
        (limits, outputTokens) => {
          const budget = budgetFor(limits, { outputTokens, inputTokensMax: null });
          expect(budget.inputTokens).toBeGreaterThanOrEqual(0);
          expect(budget.inputTokens + budget.outputTokens).toBeLessThanOrEqual(budget.windowTokens);
        },
      ),
    );
  });
});

const PLAIN: Mode = {
  name: "plain",
  prompt: "",
  temperature: null,
  maxTokens: null,
  historyShare: 1,
};
const MODEL = { provider: "openai", model: "gpt-5" } as const;

function material(changes: Partial<Material> = {}): Material {
  return {
    model: {
      ...MODEL,
      limits: { ...NO_LIMITS, contextWindowTokens: 4_096 },
      acceptsTemperature: true,
    },
    mode: PLAIN,
    temperature: null,
    maxTokens: 1_000,
    inputTokensMax: null,
    systemPrompt: "Be kind.",
    tools: "",
    summary: null,
    pinned: [],
    earlier: [],
    underWay: [said("user", { messageId: "asked", turn: 9 })],
    fileBytesMax: 1_000,
    ...changes,
  };
}

function said(role: Said["role"], changes: Partial<Said> = {}): Said {
  return { messageId: "m", turn: 1, role, text: "Hi", toolCalls: [], tokenCount: 1, ...changes };
}

function photo(size: number): SaidFile {
  const stated = { fileId: "f", name: "a.png", contentType: "image/png", sizeBytes: size };
  return { ...stated, as: "image", tokens: size };
}

const CALL: SaidCall = { toolCallId: "1", name: "clock", argumentsJson: "{}" };
const RESULT = { text: "noon", isError: false };

describe("a prompt", () => {
  test("is the newest of what was said, in order, after the system prompt, and says what it weighs", () => {
    const earlier = [
      said("assistant", { text: "B", tokenCount: 100 }),
      said("user", { text: "A", tokenCount: 100 }),
    ];
    const prompt = assemble(material({ earlier, tools: "clock" }));
    expect(prompt.system).toBe("Be kind.");
    expect(prompt.messages.map(({ text }) => text)).toEqual(["A", "B", "Hi"]);
    expect(prompt.blocks.map(({ kind, tokens }) => [kind, tokens])).toEqual([
      ["system", 3],
      ["tools", 1],
      ["history", 210],
      ["under_way", 6],
    ]);
    expect(prompt.totalTokens).toBe(220);
    expect(prompt.leftOut).toEqual([]);
  });

  test("leaves the oldest out, and with it the reply whose question does not fit; and says so", () => {
    const earlier = ["d", "c", "b", "a"].map((messageId, index) =>
      said(index % 2 === 0 ? "assistant" : "user", { messageId, tokenCount: 900 }),
    );
    const { messages, leftOut } = assemble(material({ earlier }));
    expect(messages).toHaveLength(3);
    expect(leftOut).toEqual([
      { reason: "before_first_question", messageId: "b" },
      { reason: "does_not_fit", messageId: "a" },
    ]);
  });

  test("of a mode says what the mode says, and has as much of the history as the mode allows", () => {
    const mode = { ...PLAIN, prompt: "Be brief.", historyShare: 0.5 };
    const earlier = ["b", "a"].map((messageId) => said("user", { messageId, tokenCount: 1_000 }));
    const prompt = assemble(material({ mode, earlier }));
    expect(prompt.system).toBe("Be kind.\n\nBe brief.");
    expect(prompt.leftOut).toEqual([{ reason: "does_not_fit", messageId: "a" }]);
    expect(assemble(material({ earlier })).leftOut).toEqual([]);
  });

  test("has what the turn itself has brought, whatever it weighs", () => {
    const underWay = [said("user", { tokenCount: 1_000_000 })];
    const prompt = assemble(material({ underWay, earlier: [said("user")] }));
    expect(prompt.messages).toHaveLength(1);
    expect(prompt.totalTokens).toBeGreaterThan(prompt.budget.inputTokens);
    expect(prompt.leftOut).toHaveLength(1);
  });

  test("has what is pinned once: in its place, or before the rest", () => {
    const pinned = [
      said("user", { messageId: "old", text: "My dog is called Rex." }),
      said("user", { messageId: "new", text: "Be brief with me." }),
    ];
    const earlier = [
      said("assistant", { messageId: "reply", text: "I will." }),
      said("user", { messageId: "new", text: "Be brief with me." }),
      said("assistant", { messageId: "long", tokenCount: 9_000 }),
      said("user", { messageId: "old", text: "My dog is called Rex.", tokenCount: 9_000 }),
    ];
    const prompt = assemble(material({ pinned, earlier, summary: "They met." }));
    expect(prompt.messages.map(({ text }) => text)).toEqual([
      "[What was said before, in a summary:]\n\nThey met.\n\n[Said before, and kept in view:]\n\nUser: My dog is called Rex.",
      "Be brief with me.",
      "I will.",
      "Hi",
    ]);
    expect(prompt.leftOut.map(({ messageId }) => messageId)).toEqual(["long"]);
    expect(prompt.blocks.map(({ kind }) => kind)).toEqual([
      "system",
      "summary",
      "pinned",
      "history",
      "under_way",
    ]);
  });

  test("shows files as far as they leave half of the room to what is said, the newest first", () => {
    const earlier = ["d", "c", "b", "a"].map((messageId) =>
      said("user", { messageId, tokenCount: 200, files: [photo(500)] }),
    );
    const underWay = [said("user", { files: [photo(900)] })];
    const prompt = assemble(material({ earlier, underWay, fileBytesMax: 10_000 }));
    const uses = prompt.messages.map(({ files = [] }) => files.map(({ as }) => as).join());
    // Of 2,837 tokens the turn itself takes 900, and of the rest files may take a half.
    expect(uses).toEqual(["name", "name", "name", "image", "image"]);
    expect(prompt.totalTokens).toBeLessThanOrEqual(prompt.budget.inputTokens);
    const large = assemble(material({ underWay: [said("user", { files: [photo(1_600)] })] }));
    expect(large.messages[0]?.files).toMatchObject([{ as: "name", unseen: "does_not_fit" }]);
  });

  test("says of what is pinned that its files are not shown with it", () => {
    const pinned = [said("user", { messageId: "old", text: "My map.", files: [photo(10)] })];
    const [lead] = assemble(material({ pinned })).messages;
    expect(lead?.text).toContain("User: My map. [These files are not shown here.]");
  });

  test("gives a call that came to no end a result", () => {
    const underWay = [said("user"), said("assistant", { text: "", toolCalls: [CALL] })];
    const [, reply] = assemble(material({ underWay })).messages;
    expect(reply?.toolCalls).toEqual([
      { ...CALL, result: { text: "The call was not finished.", isError: true } },
    ]);
  });

  test("of any session begins with a user's message, fits, and parts no call from its result", async () => {
    const message = fc.record({
      messageId: fc.uuid(),
      turn: fc.constant(1),
      role: fc.constantFrom("user" as const, "assistant" as const),
      text: fc.constantFrom("", "  ", "text"),
      toolCalls: fc.array(fc.constantFrom(CALL, { ...CALL, result: RESULT }), { maxLength: 2 }),
      tokenCount: fc.integer({ min: 0, max: 1_000 }),
      files: fc.array(fc.integer({ min: 0, max: 600 }).map(photo), { maxLength: 3 }),
    });
    let [cut, whole] = [0, 0];
    const property = fc.property(fc.array(message, { maxLength: 12 }), (earlier) => {
      const prompt = assemble(material({ earlier }));
      const { messages, budget, totalTokens, leftOut } = prompt;
      expect(messages[0]?.role).toBe("user");
      const shown = messages.flatMap(({ files = [] }) => files.filter(({ as }) => as !== "name"));
      expect(shown.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThanOrEqual(1_000);
      expect(totalTokens).toBeLessThanOrEqual(budget.inputTokens);
      expect(totalTokens).toBe(prompt.blocks.reduce((sum, { tokens }) => sum + tokens, 0));
      expect(messages.length - 1 + leftOut.length).toBe(earlier.length);
      for (const { text, toolCalls } of messages) {
        expect(text.trim() !== "" || toolCalls.length > 0).toBe(true);
        expect(toolCalls.every(({ result }) => result !== undefined)).toBe(true);
      }
      if (leftOut.some(({ reason }) => reason === "does_not_fit")) cut++;
      else whole++;
    });
    await assertCounted(property, 400, () => {
      expect(cut).toBeGreaterThan(20);
      expect(whole).toBeGreaterThan(20);
    });
  });
});

describe("a mode", () => {
  const asked = { temperature: null, maxTokens: 100_000, acceptsTemperature: true };

  test("has the temperature that the agent does not set, where the model takes any", () => {
    const creative = builtInMode("creative") ?? PLAIN;
    expect(samplingOf(creative, asked).temperature).toBe(0.9);
    expect(samplingOf(creative, { ...asked, temperature: 0 }).temperature).toBe(0);
    const refusing = { ...asked, acceptsTemperature: false };
    expect(samplingOf(creative, refusing).temperature).toBe(null);
    // What the agent asks for itself is left out by the adapter, which says so.
    expect(samplingOf(creative, { ...refusing, temperature: 1 }).temperature).toBe(1);
  });

  test("and the agent each bound the reply", () => {
    const focus = builtInMode("focus") ?? PLAIN;
    expect(samplingOf(focus, asked).outputTokens).toBe(8_192);
    expect(samplingOf(focus, { ...asked, maxTokens: 100 }).outputTokens).toBe(100);
    expect(samplingOf(PLAIN, asked).outputTokens).toBe(100_000);
  });

  test("of the built-in ones is unlike the others in all that a mode sets", () => {
    const modes = ["focus", "creative", "research"].map((name) => builtInMode(name) ?? PLAIN);
    for (const field of ["prompt", "temperature", "maxTokens", "historyShare"] as const) {
      expect(new Set(modes.map((mode) => mode[field])).size).toBe(3);
    }
  });
});

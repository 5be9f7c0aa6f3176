import { describe, expect, test } from "vitest";
import { budgetFor } from "../../../src/context/budget";
import { sharedRoom } from "../../../src/context/sharedRoom";

const limitsOf = (contextWindowTokens: number, outputTokensMax: number | null = null) => ({
  contextWindowTokens,
  outputTokensMax,
  inputTokensMax: null,
});
const OPUS = {
  provider: "anthropic",
  model: "claude-opus-4-6",
  limits: limitsOf(200_000),
} as const;
const SMALL = { provider: "openai", model: "gpt-small", limits: limitsOf(8_192, 1_000) } as const;
const WANTED = { outputTokens: 2_000, inputTokensMax: null };

describe("the room of several models", () => {
  test("is the smallest one's, by the tokens of whoever counts", () => {
    const { inputTokens } = budgetFor(SMALL.limits, WANTED);
    expect(sharedRoom(SMALL, [OPUS, SMALL], WANTED)).toEqual({
      inputTokensMax: inputTokens,
      outputTokens: 1_000,
    });
    // Anthropic finds a quarter more tokens in the same text.
    expect(sharedRoom(OPUS, [OPUS, SMALL], WANTED).inputTokensMax).toBe(
      Math.floor(inputTokens * 1.25),
    );
  });

  test("of models that read by other tokens is what the hungriest can take", () => {
    const gpt = { ...SMALL, limits: OPUS.limits };
    const { inputTokens } = budgetFor(OPUS.limits, WANTED);
    expect(sharedRoom(gpt, [gpt, OPUS], WANTED).inputTokensMax).toBe(
      Math.floor(inputTokens / 1.25),
    );
  });

  test("is no more than the agent allows", () => {
    const wanted = { ...WANTED, inputTokensMax: 700 };
    expect(sharedRoom(OPUS, [OPUS, SMALL], wanted).inputTokensMax).toBe(700);
  });
});

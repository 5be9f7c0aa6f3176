import { describe, expect, test } from "vitest";
import { promptCacheFor, type PromptShape } from "../../../src/providers/promptCaching";

const OPUS = { provider: "anthropic", model: "claude-opus-5-5", atMs: 0 } as const;
const LONG: PromptShape = { totalTokens: 9_000, fixedTokens: 500, goesOn: true, isCut: false };
const ALL = { keepFor: "5m", messages: true };
const FIXED = { keepFor: "5m", messages: false };

describe("keeping a prompt pays", () => {
  test.each([
    ["a long one that goes on", LONG, ALL],
    ["a long one of which nobody knows", { ...LONG, goesOn: false }, undefined],
    ["one too short for the model", { ...LONG, totalTokens: 4_000 }, undefined],
    ["one whose history moves on", { ...LONG, isCut: true }, undefined],
    ["what every prompt begins with", { ...LONG, fixedTokens: 5_000, goesOn: false }, FIXED],
    ["the same, with a history that moves on", { ...LONG, fixedTokens: 5_000, isCut: true }, FIXED],
  ])("%s", (_what, shape, expected) => {
    expect(promptCacheFor(OPUS, shape)).toEqual(expected);
  });

  test("from a length that differs from model to model", () => {
    const shape = { ...LONG, totalTokens: 3_000 };
    expect(promptCacheFor(OPUS, shape)).toBeUndefined();
    expect(promptCacheFor({ ...OPUS, model: "claude-sonnet-5-5" }, shape)).toEqual(ALL);
    expect(promptCacheFor({ ...OPUS, model: "claude-haiku-4-5-20251001" }, shape)).toBeUndefined();
  });

  test.each(["openai", "google", "openai_compatible"] as const)(
    "%s is not asked: it keeps prompts by itself, or never",
    (provider) => {
      expect(promptCacheFor({ ...OPUS, provider, model: "gpt-6-sol" }, LONG)).toBeUndefined();
    },
  );
});

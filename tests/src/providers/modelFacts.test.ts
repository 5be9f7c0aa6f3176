import { describe, expect, test } from "vitest";
import { modelFacts, nearestEffort, retirementWarnings } from "../../../src/providers/modelFacts";

const NOV_26 = Date.parse("2026-11-26T12:00:00Z");
const effortOf = (model: string, wanted: Parameters<typeof nearestEffort>[0]) =>
  nearestEffort(wanted, modelFacts({ provider: "openai", model, atMs: NOV_26 }).efforts);

describe("a level of effort that a model does not take becomes the nearest that it takes", () => {
  test.each([
    ["gpt-6.1-terra", "none", "low"],
    ["gpt-6.1-terra", "max", "max"],
    ["gpt-5-mini", "none", "minimal"],
    ["gpt-5-mini-2025-08-07", "xhigh", "high"],
    ["gpt-5.1", "none", "none"],
    ["gpt-5.4-mini", "max", "xhigh"],
    ["gpt-5-pro", "low", "high"],
    ["gpt-5.4-pro", "none", "medium"],
    ["o4-mini", "xhigh", "high"],
    ["gpt-6-sol", "none", "none"],
  ] as const)("%s, %s: %s", (model, wanted, taken) => {
    expect(effortOf(model, wanted)).toBe(taken);
  });
});

describe("a model that its provider ends", () => {
  const told = (model: string, nowMs: number) =>
    retirementWarnings({ provider: "anthropic", model, nowMs });
  const DAY = 24 * 60 * 60 * 1_000;

  test("is told of in time, and afterwards", () => {
    expect(told("claude-sonnet-4-5", NOV_26)).toEqual([
      "anthropic ends claude-sonnet-4-5 on 2026-11-30: choose another model",
    ]);
    expect(told("claude-sonnet-4-5-20250929", NOV_26 + 10 * DAY)[0]).toContain("ended");
    expect(told("claude-sonnet-4-5", NOV_26 - 90 * DAY)).toEqual([]);
  });

  test("and not of others", () => {
    expect(told("claude-opus-5-5", NOV_26)).toEqual([]);
    expect(told("no-such-model", NOV_26)).toEqual([]);
  });
});

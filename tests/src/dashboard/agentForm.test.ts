/** The agent's form: what it shows of an agent is what it says of it, and what changes is all that is sent. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formOf, type AgentSettings } from "../../../src/dashboard/screens/agents/form/fill";
import { AgentForm } from "../../../src/dashboard/screens/agents/form/form";
import { refusalOf } from "../../../src/dashboard/screens/agents/form/refused";
import { changesOf, settingsOf } from "../../../src/dashboard/screens/agents/form/settings";
import { ConvexError } from "convex/values";

const PLAIN: AgentSettings = {
  name: "Support",
  systemPrompt: "Answer.",
  provider: "anthropic",
  model: "claude-haiku-5-5",
  maxTokens: 4_096,
  mode: "focus",
  skills: ["skill_common"],
  channels: ["dashboard"],
  consensusEnabled: false,
};
const FULL: AgentSettings = {
  ...PLAIN,
  description: "For customers",
  temperature: 0.7,
  reasoningEffort: "high",
  maxContextTokens: 9_000,
  tools: [
    { name: "clock" },
    { name: "http_get", allowedHosts: ["api.example.com", "*.example.org"] },
    {
      name: "notes",
      approval: { required: true, role: "admin", expiresAfterMinutes: 5 },
    },
    { name: "search_history", approval: { required: false } },
  ],
  maxCostPerMessage: 0.1,
  maxCostPerMessageUsd: "0.1",
  monthlyBudget: 1,
  monthlyBudgetUsd: "0.000000000001",
  limits: { toolRounds: 3, tokens: 10_000 },
  fallbackModels: [{ provider: "openai", model: "gpt-6-luna" }],
  summaryModel: { provider: "google", model: "gemini-3.5-flash-lite" },
  consensusEnabled: true,
  consensusModels: ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5"],
  consensusStrategy: "weighted",
  consensus: { choices: ["yes", "no"], weights: [2, 0.5], quorum: 2, deadlineSeconds: 30 },
  metadata: { team: { name: "support" } },
};

const slug = "support";
const filled = (agent: AgentSettings) => formOf({ ...agent, slug });

describe("the form of an agent", () => {
  test("says of an agent what it is, exactly, whatever is set of it", () => {
    const { skills: _skills, maxCostPerMessage: _cost, monthlyBudget: _budget, ...rest } = FULL;
    const { maxCostPerMessageUsd, monthlyBudgetUsd, ...same } = rest;
    expect(settingsOf(filled(FULL))).toEqual({
      ...same,
      slug,
      maxCostPerMessage: maxCostPerMessageUsd,
      monthlyBudget: monthlyBudgetUsd,
    });
    expect(AgentForm.parse(filled(FULL))).toEqual(filled(FULL));
  });

  test("sends nothing where nothing was changed, and only what was", () => {
    fc.assert(
      fc.property(fc.subarray(Object.keys(FULL) as (keyof AgentSettings)[]), (fields) => {
        const some = Object.fromEntries(fields.map((field) => [field, FULL[field]]));
        const agent = { ...PLAIN, ...some };
        const before = settingsOf(filled(agent));
        expect(changesOf(before, settingsOf(AgentForm.parse(filled(agent))))).toEqual({});
        const named = settingsOf({ ...filled(agent), name: "Another" });
        expect(changesOf(before, named)).toEqual({ name: "Another" });
      }),
    );
  });

  test("takes away what was emptied", () => {
    const emptied = {
      ...filled(FULL),
      description: " ",
      temperature: "",
      reasoningEffort: "" as const,
      monthlyBudget: "",
      toolRounds: "",
      tokens: "",
      summary: { isOwn: true, provider: "google" as const, model: "x" },
      tools: filled(PLAIN).tools,
      metadata: "",
    };
    expect(changesOf(settingsOf(filled(FULL)), settingsOf(emptied))).toEqual({
      description: null,
      temperature: null,
      reasoningEffort: null,
      monthlyBudget: null,
      limits: null,
      summaryModel: null,
      tools: [],
      metadata: null,
    });
  });

  test("refuses what is no number, no model or no object before it is sent", () => {
    const wrong = {
      ...filled(PLAIN),
      name: " ",
      model: "",
      temperature: "warm",
      maxTokens: "",
      quorum: "1.5",
      weights: "1\ntwo",
      metadata: "[1]",
      fallbackModels: [{ provider: "openai" as const, model: " " }],
      tools: filled(PLAIN).tools.map((tool) => ({ ...tool, isOn: true })),
    };
    const { error } = AgentForm.safeParse(wrong);
    const at = error?.issues.map(({ path }) => path.join(".")) ?? [];
    expect(at.toSorted()).toEqual(
      [
        "fallbackModels.0.model",
        "maxTokens",
        "metadata",
        "model",
        "name",
        "quorum",
        "temperature",
        "tools.2.hosts",
        "tools.3.hosts",
        "weights",
      ].toSorted(),
    );
  });

  test("has a refusal of the deployment's stand beside the field that it is about", () => {
    const at = (field: string) =>
      refusalOf(
        new ConvexError({ kind: "invalid_argument", field, reason: "is wrong" }),
        filled(PLAIN),
      ).at;
    expect(at("slug")).toBe("slug");
    expect(at("limits.toolRounds")).toBe("toolRounds");
    expect(at("tools.approval.expiresAfterMinutes")).toBe("tools");
    expect(at("consensus")).toBe("consensusModels");
    expect(at("something else")).toBe("root");
    const full = new ConvexError({ kind: "limit_reached", what: "agents", limit: 10 });
    expect(refusalOf(full, filled(PLAIN))).toMatchObject({ at: "root" });
  });
});

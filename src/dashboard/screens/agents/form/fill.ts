/** An agent as its form shows it. */
import type { AgentView } from "../../../../../convex/views";
import { OUTGOING_TOOLS, TOOL_NAMES } from "../../../../core/tools";
import type { AgentForm, ToolForm } from "./form";

export type AgentSettings = Omit<
  AgentView,
  "_id" | "tenantId" | "slug" | "version" | "createdBy" | "createdAt" | "updatedAt" | "status"
>;

export function formOf(agent: AgentSettings & { slug?: string }): AgentForm {
  const { limits = {}, consensus = {}, summaryModel, metadata } = agent;
  return {
    name: agent.name,
    slug: agent.slug ?? "",
    description: agent.description ?? "",
    systemPrompt: agent.systemPrompt,
    provider: agent.provider,
    model: agent.model,
    temperature: textOf(agent.temperature),
    maxTokens: textOf(agent.maxTokens),
    reasoningEffort: agent.reasoningEffort ?? "",
    maxContextTokens: textOf(agent.maxContextTokens),
    mode: agent.mode,
    tools: TOOL_NAMES.map((name) => toolForm(name, agent.tools)),
    maxCostPerMessage: agent.maxCostPerMessageUsd ?? "",
    monthlyBudget: agent.monthlyBudgetUsd ?? "",
    toolRounds: textOf(limits.toolRounds),
    minutes: textOf(limits.minutes),
    tokens: textOf(limits.tokens),
    fallbackModels: agent.fallbackModels ?? [],
    summary: {
      isOwn: summaryModel === undefined,
      provider: summaryModel?.provider ?? agent.provider,
      model: summaryModel?.model ?? "",
    },
    consensusEnabled: agent.consensusEnabled,
    consensusModels: (agent.consensusModels ?? []).join("\n"),
    consensusStrategy: agent.consensusStrategy ?? "",
    choices: (consensus.choices ?? []).join("\n"),
    judge: consensus.judge ?? "",
    weights: (consensus.weights ?? []).join("\n"),
    quorum: textOf(consensus.quorum),
    deadlineSeconds: textOf(consensus.deadlineSeconds),
    channels: agent.channels.join("\n"),
    metadata: metadata === undefined ? "" : JSON.stringify(metadata, null, 2),
  };
}

function toolForm(name: ToolForm["name"], tools: AgentView["tools"] = []): ToolForm {
  const tool = tools.find((one) => one.name === name);
  const { approval } = tool ?? {};
  const asked = approval?.required === true ? "always" : "never";
  return {
    name,
    isOn: tool !== undefined,
    hosts: OUTGOING_TOOLS.has(name) ? (tool?.allowedHosts ?? []).join("\n") : "",
    approval: approval === undefined ? "default" : asked,
    role: approval?.role ?? "operator",
    minutes: textOf(approval?.expiresAfterMinutes),
  };
}

function textOf(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}

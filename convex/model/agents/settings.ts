/** What may be said of an agent: the arguments of the doors, and their checks. */
import { v, type Infer } from "convex/values";
import { DEFAULT_MODE } from "../../../src/context/modes";
import { MODEL_LENGTH_MAX } from "../../../src/core/limits";
import {
  checkedInteger,
  checkedLength,
  checkedList,
  checkedMetadata,
  checkedText,
} from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { toPico, vUsdInput } from "../../lib/usd";
import { checkedTools } from "./tools";
import {
  vAgentLimits,
  vAgentStatus,
  vAgentTool,
  vFallbackModel,
  vConsensus,
  vConsensusStrategy,
  vOpenRecord,
  vProvider,
  vReasoningEffort,
  type AgentLimits,
  type AgentSettings,
  type FallbackModel,
} from "../../validators";

const NAME_LENGTH_MAX = 80;
export const DESCRIPTION_LENGTH_MAX = 1_000;
/** Small enough that a page of agents stays far below the 16 MiB a transaction may read. */
const SYSTEM_PROMPT_LENGTH_MAX = 32_000;

const MODE_LENGTH_MAX = 80;
const NAMES = { countMax: 100, lengthMax: 200 }; // of skills, channels and consensus models
export const REPLY_TOKENS = { min: 1, max: 200_000 };
const REPLY_TOKENS_DEFAULT = 4_096;
/** Less holds no system prompt and question. */
const CONTEXT_TOKENS = { min: 1_000, max: 10_000_000 };
const TEMPERATURE_MAX = 2;
/** Each takes up to three attempts, for which a person waits. */
const FALLBACK_MODELS_MAX = 3;

/** What a caller may say of an agent. */
const fields = {
  description: v.optional(v.string()),
  temperature: v.optional(v.number()),
  maxTokens: v.optional(v.number()),
  reasoningEffort: v.optional(vReasoningEffort),
  maxContextTokens: v.optional(v.number()),
  mode: v.optional(v.string()),
  channels: v.optional(v.array(v.string())),
  skills: v.optional(v.array(v.string())),
  tools: v.optional(v.array(vAgentTool)),
  limits: v.optional(vAgentLimits),
  fallbackModels: v.optional(v.array(vFallbackModel)),
  summaryModel: v.optional(vFallbackModel),
  maxCostPerMessage: v.optional(vUsdInput),
  monthlyBudget: v.optional(vUsdInput),
  consensusEnabled: v.optional(v.boolean()),
  consensusModels: v.optional(v.array(v.string())),
  consensusStrategy: v.optional(vConsensusStrategy),
  consensus: v.optional(vConsensus),
  metadata: v.optional(vOpenRecord),
};

export const vNewAgent = v.object({
  name: v.string(),
  /** Absent: made of the name. */
  slug: v.optional(v.string()),
  systemPrompt: v.string(),
  model: v.string(),
  provider: vProvider,
  ...fields,
});
export type NewAgent = Infer<typeof vNewAgent>;

/** What is absent stays as it is; null takes an optional setting away. */
export const vAgentChanges = v.object({
  name: v.optional(v.string()),
  slug: v.optional(v.string()),
  systemPrompt: v.optional(v.string()),
  model: v.optional(v.string()),
  provider: v.optional(vProvider),
  status: v.optional(vAgentStatus),
  ...fields,
  description: v.optional(v.union(v.string(), v.null())),
  temperature: v.optional(v.union(v.number(), v.null())),
  reasoningEffort: v.optional(v.union(vReasoningEffort, v.null())),
  maxContextTokens: v.optional(v.union(v.number(), v.null())),
  summaryModel: v.optional(v.union(vFallbackModel, v.null())),
  maxCostPerMessage: v.optional(v.union(vUsdInput, v.null())),
  monthlyBudget: v.optional(v.union(vUsdInput, v.null())),
  limits: v.optional(v.union(vAgentLimits, v.null())),
  consensusModels: v.optional(v.union(v.array(v.string()), v.null())),
  consensusStrategy: v.optional(v.union(vConsensusStrategy, v.null())),
  consensus: v.optional(v.union(vConsensus, v.null())),
  metadata: v.optional(v.union(vOpenRecord, v.null())),
});
export type AgentChanges = Infer<typeof vAgentChanges>;

/** The part of both that may be left out. */
type Settings = Omit<
  AgentChanges,
  "name" | "slug" | "systemPrompt" | "model" | "provider" | "status"
>;

/**
 * All that a new agent is, what was not said included.
 *
 * @throws invalid_argument - A text is blank or too long, a number out of range, an amount no amount.
 */
export function checkedNewAgent(agent: NewAgent): AgentSettings {
  return {
    maxTokens: REPLY_TOKENS_DEFAULT,
    mode: DEFAULT_MODE.name,
    skills: [],
    channels: [],
    consensusEnabled: false,
    ...omitUndefined(checkedSettings(agent)),
    name: checkedText("name", agent.name, NAME_LENGTH_MAX),
    systemPrompt: checkedPrompt(agent.systemPrompt),
    model: checkedModel(agent.model),
    provider: agent.provider,
    status: "active",
  };
}

/**
 * The settings that change, as they are stored; undefined takes one away.
 *
 * @throws invalid_argument - As for a new agent.
 */
export function checkedChanges(changes: AgentChanges) {
  return {
    ...checkedSettings(changes),
    ...given("name", changes.name, (name) => checkedText("name", name, NAME_LENGTH_MAX)),
    ...given("systemPrompt", changes.systemPrompt, checkedPrompt),
    ...given("model", changes.model, checkedModel),
    ...omitUndefined({ status: changes.status, provider: changes.provider }),
  };
}

/** The optional settings that the caller gave, checked, as they are stored; undefined takes one away. */
function checkedSettings(settings: Settings) {
  return {
    ...clearable("description", settings.description, (text) =>
      checkedLength("description", text, DESCRIPTION_LENGTH_MAX),
    ),
    ...clearable("temperature", settings.temperature, checkedTemperature),
    ...clearable("reasoningEffort", settings.reasoningEffort, (effort) => effort),
    ...given("maxTokens", settings.maxTokens, (n) => checkedInteger("maxTokens", n, REPLY_TOKENS)),
    ...clearable("maxContextTokens", settings.maxContextTokens, (n) =>
      checkedInteger("maxContextTokens", n, CONTEXT_TOKENS),
    ),
    ...given("mode", settings.mode, (mode) => checkedText("mode", mode, MODE_LENGTH_MAX)),
    ...given("skills", settings.skills, (names) => checkedList("skills", names, NAMES)),
    ...given("tools", settings.tools, checkedTools),
    ...clearable("limits", settings.limits, checkedLimits),
    ...given("fallbackModels", settings.fallbackModels, checkedFallbacks),
    ...clearable("summaryModel", settings.summaryModel, ({ provider, model }) => ({
      provider,
      model: checkedText("summaryModel", model, MODEL_LENGTH_MAX),
    })),
    ...given("channels", settings.channels, (names) => checkedList("channels", names, NAMES)),
    ...clearable("maxCostPerMessagePico", settings.maxCostPerMessage, (usd) =>
      toPico("maxCostPerMessage", usd),
    ),
    ...clearable("monthlyBudgetPico", settings.monthlyBudget, (usd) =>
      toPico("monthlyBudget", usd),
    ),
    ...given("consensusEnabled", settings.consensusEnabled, (enabled) => enabled),
    ...clearable("consensusModels", settings.consensusModels, (names) =>
      checkedList("consensusModels", names, NAMES),
    ),
    ...clearable("consensusStrategy", settings.consensusStrategy, (strategy) => strategy),
    ...clearable("consensus", settings.consensus, (consensus) => consensus),
    ...clearable("metadata", settings.metadata, checkedMetadata),
  };
}

/** Nothing when the caller gave nothing, else what `check` says. */
function given<Field extends string, A, B>(
  field: Field,
  value: A | undefined,
  check: (value: A) => B,
): { [Name in Field]?: B } {
  return value === undefined ? {} : ({ [field]: check(value) } as { [Name in Field]: B });
}

/** As `given`, for a field that null takes away. */
function clearable<Field extends string, A, B>(
  field: Field,
  value: A | null | undefined,
  check: (value: A) => B,
): { [Name in Field]?: B | undefined } {
  if (value === null) return { [field]: undefined } as { [Name in Field]: undefined };
  return given(field, value, check);
}

function checkedPrompt(systemPrompt: string): string {
  return checkedLength("systemPrompt", systemPrompt, SYSTEM_PROMPT_LENGTH_MAX);
}

function checkedModel(model: string): string {
  return checkedText("model", model, MODEL_LENGTH_MAX);
}

/** What each may be: a run that goes on for longer is a job, and not an answer. */
const LIMITS = {
  toolRounds: { min: 1, max: 50 },
  minutes: { min: 1, max: 24 * 60 },
  tokens: { min: 1, max: 100_000_000 },
} as const;

function checkedLimits(limits: AgentLimits): AgentLimits {
  for (const field of ["toolRounds", "minutes", "tokens"] as const) {
    const value = limits[field];
    if (value !== undefined) checkedInteger(`limits.${field}`, value, LIMITS[field]);
  }
  return limits;
}

function checkedFallbacks(models: FallbackModel[]): FallbackModel[] {
  if (models.length > FALLBACK_MODELS_MAX) {
    const reason = `has ${models.length} entries; at most ${FALLBACK_MODELS_MAX} are allowed`;
    fail({ kind: "invalid_argument", field: "fallbackModels", reason });
  }
  return models.map(({ provider, model }) => ({
    provider,
    model: checkedText("fallbackModels", model, MODEL_LENGTH_MAX),
  }));
}

export function checkedTemperature(temperature: number): number {
  if (!(temperature >= 0 && temperature <= TEMPERATURE_MAX)) {
    const reason = `must be from 0 to ${TEMPERATURE_MAX}`;
    fail({ kind: "invalid_argument", field: "temperature", reason });
  }
  return temperature;
}

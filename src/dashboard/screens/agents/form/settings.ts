/** What the form says, as the deployment takes it. */
import type { FunctionArgs } from "convex/server";
import type { api } from "../../../../../convex/_generated/api";
import { OUTGOING_TOOLS } from "../../../../core/tools";
import { linesOf, objectIn, type AgentForm, type ToolForm } from "./form";

type Doors = typeof api.mutations.agents;
/** All that a new agent is told to be; what is absent is left to the deployment. */
export type NewSettings = Omit<FunctionArgs<Doors["create"]>, "tenantId" | "apiKey" | "skills">;
export type Changes = Omit<FunctionArgs<Doors["update"]>, "tenantId" | "apiKey" | "agentId">;
type Consensus = NonNullable<NewSettings["consensus"]>;

export function settingsOf(form: AgentForm): NewSettings {
  const { name, slug, systemPrompt, provider, model, mode, consensusEnabled } = form;
  return defined({
    name: name.trim(),
    slug: slug.trim(),
    description: textIn(form.description),
    systemPrompt,
    provider,
    model: model.trim(),
    temperature: numberIn(form.temperature),
    maxTokens: numberIn(form.maxTokens),
    reasoningEffort: form.reasoningEffort === "" ? undefined : form.reasoningEffort,
    maxContextTokens: numberIn(form.maxContextTokens),
    mode,
    tools: form.tools.filter(({ isOn }) => isOn).map(toolOf),
    maxCostPerMessage: textIn(form.maxCostPerMessage),
    monthlyBudget: textIn(form.monthlyBudget),
    limits: someOf({
      toolRounds: numberIn(form.toolRounds),
      minutes: numberIn(form.minutes),
      tokens: numberIn(form.tokens),
    }),
    fallbackModels: form.fallbackModels,
    summaryModel: form.summary.isOwn
      ? undefined
      : { provider: form.summary.provider, model: form.summary.model.trim() },
    consensusEnabled,
    consensusModels: listIn(form.consensusModels),
    consensusStrategy: form.consensusStrategy === "" ? undefined : form.consensusStrategy,
    consensus: consensusOf(form),
    channels: linesOf(form.channels),
    metadata: objectIn(form.metadata) ?? undefined,
  });
}

/** What changed from one to the other; null for what is no more. The order of keys is no change. */
export function changesOf(before: NewSettings, after: NewSettings): Changes {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof NewSettings>;
  const changed = [...fields].filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  return Object.fromEntries(changed.map((field) => [field, after[field] ?? null])) as Changes;
}

function toolOf({ name, hosts, approval, role, minutes }: ToolForm) {
  const expiresAfterMinutes = numberIn(minutes);
  const asked = defined({ required: approval === "always", role, expiresAfterMinutes });
  const needs = approval === "never" ? { required: false } : asked;
  return {
    name,
    ...(approval !== "default" && { approval: needs }),
    ...(OUTGOING_TOOLS.has(name) && { allowedHosts: linesOf(hosts) }),
  };
}

function consensusOf(form: AgentForm): Consensus | undefined {
  const { choices, judge, weights, quorum, deadlineSeconds } = form;
  return someOf({
    choices: listIn(choices),
    judge: textIn(judge),
    weights: listIn(weights)?.map(Number),
    quorum: numberIn(quorum),
    deadlineSeconds: numberIn(deadlineSeconds),
  });
}

type Defined<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

function defined<T extends object>(object: T): Defined<T> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}

/** Nothing, when nothing of it is there. */
function someOf<T extends object>(object: T): Defined<T> | undefined {
  const some = defined(object);
  return Object.keys(some).length === 0 ? undefined : some;
}

function textIn(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed === "" ? undefined : trimmed;
}

function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed === "" ? undefined : Number(trimmed);
}

function listIn(text: string): string[] | undefined {
  const lines = linesOf(text);
  return lines.length === 0 ? undefined : lines;
}

/** A budget as a person fills it in: texts, which become what the deployment takes. */
import type { FunctionArgs } from "convex/server";
import { z } from "zod";
import type { api } from "../../../../convex/_generated/api";
import { STARTING_MODELS } from "../../../core/startingModels";
import { PROVIDERS } from "../../data/providers";
import { Amount, Tokens, tokensIn } from "./amounts";

export const WINDOWS = ["hour", "day", "week", "month", "total"] as const;
const DIMENSIONS = ["tenant", "agent", "user", "provider", "model", "key"] as const;
type Dimension = (typeof DIMENSIONS)[number];
const ACTIONS = ["block", "degrade", "pause", "warn"] as const;

export const SUBJECT_TEXTS: Readonly<Record<(typeof DIMENSIONS)[number], string>> = {
  tenant: "The whole company's",
  agent: "An agent's",
  user: "A person's",
  provider: "All of a provider",
  model: "A model's",
  key: "An API key's",
};

export const CHOICE_TEXTS: Readonly<Record<(typeof ACTIONS)[number], string>> = {
  block: "Refuse the call",
  degrade: "Call a cheaper model instead",
  pause: "Refuse it, and pause the agent",
  warn: "Only say so",
};

export const Form = z
  .object({
    name: z.string().trim().min(1, "Give it a name."),
    dimension: z.enum(DIMENSIONS),
    /** Of an agent, a person or an API key. */
    key: z.string(),
    provider: z.enum(PROVIDERS),
    model: z.string().trim(),
    window: z.enum(WINDOWS),
    action: z.enum(ACTIONS),
    cheaperProvider: z.enum(PROVIDERS),
    cheaperModel: z.string().trim(),
    limit: Amount,
    limitTokens: Tokens,
  })
  .refine(({ limit, limitTokens }) => limit !== "" || limitTokens !== "", {
    path: ["limit"],
    message: "Bound the cost, the tokens, or both.",
  })
  .refine(({ dimension, key }) => !isNamed(dimension) || key !== "", {
    path: ["key"],
    message: "Choose whose.",
  })
  .refine(({ dimension, model }) => dimension !== "model" || model !== "", {
    path: ["model"],
    message: "Name the model.",
  })
  .refine(({ action, cheaperModel }) => action !== "degrade" || cheaperModel !== "", {
    path: ["cheaperModel"],
    message: "Name the model that is called instead.",
  })
  .refine(({ action, dimension }) => action !== "pause" || mayPause(dimension), {
    path: ["action"],
    message: "Only a budget of an agent or of the whole company can pause agents.",
  });
export type Form = z.infer<typeof Form>;

export const EMPTY: Form = {
  name: "",
  dimension: "tenant",
  key: "",
  provider: "anthropic",
  model: STARTING_MODELS.anthropic,
  window: "month",
  action: "block",
  cheaperProvider: "anthropic",
  cheaperModel: STARTING_MODELS.anthropic,
  limit: "",
  limitTokens: "",
};

/** Whether one of many is chosen by its name. */
export function isNamed(dimension: Dimension): boolean {
  return dimension === "agent" || dimension === "user" || dimension === "key";
}

export function mayPause(dimension: Dimension): boolean {
  return dimension === "agent" || dimension === "tenant";
}

export function toNewBudget(
  form: Form,
): Omit<FunctionArgs<typeof api.mutations.budgets.create>, "tenantId" | "apiKey"> {
  const { name, dimension, window, action, limit, limitTokens } = form;
  const degradeTo = { provider: form.cheaperProvider, model: form.cheaperModel };
  return {
    name,
    dimension,
    window,
    action,
    ...(dimension !== "tenant" && { key: keyOf(form) }),
    ...(limit !== "" && { limit }),
    ...(limitTokens !== "" && { limitTokens: tokensIn(limitTokens) }),
    ...(action === "degrade" && { degradeTo }),
  };
}

function keyOf({ dimension, key, provider, model }: Form): string {
  if (dimension === "provider") return provider;
  return dimension === "model" ? `${provider}/${model}` : key;
}

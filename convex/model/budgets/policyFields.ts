/** What may be said of a policy, and its checks. */
import { v, type Infer } from "convex/values";
import { MODEL_LENGTH_MAX } from "../../../src/core/limits";
import type { Doc } from "../../_generated/dataModel";
import { checkedInteger, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { toPico, vUsdInput } from "../../lib/usd";
import {
  vBudgetAction,
  vBudgetDimension,
  vBudgetWindow,
  vModelName,
  type Limits,
} from "../../validators";
import { modelKey } from "../rollups/sums";
import type { Subject } from "./spent";

const NAME_LENGTH_MAX = 120;
const ALERTS_MAX = 10;
export const ALERT_PERCENTS_DEFAULT = [50, 75, 90, 100];
export type Policy = Doc<"budget_policies">;
export type Fields = Omit<Policy, "_id" | "_creationTime" | "tenantId" | "createdAt" | "updatedAt">;

/** What a caller may say of a budget. Amounts are USD. */
export const vNewBudget = v.object({
  name: v.string(),
  dimension: vBudgetDimension,
  key: v.optional(v.string()), // absent: the tenant's
  window: vBudgetWindow,
  limit: v.optional(vUsdInput),
  limitTokens: v.optional(v.number()),
  action: v.optional(vBudgetAction), // absent: block
  degradeTo: v.optional(vModelName),
  alertPercents: v.optional(v.array(v.number())), // absent: 50, 75, 90, 100
});
export type NewBudget = Infer<typeof vNewBudget>;

/** What is absent stays as it is; null takes it away. */
export const vBudgetChanges = v.object({
  name: v.optional(v.string()),
  limit: v.optional(v.union(vUsdInput, v.null())),
  limitTokens: v.optional(v.union(v.number(), v.null())),
  action: v.optional(vBudgetAction),
  degradeTo: v.optional(v.union(vModelName, v.null())),
  alertPercents: v.optional(v.array(v.number())),
  enabled: v.optional(v.boolean()),
});
export type BudgetChanges = Infer<typeof vBudgetChanges>;

export function limitsOf({ limit, limitTokens }: NewBudget): Limits {
  return omitUndefined({
    pico: limit === undefined ? undefined : toPico("limit", limit),
    tokens: limitTokens,
  });
}

export function changedLimits(before: Limits, { limit, limitTokens }: BudgetChanges): Limits {
  return omitUndefined({
    pico: limit === undefined ? before.pico : limit === null ? undefined : toPico("limit", limit),
    tokens: limitTokens === undefined ? before.tokens : (limitTokens ?? undefined),
  });
}

/** @throws invalid_argument - Something is out of bounds, or does not go with the rest. */
export function checked({ degradeTo, ...fields }: Checking): Fields {
  const { limit, action, dimension } = fields;
  if (limit.tokens === undefined && limit.pico === undefined) {
    refuse("limit", "give limit (USD), limitTokens, or both");
  }
  if (limit.tokens !== undefined) {
    checkedInteger("limitTokens", limit.tokens, { min: 0, max: Number.MAX_SAFE_INTEGER });
  }
  if (action === "pause" && dimension !== "tenant" && dimension !== "agent") {
    refuse("action", 'only a budget of an agent or the tenant pauses agents: use "block"');
  }
  return {
    ...fields,
    name: checkedText("name", fields.name, NAME_LENGTH_MAX),
    alertPercents: checkedPercents(fields.alertPercents),
    ...omitUndefined({ degradeTo: checkedModel(fields, degradeTo) }),
  };
}

type Checking = Omit<Fields, "degradeTo"> & { degradeTo?: Fields["degradeTo"] | undefined };

/** The model that is called in place of one that does not fit, where that is what happens. */
function checkedModel(
  { action, ...subject }: Pick<Fields, "action" | "dimension" | "key">,
  model: Fields["degradeTo"],
): Fields["degradeTo"] {
  if (action === "degrade" && model === undefined) {
    const example = '{provider: "anthropic", model: "claude-haiku-4-5"}';
    refuse("degradeTo", `name the model that is called instead, as ${example}`);
  }
  if (action !== "degrade" && model !== undefined) {
    refuse("degradeTo", 'goes with the action "degrade" only: leave it out, or give null');
  }
  if (model === undefined) return undefined;
  checkedText("degradeTo", model.model, MODEL_LENGTH_MAX);
  if (isOf(subject, model)) {
    refuse("degradeTo", "is what the budget bounds: name a model that does not count for it");
  }
  return model;
}

/** Whether the model's calls count for the subject. */
function isOf(
  { dimension, key }: Subject,
  { provider, model }: { provider: string; model: string },
) {
  if (dimension === "provider") return key === provider;
  return dimension === "model" && key === modelKey({ provider, model });
}

function checkedPercents(percents: readonly number[]): number[] {
  if (percents.length > ALERTS_MAX) refuse("alertPercents", `at most ${ALERTS_MAX} are allowed`);
  const bounds = { min: 1, max: 100 };
  const whole = percents.map((percent) => checkedInteger("alertPercents", percent, bounds));
  return [...new Set(whole)].toSorted((a, b) => a - b);
}

export function refuse(field: string, reason: string): never {
  return fail({ kind: "invalid_argument", field, reason });
}

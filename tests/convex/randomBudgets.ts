/** Budgets by chance, for properties of them: of whatever subject, window, action and limit. */
import fc from "fast-check";
import type { Id } from "../../convex/_generated/dataModel";
import type { NewBudget } from "../../convex/model/budgets/policyFields";
import { formatUsd } from "../../src/core/money";

const MODELS = [
  { provider: "anthropic", model: "claude-opus-4-6" },
  { provider: "anthropic", model: "claude-haiku-4-5" },
  { provider: "openai", model: "gpt-5-mini" },
  { provider: "openai", model: "of-no-known-price" },
] as const;
export type Model = (typeof MODELS)[number];
export const nameOf = ({ provider, model }: { provider: string; model: string }) =>
  `${provider}/${model}`;

export const model = fc.constantFrom<Model>(...MODELS, MODELS[3]);

export const usd = fc.bigInt({ min: 0n, max: 200_000_000_000n }).map(formatUsd);

/** Whose it is, what it allows and what it does. */
export const randomBudget = fc.record({
  subject: fc.constantFrom("tenant", "agent", "user", "provider", "model"),
  of: model,
  window: fc.constantFrom("hour", "day", "week", "month", "total"),
  action: fc.constantFrom(...(["block", "block", "degrade", "degrade", "pause", "warn"] as const)),
  degradeTo: model,
  limit: fc.option(usd, { nil: undefined, freq: 4 }),
  limitTokens: fc.option(fc.nat(20_000), { nil: undefined, freq: 2 }),
});
export type RandomBudget = typeof randomBudget extends fc.Arbitrary<infer T> ? T : never;

/** Whose calls are to be bounded. */
type Whose = { agentId: Id<"agents">; userId: Id<"users"> };

/** As it can be made: with a limit, and with a model to go to that does not count for it. */
export function toBudget(told: RandomBudget, nth: number, { agentId, userId }: Whose): NewBudget {
  const { subject: dimension, of, window, limit, limitTokens } = told;
  const keys = {
    tenant: "",
    agent: agentId,
    user: userId,
    provider: of.provider,
    model: nameOf(of),
  };
  const key = keys[dimension];
  const degradeTo = [told.degradeTo, ...MODELS].find(
    (to) => key !== to.provider && key !== nameOf(to),
  )!;
  const action =
    told.action === "pause" && dimension !== "tenant" && dimension !== "agent"
      ? "block"
      : told.action;
  return {
    name: `Budget ${nth}`,
    dimension,
    key,
    window,
    action,
    ...(action === "degrade" && { degradeTo: { ...degradeTo } }),
    ...(limit !== undefined || limitTokens === undefined ? { limit: limit ?? "0.05" } : {}),
    ...(limitTokens !== undefined && { limitTokens }),
  };
}

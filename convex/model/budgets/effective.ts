/** Which budgets a call would fall under, which of them binds, and what would become of the call. */
import { v, type Infer } from "convex/values";
import type { QueryCtx } from "../../_generated/server";
import { checkedInteger } from "../../lib/checks";
import { omitUndefined } from "../../lib/objects";
import { toUsd, toUsdText } from "../../lib/usd";
import { vProvider, type FallbackModel, type Limits } from "../../validators";
import type { BudgetCheck, EffectiveBudgets } from "../../views/budgets";
import { requireOwned, type TenantScope } from "../access";
import { decideDegrading } from "./decision";
import type { Policy } from "./policyFields";
import type { Subject } from "./spent";
import { standingAt, viewOf, type Standing } from "./standing";
import { checkedSubject, ofSubject } from "./subjects";
import { worstCaseOf } from "./worstCase";

const TOKENS = { min: 0, max: 100_000_000 };

/** A call as it would be made; without provider and model, of the agent's own model. */
export const vCalling = v.object({
  agentId: v.id("agents"),
  provider: v.optional(vProvider),
  model: v.optional(v.string()),
  keyId: v.optional(v.id("api_keys")),
  userId: v.optional(v.id("users")),
});
export type Calling = Infer<typeof vCalling>;

/** How large it would be. */
export const vEstimate = v.object({ promptTokens: v.number(), outputTokens: v.number() });
export type Estimate = Infer<typeof vEstimate>;

/** The most specific first: of several that bind alike, this one is told of. */
const BY_SPECIFICITY = ["key", "user", "model", "provider", "agent", "tenant"] as const;

/** What is asked of a budget; null: it cannot be told. */
type Asked = { tokens: bigint; pico: bigint | null };
type Found = { policy: Policy; standing: Standing };

/**
 * Every budget that counts the call, and the one of which the least is left, in proportion to its limit.
 *
 * @throws not_found - The agent, key or user does not exist or is another tenant's.
 */
export async function effective(
  ctx: QueryCtx,
  scope: TenantScope,
  { calling, nowMs }: { calling: Calling; nowMs: number },
): Promise<EffectiveBudgets> {
  const { found } = await matching(ctx, scope, { calling, nowMs });
  const bounding = found.filter(({ policy }) => bounds(policy));
  const binding = tightest(bounding, ({ standing: { limit } }) => ({
    tokens: BigInt(limit.tokens ?? 0),
    pico: limit.pico ?? 0n,
  }));
  return {
    budgets: found.map(({ policy, standing }) => viewOf(policy, standing)),
    bindingId: binding?.policy._id ?? null,
  };
}

/**
 * What would become of a call of this size now. Nothing is held for it: the answer may be another one when it is made.
 *
 * @throws not_found - As `effective`.
 * @throws invalid_argument - A number of tokens is out of range.
 */
export async function check(
  ctx: QueryCtx,
  scope: TenantScope,
  { calling, estimate, nowMs }: { calling: Calling; estimate: Estimate; nowMs: number },
): Promise<BudgetCheck> {
  const promptTokens = checkedInteger("promptTokens", estimate.promptTokens, TOKENS);
  const outputTokens = checkedInteger("outputTokens", estimate.outputTokens, TOKENS);
  const { found, ...model } = await matching(ctx, scope, { calling, nowMs });
  const worst = { inputTokensMax: promptTokens, outputTokensMax: outputTokens };
  const call = { ...model, atMs: nowMs };
  const pico = (await worstCaseOf(ctx, scope, { call, tokens: worst }))?.pico ?? null;
  const asked: Asked = { tokens: BigInt(promptTokens + outputTokens), pico };

  const counted = found.filter(({ policy }) => policy.window !== "message" && bounds(policy));
  const binding = tightest(counted, () => asked);
  const { agentId, keyId, userId } = calling;
  const called = { agentId, ...omitUndefined({ keyId, userId }), ...model };
  const wanted = { called, spreadBy: agentId, worst, nowMs };
  return {
    ...told(await decideDegrading(ctx, scope, wanted)),
    requestedTokens: promptTokens + outputTokens,
    requestedCost: pico === null ? null : toUsd(pico),
    requestedCostUsd: pico === null ? null : toUsdText(pico),
    bindingId: binding?.policy._id ?? null,
    budgets: found.map(({ policy, standing }) => viewOf(policy, standing)),
  };
}

/** What an admission would do. */
function told({
  decision,
  wanted: { degraded = [] },
}: Awaited<ReturnType<typeof decideDegrading>>): Pick<
  BudgetCheck,
  "decision" | "byId" | "degradeTo"
> {
  switch (decision.kind) {
    case "opening":
    case "drawing":
      return { decision: "wait", byId: decision.policy._id };
    case "refused": {
      const { kind, policy } = decision.refusal;
      return { decision: kind === "price_unknown" ? kind : "refuse", byId: policy._id };
    }
    case "admitted": {
      const by = degraded.at(-1)?.policy;
      if (by === undefined) return { decision: "allow", byId: null };
      return { decision: "degrade", byId: by._id, ...omitUndefined({ degradeTo: by.degradeTo }) };
    }
  }
}

/** The active policies that count such a call, the most specific first. */
async function matching(
  ctx: QueryCtx,
  scope: TenantScope,
  { calling, nowMs }: { calling: Calling; nowMs: number },
): Promise<{ found: Found[] } & FallbackModel> {
  const { agentId, keyId, userId } = calling;
  const agent = requireOwned(scope, await ctx.db.get("agents", agentId), {
    entity: "agent",
    id: agentId,
  });
  const { provider = agent.provider, model = agent.model } = calling;
  const keys: Record<(typeof BY_SPECIFICITY)[number], string | undefined> = {
    key: keyId,
    user: userId,
    model: `${provider}/${model}`,
    provider,
    agent: agentId,
    tenant: "",
  };
  const found: Found[] = [];
  for (const dimension of BY_SPECIFICITY) {
    const key = keys[dimension];
    if (key === undefined) continue;
    const subject: Subject = await checkedSubject(ctx, scope, { dimension, key });
    for (const policy of await ofSubject(ctx, scope, subject)) {
      if (policy.status === "disabled") continue;
      found.push({ policy, standing: await standingAt(ctx, policy, nowMs) });
    }
  }
  return { found, provider, model };
}

function bounds({ action }: Policy): boolean {
  return action !== "warn";
}

function leftOf(
  limit: Limits,
  { spent, reserved }: Pick<Standing, "spent" | "reserved">,
): { tokens?: bigint; pico?: bigint } {
  return {
    ...(limit.tokens !== undefined && {
      tokens: BigInt(limit.tokens - spent.tokens - reserved.tokens),
    }),
    ...(limit.pico !== undefined && { pico: limit.pico - spent.pico - reserved.pico }),
  };
}

/** The one of which the least is left in proportion to what is asked of it; of equals, the first. */
function tightest(found: readonly Found[], askedOf: (one: Found) => Asked): Found | null {
  let tight: { one: Found; left: bigint; of: bigint } | null = null;
  for (const one of found) {
    const asked = askedOf(one);
    const left = leftOf(one.standing.limit, one.standing);
    for (const measure of ["tokens", "pico"] as const) {
      const rest = left[measure];
      const share = asked[measure];
      if (rest === undefined || share === null) continue;
      const of = share > 0n ? share : 1n;
      // rest/of < tight.left/tight.of, without a fraction
      if (tight === null || rest * tight.of < tight.left * of) tight = { one, left: rest, of };
    }
  }
  return tight?.one ?? null;
}

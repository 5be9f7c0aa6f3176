/** The models that a caller may name: the tenant's agents, and providers' models where the caller may call these. */
import { v, type Infer } from "convex/values";
import { formatUsd } from "../../../src/core/money";
import { assemble } from "../../../src/context/prompt";
import { findPriceRecord, listPrices, type Rates } from "../../../src/pricing/priceBook";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { PROVIDERS, vProvider, type FallbackModel } from "../../validators";
import type { CallerScope } from "../access";
import * as Agents from "../agents/agents";
import { materialFor } from "../context";
import { priceFor } from "../costs/prices";
import { runnableOf } from "../skills/runnable";
import * as Requests from "./requests";
import { AGENT_PREFIX, lookUp } from "./target";

/** USD for a token, as exact decimals; a class that is missing has no known price. */
const vPricing = v.object({
  input: v.optional(v.string()),
  output: v.optional(v.string()),
  cacheRead: v.optional(v.string()),
  cacheWrite: v.optional(v.string()),
});

export const vListedModel = v.object({
  id: v.string(),
  name: v.string(),
  owner: v.string(),
  createdAt: v.number(),
  pricing: v.union(vPricing, v.null()),
  contextTokens: v.union(v.number(), v.null()),
  outputTokensMax: v.union(v.number(), v.null()),
});
export type ListedModel = Infer<typeof vListedModel>;

/** The newest agents first, at most a hundred, and then the models of the price book. */
export async function list(
  ctx: QueryCtx,
  scope: CallerScope,
  nowMs: number,
): Promise<ListedModel[]> {
  const agents = await ctx.db
    .query("agents")
    .withIndex("by_tenant_and_status", (q) =>
      q.eq("tenantId", scope.tenantId).eq("status", "active"),
    )
    .order("desc")
    .take(Agents.LIST_LIMIT_MAX);
  const listed: ListedModel[] = [];
  for (const agent of agents) listed.push(await ofAgent(ctx, scope, { agent, nowMs }));
  if (!scope.actor.permissions.has("models:call")) return listed;
  for (const { provider, model } of listPrices(nowMs)) {
    const known = PROVIDERS.find((one) => one === provider);
    if (known === undefined) continue;
    listed.push(await ofModel(ctx, scope, { called: { provider: known, model }, nowMs }));
  }
  return listed;
}

/** @throws not_found, forbidden - As for a call of it. */
export async function get(
  ctx: QueryCtx,
  scope: CallerScope,
  { name, nowMs }: { name: string; nowMs: number },
): Promise<ListedModel> {
  const { agent, model } = await lookUp(ctx, scope, { name, nowMs });
  if (agent !== undefined) return { ...(await ofAgent(ctx, scope, { agent, nowMs })), id: name };
  return { ...(await ofModel(ctx, scope, { called: model, nowMs })), id: name };
}

export const vFixed = v.object({ provider: vProvider, model: v.string(), tokens: v.number() });
export type Fixed = Infer<typeof vFixed>;

/** What a model reads before what a client gives: the agent's prompt and tools, by our own count. */
export async function fixedOf(
  ctx: QueryCtx,
  scope: CallerScope,
  { name, nowMs }: { name: string; nowMs: number },
): Promise<Fixed> {
  const found = await lookUp(ctx, scope, { name, nowMs });
  if (found.agent === undefined) return { ...found.model, tokens: 0 };
  const agent = Requests.asAnswering(found.agent, {});
  const { provider, model } = agent;
  const usable = agent.consensusEnabled ? [] : await runnableOf(ctx, scope, agent);
  const skills = usable.filter(Requests.needsNobody);
  const material = await materialFor(ctx, scope, {
    agent,
    model: { provider, model },
    voters: [],
    skills,
    // Of no session.
    at: { sessionId: null, turn: 1, underWay: () => [] },
    request: {},
    nowMs,
  });
  return { provider, model, tokens: assemble(material).totalTokens };
}

async function ofAgent(
  ctx: QueryCtx,
  scope: CallerScope,
  { agent, nowMs }: { agent: Doc<"agents">; nowMs: number },
): Promise<ListedModel> {
  const { slug = agent._id, name, createdAt } = agent;
  const facts = await factsOf(ctx, scope, { called: agent, nowMs });
  return { id: AGENT_PREFIX + slug, name, owner: "tenant", createdAt, ...facts };
}

async function ofModel(
  ctx: QueryCtx,
  scope: CallerScope,
  { called, nowMs }: { called: FallbackModel; nowMs: number },
): Promise<ListedModel> {
  const { provider, model } = called;
  const { name = model } = findPriceRecord({ provider, model, atMs: nowMs }) ?? {};
  const facts = await factsOf(ctx, scope, { called, nowMs });
  return { id: `${provider}/${model}`, name, owner: provider, createdAt: 0, ...facts };
}

async function factsOf(
  ctx: QueryCtx,
  scope: CallerScope,
  { called: { provider, model }, nowMs }: { called: FallbackModel; nowMs: number },
): Promise<Pick<ListedModel, "pricing" | "contextTokens" | "outputTokensMax">> {
  const price = await priceFor(ctx, scope, { provider, model, atMs: nowMs });
  const record = findPriceRecord({ provider, model, atMs: nowMs });
  return {
    pricing: price === null ? null : pricingOf(price.rates),
    contextTokens: record?.contextWindowTokens ?? null,
    outputTokensMax: record?.outputTokensMax ?? null,
  };
}

function pricingOf(rates: Rates): NonNullable<ListedModel["pricing"]> {
  const of = (name: string, pico: bigint | undefined) =>
    pico === undefined ? {} : { [name]: formatUsd(pico) };
  return {
    ...of("input", rates.inputFresh),
    ...of("output", rates.output),
    ...of("cacheRead", rates.cacheRead),
    ...of("cacheWrite", rates.cacheWrite5m ?? rates.cacheWrite30m),
  };
}

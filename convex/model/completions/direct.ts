/**
 * Models that are called by their own names have an agent all the same: one of the tenant's, made by the first such
 * call. Their cost is its cost, its limits and budgets are theirs, and who pauses it stops them. Nothing is said in its
 * name: its prompt, tools and skills are left out.
 */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { tenantOf, type CallerScope } from "../access";
import * as Agents from "../agents/agents";
import { REPLY_TOKENS } from "../agents/settings";

/** What a reply may have whose caller does not say: so much is held of budgets for each. */
export const DIRECT_REPLY_TOKENS_DEFAULT = 16_384;

const DIRECT = {
  name: "Direct model calls",
  description:
    "Stands for calls of models by their own names through the API: what they cost is booked here. Its limits hold for them; pausing it stops them.",
  systemPrompt: "",
  // Of no meaning: each call names its own.
  provider: "anthropic",
  model: "claude-sonnet-5-5",
  maxTokens: REPLY_TOKENS.max,
} as const;

/** @throws limit_reached - It would have to be made, and the tenant has as many agents as its plan allows. */
export async function directAgent(
  ctx: MutationCtx,
  scope: CallerScope,
  nowMs: number,
): Promise<Doc<"agents">> {
  const { directAgentId } = await tenantOf(ctx, scope);
  const known = directAgentId === undefined ? null : await ctx.db.get("agents", directAgentId);
  if (known !== null) return known;
  const agentId = await Agents.create(ctx, scope, { agent: DIRECT, nowMs });
  await ctx.db.patch("tenants", scope.tenantId, { directAgentId: agentId });
  return await Agents.getOrFail(ctx, scope, agentId);
}

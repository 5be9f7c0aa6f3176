/** What agents have done and cost: sums that runs and reports add to, never counted anew. */
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedInteger } from "../../lib/checks";
import { toUsd, toUsdText } from "../../lib/usd";
import type { AgentStats, AgentView } from "../../views";
import { tenantOf, type CallerScope, type TenantScope } from "../access";
import * as Activity from "../activity";
import { lastActive, read } from "../rollups/read";
import * as Tallies from "../rollups/tallies";
import * as Agents from "./agents";

const record = Activity.recorderOf("agents");

const REPORTED_MESSAGES = { min: 1, max: 1_000_000 };

/** What was done and spent, by one agent or by all of the tenant's. */
export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  agentId: Id<"agents"> | undefined,
): Promise<AgentStats> {
  if (agentId !== undefined) await Agents.getOrFail(ctx, scope, agentId);
  const totals = await read(ctx, scope, {
    dimension: agentId === undefined ? "tenant" : "agent",
    key: agentId ?? "",
    unit: "total",
    period: "",
  });
  const { agentCounts } = await tenantOf(ctx, scope);
  const totalCost = toUsd(totals.totalCostPico);
  return {
    messageCount: totals.messages,
    sessionCount: totals.sessions,
    runCount: totals.runs,
    promptTokens: totals.promptTokens,
    completionTokens: totals.completionTokens,
    totalTokens: totals.promptTokens + totals.completionTokens,
    totalCost,
    totalCostUsd: toUsdText(totals.totalCostPico),
    avgCostPerMessage: totals.messages === 0 ? 0 : totalCost / totals.messages,
    lastActiveAt: totals.lastActiveAt === 0 ? null : totals.lastActiveAt,
    activeAgents: agentCounts.active,
    pausedAgents: agentCounts.paused,
    archivedAgents: agentCounts.archived,
  };
}

/** The agents that were last active, the latest first; archived ones are left out. */
export async function recent(
  ctx: QueryCtx,
  scope: TenantScope,
  limit: number | undefined,
): Promise<AgentView[]> {
  const count = Agents.checkedLimit(limit);
  const agents: AgentView[] = [];
  for await (const key of lastActive(ctx, scope, "agent")) {
    const agent = await Agents.get(ctx, scope, key as Id<"agents">);
    if (agent.status !== "archived") agents.push(agent);
    if (agents.length === count) break;
  }
  return agents;
}

/**
 * Counts messages that the agent exchanged elsewhere.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - The count is out of range.
 */
export async function add(
  ctx: MutationCtx,
  scope: CallerScope,
  { agentId, messageCount, nowMs }: { agentId: Id<"agents">; messageCount: number; nowMs: number },
): Promise<void> {
  await Agents.getOrFail(ctx, scope, agentId);
  const messages = checkedInteger("messageCount", messageCount, REPORTED_MESSAGES);
  await Tallies.add(ctx, scope, { of: { agentId }, delta: { messages }, nowMs });
  await record(ctx, scope, { action: "updateStats", id: agentId, after: { messageCount }, nowMs });
}

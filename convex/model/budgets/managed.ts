/**
 * Managed policies: those that stand for a setting. Called wherever such a setting is written, in its transaction; the
 * log's row of that is theirs, too.
 */
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { AgentSettings, BudgetSource, Limits } from "../../validators";
import type { By } from "../activity";
import { ALERT_PERCENTS_DEFAULT, type Policy } from "./policyFields";
import { destroy, insert, replace } from "./policyRows";
import type { Subject } from "./spent";

type Setting = Exclude<BudgetSource, "manual">;

/** What each setting bounds. Its subject is the tenant or the agent that has it. */
const SETTINGS = {
  plan: { name: "The plan's tokens of a month", window: "month" },
  tenant: { name: "The tenant's monthly budget", window: "month" },
  agent: { name: "The agent's monthly budget", window: "month" },
  agent_message: { name: "The agent's budget for a message", window: "message" },
} as const satisfies Record<Setting, Pick<Policy, "name" | "window">>;

/** Keeps the policies of a tenant's settings as these are now. */
export async function keepTenant(
  ctx: MutationCtx,
  by: By,
  {
    tenant,
    isNew = false,
    nowMs,
  }: {
    tenant: { maxMonthlyTokens: number; monthlyBudgetPico?: bigint | undefined };
    /** Nothing was spent yet. */
    isNew?: boolean;
    nowMs: number;
  },
): Promise<void> {
  const subject = { dimension: "tenant", key: "" } as const;
  const { maxMonthlyTokens: tokens, monthlyBudgetPico: pico } = tenant;
  await keep(ctx, by, { source: "plan", subject, limit: { tokens }, isNew, nowMs });
  await keep(ctx, by, { source: "tenant", subject, limit: omitUndefined({ pico }), isNew, nowMs });
}

/** Keeps the policies of an agent's settings as these are now; archived or not. */
export async function keepAgent(
  ctx: MutationCtx,
  by: By,
  {
    agentId,
    settings: { monthlyBudgetPico, maxCostPerMessagePico },
    isNew = false,
    nowMs,
  }: {
    agentId: Id<"agents">;
    settings: Pick<AgentSettings, "monthlyBudgetPico" | "maxCostPerMessagePico">;
    isNew?: boolean;
    nowMs: number;
  },
): Promise<void> {
  const of = { subject: { dimension: "agent", key: agentId } as const, isNew, nowMs };
  const limits = {
    agent: omitUndefined({ pico: monthlyBudgetPico }),
    agent_message: omitUndefined({ pico: maxCostPerMessagePico }),
  };
  await keep(ctx, by, { source: "agent", limit: limits.agent, ...of });
  await keep(ctx, by, { source: "agent_message", limit: limits.agent_message, ...of });
}

async function keep(
  ctx: MutationCtx,
  by: By,
  {
    source,
    subject,
    limit,
    isNew,
    nowMs,
  }: { source: Setting; subject: Subject; limit: Limits; isNew: boolean; nowMs: number },
): Promise<void> {
  const policy = isNew ? null : await find(ctx, by, { source, key: subject.key });
  const isBounded = limit.tokens !== undefined || limit.pico !== undefined;
  if (policy === null && !isBounded) return;
  if (policy === null) {
    // What a message costs is counted by its run.
    const status = isNew || source === "agent_message" ? "active" : "opening";
    const alertPercents = source === "agent_message" ? [] : ALERT_PERCENTS_DEFAULT;
    const how = { action: "block", alertPercents, source, status } as const;
    const fields = { ...subject, ...SETTINGS[source], limit, ...how };
    await insert(ctx, by, { fields, nowMs });
  } else if (!isBounded) {
    await destroy(ctx, by, { policy, nowMs });
  } else if (policy.limit.tokens !== limit.tokens || policy.limit.pico !== limit.pico) {
    const { _id, _creationTime, tenantId: _tenantId, createdAt: _createdAt, ...fields } = policy;
    await replace(ctx, by, { policy, fields: { ...fields, limit }, nowMs });
  }
}

export async function find(
  ctx: QueryCtx,
  { tenantId }: Pick<By, "tenantId">,
  { source, key }: { source: Setting; key: string },
): Promise<Policy | null> {
  return await ctx.db
    .query("budget_policies")
    .withIndex("by_source", (q) => q.eq("tenantId", tenantId).eq("source", source).eq("key", key))
    .unique();
}

/** What agents were: each change of an agent leaves a version of it, whole, and a row of the activity log. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { changesBetween, type FieldChange } from "../../lib/changes";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { toUsd, toUsdText } from "../../lib/usd";
import type { AgentSettings } from "../../validators";
import type { AgentVersionEntry, AgentVersionView } from "../../views/agents";
import * as Activity from "../activity";
import type { CallerScope, TenantScope } from "../access";

const record = Activity.recorderOf("agents");

export const PAGE_SIZE_MAX = 100;
/** What agents are that were last changed before versions were kept. */
const FIRST = 1;

/**
 * Writes the version that a change has made, and the log's row of it. Call it before the agent is written:
 * an agent that has no versions yet gets its first one as it was.
 *
 * @returns The new version's number; null when nothing differs, and then nothing was written.
 */
export async function add(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    agentId,
    before,
    after,
    action,
    restoredFrom,
    nowMs,
  }: {
    agentId: Id<"agents">;
    before: Doc<"agents"> | null; // null: it was just made
    after: AgentSettings;
    action: string;
    restoredFrom?: number | undefined;
    nowMs: number;
  },
): Promise<number | null> {
  const change = { before: before && told(settingsOf(before)), after: told(after) };
  const changes = changesBetween(change.before, change.after);
  if (changes.length === 0) return null;
  const { tenantId } = scope;
  if (before !== null && before.version === undefined) {
    const { createdBy, updatedAt: createdAt } = before;
    const settings = settingsOf(before);
    const first = { tenantId, agentId, version: FIRST, changedFields: [], createdBy, createdAt };
    await ctx.db.insert("agent_versions", { ...first, settings });
  }
  const version = before === null ? FIRST : numberOf(before) + 1;
  await ctx.db.insert("agent_versions", {
    tenantId,
    agentId,
    version,
    settings: after,
    changedFields: changes.map(({ field }) => field),
    createdBy: scope.actor.userId,
    createdAt: nowMs,
    ...omitUndefined({ restoredFrom }),
  });
  await record(ctx, scope, { action, id: agentId, ...change, nowMs });
  return version;
}

/** An agent's versions, the newest first, without their settings. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, paginationOpts }: { agentId: Id<"agents">; paginationOpts: PaginationOptions },
): Promise<PaginationResult<AgentVersionEntry>> {
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await ctx.db
    .query("agent_versions")
    .withIndex("by_agent", (q) => q.eq("tenantId", scope.tenantId).eq("agentId", agentId))
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toEntry) };
}

export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, version }: { agentId: Id<"agents">; version: number },
): Promise<AgentVersionView> {
  const row = await getOrFail(ctx, scope, { agentId, version });
  return { ...toEntry(row), settings: shown(row.settings) };
}

/** The fields in which two versions differ, with their whole values as JSON; amounts are decimals of USD. */
export async function diff(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, from, to }: { agentId: Id<"agents">; from: number; to: number },
): Promise<FieldChange[]> {
  const [older, newer] = await Promise.all([
    getOrFail(ctx, scope, { agentId, version: from }),
    getOrFail(ctx, scope, { agentId, version: to }),
  ]);
  return changesBetween(told(older.settings), told(newer.settings), { whole: true });
}

/** @throws not_found - The agent has no version of that number. */
export async function getOrFail(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { agentId, version }: { agentId: Id<"agents">; version: number },
): Promise<Doc<"agent_versions">> {
  const row = await ctx.db
    .query("agent_versions")
    .withIndex("by_agent", (q) =>
      q.eq("tenantId", tenantId).eq("agentId", agentId).eq("version", version),
    )
    .unique();
  return row ?? fail({ kind: "not_found", entity: "agent version", id: String(version) });
}

/** The number of the agent's newest version. */
export function numberOf({ version }: Doc<"agents">): number {
  return version ?? FIRST;
}

/** All that can be said of an agent, without what only its row has. */
export function settingsOf(agent: Doc<"agents">): AgentSettings {
  const {
    _id,
    _creationTime,
    tenantId: _tenantId,
    slug: _slug,
    searchText: _searchText,
    version: _version,
    createdBy: _createdBy,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    ...settings
  } = agent;
  return settings;
}

/** Settings as callers may see them: amounts in USD, twice. */
export function shown(settings: AgentSettings) {
  const { maxCostPerMessagePico, monthlyBudgetPico, ...rest } = settings;
  return {
    ...rest,
    ...(maxCostPerMessagePico !== undefined && {
      maxCostPerMessage: toUsd(maxCostPerMessagePico),
      maxCostPerMessageUsd: toUsdText(maxCostPerMessagePico),
    }),
    ...(monthlyBudgetPico !== undefined && {
      monthlyBudget: toUsd(monthlyBudgetPico),
      monthlyBudgetUsd: toUsdText(monthlyBudgetPico),
    }),
  };
}

/** Settings under the names that callers give them, each once. */
function told({ maxCostPerMessagePico, monthlyBudgetPico, ...rest }: AgentSettings) {
  const textOf = (pico: bigint | undefined) => (pico === undefined ? undefined : toUsdText(pico));
  return {
    ...rest,
    maxCostPerMessage: textOf(maxCostPerMessagePico),
    monthlyBudget: textOf(monthlyBudgetPico),
  };
}

function toEntry({
  _creationTime,
  settings: _settings,
  ...entry
}: Doc<"agent_versions">): AgentVersionEntry {
  return entry;
}

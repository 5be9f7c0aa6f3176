/** Agents: what a tenant's agents are, and the rules for changing them. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { v, type Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import {
  checkedInteger,
  checkedLength,
  checkedList,
  checkedMetadata,
  checkedText,
} from "../lib/checks";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import { toPico, toUsd, toUsdText, vUsdInput } from "../lib/usd";
import {
  vAgentStatus,
  vConsensusStrategy,
  vMetadata,
  vProvider,
  type AgentSettings,
  type AgentStatus,
} from "../validators";
import type { AgentStats, AgentView } from "../views";
import { requireOwned, tenantOf, type TenantScope, type CallerScope } from "./access";
import * as Versions from "./agentVersions";
import * as Totals from "./totals";

export const NAME_LENGTH_MAX = 80;
export const DESCRIPTION_LENGTH_MAX = 1_000;
/** Small enough that a page of agents stays far below the 16 MiB a transaction may read. */
export const SYSTEM_PROMPT_LENGTH_MAX = 32_000;
export const LIST_LIMIT_MAX = 100;

const MODEL_LENGTH_MAX = 200;
const MODE_LENGTH_MAX = 80;
const NAMES = { countMax: 100, lengthMax: 200 }; // of skills, channels and consensus models
const REPLY_TOKENS = { min: 1, max: 200_000 };
const REPLY_TOKENS_DEFAULT = 4_096;
const TEMPERATURE_MAX = 2;

/** What a caller may say of an agent. */
const fields = {
  description: v.optional(v.string()),
  temperature: v.optional(v.number()),
  maxTokens: v.optional(v.number()),
  mode: v.optional(v.string()),
  channels: v.optional(v.array(v.string())),
  skills: v.optional(v.array(v.string())),
  maxCostPerMessage: v.optional(vUsdInput),
  monthlyBudget: v.optional(vUsdInput),
  consensusEnabled: v.optional(v.boolean()),
  consensusModels: v.optional(v.array(v.string())),
  consensusStrategy: v.optional(vConsensusStrategy),
  metadata: v.optional(vMetadata),
};

export const vNewAgent = v.object({
  name: v.string(),
  systemPrompt: v.string(),
  model: v.string(),
  provider: vProvider,
  ...fields,
});
export type NewAgent = Infer<typeof vNewAgent>;

/** What is absent stays as it is; null takes an optional setting away. */
export const vAgentChanges = v.object({
  name: v.optional(v.string()),
  systemPrompt: v.optional(v.string()),
  model: v.optional(v.string()),
  provider: v.optional(vProvider),
  status: v.optional(vAgentStatus),
  ...fields,
  description: v.optional(v.union(v.string(), v.null())),
  temperature: v.optional(v.union(v.number(), v.null())),
  maxCostPerMessage: v.optional(v.union(vUsdInput, v.null())),
  monthlyBudget: v.optional(v.union(vUsdInput, v.null())),
  consensusModels: v.optional(v.union(v.array(v.string()), v.null())),
  consensusStrategy: v.optional(v.union(vConsensusStrategy, v.null())),
  metadata: v.optional(v.union(vMetadata, v.null())),
});
export type AgentChanges = Infer<typeof vAgentChanges>;

/** The part of both that may be left out. */
type Settings = Omit<AgentChanges, "name" | "systemPrompt" | "model" | "provider" | "status">;

/** The tenant's agents, newest first; without `status`, all but the archived ones. */
export async function list(
  ctx: QueryCtx,
  scope: TenantScope,
  { status, limit }: { status?: AgentStatus | undefined; limit?: number | undefined },
): Promise<AgentView[]> {
  const count = checkedInteger("limit", limit ?? LIST_LIMIT_MAX, { min: 1, max: LIST_LIMIT_MAX });
  if (status !== undefined) {
    const agents = await withStatus(ctx, scope, status).order("desc").take(count);
    return agents.map(toView);
  }
  const living = await Promise.all(
    (["active", "paused"] as const).map((one) =>
      withStatus(ctx, scope, one).order("desc").take(count),
    ),
  );
  const newestFirst = living.flat().toSorted((a, b) => b.createdAt - a.createdAt);
  return newestFirst.slice(0, count).map(toView);
}

/** As `list`, in pages and with the archived ones unless `status` says otherwise. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    status,
    paginationOpts,
  }: { status?: AgentStatus | undefined; paginationOpts: PaginationOptions },
): Promise<PaginationResult<AgentView>> {
  const all = ctx.db
    .query("agents")
    .withIndex("by_tenant", (q) => q.eq("tenantId", scope.tenantId));
  const some = status === undefined ? all : withStatus(ctx, scope, status);
  const numItems = Math.min(paginationOpts.numItems, LIST_LIMIT_MAX);
  const result = await some.order("desc").paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

/** Agents whose name or description has the words, the best match first. */
export async function search(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    text,
    status,
    limit,
  }: { text: string; status?: AgentStatus | undefined; limit?: number | undefined },
): Promise<AgentView[]> {
  const words = checkedText("query", text, DESCRIPTION_LENGTH_MAX);
  const count = checkedInteger("limit", limit ?? LIST_LIMIT_MAX, { min: 1, max: LIST_LIMIT_MAX });
  const agents = await ctx.db
    .query("agents")
    .withSearchIndex("search_text", (q) => {
      const found = q.search("searchText", words).eq("tenantId", scope.tenantId);
      return status === undefined ? found : found.eq("status", status);
    })
    .take(count);
  return agents.map(toView);
}

export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  agentId: Id<"agents">,
): Promise<AgentView> {
  return toView(await getOrFail(ctx, scope, agentId));
}

/** The agent, if it is this tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  agentId: Id<"agents">,
): Promise<Doc<"agents">> {
  const agent = await ctx.db.get("agents", agentId);
  return requireOwned(scope, agent, { entity: "agent", id: agentId });
}

/** What was done and spent, by one agent or by all of the tenant's. */
export async function stats(
  ctx: QueryCtx,
  scope: TenantScope,
  agentId: Id<"agents"> | undefined,
): Promise<AgentStats> {
  if (agentId !== undefined) await getOrFail(ctx, scope, agentId);
  const totals = await Totals.read(ctx, scope, {
    dimension: agentId === undefined ? "tenant" : "agent",
    key: agentId ?? "",
    period: "total",
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

/**
 * Adds an active agent to the tenant.
 *
 * @throws invalid_argument - A text is blank or too long, a number out of range, an amount no amount.
 * @throws limit_reached - The tenant has as many agents as its plan allows; archived ones do not count.
 */
export async function create(
  ctx: MutationCtx,
  scope: CallerScope,
  { agent, nowMs }: { agent: NewAgent; nowMs: number },
): Promise<Id<"agents">> {
  const name = checkedText("name", agent.name, NAME_LENGTH_MAX);
  await count(ctx, scope, { to: "active", nowMs });
  const settings: AgentSettings = {
    maxTokens: REPLY_TOKENS_DEFAULT,
    mode: "focus",
    skills: [],
    channels: [],
    consensusEnabled: false,
    ...omitUndefined(checkedSettings(agent)),
    name,
    systemPrompt: checkedPrompt(agent.systemPrompt),
    model: checkedModel(agent.model),
    provider: agent.provider,
    status: "active",
  };
  const agentId = await ctx.db.insert("agents", {
    ...settings,
    tenantId: scope.tenantId,
    searchText: toSearchText(settings),
    version: 1,
    createdBy: scope.actor.userId,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  const change = { agentId, before: null, after: settings, action: "agents.create", nowMs };
  await Versions.add(ctx, scope, change);
  return agentId;
}

/**
 * Changes an agent. Runs that have begun go on as they were; later ones see the change. What is as it was
 * already leaves no trace.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument, limit_reached - As `create`; an archived agent counts again when it returns.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  { agentId, changes, nowMs }: { agentId: Id<"agents">; changes: AgentChanges; nowMs: number },
): Promise<void> {
  const agent = await getOrFail(ctx, scope, agentId);
  const patch = {
    ...checkedSettings(changes),
    ...given("name", changes.name, (name) => checkedText("name", name, NAME_LENGTH_MAX)),
    ...given("systemPrompt", changes.systemPrompt, checkedPrompt),
    ...given("model", changes.model, checkedModel),
    ...omitUndefined({ status: changes.status, provider: changes.provider }),
  };
  const after = omitUndefined({ ...Versions.settingsOf(agent), ...patch });
  await save(ctx, scope, { agent, after, action: "agents.update", nowMs });
}

/**
 * Makes an agent what it was at a version, as a new version. Whether it is active stays as it is.
 *
 * @throws not_found - The agent, or a version of it with that number, does not exist.
 */
export async function restore(
  ctx: MutationCtx,
  scope: CallerScope,
  { agentId, version, nowMs }: { agentId: Id<"agents">; version: number; nowMs: number },
): Promise<number> {
  const agent = await getOrFail(ctx, scope, agentId);
  const { settings } = await Versions.getOrFail(ctx, scope, { agentId, version });
  const after = { ...settings, status: agent.status };
  const how = { action: "agents.restore", restoredFrom: version, nowMs };
  return await save(ctx, scope, { agent, after, ...how });
}

/** Archives an agent: it takes no more messages. Its sessions and costs stay. Twice is not an error. */
export async function archive(
  ctx: MutationCtx,
  scope: CallerScope,
  { agentId, nowMs }: { agentId: Id<"agents">; nowMs: number },
): Promise<void> {
  const agent = await getOrFail(ctx, scope, agentId);
  const after: AgentSettings = { ...Versions.settingsOf(agent), status: "archived" };
  await save(ctx, scope, { agent, after, action: "agents.archive", nowMs });
}

/**
 * Writes what the agent is from now on, its version and the log's row.
 *
 * @returns The number of its newest version.
 * @throws limit_reached - It returns from the archive, and there is no room for it.
 */
async function save(
  ctx: MutationCtx,
  scope: CallerScope,
  change: {
    agent: Doc<"agents">;
    after: AgentSettings;
    action: string;
    restoredFrom?: number;
    nowMs: number;
  },
): Promise<number> {
  const { agent, after, nowMs } = change;
  const version = await Versions.add(ctx, scope, { ...change, agentId: agent._id, before: agent });
  if (version === null) return Versions.numberOf(agent);
  if (after.status !== agent.status) {
    await count(ctx, scope, { from: agent.status, to: after.status, nowMs });
  }
  const { _id, tenantId, createdBy, createdAt } = agent;
  await ctx.db.replace("agents", _id, {
    ...after,
    tenantId,
    searchText: toSearchText(after),
    version,
    createdBy,
    createdAt,
    updatedAt: nowMs,
  });
  return version;
}

/** Moves an agent between the tenant's counts, unless there is no room for another living one. */
async function count(
  ctx: MutationCtx,
  scope: TenantScope,
  { from, to, nowMs }: { from?: AgentStatus; to: AgentStatus; nowMs: number },
): Promise<void> {
  const { agentCounts: before, maxAgents } = await tenantOf(ctx, scope);
  const agentCounts = { ...before };
  if (from !== undefined) agentCounts[from] -= 1;
  agentCounts[to] += 1;
  const living = agentCounts.active + agentCounts.paused;
  if (living > maxAgents && living > before.active + before.paused) {
    fail({ kind: "limit_reached", what: "agents", limit: maxAgents });
  }
  await ctx.db.patch("tenants", scope.tenantId, { agentCounts, updatedAt: nowMs });
}

/** The optional settings that the caller gave, checked, as they are stored; undefined takes one away. */
function checkedSettings(settings: Settings) {
  return {
    ...clearable("description", settings.description, (text) =>
      checkedLength("description", text, DESCRIPTION_LENGTH_MAX),
    ),
    ...clearable("temperature", settings.temperature, checkedTemperature),
    ...given("maxTokens", settings.maxTokens, (n) => checkedInteger("maxTokens", n, REPLY_TOKENS)),
    ...given("mode", settings.mode, (mode) => checkedText("mode", mode, MODE_LENGTH_MAX)),
    ...given("skills", settings.skills, (names) => checkedList("skills", names, NAMES)),
    ...given("channels", settings.channels, (names) => checkedList("channels", names, NAMES)),
    ...clearable("maxCostPerMessagePico", settings.maxCostPerMessage, (usd) =>
      toPico("maxCostPerMessage", usd),
    ),
    ...clearable("monthlyBudgetPico", settings.monthlyBudget, (usd) =>
      toPico("monthlyBudget", usd),
    ),
    ...given("consensusEnabled", settings.consensusEnabled, (enabled) => enabled),
    ...clearable("consensusModels", settings.consensusModels, (names) =>
      checkedList("consensusModels", names, NAMES),
    ),
    ...clearable("consensusStrategy", settings.consensusStrategy, (strategy) => strategy),
    ...clearable("metadata", settings.metadata, checkedMetadata),
  };
}

/** Nothing when the caller gave nothing, else what `check` says. */
function given<Field extends string, A, B>(
  field: Field,
  value: A | undefined,
  check: (value: A) => B,
): { [Name in Field]?: B } {
  return value === undefined ? {} : ({ [field]: check(value) } as { [Name in Field]: B });
}

/** As `given`, for a field that null takes away. */
function clearable<Field extends string, A, B>(
  field: Field,
  value: A | null | undefined,
  check: (value: A) => B,
): { [Name in Field]?: B | undefined } {
  if (value === null) return { [field]: undefined } as { [Name in Field]: undefined };
  return given(field, value, check);
}

function checkedPrompt(systemPrompt: string): string {
  return checkedLength("systemPrompt", systemPrompt, SYSTEM_PROMPT_LENGTH_MAX);
}

function checkedModel(model: string): string {
  return checkedText("model", model, MODEL_LENGTH_MAX);
}

function checkedTemperature(temperature: number): number {
  if (!(temperature >= 0 && temperature <= TEMPERATURE_MAX)) {
    const reason = `must be from 0 to ${TEMPERATURE_MAX}`;
    fail({ kind: "invalid_argument", field: "temperature", reason });
  }
  return temperature;
}

function toSearchText({ name, description }: AgentSettings): string {
  return description === undefined ? name : `${name}\n${description}`;
}

function withStatus(ctx: QueryCtx, scope: TenantScope, status: AgentStatus) {
  return ctx.db
    .query("agents")
    .withIndex("by_tenant_and_status", (q) =>
      q.eq("tenantId", scope.tenantId).eq("status", status),
    );
}

function toView(agent: Doc<"agents">): AgentView {
  const { _id, tenantId, createdBy, createdAt, updatedAt } = agent;
  const version = Versions.numberOf(agent);
  const settings = Versions.shown(Versions.settingsOf(agent));
  return { _id, tenantId, ...settings, version, createdBy, createdAt, updatedAt };
}

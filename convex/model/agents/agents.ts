/** Agents: what a tenant's agents are, and the rules for changing them. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { WebhookEvent } from "../../../src/core/webhookEvents";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { changesBetween } from "../../lib/changes";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { AgentSettings, AgentStatus } from "../../validators";
import type { AgentView } from "../../views";
import type { AgentName } from "../../views/agents";
import { requireKnown } from "../modes";
import { requireOwned, tenantOf, type TenantScope, type CallerScope } from "../access";
import { keepAgent } from "../budgets/managed";
import { forget as forgetPause } from "../budgets/pauses";
import { voteOf } from "../consensus/plan";
import { emit } from "../webhooks/emit";
import {
  checkedChanges,
  checkedNewAgent,
  DESCRIPTION_LENGTH_MAX,
  type AgentChanges,
  type NewAgent,
} from "./settings";
import * as Slugs from "./slugs";
import * as Versions from "./versions";

export const LIST_LIMIT_MAX = 100;

/** The tenant's agents, newest first; without `status`, all but the archived ones. */
export async function list(
  ctx: QueryCtx,
  scope: TenantScope,
  { status, limit }: { status?: AgentStatus | undefined; limit?: number | undefined },
): Promise<AgentView[]> {
  const count = checkedLimit(limit);
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

/** As `listPage`, with no more of each than rows of other things show. */
export async function namesPage(
  ctx: QueryCtx,
  scope: TenantScope,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<AgentName>> {
  const result = await listPage(ctx, scope, { paginationOpts });
  const page = result.page.map(({ _id, name, slug, status }) => ({
    _id,
    name,
    status,
    ...(slug !== undefined && { slug }),
  }));
  return { ...result, page };
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
  const count = checkedLimit(limit);
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

/** Whoever changes one of them shall be told what is wrong with the votes; others may not be able to help it. */
const VOTE_FIELDS = [
  "provider",
  "consensusEnabled",
  "consensusModels",
  "consensusStrategy",
  "consensus",
] as const;

/**
 * Adds an active agent to the tenant.
 *
 * @throws invalid_argument - A text is blank or too long, a number out of range, an amount no amount; the slug is
 *   none, or another agent's.
 * @throws limit_reached - The tenant has as many agents as its plan allows; archived ones do not count.
 */
export async function create(
  ctx: MutationCtx,
  scope: CallerScope,
  { agent, nowMs }: { agent: NewAgent; nowMs: number },
): Promise<Id<"agents">> {
  const settings = checkedNewAgent(agent);
  await requireKnown(ctx, scope, settings.mode);
  if (settings.consensusEnabled) voteOf(settings);
  await count(ctx, scope, { to: "active", nowMs });
  const slug =
    agent.slug === undefined
      ? await Slugs.freeFor(ctx, scope, settings.name)
      : await Slugs.checked(ctx, scope, { slug: agent.slug });
  const agentId = await ctx.db.insert("agents", {
    ...settings,
    slug,
    tenantId: scope.tenantId,
    searchText: toSearchText(settings),
    version: 1,
    createdBy: scope.actor.userId,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  const change = { agentId, before: null, after: settings, action: "create", nowMs };
  await Versions.add(ctx, scope, change);
  await keepAgent(ctx, scope, { agentId, settings, isNew: true, nowMs });
  const event = { type: "agent.created", data: { agentId, version: 1 } } as const;
  await emit(ctx, scope, { event, nowMs });
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
  const changed = checkedChanges(changes);
  await requireKnown(ctx, scope, changed.mode);
  const after = omitUndefined({ ...Versions.settingsOf(agent), ...changed });
  if (after.consensusEnabled && VOTE_FIELDS.some((field) => field in changes)) voteOf(after);
  if (changes.slug !== undefined) {
    await Slugs.change(ctx, scope, { agent, slug: changes.slug, nowMs });
  }
  await save(ctx, scope, {
    agent: await getOrFail(ctx, scope, agentId),
    after,
    action: "update",
    nowMs,
  });
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
  const how = { action: "restore", restoredFrom: version, nowMs };
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
  await save(ctx, scope, { agent, after, action: "archive", nowMs });
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
    await forgetPause(ctx, agent);
  }
  await keepAgent(ctx, scope, { agentId: agent._id, settings: after, nowMs });
  const { _id, tenantId, slug, createdBy, createdAt } = agent;
  await ctx.db.replace("agents", _id, {
    ...after,
    tenantId,
    ...omitUndefined({ slug }),
    searchText: toSearchText(after),
    version,
    createdBy,
    createdAt,
    updatedAt: nowMs,
  });
  await emit(ctx, scope, { event: changeOf(agent, { after, version }), nowMs });
  return version;
}

/** What receivers are told of a change: which settings are others now, and not what they are. */
function changeOf(
  agent: Doc<"agents">,
  { after, version }: { after: AgentSettings; version: number },
): WebhookEvent {
  const { _id: agentId } = agent;
  const isArchived = after.status === "archived" && agent.status !== "archived";
  if (isArchived) return { type: "agent.archived", data: { agentId, version } };
  const changed = changesBetween(Versions.settingsOf(agent), after).map(({ field }) => field);
  return { type: "agent.updated", data: { agentId, version, changed } };
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

export function checkedLimit(limit: number | undefined): number {
  return checkedInteger("limit", limit ?? LIST_LIMIT_MAX, { min: 1, max: LIST_LIMIT_MAX });
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
  const { _id, tenantId, slug, createdBy, createdAt, updatedAt } = agent;
  const version = Versions.numberOf(agent);
  const settings = Versions.shown(Versions.settingsOf(agent));
  const named = omitUndefined({ slug });
  return { _id, tenantId, ...named, ...settings, version, createdBy, createdAt, updatedAt };
}

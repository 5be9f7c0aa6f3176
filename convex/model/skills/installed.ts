/** Reading what agents have. A skill whose publisher was erased is still there, as an error. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import type { InstalledSkillView } from "../../views/skills";
import type { TenantScope } from "../access";
import * as Agents from "../agents/agents";
import * as Skills from "./lookup";
import { LIST_LIMIT_MAX } from "./marketplace";

export type Which = { agentId: Id<"agents">; skillId: string };

const GONE = "The skill is gone with its publisher: uninstall it.";

/** What an agent has, in the order of installing. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, paginationOpts }: { agentId: Id<"agents">; paginationOpts: PaginationOptions },
): Promise<PaginationResult<InstalledSkillView>> {
  const agent = await Agents.getOrFail(ctx, scope, agentId);
  const numItems = Math.min(paginationOpts.numItems, LIST_LIMIT_MAX);
  const result = await ctx.db
    .query("agent_skills")
    .withIndex("by_agent", (q) => q.eq("tenantId", scope.tenantId).eq("agentId", agentId))
    .paginate({ ...paginationOpts, numItems });
  const page = await Promise.all(result.page.map(async (row) => await toView(ctx, row, agent)));
  return { ...result, page };
}

/** @throws not_found - The agent does not exist, is another tenant's, or does not have the skill. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, skillId }: Which,
): Promise<Doc<"agent_skills">> {
  await Agents.getOrFail(ctx, scope, agentId);
  const row = await find(ctx, scope, { agentId, skillId });
  return row ?? fail({ kind: "not_found", entity: "installed skill", id: skillId });
}

export async function find(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { agentId, skillId }: Which,
): Promise<Doc<"agent_skills"> | null> {
  return await ctx.db
    .query("agent_skills")
    .withIndex("by_agent_and_skill", (q) =>
      q.eq("tenantId", tenantId).eq("agentId", agentId).eq("skillId", skillId),
    )
    .unique();
}

type Pinned = { skill: Doc<"skills">; version: Doc<"skill_versions"> };

/** @throws not_found - The skill is gone; another one that has its id by now is not it. */
export async function pinnedOrFail(ctx: QueryCtx, row: Doc<"agent_skills">): Promise<Pinned> {
  return (await pinned(ctx, row)) ?? Skills.noSuchSkill(row.skillId);
}

/** What is installed; null when it is gone, or will be in a moment. */
export async function pinned(
  ctx: QueryCtx,
  { listingId, versionId }: Doc<"agent_skills">,
): Promise<Pinned | null> {
  const skill = await ctx.db.get("skills", listingId);
  if (skill === null || (await Skills.publisherOf(ctx, skill)) === "gone") return null;
  const version = await ctx.db.get("skill_versions", versionId);
  return version && { skill, version };
}

export type Usable = { row: Doc<"agent_skills">; version: Doc<"skill_versions"> };

/**
 * What an agent has and may use now.
 *
 * @throws not_found - The agent does not have it, or it is gone.
 * @throws conflict - It is disabled, or the agent is not to have it.
 */
export async function usableOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  { agent, skillId }: { agent: Doc<"agents">; skillId: string },
): Promise<Usable> {
  const row = await getOrFail(ctx, scope, { agentId: agent._id, skillId });
  const { version } = await pinnedOrFail(ctx, row);
  if (isUsableNow(row, { agent, version })) return { row, version };
  const reason = `the skill is not to be used: enable it, and have "${skillId}" among the agent's skills`;
  return fail({ kind: "conflict", entity: "skill", reason });
}

/** Whether the agent's runs may use what it has, at the version that it has. */
export function isUsableNow(
  row: Doc<"agent_skills">,
  { agent, version }: { agent: Doc<"agents">; version: Doc<"skill_versions"> },
): boolean {
  return isUsable(row, agent) && isGranted(row, version);
}

function isUsable(row: Doc<"agent_skills">, agent: Doc<"agents">): boolean {
  return row.status !== "disabled" && agent.skills.includes(row.skillId);
}

/** They are one by `settle`; a row that was written otherwise gets no more than it was granted. */
function isGranted(row: Doc<"agent_skills">, version: Doc<"skill_versions">): boolean {
  return version.permissions.every((permission) => row.grantedPermissions.includes(permission));
}

async function toView(
  ctx: QueryCtx,
  row: Doc<"agent_skills">,
  agent: Doc<"agents">,
): Promise<InstalledSkillView> {
  const {
    _creationTime,
    tenantId: _tenantId,
    credential: _credential,
    listingId: _listingId,
    versionId: _versionId,
    ...shown
  } = row;
  const there = await pinned(ctx, row);
  if (there === null) {
    const state = { status: "error", lastError: GONE, isUsable: false } as const;
    return { ...shown, name: row.skillId, ...state };
  }
  const { name, version: latestVersion } = there.skill;
  return { ...shown, name, latestVersion, isUsable: isUsable(row, agent) };
}

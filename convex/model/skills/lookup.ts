/**
 * Finding skills: which are for a tenant's eyes. Published ones are everyone's, drafts their own tenant's, and
 * withdrawn ones those of their tenant and of tenants that have them installed; so are those of a suspended
 * publisher. What is not for the tenant's eyes is as if it were not there, and so is whatever a tenant published
 * that is being erased.
 */
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { isInService, type TenantScope } from "../access";

/**
 * The skill, if it is for the tenant's eyes.
 *
 * @throws not_found - It is not, or does not exist.
 */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  skillId: string,
): Promise<Doc<"skills">> {
  const skill = await find(ctx, skillId);
  if (skill === null || !(await isVisible(ctx, scope, skill))) return noSuchSkill(skillId);
  return skill;
}

/** The skill of that id, whoever's eyes it is for. */
export async function find(ctx: QueryCtx, skillId: string): Promise<Doc<"skills"> | null> {
  return await ctx.db
    .query("skills")
    .withIndex("by_skill_id", (q) => q.eq("id", skillId))
    .unique();
}

/** The version of a skill, or its newest one. Null: there is none of that number. */
export async function versionOf(
  ctx: QueryCtx,
  { _id: listingId, version: newest }: Doc<"skills">,
  version: string = newest,
): Promise<Doc<"skill_versions"> | null> {
  return await ctx.db
    .query("skill_versions")
    .withIndex("by_skill_and_version", (q) => q.eq("listingId", listingId).eq("version", version))
    .unique();
}

/** Whether an agent of the tenant's has it. */
export async function isInstalled(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { id: skillId, _id: listingId }: Doc<"skills">,
): Promise<boolean> {
  const first = await ctx.db
    .query("agent_skills")
    .withIndex("by_skill", (q) =>
      q.eq("tenantId", tenantId).eq("skillId", skillId).eq("listingId", listingId),
    )
    .first();
  return first !== null;
}

type Publisher = Doc<"tenants"> | "built_in" | "gone";

/** The tenant that published it; `gone`, and the skill with it, from the moment that its erasure begins. */
export async function publisherOf(ctx: QueryCtx, { tenantId }: Doc<"skills">): Promise<Publisher> {
  if (tenantId === undefined) return "built_in";
  const tenant = await ctx.db.get("tenants", tenantId);
  return tenant === null || tenant.status === "deleted" ? "gone" : tenant;
}

/** Whether tenants may get it that do not have it. */
export async function isOffered(ctx: QueryCtx, skill: Doc<"skills">): Promise<boolean> {
  const publisher = await publisherOf(ctx, skill);
  if (skill.status !== "published" || publisher === "gone") return false;
  return publisher === "built_in" || isInService(publisher);
}

export function noSuchSkill(id: string): never {
  return fail({ kind: "not_found", entity: "skill", id });
}

async function isVisible(
  ctx: QueryCtx,
  scope: TenantScope,
  skill: Doc<"skills">,
): Promise<boolean> {
  if (skill.tenantId === scope.tenantId || (await isOffered(ctx, skill))) return true;
  return (await publisherOf(ctx, skill)) !== "gone" && (await isInstalled(ctx, scope, skill));
}

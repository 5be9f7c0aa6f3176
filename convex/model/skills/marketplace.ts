/**
 * The marketplace: skills for a tenant's eyes. Published ones are everyone's, drafts their own tenant's, and
 * withdrawn ones those of their tenant and of tenants that have them installed. What is not for the tenant's
 * eyes is as if it were not there, and so is whatever a tenant published that is being erased.
 */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { SkillContent } from "../../validators";
import type { SkillEntry, SkillVersionView, SkillView } from "../../views/skills";
import type { TenantScope } from "../access";

export const LIST_LIMIT_MAX = 100;
const QUERY_LENGTH_MAX = 200;

export type SkillFilter = { category?: string | undefined; verified?: boolean | undefined };

/** Published skills, those that most agents have first. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { filter, paginationOpts }: { filter: SkillFilter; paginationOpts: PaginationOptions },
): Promise<PaginationResult<SkillEntry>> {
  const numItems = Math.min(paginationOpts.numItems, LIST_LIMIT_MAX);
  const result = await published(ctx, filter)
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: await shown(ctx, scope, result.page) };
}

/** Published skills whose name, description, category or id has the words, the best match first. */
export async function search(
  ctx: QueryCtx,
  scope: TenantScope,
  { text, filter, limit }: { text: string; filter: SkillFilter; limit?: number | undefined },
): Promise<SkillEntry[]> {
  const words = checkedText("query", text, QUERY_LENGTH_MAX);
  const count = checkedInteger("limit", limit ?? LIST_LIMIT_MAX, { min: 1, max: LIST_LIMIT_MAX });
  const { category, verified } = filter;
  const found = await ctx.db
    .query("skills")
    .withSearchIndex("search_text", (q) => {
      const all = q.search("searchText", words).eq("status", "published");
      const some = category === undefined ? all : all.eq("category", category);
      return verified === undefined ? some : some.eq("verified", verified);
    })
    .take(count);
  return await shown(ctx, scope, found);
}

/** The tenant's own skills whatever their status, the last changed first; of one person, or of all. */
export async function listOwn(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    publisherId,
    paginationOpts,
  }: { publisherId?: Id<"users"> | undefined; paginationOpts: PaginationOptions },
): Promise<PaginationResult<SkillEntry>> {
  const { tenantId } = scope;
  const skills = ctx.db.query("skills");
  const own =
    publisherId === undefined
      ? skills.withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
      : skills.withIndex("by_publisher", (q) =>
          q.eq("tenantId", tenantId).eq("publisherId", publisherId),
        );
  const numItems = Math.min(paginationOpts.numItems, LIST_LIMIT_MAX);
  const result = await own.order("desc").paginate({ ...paginationOpts, numItems });
  return { ...result, page: await shown(ctx, scope, result.page) };
}

export async function get(ctx: QueryCtx, scope: TenantScope, skillId: string): Promise<SkillView> {
  const skill = await getOrFail(ctx, scope, skillId);
  const [entry] = await shown(ctx, scope, [skill]);
  return entry === undefined ? noSuchSkill(skillId) : { ...entry, ...contentOf(skill) };
}

/** What a skill was and is, the newest version first. */
export async function listVersions(
  ctx: QueryCtx,
  scope: TenantScope,
  { skillId, paginationOpts }: { skillId: string; paginationOpts: PaginationOptions },
): Promise<PaginationResult<SkillVersionView>> {
  const { _id: listingId } = await getOrFail(ctx, scope, skillId);
  const numItems = Math.min(paginationOpts.numItems, LIST_LIMIT_MAX);
  const result = await ctx.db
    .query("skill_versions")
    .withIndex("by_skill", (q) => q.eq("listingId", listingId))
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toVersionView) };
}

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

/** Who published it; null: it is built in. Undefined: a tenant that is gone, and the skill with it. */
export async function publisherOf(
  ctx: QueryCtx,
  { tenantId }: Doc<"skills">,
): Promise<SkillEntry["publisher"] | undefined> {
  if (tenantId === undefined) return null;
  const tenant = await ctx.db.get("tenants", tenantId);
  if (tenant === null || tenant.status === "deleted") return undefined;
  return { name: tenant.name, slug: tenant.slug };
}

export function noSuchSkill(id: string): never {
  return fail({ kind: "not_found", entity: "skill", id });
}

async function isVisible(
  ctx: QueryCtx,
  scope: TenantScope,
  skill: Doc<"skills">,
): Promise<boolean> {
  if (skill.tenantId === scope.tenantId) return true;
  if ((await publisherOf(ctx, skill)) === undefined) return false;
  return skill.status === "published" || (await isInstalled(ctx, scope, skill));
}

function published(ctx: QueryCtx, { category, verified }: SkillFilter) {
  const skills = ctx.db.query("skills");
  const status = "published";
  if (category !== undefined && verified !== undefined) {
    return skills.withIndex("by_category_and_verified", (q) =>
      q.eq("status", status).eq("category", category).eq("verified", verified),
    );
  }
  if (category !== undefined) {
    return skills.withIndex("by_category", (q) => q.eq("status", status).eq("category", category));
  }
  if (verified !== undefined) {
    return skills.withIndex("by_verified", (q) => q.eq("status", status).eq("verified", verified));
  }
  return skills.withIndex("by_popularity", (q) => q.eq("status", status));
}

async function shown(
  ctx: QueryCtx,
  scope: TenantScope,
  skills: readonly Doc<"skills">[],
): Promise<SkillEntry[]> {
  const entries = await Promise.all(
    skills.map(async (skill) => {
      const publisher = await publisherOf(ctx, skill);
      return publisher === undefined ? [] : [toEntry(scope, skill, publisher)];
    }),
  );
  return entries.flat();
}

function toEntry(
  { tenantId }: TenantScope,
  skill: Doc<"skills">,
  publisher: SkillEntry["publisher"],
): SkillEntry {
  const { id, name, description, category, status, verified, version, permissions } = skill;
  const { installCount, ratingSum, ratingCount, createdAt, updatedAt } = skill;
  const texts = { id, name, description, category, publisher, isOwn: skill.tenantId === tenantId };
  const counts = { installCount, ratingCount };
  const rating = ratingCount === 0 ? {} : { rating: ratingSum / ratingCount };
  const state = { status, verified, version, permissions };
  return { ...texts, ...state, ...counts, ...rating, createdAt, updatedAt };
}

function toVersionView(row: Doc<"skill_versions">): SkillVersionView {
  const { changelog, createdAt } = row;
  return { ...contentOf(row), ...omitUndefined({ changelog }), createdAt };
}

/** Without where its bytes are: other tenants have no business with the publisher's files. */
function contentOf({ version, permissions, configSchema, wasm }: SkillContent) {
  const pinned = wasm && { sha256: wasm.sha256, sizeBytes: wasm.sizeBytes };
  return { version, permissions, ...omitUndefined({ configSchema, wasm: pinned }) };
}

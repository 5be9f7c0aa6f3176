/** Reading the marketplace. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { omitUndefined } from "../../lib/objects";
import type { SkillContent } from "../../validators";
import type { SkillEntry, SkillVersionView, SkillView } from "../../views/skills";
import type { TenantScope } from "../access";
import { getOrFail, isOffered, publisherOf } from "./lookup";

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
  return { ...result, page: await offered(ctx, scope, result.page) };
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
  return await offered(ctx, scope, found);
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
  const page = await Promise.all(
    result.page.map(async (skill) => await toEntry(ctx, scope, skill)),
  );
  return { ...result, page };
}

export async function get(ctx: QueryCtx, scope: TenantScope, skillId: string): Promise<SkillView> {
  const skill = await getOrFail(ctx, scope, skillId);
  return { ...(await toEntry(ctx, scope, skill)), ...contentOf(skill) };
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

/** Those that tenants may get: of a page of published ones, all but suspended publishers'. */
async function offered(
  ctx: QueryCtx,
  scope: TenantScope,
  skills: readonly Doc<"skills">[],
): Promise<SkillEntry[]> {
  const entries = await Promise.all(
    skills.map(async (skill) =>
      (await isOffered(ctx, skill)) ? [await toEntry(ctx, scope, skill)] : [],
    ),
  );
  return entries.flat();
}

async function toEntry(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  skill: Doc<"skills">,
): Promise<SkillEntry> {
  const { id, name, description, category, status, verified, version, permissions } = skill;
  const { installCount, ratingSum, ratingCount, createdAt, updatedAt } = skill;
  const publisher = await publisherOf(ctx, skill);
  const shown =
    typeof publisher === "string" ? null : { name: publisher.name, slug: publisher.slug };
  const isOwn = skill.tenantId === tenantId;
  const texts = { id, name, description, category, publisher: shown, isOwn };
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
function contentOf({ version, permissions, configSchema, prompt, http, wasm }: SkillContent) {
  const pinned = wasm && { sha256: wasm.sha256, sizeBytes: wasm.sizeBytes };
  return { version, permissions, ...omitUndefined({ configSchema, prompt, http, wasm: pinned }) };
}

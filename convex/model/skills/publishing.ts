/** Publishing: a tenant's own skills, their versions, and whether others see them. */
import { v, type Infer } from "convex/values";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { compareVersions } from "../../../src/core/semanticVersion";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { SkillContent } from "../../validators";
import { requireOwned, type CallerScope } from "../access";
import * as Binaries from "./binaries";
import { checkedId, checkedTexts, checkedVersion, type SkillTexts } from "./checks";
import { checkedContent, replacing, vNewContent } from "./content";
import * as Listings from "./listings";
import * as Skills from "./lookup";

/** Of a tenant: the marketplace is everyone's, and nobody shall fill it up. */
export const SKILLS_MAX = 200;

/** What a caller says of a version. */
export const vNewVersion = vNewContent.extend({ changelog: v.optional(v.string()) });
export type NewVersion = Infer<typeof vNewVersion> & { uploaded?: Binaries.Uploaded | undefined };

/** What a caller says of a skill, with its first version. */
export const vNewSkill = vNewVersion.extend({
  id: v.string(),
  name: v.string(),
  description: v.string(),
  category: v.string(),
});
export type NewSkill = SkillTexts & { id: string } & NewVersion;

/**
 * Adds a skill with its first version, as a draft.
 *
 * @throws invalid_argument - A text, the id, the version, a permission or the schema is none.
 * @throws conflict - The id is taken, even by a draft of another tenant's: ids are everyone's.
 * @throws not_found - The binary is not there, or somebody's already.
 * @throws limit_reached - The tenant has `SKILLS_MAX`, or the plan's storage no room for the binary.
 */
export async function create(
  ctx: MutationCtx,
  scope: CallerScope,
  { skill, nowMs }: { skill: NewSkill; nowMs: number },
): Promise<void> {
  const { tenantId, actor } = scope;
  const id = await freeId(ctx, skill.id);
  await requireRoom(ctx, scope);
  const { name, description, category } = skill;
  const told = { id, ...checkedTexts({ name, description, category }), status: "draft" as const };
  const content = await contentOf(ctx, scope, { skillId: id, version: skill, nowMs });
  const listingId = await Listings.insert(ctx, {
    ...told,
    ...content,
    tenantId,
    publisherId: actor.userId,
    verified: false,
    nowMs,
  });
  const { changelog } = skill;
  const by = { tenantId, createdBy: actor.userId };
  await Listings.insertVersion(ctx, { ...by, listingId, content, changelog, nowMs });
  await Listings.record(ctx, scope, {
    action: "create",
    id,
    after: { ...told, ...content },
    nowMs,
  });
}

/**
 * Adds a version, which is the skill from then on for whoever installs it; installations stay at theirs.
 *
 * @throws not_found - The skill does not exist or is another tenant's.
 * @throws invalid_argument - The version is not above the newest; or as `create`.
 */
export async function addVersion(
  ctx: MutationCtx,
  scope: CallerScope,
  { skillId, version, nowMs }: { skillId: string; version: NewVersion; nowMs: number },
): Promise<void> {
  const skill = await ownOrFail(ctx, scope, skillId);
  requireAbove(version.version, skill.version);
  const content = await contentOf(ctx, scope, { skillId, version, nowMs });
  const { tenantId, actor } = scope;
  const { changelog } = version;
  const by = { tenantId, createdBy: actor.userId };
  await Listings.insertVersion(ctx, { ...by, listingId: skill._id, content, changelog, nowMs });
  await Listings.change(ctx, scope, {
    action: "addVersion",
    skill,
    patch: replacing(content),
    nowMs,
  });
}

/**
 * Changes what is told of a skill.
 *
 * @throws not_found - The skill does not exist or is another tenant's.
 * @throws invalid_argument - A text is blank or too long, or the category is none.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  { skillId, texts, nowMs }: { skillId: string; texts: Partial<SkillTexts>; nowMs: number },
): Promise<void> {
  const skill = await ownOrFail(ctx, scope, skillId);
  const patch = omitUndefined(checkedTexts(texts));
  await Listings.change(ctx, scope, { action: "update", skill, patch, nowMs });
}

/**
 * Shows a skill to every tenant, or to no new one any more.
 *
 * @throws not_found - The skill does not exist or is another tenant's.
 */
export async function setStatus(
  ctx: MutationCtx,
  scope: CallerScope,
  { skillId, status, nowMs }: { skillId: string; status: "published" | "withdrawn"; nowMs: number },
): Promise<void> {
  const skill = await ownOrFail(ctx, scope, skillId);
  if (skill.status === status) return;
  const action = status === "published" ? "publish" : "withdraw";
  await Listings.change(ctx, scope, { action, skill, patch: { status }, nowMs });
}

/** The skill, if it is the tenant's own. Others' are as if they were not there, even published ones. */
async function ownOrFail(
  ctx: QueryCtx,
  scope: CallerScope,
  skillId: string,
): Promise<Doc<"skills">> {
  const skill = await Skills.find(ctx, skillId);
  return requireOwned(scope, skill, { entity: "skill", id: skillId });
}

export async function freeId(ctx: QueryCtx, text: string): Promise<string> {
  const id = checkedId(text);
  if ((await Skills.find(ctx, id)) !== null) {
    fail({ kind: "conflict", entity: "skill", reason: "the id is taken" });
  }
  return id;
}

/** Reads them all, of which each may have 20 kB: people begin a skill now and then. */
async function requireRoom(ctx: QueryCtx, { tenantId }: CallerScope): Promise<void> {
  const skills = await ctx.db
    .query("skills")
    .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    .take(SKILLS_MAX);
  if (skills.length === SKILLS_MAX) {
    fail({ kind: "limit_reached", what: "skills", limit: SKILLS_MAX });
  }
}

export function requireAbove(version: string, newest: string): void {
  if (compareVersions(checkedVersion(version), newest) <= 0) {
    const reason = `must be above ${newest}, the newest there is`;
    fail({ kind: "invalid_argument", field: "version", reason });
  }
}

/** What the version is, with its binary made the tenant's. */
async function contentOf(
  ctx: MutationCtx,
  scope: CallerScope,
  { skillId, version, nowMs }: { skillId: string; version: NewVersion; nowMs: number },
): Promise<SkillContent> {
  const content = checkedContent(version);
  const { uploaded } = version;
  if (uploaded === undefined) return content;
  if (content.prompt !== undefined || content.http !== undefined) {
    const reason = "is given beside skillMd or http: a version is one of them";
    fail({ kind: "invalid_argument", field: "binary", reason });
  }
  const name = `${skillId}-${content.version}.wasm`;
  const wasm = await Binaries.claim(ctx, scope, { uploaded, name, nowMs });
  return { ...content, wasm };
}

/** The rows of skills and of their versions, written together with the log. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { isUnchanged } from "../../lib/changes";
import type { Patch } from "../../lib/objects";
import type { SkillContent } from "../../validators";
import * as Activity from "../activity";
import { checkedChangelog, type SkillTexts } from "./checks";

export const record = Activity.recorderOf("skills");

type NewListing = SkillTexts &
  SkillContent &
  Pick<Doc<"skills">, "id" | "status" | "verified" | "tenantId" | "publisherId">;

/** Adds a skill that nobody has yet. */
export async function insert(
  ctx: MutationCtx,
  { nowMs, ...listing }: NewListing & { nowMs: number },
): Promise<Id<"skills">> {
  return await ctx.db.insert("skills", {
    ...listing,
    installCount: 0,
    ratingSum: 0,
    ratingCount: 0,
    searchText: toSearchText(listing),
    createdAt: nowMs,
    updatedAt: nowMs,
  });
}

export async function insertVersion(
  ctx: MutationCtx,
  {
    content,
    changelog,
    nowMs,
    ...whose
  }: Pick<Doc<"skill_versions">, "listingId" | "tenantId" | "createdBy"> & {
    content: SkillContent;
    changelog: string | undefined;
    nowMs: number;
  },
): Promise<void> {
  const told = changelog === undefined ? {} : { changelog: checkedChangelog(changelog) };
  await ctx.db.insert("skill_versions", { ...whose, ...content, ...told, createdAt: nowMs });
}

/**
 * Writes a change with the log's row of it; what is as it was already leaves no trace.
 *
 * @param by - Null for what is built in, which is in nobody's log.
 */
export async function change(
  ctx: MutationCtx,
  by: Activity.By | null,
  {
    action,
    skill,
    patch,
    nowMs,
  }: { action: string; skill: Doc<"skills">; patch: Patch<Doc<"skills">>; nowMs: number },
): Promise<void> {
  const fields = Object.keys(patch) as (keyof typeof patch)[];
  const before = Object.fromEntries(fields.map((field) => [field, skill[field]]));
  if (isUnchanged(before, patch)) return;
  const searchText = toSearchText({ ...skill, ...patch });
  await ctx.db.patch("skills", skill._id, { ...patch, searchText, updatedAt: nowMs });
  if (by !== null) await record(ctx, by, { action, id: skill.id, before, after: patch, nowMs });
}

function toSearchText({ id, name, description, category }: SkillTexts & { id: string }): string {
  return [name, description, category, id.replaceAll("_", " ")].join("\n");
}

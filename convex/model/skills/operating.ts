/** What the operators of a deployment do with skills. */
import type { MutationCtx } from "../../_generated/server";
import { checkedTexts } from "./checks";
import * as Listings from "./listings";
import * as Skills from "./lookup";
import { checkedContent, replacing } from "./content";
import { freeId, requireAbove, type NewSkill } from "./publishing";

/**
 * Says whether the operators stand behind a skill.
 *
 * @throws not_found - There is no such skill.
 */
export async function setVerified(
  ctx: MutationCtx,
  { skillId, verified, nowMs }: { skillId: string; verified: boolean; nowMs: number },
): Promise<void> {
  const skill = (await Skills.find(ctx, skillId)) ?? Skills.noSuchSkill(skillId);
  const { tenantId } = skill;
  const by = tenantId === undefined ? null : { tenantId, system: "operator" };
  const action = verified ? "verify" : "unverify";
  await Listings.change(ctx, by, { action, skill, patch: { verified }, nowMs });
}

/**
 * Adds a skill that is built in: published, verified, and nobody's. Or another version of one.
 *
 * @throws invalid_argument - As `create` and `addVersion`.
 * @throws conflict - The id is a tenant's skill's.
 */
export async function registerBuiltIn(
  ctx: MutationCtx,
  { skill, nowMs }: { skill: Omit<NewSkill, "uploaded">; nowMs: number },
): Promise<void> {
  const { name, description, category, changelog } = skill;
  const texts = checkedTexts({ name, description, category });
  const content = checkedContent(skill);
  const existing = await Skills.find(ctx, skill.id);
  if (existing !== null && existing.tenantId === undefined) {
    requireAbove(content.version, existing.version);
    const patch = { ...texts, ...replacing(content) };
    await Listings.change(ctx, null, { action: "addVersion", skill: existing, patch, nowMs });
    await Listings.insertVersion(ctx, { listingId: existing._id, content, changelog, nowMs });
    return;
  }
  const id = await freeId(ctx, skill.id);
  const state = { status: "published", verified: true } as const;
  const listingId = await Listings.insert(ctx, { id, ...texts, ...state, ...content, nowMs });
  await Listings.insertVersion(ctx, { listingId, content, changelog, nowMs });
}

/** What people think of the skills that their tenants use: stars from 1 to 5. */
import type { MutationCtx } from "../../_generated/server";
import { checkedInteger } from "../../lib/checks";
import { fail } from "../../lib/errors";
import type { CallerScope } from "../access";
import * as Activity from "../activity";
import * as Counts from "./counts";
import * as Skills from "./lookup";

const record = Activity.recorderOf("skills");

const STARS = { min: 1, max: 5 };

/**
 * Notes what the caller thinks of a skill, in place of what they thought before. A key speaks for the person
 * who answers for it.
 *
 * @throws not_found - The skill is not for the tenant's eyes.
 * @throws conflict - No agent of the tenant's has it, or it is the tenant's own.
 * @throws invalid_argument - The stars are no whole number from 1 to 5.
 */
export async function rate(
  ctx: MutationCtx,
  scope: CallerScope,
  { skillId, stars, nowMs }: { skillId: string; stars: number; nowMs: number },
): Promise<void> {
  checkedInteger("stars", stars, STARS);
  const { tenantId, actor } = scope;
  const { userId } = actor;
  const skill = await Skills.getOrFail(ctx, scope, skillId);
  if (skill.tenantId === tenantId) refuse("nobody rates a skill of their own tenant");
  if (!(await Skills.isInstalled(ctx, scope, skill))) {
    refuse("no agent of the tenant has it: install it first");
  }
  const { _id: listingId } = skill;
  const before = await ctx.db
    .query("skill_ratings")
    .withIndex("by_tenant_and_user", (q) =>
      q.eq("tenantId", tenantId).eq("userId", userId).eq("listingId", listingId),
    )
    .unique();
  if (before?.stars === stars) return;
  if (before === null) {
    const times = { createdAt: nowMs, updatedAt: nowMs };
    await ctx.db.insert("skill_ratings", { tenantId, userId, listingId, stars, ...times });
    await Counts.add(ctx, listingId, { ratingSum: stars, ratingCount: 1 });
  } else {
    await ctx.db.patch("skill_ratings", before._id, { stars, updatedAt: nowMs });
    await Counts.add(ctx, listingId, { ratingSum: stars - before.stars });
  }
  await record(ctx, scope, {
    action: "rate",
    id: skillId,
    before: before && { stars: before.stars },
    after: { stars },
    nowMs,
  });
}

function refuse(reason: string): never {
  return fail({ kind: "conflict", entity: "skill", reason });
}

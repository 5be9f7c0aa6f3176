/** What all tenants together make of a skill: exact sums on its row, changed with what they count. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";

type Counts = Pick<Doc<"skills">, "installCount" | "ratingSum" | "ratingCount">;

/** Adds to them, unless the skill is gone. */
export async function add(
  ctx: MutationCtx,
  listingId: Id<"skills">,
  { installCount = 0, ratingSum = 0, ratingCount = 0 }: Partial<Counts>,
): Promise<void> {
  const skill = await ctx.db.get("skills", listingId);
  if (skill === null) return;
  await ctx.db.patch("skills", listingId, {
    installCount: skill.installCount + installCount,
    ratingSum: skill.ratingSum + ratingSum,
    ratingCount: skill.ratingCount + ratingCount,
  });
}

/** Takes out what an installation or a rating added, when its row goes in an erasure. */
export async function forget(
  ctx: MutationCtx,
  row: Doc<"agent_skills"> | Doc<"skill_ratings">,
): Promise<void> {
  const theirs = "stars" in row ? { ratingSum: -row.stars, ratingCount: -1 } : { installCount: -1 };
  await add(ctx, row.listingId, theirs);
}

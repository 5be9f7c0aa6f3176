/** What of the skills is looked at, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";
import { isId } from "../../data/ids";

export const VIEWS = ["market", "installed", "own"] as const;
export type View = (typeof VIEWS)[number];
export type SkillsSearch = {
  view?: View | undefined;
  category?: string | undefined;
  verified?: true | undefined;
  /** Whose installed ones. */
  agent?: Id<"agents"> | undefined;
};

export function toSkillsSearch({
  view,
  category,
  verified,
  agent,
}: Record<string, unknown>): SkillsSearch {
  const known = VIEWS.find((one) => one === view);
  return {
    ...(known !== undefined && { view: known }),
    ...(typeof category === "string" && category !== "" && { category }),
    ...(verified === true && { verified: true }),
    ...(isId<"agents">(agent) && { agent }),
  };
}

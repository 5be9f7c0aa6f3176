/** What of the skills is looked at, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";

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
    // What is no id is answered as one that nobody has.
    ...(typeof agent === "string" && { agent: agent as Id<"agents"> }),
  };
}

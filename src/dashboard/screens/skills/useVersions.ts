import { api } from "../../../../convex/_generated/api";
import type { SkillVersionView } from "../../../../convex/views/skills";
import { useTenantPages } from "../../data/tenant";

/** More than publishers make. */
const VERSIONS = 100;

/** The hundred newest versions of a skill, newest first; undefined while they are loading. */
export function useVersions(skillId: string): readonly SkillVersionView[] | undefined {
  const { results, status } = useTenantPages(api.queries.skills.versions, { skillId }, VERSIONS);
  return status === "LoadingFirstPage" ? undefined : results;
}

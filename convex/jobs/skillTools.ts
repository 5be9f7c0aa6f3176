/** The skills of an agent as its worker runs them: their credentials are opened when they are called. */
import type { Id } from "../_generated/dataModel";
import { coordinatesOf } from "../model/credentials";
import { sealingKeys } from "../model/deploymentSecrets";
import { allowsPrivateUrls } from "../model/providers/deployment";
import { open } from "../model/secrets";
import type { RunSkill } from "../model/skills/runnable";
import type { OpenRecord, Sealed } from "../validators";
import type { Installation } from "../../src/skills/httpTool";
import type { Skill } from "../../src/skills/tools";
import { ToolFailure } from "../../src/tools/tool";

type Installed = {
  installation: { tenantId: Id<"tenants">; id: Id<"agent_skills"> };
  config: OpenRecord;
  credential: Sealed | null;
};

/** What an installation adds to a skill's request. */
export function toInstallation({
  installation,
  config,
  credential: sealed,
}: Installed): Installation {
  const credential = async () => {
    if (sealed === null) return null;
    const at = coordinatesOf({ ...installation, table: "agent_skills" });
    const opened = await open(sealingKeys(), at, sealed);
    if (opened !== null) return opened;
    throw new ToolFailure(
      "The skill's credential cannot be opened: somebody has to enter it again.",
    );
  };
  return { config, credential, allowsPrivate: allowsPrivateUrls() };
}

/** @param read - The instructions of a prompt skill; null: there are none any more. */
export function toSkills(
  skills: readonly RunSkill[],
  read: (skillId: string) => Promise<string | null>,
): Skill[] {
  return skills.map(({ skillId, description, http, ...installed }) => ({
    skillId,
    description,
    read: async () => await read(skillId),
    ...(http !== undefined && { http, installation: toInstallation(installed) }),
  }));
}

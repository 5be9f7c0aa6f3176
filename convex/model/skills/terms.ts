/** On what terms an agent has a skill: which version, which grants and which configuration. */
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import type { OpenRecord } from "../../validators";
import { checkedPermissions } from "./checks";
import { checkedConfig } from "./configuration";
import * as Skills from "./lookup";

/** What somebody who installs or upgrades decides. */
export type Terms = {
  /** Without it, the newest. */
  version?: string | undefined;
  grantedPermissions?: string[] | undefined;
  config?: OpenRecord | undefined;
};

/**
 * What an installation is on these terms.
 *
 * @param granted - What the agent may do already: enough, unless something is given.
 * @throws not_found - The skill has no such version.
 * @throws invalid_argument - The grants are not exactly what it asks for, or the configuration is not as it has
 *   to be.
 */
export async function settle(
  ctx: QueryCtx,
  skill: Doc<"skills">,
  { version, grantedPermissions, config, granted }: Terms & { granted: readonly string[] },
) {
  const content = await Skills.versionOf(ctx, skill, version);
  if (content === null) {
    return fail({ kind: "not_found", entity: "skill version", id: version ?? skill.version });
  }
  const { permissions, configSchema } = content;
  return {
    versionId: content._id,
    version: content.version,
    grantedPermissions: grantsFor(permissions, { given: grantedPermissions, granted }),
    config: checkedConfig(config ?? {}, configSchema),
  };
}

/** All that is asked for, when it was granted: by what is given, or without that by what is granted already. */
function grantsFor(
  asked: readonly string[],
  { given, granted }: { given: readonly string[] | undefined; granted: readonly string[] },
): string[] {
  const field = "grantedPermissions";
  const grants = given === undefined ? granted : checkedPermissions(field, given);
  const missing = asked.filter((permission) => !grants.includes(permission));
  if (missing.length > 0) {
    const reason = `lacks what the skill asks for: ${missing.join(", ")}`;
    fail({ kind: "invalid_argument", field, reason });
  }
  const odd = (given ?? []).filter((permission) => !asked.includes(permission));
  if (odd.length > 0) {
    const reason = `has what the skill does not ask for: ${odd.join(", ")}`;
    fail({ kind: "invalid_argument", field, reason });
  }
  return [...asked];
}

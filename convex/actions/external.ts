"use node";
/** Work outside the deployment that a caller asks for directly. */
import { internal } from "../_generated/api";
import { action } from "../_generated/server";
import { external } from "../actionShapes";
import { omitUndefined } from "../lib/objects";
import { requirePermission } from "../model/actionAccess";
import type { SkillResult } from "../views/skills";

/**
 * Calls a skill that an agent has, in no conversation, and waits for what it says. A prompt skill is answered by the
 * agent's model, which reads the agent's own prompt and the skill's instructions; an HTTP skill makes its request.
 * The use is counted, the agent's model booked like any other call. Needs `skills:execute`: no approval is asked for.
 *
 * @param skill - "skill_web_search", installed and usable.
 * @param parameters - Of a prompt skill `{"input": "…"}`, of an HTTP skill what its `inputSchema` has.
 *
 * @returns `success` false, with why in `error`, when the skill failed: its server or model did, its time was up (20 s
 *   and 60 s), or nothing runs it (WebAssembly, yet).
 *
 * @throws not_found - The agent does not exist or does not have the skill.
 * @throws conflict - The agent is not active, or the skill disabled or not among the agent's `skills`.
 * @throws invalid_argument - A parameter is missing, unknown or wrong: `field` says which.
 * @throws limit_reached - 20 calls of skills are under way, or the tokens of the month are used up.
 */
export const executeSkill = action({
  args: external.executeSkill.args,
  returns: external.executeSkill.returns,
  handler: async (ctx, { skill, ...rest }): Promise<SkillResult> => {
    const { tenantId, apiKey } = rest;
    await requirePermission(ctx, { tenantId, apiKey, permission: "skills:execute" });
    // Not run by Node.js but where the providers are loaded.
    const call = omitUndefined({ ...rest, skillId: skill });
    return await ctx.runAction(internal.jobs.skillCalls.execute, call);
  },
});

/** The skills that an agent's runs may use now, as its models are told of them. */
import { v, type Infer } from "convex/values";
import { isSkillTool, readSkill, READ_SKILL, type Skill } from "../../../src/skills/tools";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import {
  vApprovalSetting,
  vHttpSkill,
  vOpenRecord,
  vSealed,
  type ToolCall,
} from "../../validators";
import type { TenantScope } from "../access";
import { allowsPrivateUrls } from "../providers/deployment";
import { isUsableNow, pinned } from "./installed";

/** An agent may have a hundred; providers take some 128 tools of a call, the built-in ones among them. */
const SKILLS_MAX = 50;

export const vRunSkill = v.object({
  skillId: v.string(),
  description: v.string(),
  /** Absent: a prompt skill, whose instructions are read once a model asks for them. */
  http: v.optional(vHttpSkill),
  config: vOpenRecord,
  approval: v.optional(vApprovalSetting),
  installation: v.object({ tenantId: v.id("tenants"), id: v.id("agent_skills") }),
  credential: v.union(vSealed, v.null()),
});
export type RunSkill = Infer<typeof vRunSkill>;

/** Those that are installed, granted, among the agent's `skills`, and a prompt or a request; in the order of installing. */
export async function runnableOf(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  agent: Doc<"agents">,
): Promise<RunSkill[]> {
  if (agent.skills.length === 0) return [];
  const rows = await ctx.db
    .query("agent_skills")
    .withIndex("by_agent", (q) => q.eq("tenantId", tenantId).eq("agentId", agent._id))
    .take(100);
  const runnable: RunSkill[] = [];
  for (const row of rows) {
    const there = await pinned(ctx, row);
    if (there === null || !isUsableNow(row, { agent, version: there.version })) continue;
    const { prompt, http } = there.version;
    const description = http?.description ?? prompt?.description;
    if (description === undefined) continue;
    runnable.push({
      skillId: row.skillId,
      description,
      ...(http !== undefined && { http }),
      config: row.config ?? {},
      ...omitUndefined({ approval: row.approval }),
      installation: { tenantId, id: row._id },
      credential: row.credential ?? null,
    });
  }
  return runnable.slice(0, SKILLS_MAX);
}

/** The instructions of a prompt skill that the agent may use now; null: it has no such skill. */
export async function instructionsOf(
  ctx: QueryCtx,
  scope: TenantScope,
  { agent, skillId }: { agent: Doc<"agents">; skillId: string },
): Promise<string | null> {
  const skill = (await runnableOf(ctx, scope, agent)).find((one) => one.skillId === skillId);
  const row = skill === undefined ? null : await ctx.db.get("agent_skills", skill.installation.id);
  const version = row === null ? null : await ctx.db.get("skill_versions", row.versionId);
  return version?.prompt?.instructions ?? null;
}

/** Whether the calls need the agent's skills to be known. */
export function mentionsSkills(calls: readonly Pick<ToolCall, "name">[]): boolean {
  return calls.some(({ name }) => isSkillTool(name));
}

/** The skills as tools are made of them, where none is run: what they take, and whether they have effects. */
export function toDescribed(skills: readonly RunSkill[]): Skill[] {
  const nothing = () => Promise.resolve(null);
  return skills.map(({ skillId, description, http, config }) => {
    const installation = { config, credential: nothing, allowsPrivate: allowsPrivateUrls() };
    return {
      skillId,
      description,
      read: nothing,
      ...(http !== undefined && { http, installation }),
    };
  });
}

/** The skill that a call is of, whether it reads its instructions or makes its request; null: it names none. */
export function skillIn({ name, argumentsJson }: Pick<ToolCall, "name" | "argumentsJson">) {
  return name === READ_SKILL ? readSkill(argumentsJson) : name;
}

/** The skills that calls have used, each with why it failed, if it did. */
export function usesIn(calls: readonly ToolCall[]): { skillId: string; error: string | null }[] {
  return calls.flatMap(({ name, argumentsJson, result }) => {
    if (!isSkillTool(name) || result === undefined) return [];
    const skillId = skillIn({ name, argumentsJson });
    return skillId === null ? [] : [{ skillId, error: result.isError ? result.text : null }];
  });
}

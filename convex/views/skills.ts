/** What doors return of skills. Of a publisher: the tenant's name, and nothing of its people and files. */
import { v, type Infer } from "convex/values";
import {
  vApprovalSetting,
  vInstalledSkillStatus,
  vSkillContent,
  vSkillStatus,
  vWasm,
} from "../validators";

const content = {
  ...vSkillContent.fields,
  wasm: v.optional(vWasm.omit("fileId")),
};

/** A skill as lists have it. */
export const vSkillEntry = v.object({
  id: v.string(), // "skill_web_search"
  name: v.string(),
  description: v.string(),
  category: v.string(),
  publisher: v.union(v.object({ name: v.string(), slug: v.string() }), v.null()), // null: built in
  isOwn: v.boolean(), // the tenant's that asks
  status: vSkillStatus,
  verified: v.boolean(),
  version: v.string(), // the newest
  permissions: v.array(v.string()),
  installCount: v.number(), // agents that have it
  rating: v.optional(v.number()), // 1 to 5 stars, the mean; absent: nobody rated it
  ratingCount: v.number(),
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type SkillEntry = Infer<typeof vSkillEntry>;

export const vSkillView = vSkillEntry.extend(content);
export type SkillView = Infer<typeof vSkillView>;

export const vSkillVersionView = v.object({
  ...content,
  changelog: v.optional(v.string()),
  createdAt: v.number(),
});
export type SkillVersionView = Infer<typeof vSkillVersionView>;

/** A skill that an agent has. */
export const vInstalledSkillView = v.object({
  _id: v.id("agent_skills"),
  agentId: v.id("agents"),
  skillId: v.string(),
  name: v.string(),
  version: v.string(),
  latestVersion: v.optional(v.string()), // absent: the skill is gone
  grantedPermissions: v.array(v.string()),
  approval: v.optional(vApprovalSetting), // absent: calls with effects wait for an operator
  config: v.optional(vSkillContent.fields.configSchema),
  credentialMask: v.optional(v.string()), // "••••1234"
  status: vInstalledSkillStatus,
  lastError: v.optional(v.string()),
  isUsable: v.boolean(), // installed, there, and in the agent's `skills`: runs may use it
  useCount: v.number(),
  lastUsedAt: v.optional(v.number()),
  installedAt: v.number(),
  updatedAt: v.number(),
});
export type InstalledSkillView = Infer<typeof vInstalledSkillView>;

/** What came of calling a skill. */
export const vSkillResult = v.object({
  success: v.boolean(),
  result: v.optional(v.string()), // with success
  error: v.optional(v.string()), // without
  skill: v.string(),
  version: v.string(),
  cost: v.number(),
  costUsd: v.string(),
  tokensUsed: v.number(),
  responseTime: v.number(), // milliseconds
});
export type SkillResult = Infer<typeof vSkillResult>;

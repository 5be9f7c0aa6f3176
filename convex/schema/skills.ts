/** What agents can do and where they can be reached: skills and channels. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vChannelStatus,
  vChannelType,
  vInstalledSkillStatus,
  vOpenRecord,
  vSealed,
  vSkillStatus,
} from "../validators";

export const skillTables = {
  // A skill of the marketplace, as its newest version has it. Everyone's to see once published: the only
  // table with a tenant's work that others read. Written by publishers, by installs (`installCount`) and
  // ratings; withdrawn, not deleted, while someone has it installed.
  skills: defineTable({
    id: v.string(), // "skill_web_search", unique
    tenantId: v.optional(v.id("tenants")), // the publisher's; absent: built in
    publisherId: v.optional(v.id("users")),
    name: v.string(),
    description: v.string(),
    category: v.string(),
    status: vSkillStatus,
    verified: v.boolean(),
    version: v.string(), // semantic, "1.2.0"
    permissions: v.array(v.string()), // "network.http.get"
    configSchema: v.optional(vOpenRecord), // JSON Schema of an installation's `config`
    wasmFileId: v.optional(v.id("files")),
    installCount: v.number(),
    ratingSum: v.number(),
    ratingCount: v.number(),
    searchText: v.string(),
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_skill_id", ["id"]) // the seeds' by_id, a name that Convex keeps for itself
    .index("by_category", ["status", "category", "installCount"])
    .index("by_verified", ["status", "verified", "installCount"])
    .index("by_publisher", ["tenantId", "publisherId", "updatedAt"])
    .searchIndex("search_text", {
      searchField: "searchText",
      filterFields: ["status", "category"],
    }),

  // What a skill was at each version. Written by publishing, read by installations that stay behind.
  // Append-only; goes with the skill.
  skill_versions: defineTable({
    tenantId: v.optional(v.id("tenants")),
    skillId: v.string(),
    version: v.string(),
    permissions: v.array(v.string()),
    configSchema: v.optional(vOpenRecord),
    wasmFileId: v.optional(v.id("files")),
    changelog: v.optional(v.string()),
    createdBy: v.optional(v.id("users")),
    createdAt: v.number(),
  })
    .index("by_skill", ["skillId", "createdAt"])
    .index("by_skill_and_version", ["skillId", "version"])
    .index("by_tenant", ["tenantId"]),

  // A tenant's opinion of a skill, one per person. Written by rating, read by the next one. Goes with them.
  skill_ratings: defineTable({
    tenantId: v.id("tenants"),
    userId: v.id("users"),
    skillId: v.string(),
    stars: v.number(), // 1 to 5
    createdAt: v.number(),
    updatedAt: v.number(),
  }).index("by_tenant_and_user", ["tenantId", "userId", "skillId"]),

  // A skill that an agent has. Written by installing, configuring and use; read when a run begins.
  // Deleted when it is removed from the agent.
  agent_skills: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    skillId: v.string(),
    version: v.string(), // the one that runs, until it is updated
    grantedPermissions: v.array(v.string()),
    config: v.optional(vOpenRecord),
    status: vInstalledSkillStatus,
    lastError: v.optional(v.string()),
    useCount: v.number(),
    lastUsedAt: v.optional(v.number()),
    installedAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_agent", ["tenantId", "agentId", "installedAt"])
    .index("by_skill", ["tenantId", "skillId"])
    .index("by_agent_and_skill", ["tenantId", "agentId", "skillId"]),

  // A way for people to reach an agent. Written by configuration and by the rotation of the sealing key, read by
  // lists; nothing comes through channels yet, so that nobody counts messages or notes errors. Deleted when it is
  // removed; an archived agent keeps its channels.
  channels: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    name: v.string(), // unique in the tenant
    type: vChannelType,
    status: vChannelStatus,
    config: vOpenRecord, // what is no secret: team, guild, allowed chats
    credential: v.optional(vSealed), // the bot's token
    credentialMask: v.optional(v.string()), // "••••1234"
    error: v.optional(v.string()),
    messageCount: v.number(),
    lastMessageAt: v.optional(v.number()),
    createdBy: v.id("users"),
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_name", ["tenantId", "name"])
    .index("by_agent", ["tenantId", "agentId", "createdAt"])
    .index("by_type", ["type", "status"]) // for the pollers of a channel's kind, over all tenants
    .index("by_tenant_and_type", ["tenantId", "type", "createdAt"])
    .index("by_agent_and_type", ["tenantId", "agentId", "type", "createdAt"])
    .index("by_sealing_key", ["credential.keyId"]), // for the rotation, over all tenants
};

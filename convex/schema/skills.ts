/** What agents can do and where they can be reached: skills and channels. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vApprovalSetting,
  vChannelStatus,
  vChannelType,
  vInstalledSkillStatus,
  vOpenRecord,
  vSealed,
  vSkillAttempt,
  vSkillContent,
  vSkillStatus,
} from "../validators";

export const skillTables = {
  // A skill of the marketplace, as its newest version has it. Everyone's to see once published: the only
  // table with a tenant's work that others read. Written by its publisher and by operators (`verified`, what
  // is built in); `installCount` and the ratings' sums by installing and rating, whichever tenant does it:
  // people do that now and then, so one row bears it. Withdrawn, and deleted with its tenant only.
  skills: defineTable({
    id: v.string(), // "skill_web_search", unique
    tenantId: v.optional(v.id("tenants")), // the publisher's; absent: built in
    publisherId: v.optional(v.id("users")),
    name: v.string(),
    description: v.string(),
    category: v.string(), // "productivity", "communication", "data" or another
    status: vSkillStatus,
    verified: v.boolean(),
    ...vSkillContent.fields,
    installCount: v.number(), // agents that have it
    ratingSum: v.number(), // of stars
    ratingCount: v.number(),
    searchText: v.string(),
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_skill_id", ["id"]) // the seeds' by_id, a name that Convex keeps for itself
    .index("by_popularity", ["status", "installCount"])
    .index("by_category", ["status", "category", "installCount"])
    .index("by_verified", ["status", "verified", "installCount"])
    .index("by_category_and_verified", ["status", "category", "verified", "installCount"])
    .index("by_tenant", ["tenantId", "updatedAt"])
    .index("by_publisher", ["tenantId", "publisherId", "updatedAt"])
    .searchIndex("search_text", {
      searchField: "searchText",
      filterFields: ["status", "category", "verified"],
    }),

  // What a skill is at each version. Written by publishing, read by histories and by what is installed.
  // Append-only; goes with the skill. Names the skill's row and not its id: once a tenant is erased, another
  // may take the id, and must not be taken for the first one.
  skill_versions: defineTable({
    tenantId: v.optional(v.id("tenants")),
    listingId: v.id("skills"),
    ...vSkillContent.fields,
    changelog: v.optional(v.string()),
    createdBy: v.optional(v.id("users")),
    createdAt: v.number(),
  })
    .index("by_skill", ["listingId", "createdAt"])
    .index("by_skill_and_version", ["listingId", "version"])
    .index("by_tenant", ["tenantId"]),

  // A person's opinion of a skill that their tenant uses. Written by rating, read by the next one. Goes with
  // the person's membership when they are erased, and with the tenant; the sums of `skills` follow.
  skill_ratings: defineTable({
    tenantId: v.id("tenants"),
    userId: v.id("users"),
    listingId: v.id("skills"),
    stars: v.number(), // 1 to 5
    createdAt: v.number(),
    updatedAt: v.number(),
  }).index("by_tenant_and_user", ["tenantId", "userId", "listingId"]),

  // A skill that an agent has. Written by installing, configuring, use and the rotation of the sealing key; read by
  // lists and by whatever runs it.
  // Deleted when it is uninstalled. When its publisher is erased it stays, and reads say what became of it.
  agent_skills: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    skillId: v.string(), // the id of `skills`
    listingId: v.id("skills"),
    versionId: v.id("skill_versions"), // what runs, until it is upgraded
    version: v.string(),
    grantedPermissions: v.array(v.string()), // all that the version asks for
    approval: v.optional(vApprovalSetting), // of its calls in runs; absent: where they have effects
    config: v.optional(vOpenRecord), // as the version's `configSchema` has it; no secrets
    credential: v.optional(vSealed), // what an HTTP skill's headers have for "{credential}"
    credentialMask: v.optional(v.string()), // "••••1234"
    status: vInstalledSkillStatus,
    lastError: v.optional(v.string()),
    useCount: v.number(),
    lastUsedAt: v.optional(v.number()),
    installedAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_agent", ["tenantId", "agentId", "installedAt"])
    .index("by_skill", ["tenantId", "skillId", "listingId"])
    .index("by_agent_and_skill", ["tenantId", "agentId", "skillId"])
    .index("by_sealing_key", ["credential.keyId"]), // for the rotation, over all tenants

  // A call of a skill by `actions.external.executeSkill` that is under way. Written before it is made, so that what
  // a model costs is booked even when its worker vanishes; deleted at its end, or by the sweeper, which books
  // what was held, or an estimate where nothing was.
  skill_calls: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    userId: v.optional(v.id("users")), // for whom; rows of before have neither
    keyId: v.optional(v.id("api_keys")), // with which key
    installationId: v.id("agent_skills"),
    attempt: v.optional(vSkillAttempt), // of a prompt skill: the call of the model
    startedAtMs: v.number(),
    expiresAtMs: v.number(), // longer than any worker lives; where the sweeper could not settle it, when it tries again
  })
    .index("by_tenant", ["tenantId"])
    .index("by_expiry", ["expiresAtMs"]), // for the sweeper, over all tenants

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

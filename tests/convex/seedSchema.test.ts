/**
 * The tables that the project was asked for (seeds 000 and 001), field by field and index by index: each is there
 * under its name, or under the one that stands here with the reason.
 */
import { describe, expect, test } from "vitest";
import schema from "../../convex/schema";

type Asked = { fields: string; indexes: string };

const SEED_000: Readonly<Record<string, Asked>> = {
  tenants: {
    fields:
      "name slug status plan maxAgents maxMonthlyTokens maxStorageGB monthlyBudget billingEmail stripeCustomerId createdAt updatedAt deletedAt",
    indexes: "by_slug by_status by_stripe_customer",
  },
  agents: {
    fields:
      "tenantId name description status model systemPrompt temperature maxTokens mode skills maxCostPerMessage monthlyBudget consensusEnabled consensusModels consensusStrategy metadata createdBy createdAt updatedAt",
    indexes: "by_tenant by_tenant_and_status by_created_by by_model",
  },
  sessions: {
    fields:
      "tenantId agentId userId status metadata source messageCount totalCost totalTokens createdAt lastActivityAt completedAt",
    indexes: "by_tenant by_agent by_user by_tenant_and_status by_last_activity",
  },
  messages: {
    fields: "tenantId agentId sessionId role content model usage cost reasoning createdAt",
    indexes: "by_tenant by_session by_session_and_created by_agent",
  },
  channels: {
    fields: "tenantId agentId type status config messageCount lastMessageAt createdAt updatedAt",
    indexes: "by_tenant by_agent by_type by_tenant_and_type",
  },
  skills: {
    fields:
      "id name description category verified publisherId version permissions configSchema wasmBinary installCount rating createdAt updatedAt",
    indexes: "by_id by_category by_verified by_publisher",
  },
  agent_skills: {
    fields:
      "tenantId agentId skillId config status lastError useCount lastUsedAt installedAt updatedAt",
    indexes: "by_agent by_skill by_agent_and_skill",
  },
  cost_events: {
    fields:
      "tenantId agentId sessionId messageId model provider promptTokens completionTokens totalTokens inputCost outputCost totalCost currency timestamp",
    indexes: "by_tenant by_agent by_session by_tenant_and_timestamp by_model",
  },
};

/** What seed 001 has beyond them; its conversations are our messages, its costs our cost events. */
const SEED_001: Readonly<Record<string, Asked>> = {
  agents: { fields: "provider channels", indexes: "by_status by_created by_last_active" },
  messages: {
    fields: "channel timestamp tokensUsed attachments skillsUsed responseTime error",
    indexes: "by_timestamp by_agent_and_session by_channel",
  },
  cost_events: {
    fields: "conversationId responseTime channel endpoint inputTokens outputTokens",
    indexes: "by_timestamp by_provider by_agent_and_timestamp",
  },
};

/** Asked name → `table.name` of ours: money is exact, binaries are files, sums are kept apart from what is counted. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "tenants.monthlyBudget": "tenants.monthlyBudgetPico",
  "agents.maxCostPerMessage": "agents.maxCostPerMessagePico",
  "agents.monthlyBudget": "agents.monthlyBudgetPico",
  "sessions.totalCost": "sessions.totalCostPico",
  "messages.cost": "messages.costPico",
  "messages.timestamp": "messages.createdAt",
  "messages.tokensUsed": "messages.usage",
  "messages.responseTime": "messages.responseTimeMs",
  "skills.wasmBinary": "skills.wasm",
  "skills.rating": "skills.ratingSum",
  "cost_events.promptTokens": "cost_events.usage",
  "cost_events.completionTokens": "cost_events.usage",
  "cost_events.totalTokens": "cost_events.usage",
  "cost_events.inputTokens": "cost_events.usage",
  "cost_events.outputTokens": "cost_events.usage",
  "cost_events.inputCost": "cost_events.inputCostPico",
  "cost_events.outputCost": "cost_events.outputCostPico",
  "cost_events.totalCost": "cost_events.totalCostPico",
  "cost_events.conversationId": "cost_events.messageId",
  "cost_events.responseTime": "cost_events.endedAtMs",
  // Indexes: Convex keeps the name `by_id`; what is by tenant and time serves both; activity is among the sums.
  "skills.by_id": "skills.by_skill_id",
  "agents.by_status": "agents.by_tenant_and_status",
  "agents.by_created": "agents.by_tenant",
  "agents.by_last_active": "rollups.by_last_active",
  "messages.by_timestamp": "messages.by_tenant",
  "messages.by_agent_and_session": "messages.by_session",
  "cost_events.by_tenant": "cost_events.by_tenant_and_timestamp",
  "cost_events.by_timestamp": "cost_events.by_tenant_and_timestamp",
  "cost_events.by_agent_and_timestamp": "cost_events.by_agent",
};

/** "table.name" of each field and index that there is. */
const ours = new Set(
  Object.entries(schema.tables).flatMap(([table, definition]) => [
    ...Object.keys(definition.validator.fields).map((field) => `${table}.${field}`),
    ...definition[" indexes"]().map(({ indexDescriptor }) => `${table}.${indexDescriptor}`),
  ]),
);

function namesOf(asked: Readonly<Record<string, Asked>>): string[] {
  return Object.entries(asked).flatMap(([table, { fields, indexes }]) =>
    [...fields.split(" "), ...indexes.split(" ")].map((name) => `${table}.${name}`),
  );
}

describe("the schema", () => {
  test.each([
    ["000", SEED_000],
    ["001", SEED_001],
  ])("has every table, field and index of seed %s", (_seed, asked) => {
    const missing = namesOf(asked).filter((name) => !ours.has(ELSEWHERE[name] ?? name));
    expect(missing).toEqual([]);
  });

  test("keeps a field under another name only where it has none of the asked one", () => {
    const needless = Object.keys(ELSEWHERE).filter((name) => ours.has(name));
    expect(needless).toEqual([]);
  });

  test("has closed sets as unions: no status, role or kind is any text", () => {
    const closed = /^(status|role|plan|type|kind|provider|purpose|rating|source|usageSource)$/;
    const open = Object.entries(schema.tables).flatMap(([table, { validator }]) =>
      Object.entries(validator.fields)
        .filter(([field, { kind }]) => closed.test(field) && kind === "string")
        .map(([field]) => `${table}.${field}`),
    );
    // A session's source is a name of the caller's own: "web-chat", "intranet".
    expect(open).toEqual(["sessions.source"]);
  });
});

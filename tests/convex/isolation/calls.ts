/**
 * For each public function a call that its own tenant may make. The id slots of the arguments are known
 * from the function; here stands what else it takes, and ids that travel as plain text.
 */
import type { Specimens } from "./specimens";

export type BaseCall = {
  /** With the ids of the tenant's own rows. */
  args: (ids: Specimens) => Record<string, unknown>;
  /** Plain strings that hold an id, with its table. */
  textSlots?: Readonly<Record<string, string>>;
  /** Why the call cannot succeed on a made-up row, where that is so. */
  failsBecause?: string;
};

const paginationOpts = { numItems: 10, cursor: null };
const newAgent = {
  name: "New",
  systemPrompt: "Answer.",
  model: "claude-opus-4-6",
  provider: "anthropic",
};

/** Published, and there for every tenant: `matrix.test.ts` builds it in. */
export const COMMON_SKILL = {
  id: "skill_common",
  name: "Common",
  description: "Everyone's",
  category: "data",
  version: "1.0.0",
  permissions: ["fs.read"],
};
const textSlots = { skillId: "skills.id" };
const skill = (ids: Specimens) => ({ skillId: ids["skills.id"] });
const installation = (ids: Specimens) => ({ ...skill(ids), agentId: ids["agents"] });

export const BASE_CALLS: Readonly<Record<string, BaseCall>> = {
  "actions.keys.create": { args: () => ({ name: "New", scopes: ["agents:read"] }) },
  "actions.keys.rotate": { args: (ids) => ({ id: ids["api_keys"] }) },
  "actions.invitations.create": { args: () => ({ email: "new@example.com", role: "viewer" }) },
  "mutations.invitations.revoke": { args: (ids) => ({ id: ids["invitations"] }) },
  "mutations.invitations.accept": {
    args: () => ({ token: "nobody's" }),
    failsBecause: "tokens are random, and only their hashes are kept",
  },
  "mutations.memberships.changeRole": {
    args: (ids) => ({ id: ids["memberships"], role: "viewer" }),
  },
  "mutations.memberships.suspend": { args: (ids) => ({ id: ids["memberships"] }) },
  "mutations.memberships.resume": { args: (ids) => ({ id: ids["memberships"] }) },
  "mutations.memberships.remove": { args: (ids) => ({ id: ids["memberships"] }) },
  "mutations.memberships.leave": {
    args: (ids) => ({ tenantId: ids["tenants"] }),
  },
  "mutations.tenants.create": {
    args: () => ({
      name: "New",
      slug: `new-${Math.random().toString(36).slice(2)}`,
      billingEmail: "new@example.com",
    }),
  },
  "mutations.tenants.update": { args: () => ({ name: "Renamed" }) },
  "queries.runs.list": { args: () => ({ state: "queued", paginationOpts }) },
  "queries.runs.unfinished": { args: () => ({}) },
  "mutations.approvals.decide": {
    args: (ids) => ({ approvalId: ids["approvals"], decision: "deny" }),
  },
  "queries.approvals.list": { args: (ids) => ({ runId: ids["runs"], paginationOpts }) },
  "queries.approvals.get": { args: (ids) => ({ approvalId: ids["approvals"] }) },
  "mutations.tenants.setDefault": { args: (ids) => ({ tenantId: ids["tenants"] }) },
  "actions.providers.register": {
    args: () => ({ name: "New", provider: "anthropic", credential: "sk-new-credential" }),
  },
  "actions.providers.update": {
    args: (ids) => ({ id: ids["providers"], credential: "sk-new-credential" }),
  },
  "actions.providers.verify": { args: (ids) => ({ id: ids["providers"] }) },
  "mutations.providers.enable": { args: (ids) => ({ id: ids["providers"] }) },
  "mutations.providers.disable": { args: (ids) => ({ id: ids["providers"] }) },
  "mutations.providers.remove": { args: (ids) => ({ id: ids["providers"] }) },
  "queries.providers.list": { args: () => ({}) },
  "actions.channels.create": {
    args: (ids) => ({
      agentId: ids["agents"],
      type: "telegram",
      name: "New",
      config: { botToken: "123456:new-token" },
    }),
  },
  "actions.channels.update": {
    args: (ids) => ({
      channelId: ids["channels"],
      agentId: ids["agents"],
      credential: "123456:new-token",
    }),
  },
  "mutations.channels.pause": { args: (ids) => ({ channelId: ids["channels"] }) },
  "mutations.channels.resume": { args: (ids) => ({ channelId: ids["channels"] }) },
  "mutations.channels.remove": { args: (ids) => ({ channelId: ids["channels"] }) },
  "queries.channels.list": {
    args: (ids) => ({ agentId: ids["agents"], type: "telegram", paginationOpts }),
  },
  "queries.channels.get": { args: (ids) => ({ channelId: ids["channels"] }) },
  "actions.webhooks.create": {
    args: () => ({ url: "https://hooks.example.com/in", events: ["run.*"] }),
  },
  "actions.webhooks.rotateSecret": {
    args: (ids) => ({ endpointId: ids["webhook_endpoints"] }),
  },
  "mutations.webhooks.update": {
    args: (ids) => ({ endpointId: ids["webhook_endpoints"], events: ["agent.created"] }),
  },
  "mutations.webhooks.enable": { args: (ids) => ({ endpointId: ids["webhook_endpoints"] }) },
  "mutations.webhooks.disable": { args: (ids) => ({ endpointId: ids["webhook_endpoints"] }) },
  "mutations.webhooks.remove": { args: (ids) => ({ endpointId: ids["webhook_endpoints"] }) },
  "mutations.webhooks.sendTest": { args: (ids) => ({ endpointId: ids["webhook_endpoints"] }) },
  "mutations.webhooks.replay": { args: (ids) => ({ deliveryId: ids["webhook_deliveries"] }) },
  "mutations.webhooks.replayDead": {
    args: (ids) => ({ endpointId: ids["webhook_endpoints"], sinceMs: 0 }),
  },
  "queries.webhooks.list": { args: () => ({ paginationOpts }) },
  "queries.webhooks.get": { args: (ids) => ({ endpointId: ids["webhook_endpoints"] }) },
  "queries.webhooks.deliveries": {
    args: (ids) => ({ endpointId: ids["webhook_endpoints"], paginationOpts }),
  },
  "queries.webhooks.delivery": { args: (ids) => ({ deliveryId: ids["webhook_deliveries"] }) },
  "mutations.erasures.tenant": { args: (ids) => ({ tenantId: ids["tenants"] }) },
  "mutations.erasures.me": { args: () => ({}) },
  "queries.exports.page": { args: () => ({ table: "agents" }) },
  "queries.exports.session": { args: (ids) => ({ sessionId: ids["sessions"] }) },
  "queries.invitations.list": { args: () => ({ paginationOpts }) },
  "queries.memberships.list": { args: () => ({ paginationOpts }) },
  // A link of an administrator's opens no other tenant; the specimens' person is in one only.
  "actions.passwords.createResetLink": { args: (ids) => ({ userId: ids["users"] }) },
  "mutations.devices.approve": {
    args: () => ({ userCode: "BCDF-GHJK" }),
  },
  "mutations.devices.deny": {
    args: () => ({ userCode: "BCDF-GHJK" }),
  },
  "mutations.signIns.end": { args: (ids) => ({ id: ids["auth_sessions"] }) },
  "queries.signIns.list": { args: () => ({}) },
  "mutations.identities.unlink": { args: (ids) => ({ id: ids["identities"] }) },
  "queries.identities.list": { args: () => ({}) },
  "mutations.users.update": { args: () => ({ name: "Renamed" }) },
  "queries.users.me": { args: () => ({}) },
  "queries.tenants.get": { args: () => ({}) },
  "queries.tenants.usage": { args: () => ({ nowMs: 1_700_000_000_000 }) },
  "queries.tenants.lookUp": {
    args: (ids) => ({ id: ids["sessions"] }),
    textSlots: { id: "sessions" },
  },
  "queries.tenants.mine": { args: () => ({}) },
  "mutations.agents.create": { args: () => newAgent },
  "mutations.agents.update": { args: (ids) => ({ agentId: ids["agents"], name: "Renamed" }) },
  "mutations.agents.remove": { args: (ids) => ({ agentId: ids["agents"] }) },
  "mutations.agents.updateStats": {
    args: (ids) => ({ agentId: ids["agents"], messageCount: 1 }),
  },
  "mutations.agents.restore": { args: (ids) => ({ agentId: ids["agents"], version: 1 }) },
  // Titled, because searching convex-test fails on rows that lack the searched field.
  "mutations.conversations.create": {
    args: (ids) => ({ agentId: ids["agents"], title: "New" }),
  },
  "mutations.conversations.update": {
    args: (ids) => ({ sessionId: ids["sessions"], title: "Renamed" }),
  },
  "mutations.conversations.remove": { args: (ids) => ({ sessionId: ids["sessions"] }) },
  "mutations.budgets.create": {
    args: (ids) => ({
      name: "New",
      dimension: "agent",
      key: ids["agents"],
      window: "day",
      limit: "1",
    }),
    textSlots: { key: "agents" },
  },
  "mutations.budgets.update": {
    args: (ids) => ({ policyId: ids["budget_policies"], name: "Renamed" }),
  },
  "mutations.budgets.remove": { args: (ids) => ({ policyId: ids["budget_policies"] }) },
  "mutations.budgets.increase": {
    args: (ids) => ({ policyId: ids["budget_policies"], amount: "1", reason: "It is needed." }),
  },
  "mutations.budgets.reserve": {
    args: (ids) => ({
      key: "a call of mine",
      agentId: ids["agents"],
      provider: "anthropic",
      model: "claude-opus-4-6",
      tokens: 100,
      cost: "0.1",
    }),
  },
  "mutations.budgets.settle": {
    args: (ids) => ({
      key: ids["budget_reservations.key"],
      inputTokens: 1,
      outputTokens: 1,
      inputCost: "1",
      outputCost: "1",
    }),
  },
  "mutations.budgets.release": {
    args: (ids) => ({ key: ids["budget_reservations.key"] }),
  },
  "queries.budgets.list": {
    args: (ids) => ({ dimension: "agent", key: ids["agents"], paginationOpts }),
    textSlots: { key: "agents" },
  },
  "queries.budgets.get": { args: (ids) => ({ policyId: ids["budget_policies"] }) },
  "queries.budgets.effective": {
    args: (ids) => ({ agentId: ids["agents"], keyId: ids["api_keys"], userId: ids["users"] }),
  },
  "queries.budgets.check": {
    args: (ids) => ({
      agentId: ids["agents"],
      keyId: ids["api_keys"],
      userId: ids["users"],
      promptTokens: 1,
      outputTokens: 1,
    }),
  },
  "queries.budgets.events": {
    args: (ids) => ({ policyId: ids["budget_policies"], paginationOpts }),
  },
  "mutations.costs.create": {
    args: (ids) => ({
      agentId: ids["agents"],
      sessionId: ids["sessions"],
      conversationId: ids["messages"],
      model: "claude-opus-4-6",
      provider: "anthropic",
      inputTokens: 1,
      outputTokens: 2,
      inputCost: "0.1",
      outputCost: "0.2",
    }),
  },
  "mutations.costs.correct": {
    args: (ids) => ({ id: ids["cost_events"], totalCost: "0.5", reason: "as billed" }),
  },
  "mutations.costs.rerate": { args: () => ({ from: 0, to: 1 }) },
  "mutations.prices.set": {
    args: () => ({ provider: "openai", model: "gpt-own", usdPerMillion: { inputFresh: "1.5" } }),
  },
  "mutations.prices.remove": { args: (ids) => ({ id: ids["price_overrides"] }) },
  "queries.prices.list": { args: () => ({ paginationOpts }) },
  "queries.prices.models": { args: () => ({}) },
  "queries.prices.get": { args: () => ({ provider: "openai", model: "gpt-5-mini" }) },
  "mutations.costs.cleanup": { args: () => ({ before: 1_600_000_000_000 }) },
  "mutations.files.createUploadUrl": { args: () => ({}) },
  "mutations.keys.revoke": { args: (ids) => ({ id: ids["api_keys"] }) },
  "mutations.messages.send": {
    args: (ids) => ({
      sessionId: ids["sessions"],
      agentId: ids["agents"],
      content: "Hello",
      attachments: [{ storageId: ids["_upload"], name: "a.txt" }],
    }),
  },
  "mutations.messages.edit": {
    args: (ids) => ({ messageId: ids["messages"], content: "Hello again" }),
    failsBecause: "the specimen of messages is a reply, and replies are not edited",
  },
  "mutations.messages.pin": { args: (ids) => ({ messageId: ids["messages"] }) },
  "mutations.messages.unpin": { args: (ids) => ({ messageId: ids["messages"] }) },
  "mutations.messages.rate": {
    args: (ids) => ({ messageId: ids["messages"], rating: "good", comment: "Helpful" }),
  },
  "mutations.modes.create": { args: () => ({ name: "New", prompt: "Be new." }) },
  "mutations.modes.update": { args: (ids) => ({ modeId: ids["modes"], prompt: "Be new." }) },
  "mutations.modes.remove": { args: (ids) => ({ modeId: ids["modes"] }) },
  "queries.modes.list": { args: () => ({}) },
  "queries.modes.get": { args: () => ({ name: "focus" }) },
  "mutations.runs.cancel": { args: (ids) => ({ runId: ids["runs"] }) },
  "queries.activity.list": {
    args: (ids) => ({ entityTable: "agents", entityId: ids["agents"], paginationOpts }),
    textSlots: { entityId: "agents" },
  },
  "queries.agents.list": { args: () => ({}) },
  "queries.agents.listPage": { args: () => ({ paginationOpts }) },
  "queries.agents.names": { args: () => ({ paginationOpts }) },
  "queries.agents.get": { args: (ids) => ({ agentId: ids["agents"] }) },
  "queries.agents.stats": { args: (ids) => ({ agentId: ids["agents"] }) },
  "queries.agents.recent": { args: () => ({}) },
  "queries.agents.versions": { args: (ids) => ({ agentId: ids["agents"], paginationOpts }) },
  "queries.agents.version": { args: (ids) => ({ agentId: ids["agents"], version: 1 }) },
  "queries.agents.diff": { args: (ids) => ({ agentId: ids["agents"], from: 1, to: 1 }) },
  "queries.agents.prompt": {
    args: (ids) => ({ agentId: ids["agents"], changes: { systemPrompt: "Changed." } }),
  },
  "queries.agents.models": { args: () => ({}) },
  "queries.agents.search": { args: () => ({ query: "mark" }) },
  "queries.conversations.list": { args: (ids) => ({ agentId: ids["agents"] }) },
  "queries.conversations.get": { args: (ids) => ({ conversationId: ids["messages"] }) },
  "queries.conversations.getSession": {
    args: (ids) => ({ agentId: ids["agents"], sessionId: ids["sessions"] }),
    textSlots: { sessionId: "sessions" },
  },
  "queries.conversations.recent": { args: () => ({}) },
  "queries.costs.summary": { args: () => ({ nowMs: 1_700_000_000_000 }) },
  "queries.costs.byAgent": { args: () => ({ nowMs: 1_700_000_000_000, paginationOpts }) },
  "queries.costs.byModel": { args: () => ({ nowMs: 1_700_000_000_000, paginationOpts }) },
  "queries.costs.byProvider": { args: () => ({ nowMs: 1_700_000_000_000, paginationOpts }) },
  "queries.costs.byChannel": { args: () => ({ nowMs: 1_700_000_000_000, paginationOpts }) },
  "queries.costs.byUser": { args: () => ({ nowMs: 1_700_000_000_000, paginationOpts }) },
  "queries.costs.byKey": { args: () => ({ nowMs: 1_700_000_000_000, paginationOpts }) },
  "queries.costs.bySession": { args: () => ({ nowMs: 1_700_000_000_000, paginationOpts }) },
  "queries.costs.history": {
    args: () => ({ dimension: "model", key: "openai/a", unit: "day", from: 0, to: 86_400_000 }),
  },
  "queries.costs.listEvents": { args: () => ({ paginationOpts }) },
  "queries.costs.getEvent": { args: (ids) => ({ eventId: ids["cost_events"] }) },
  "queries.costs.events": { args: (ids) => ({ runId: ids["runs"] }) },
  "queries.files.url": { args: (ids) => ({ fileId: ids["files"] }) },
  "queries.keys.list": { args: () => ({ paginationOpts }) },
  "queries.messages.list": { args: (ids) => ({ sessionId: ids["sessions"], paginationOpts }) },
  "queries.messages.search": {
    args: (ids) => ({ query: "mark", sessionId: ids["sessions"] }),
  },
  "queries.messages.chunks": { args: (ids) => ({ runId: ids["runs"], afterSeq: -1 }) },
  "queries.runs.get": { args: (ids) => ({ runId: ids["runs"] }) },
  "queries.runs.trace": { args: (ids) => ({ runId: ids["runs"] }) },
  "queries.messages.ofRun": { args: (ids) => ({ runId: ids["runs"] }) },
  "queries.runs.steps": { args: (ids) => ({ runId: ids["runs"] }) },
  "queries.runs.listBySession": {
    args: (ids) => ({ sessionId: ids["sessions"], paginationOpts }),
  },
  "actions.runs.drive": { args: (ids) => ({ runId: ids["runs"] }) },
  "actions.skills.create": {
    args: () => ({ ...COMMON_SKILL, id: `skill_${Math.random().toString(36).slice(2)}` }),
  },
  "actions.skills.addVersion": {
    args: (ids) => ({ ...skill(ids), version: "1.1.0", permissions: [] }),
    textSlots,
  },
  "actions.skills.setCredential": {
    args: (ids) => ({ ...installation(ids), credential: null }),
    textSlots,
  },
  // The specimen is an HTTP skill whose method the mark is; it fails, which is an answer.
  "actions.external.executeSkill": {
    args: (ids) => ({ agentId: ids["agents"], skill: ids["skills.id"], parameters: {} }),
    textSlots: { skill: "skills.id" },
  },
  "mutations.skills.createUploadUrl": { args: () => ({}) },
  "mutations.skills.update": { args: (ids) => ({ ...skill(ids), name: "Renamed" }), textSlots },
  "mutations.skills.publish": { args: skill, textSlots },
  "mutations.skills.withdraw": { args: skill, textSlots },
  "mutations.skills.install": {
    args: (ids) => ({
      skillId: COMMON_SKILL.id,
      agentId: ids["agents"],
      grantedPermissions: COMMON_SKILL.permissions,
    }),
    textSlots,
  },
  "mutations.skills.upgrade": { args: installation, textSlots },
  "mutations.skills.configure": {
    args: (ids) => ({ ...installation(ids), config: {} }),
    textSlots,
  },
  "mutations.skills.setApproval": {
    args: (ids) => ({ ...installation(ids), approval: { required: true } }),
    textSlots,
  },
  "mutations.skills.enable": { args: installation, textSlots },
  "mutations.skills.disable": { args: installation, textSlots },
  "mutations.skills.uninstall": { args: installation, textSlots },
  "mutations.skills.rate": {
    args: (ids) => ({ ...skill(ids), stars: 3 }),
    textSlots,
    failsBecause: "the specimen is of the tenant's own making, which its people do not rate",
  },
  "queries.skills.list": { args: () => ({ paginationOpts }) },
  "queries.skills.search": { args: () => ({ query: "mark" }) },
  "queries.skills.get": { args: skill, textSlots },
  "queries.skills.versions": { args: (ids) => ({ ...skill(ids), paginationOpts }), textSlots },
  "queries.skills.mine": { args: (ids) => ({ publisherId: ids["users"], paginationOpts }) },
  "queries.skills.installed": { args: (ids) => ({ agentId: ids["agents"], paginationOpts }) },
  "queries.sessions.list": { args: (ids) => ({ agentId: ids["agents"], paginationOpts }) },
  "queries.sessions.search": { args: (ids) => ({ query: "mark", agentId: ids["agents"] }) },
  "queries.sessions.notes": { args: (ids) => ({ sessionId: ids["sessions"] }) },
  "queries.sessions.summaries": {
    args: (ids) => ({ sessionId: ids["sessions"], paginationOpts }),
  },
  "mutations.sessions.compact": { args: (ids) => ({ sessionId: ids["sessions"] }) },
  "mutations.sessions.undoCompaction": {
    args: (ids) => ({ sessionId: ids["sessions"] }),
    failsBecause: "sessions are made before their summaries",
  },
  "queries.sessions.prompt": { args: (ids) => ({ sessionId: ids["sessions"], content: "Hi" }) },
  "queries.sessions.get": { args: (ids) => ({ sessionId: ids["sessions"] }) },
};

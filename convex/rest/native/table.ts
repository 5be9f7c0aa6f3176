/** The routes by noun, the first part of their path. Each noun's are loaded, with its doors, when they are asked for. */
import { nounOf, pathOf, type Route } from "./route";

type Loader = () => Promise<readonly Route[]>;

export const NOUNS: Readonly<Record<string, Loader>> = {
  activity: async () => (await import("../routes/activity")).ACTIVITY_ROUTES,
  agents: async () => (await import("../routes/agents")).AGENT_ROUTES,
  approvals: async () => (await import("../routes/approvals")).APPROVAL_ROUTES,
  budgets: async () => (await import("../routes/budgets")).BUDGET_ROUTES,
  channels: async () => (await import("../routes/channels")).CHANNEL_ROUTES,
  conversations: async () => (await import("../routes/conversations")).CONVERSATION_ROUTES,
  costs: async () => (await import("../routes/costs")).COST_ROUTES,
  exports: async () => (await import("../routes/exports")).EXPORT_ROUTES,
  files: async () => (await import("../routes/files")).FILE_ROUTES,
  invitations: async () => (await import("../routes/invitations")).INVITATION_ROUTES,
  keys: async () => (await import("../routes/keys")).KEY_ROUTES,
  me: async () => (await import("../routes/me")).ME_ROUTES,
  members: async () => (await import("../routes/members")).MEMBER_ROUTES,
  messages: async () => (await import("../routes/messages")).MESSAGE_ROUTES,
  modes: async () => (await import("../routes/modes")).MODE_ROUTES,
  prices: async () => (await import("../routes/prices")).PRICE_ROUTES,
  providers: async () => (await import("../routes/providers")).PROVIDER_ROUTES,
  runs: async () => (await import("../routes/runs")).RUN_ROUTES,
  sessions: async () => (await import("../routes/sessions")).SESSION_ROUTES,
  skills: async () => (await import("../routes/skills")).SKILL_ROUTES,
  tenant: async () => (await import("../routes/tenants")).TENANT_ROUTES,
  tenants: async () => (await import("../routes/tenants")).TENANT_ROUTES,
  metrics: async () => (await import("../routes/metrics")).METRIC_ROUTES,
  webhooks: async () => (await import("../routes/webhooks")).WEBHOOK_ROUTES,
  docs: async () => (await import("../routes/documents")).DOCUMENT_ROUTES,
  health: async () => (await import("../routes/documents")).DOCUMENT_ROUTES,
  "openapi.json": async () => (await import("../routes/documents")).DOCUMENT_ROUTES,
};

/** @param noun - One of `NOUNS`. */
export async function routesOf(noun: string): Promise<Route[]> {
  const load = NOUNS[noun];
  if (load === undefined) throw new Error(`no routes of ${noun}`);
  return (await load()).filter((route) => nounOf(pathOf(route)) === noun);
}

export async function allRoutes(): Promise<Route[]> {
  const nouns = await Promise.all(Object.keys(NOUNS).map(routesOf));
  return nouns.flat();
}

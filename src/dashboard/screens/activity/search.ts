/** What the log can be narrowed to. */
export const TABLES = [
  "agents",
  "api_keys",
  "budget_policies",
  "channels",
  "invitations",
  "memberships",
  "providers",
  "sessions",
  "skills",
  "tenants",
  "users",
  "webhook_endpoints",
] as const;

export type ActivitySearch = { table?: string };

export function toActivitySearch({ table }: Record<string, unknown>): ActivitySearch {
  return typeof table === "string" ? { table } : {};
}

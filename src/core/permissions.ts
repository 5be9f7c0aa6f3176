/**
 * Who may do what: the one table. Roles are people's, scopes are API keys'; both are made of the same
 * permissions, and what is not listed is denied. The dashboard hides by this table what the server refuses.
 */

/** Every permission there is, by the noun it is about. */
export const PERMISSIONS = [
  "tenant:read",
  "tenant:write",
  "tenant:export",
  "tenant:erase",
  "members:read",
  "members:write",
  "keys:read",
  "keys:write",
  "providers:read",
  "providers:write",
  "agents:read",
  "agents:write",
  "sessions:read",
  "sessions:write",
  "sessions:delete",
  "messages:send",
  "messages:rate",
  // Models by their own names, without an agent's prompt and bounds before them.
  "models:call",
  "runs:cancel",
  "runs:approve",
  "skills:read",
  "skills:write",
  "skills:execute",
  "skills:publish",
  "channels:read",
  "channels:write",
  "costs:read",
  "costs:write",
  "costs:delete",
  "costs:manage",
  "budgets:read",
  "budgets:write",
  "activity:read",
  "webhooks:read",
  "webhooks:write",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ["owner", "admin", "operator", "member", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** Looks, and changes nothing. */
const VIEWER: readonly Permission[] = [
  "tenant:read",
  "members:read",
  "agents:read",
  "sessions:read",
  "skills:read",
  "channels:read",
  "costs:read",
  "budgets:read",
];

/** Talks to agents, and sees what a conversation costs; the tenant's sums are not a member's business. */
const MEMBER: readonly Permission[] = [
  "tenant:read",
  "members:read",
  "agents:read",
  "sessions:read",
  "sessions:write",
  "messages:send",
  "messages:rate",
  "runs:cancel",
  // What members may approve, an agent's settings say: unless they do, it takes an operator.
  "runs:approve",
  "skills:read",
  "channels:read",
];

/** Runs the tenant's agents from day to day. */
const OPERATOR: readonly Permission[] = [
  ...new Set([...VIEWER, ...MEMBER]),
  "models:call",
  "providers:read",
  "agents:write",
  "sessions:delete",
  "skills:write",
  "skills:execute",
  "channels:write",
  "costs:write",
  "webhooks:read",
];

/** Answers for people, keys and secrets. */
const ADMIN: readonly Permission[] = [
  ...OPERATOR,
  "tenant:write",
  "tenant:export",
  "members:write",
  "keys:read",
  "keys:write",
  "providers:write",
  "skills:publish",
  "costs:delete",
  "costs:manage",
  "budgets:write",
  "activity:read",
  "webhooks:write",
];

const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(PERMISSIONS),
  admin: new Set(ADMIN),
  operator: new Set(OPERATOR),
  member: new Set(MEMBER),
  viewer: new Set(VIEWER),
};

/** What a role may do that these permissions do not cover; null when it is nothing. */
export function beyond(permissions: ReadonlySet<Permission>, role: Role): Permission | null {
  return PERMISSIONS.find((one) => permissionsOf(role).has(one) && !permissions.has(one)) ?? null;
}

/** Whether the role is the other one or stands above it. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least);
}

export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return ROLE_PERMISSIONS[role];
}

/** What doors return of tenants and their people. */
import { v, type Infer } from "convex/values";
import {
  vInvitationStatus,
  vMembershipStatus,
  vOpenRecord,
  vPlan,
  vRole,
  vTenantStatus,
} from "../validators";

export const vTenantView = v.object({
  _id: v.id("tenants"),
  name: v.string(),
  slug: v.string(),
  status: vTenantStatus,
  plan: vPlan,
  maxAgents: v.number(),
  maxMonthlyTokens: v.number(),
  maxStorageGB: v.number(),
  monthlyBudget: v.optional(v.number()), // USD
  monthlyBudgetUsd: v.optional(v.string()),
  timeZone: v.optional(v.string()), // IANA name; absent: UTC
  billingEmail: v.optional(v.string()), // for those who may change it
  metadata: v.optional(vOpenRecord),
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type TenantView = Infer<typeof vTenantView>;

/** How much of its plan a tenant uses. */
export const vTenantUsage = v.object({
  agents: v.object({ used: v.number(), limit: v.number() }), // active and paused ones
  tokensThisMonth: v.object({ used: v.number(), limit: v.number() }), // of the tenant's time zone
  storageBytes: v.object({ used: v.number(), limit: v.number() }),
  fileCount: v.number(),
});
export type TenantUsage = Infer<typeof vTenantUsage>;

/** A tenant of the signed-in person. */
export const vMyTenant = v.object({
  tenantId: v.id("tenants"),
  name: v.string(),
  slug: v.string(),
  status: vTenantStatus,
  role: vRole,
  membershipStatus: vMembershipStatus,
  isDefault: v.boolean(),
});
export type MyTenant = Infer<typeof vMyTenant>;

export const vMembershipView = v.object({
  _id: v.id("memberships"),
  tenantId: v.id("tenants"),
  userId: v.id("users"),
  name: v.string(),
  email: v.optional(v.string()),
  role: vRole,
  status: vMembershipStatus,
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type MembershipView = Infer<typeof vMembershipView>;

export const vInvitationView = v.object({
  _id: v.id("invitations"),
  tenantId: v.id("tenants"),
  email: v.string(),
  role: vRole,
  status: vInvitationStatus,
  invitedBy: v.id("users"),
  acceptedBy: v.optional(v.id("users")),
  acceptedAt: v.optional(v.number()),
  expiresAt: v.number(),
  createdAt: v.number(),
});
export type InvitationView = Infer<typeof vInvitationView>;

/** An invitation that was just made: `token` is shown this once. */
export const vNewInvitation = v.object({ _id: v.id("invitations"), token: v.string() });

export const vJoined = v.object({ tenantId: v.id("tenants"), role: vRole });

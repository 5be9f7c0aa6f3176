/** Who: tenants, their people, and what each proves to be them with. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vDeviceGrantStatus,
  vInvitationStatus,
  vKeyStatus,
  vLinkPurpose,
  vMembershipStatus,
  vOpenRecord,
  vPasswordHash,
  vPermission,
  vPlan,
  vRole,
  vSignInEnd,
  vTenantStatus,
  vUserStatus,
} from "../validators";

export const peopleTables = {
  // One row per customer. Written by set-up and administration, and by agent mutations (`agentCounts`);
  // read by every call through `requireScope`. Deleting sets `status` and cuts all access; the row goes with
  // the tenant's erasure, last of all.
  tenants: defineTable({
    name: v.string(),
    slug: v.string(), // unique, URL-safe
    status: vTenantStatus,
    plan: vPlan,
    maxAgents: v.number(), // active and paused ones
    maxMonthlyTokens: v.number(),
    maxStorageGB: v.number(),
    monthlyBudgetPico: v.optional(v.int64()),
    timeZone: v.optional(v.string()), // IANA name: where its days and months begin; absent: UTC
    billingEmail: v.string(),
    stripeCustomerId: v.optional(v.string()),
    // Kept beside the limit it is checked against, because counting would read every agent's prompt.
    directAgentId: v.optional(v.id("agents")), // stands for models that are called by their own names
    agentCounts: v.object({ active: v.number(), paused: v.number(), archived: v.number() }),
    metadata: v.optional(vOpenRecord),
    createdAt: v.number(),
    updatedAt: v.number(),
    deletedAt: v.optional(v.number()),
  })
    .index("by_slug", ["slug"])
    .index("by_status", ["status"])
    .index("by_stripe_customer", ["stripeCustomerId"]),

  // One row per person, across tenants. Written by set-up, sign-up and the person; read by `requireScope`.
  // Goes with the person's erasure; what they made in a tenant keeps naming an id that nobody has any more.
  users: defineTable({
    name: v.string(),
    email: v.optional(v.string()), // lower case, unique
    status: vUserStatus,
    defaultTenantId: v.optional(v.id("tenants")), // where calls without `tenantId` go
    createdAt: v.number(),
    updatedAt: v.number(),
  }).index("by_email", ["email"]),

  // A way for a person to sign in: one row per account at an issuer. Written by set-up, sign-up and linking,
  // read by `requireScope`. Deleted when the person unlinks it. Not a tenant's: found before any is known.
  identities: defineTable({
    tokenIdentifier: v.string(), // unique; Convex makes it of issuer and subject
    issuer: v.string(),
    subject: v.string(),
    userId: v.id("users"),
    createdAt: v.number(),
  })
    .index("by_token_identifier", ["tokenIdentifier"])
    .index("by_user", ["userId", "issuer"]),

  // Who may act for a tenant, and as what: the only source of people's permissions. Written by set-up,
  // invitations and administration, read by `requireScope`. Deleted when the person leaves.
  memberships: defineTable({
    tenantId: v.id("tenants"),
    userId: v.id("users"),
    role: vRole,
    status: v.optional(vMembershipStatus), // absent: active
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_tenant_and_user", ["tenantId", "userId"])
    .index("by_tenant_and_role", ["tenantId", "role", "status"]) // whether it is the last owner
    .index("by_user", ["userId"]), // a person's tenants, before any is chosen

  // An offer to join a tenant. Written by administration and by whoever accepts; read by lists and, by its
  // token's hash, by the one who has the link. Ends as accepted, revoked or expired and stays for the record.
  invitations: defineTable({
    tenantId: v.id("tenants"),
    email: v.string(), // lower case
    role: vRole,
    tokenHash: v.string(),
    status: vInvitationStatus,
    invitedBy: v.id("users"),
    expiresAt: v.number(),
    acceptedBy: v.optional(v.id("users")),
    acceptedAt: v.optional(v.number()),
    createdAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_tenant_and_status", ["tenantId", "status", "createdAt"])
    .index("by_tenant_and_email", ["tenantId", "email", "createdAt"])
    .index("by_email", ["email"]) // for the erasure of the person, over all tenants
    .index("by_status_and_expiry", ["status", "expiresAt"]) // for the sweeper
    .index("by_token_hash", ["tokenHash"]), // whoever has the link knows no tenant yet

  // ── Sign-in with our own issuer ────────────────────────────────────────────────────────────────

  // A person's password, never as itself. Written by sign-up, reset and change; read by sign-in alone.
  // Goes with the person.
  passwords: defineTable({
    userId: v.id("users"),
    hash: vPasswordHash,
    updatedAt: v.number(),
  }).index("by_user", ["userId"]),

  // A sign-in that lasts: one browser or command line, through all the tokens that it gets. Written by
  // sign-in, refresh and sign-out; read by refresh and by the person's list. Swept once it has expired.
  auth_sessions: defineTable({
    userId: v.id("users"),
    familyHash: v.string(), // of the half that all of its refresh tokens have in common
    refreshHash: v.string(), // of the other half of the token that is good now
    previousHash: v.optional(v.string()), // of the one before, good for the moment that an answer may be lost in
    rotatedAt: v.number(),
    createdAt: v.number(),
    expiresAt: v.number(),
    revokedAt: v.optional(v.number()),
    revokedBecause: v.optional(vSignInEnd),
    userAgent: v.optional(v.string()),
    ip: v.optional(v.string()),
  })
    .index("by_user", ["userId", "createdAt"])
    .index("by_family_hash", ["familyHash"])
    .index("by_expiry", ["expiresAt"]), // for the sweeper

  // A link that works once: the first admin's, a sign-in, a password reset, or the code that links another account.
  // Written by set-up, reset, the person and use; read, by its token's hash, by whoever has it. Swept once it
  // has expired; a person's go when they get another password.
  one_time_links: defineTable({
    purpose: vLinkPurpose,
    tokenHash: v.string(),
    userId: v.optional(v.id("users")), // absent: whoever uses it becomes a user
    tenantId: v.optional(v.id("tenants")), // whose administrator made it
    createdAt: v.number(),
    expiresAt: v.number(),
    usedAt: v.optional(v.number()),
  })
    .index("by_token_hash", ["tokenHash"])
    .index("by_user", ["userId"])
    .index("by_tenant", ["tenantId"])
    .index("by_expiry", ["expiresAt"]), // for the sweeper

  // A command line that asks to be signed in (RFC 8628). Written by the device and by the person who
  // approves; read by both by the hash of what each knows. Swept once it has expired.
  device_grants: defineTable({
    deviceCodeHash: v.string(),
    userCode: v.string(), // what the person types
    status: vDeviceGrantStatus,
    userId: v.optional(v.id("users")), // who approved
    intervalMs: v.number(), // between two of the device's questions; grows when it asks too often
    lastAskedAt: v.optional(v.number()),
    createdAt: v.number(),
    expiresAt: v.number(),
  })
    .index("by_device_code", ["deviceCodeHash"])
    .index("by_user_code", ["userCode"])
    .index("by_user", ["userId"])
    .index("by_expiry", ["expiresAt"]), // for the sweeper

  // ── Programs ───────────────────────────────────────────────────────────────────────────────────

  // A program's right to act in a tenant. Written by administration, and at most once a minute by use;
  // read by `requireScope` by the key's hash. Revoked or expired, it stays, so that the log names it.
  api_keys: defineTable({
    tenantId: v.id("tenants"),
    name: v.string(),
    keyId: v.string(), // in the key itself, and all of it that is ever shown again
    keyHash: v.string(), // HMAC-SHA-256 of the key under the deployment's pepper
    scopes: v.array(vPermission),
    status: vKeyStatus,
    createdBy: v.id("users"), // who answers for it: their leaving revokes it
    createdAt: v.number(),
    expiresAt: v.number(),
    lastUsedAt: v.optional(v.number()),
    revokedAt: v.optional(v.number()),
    replaces: v.optional(v.id("api_keys")), // the key that this one was rotated from
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_tenant_and_status", ["tenantId", "status", "createdAt"])
    .index("by_creator", ["tenantId", "createdBy", "status"])
    .index("by_key_hash", ["keyHash"]) // a key knows its tenant, its bearer does not
    .index("by_status_and_expiry", ["status", "expiresAt"]), // for the sweeper
};

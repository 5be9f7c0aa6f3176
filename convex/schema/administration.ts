/** What keeps a tenant in order: its secrets, its log, its files, and what is done once only. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vActor,
  vChange,
  vErasureStatus,
  vFailureClass,
  vFilePurpose,
  vIdempotencyState,
  vProvider,
  vProviderStatus,
  vSealed,
} from "../validators";

export const administrationTables = {
  // A tenant's own account at a model provider. Written by administration and by the rotation of the sealing
  // key; read by runs and lists, which see a mask. Deleted when it is removed.
  providers: defineTable({
    tenantId: v.id("tenants"),
    name: v.string(), // unique in the tenant
    provider: vProvider,
    status: vProviderStatus,
    baseUrl: v.optional(v.string()),
    credential: v.optional(vSealed), // the API key; absent while there is none
    credentialMask: v.optional(v.string()), // "••••1234"
    createdBy: v.id("users"),
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "name"])
    .index("by_tenant_and_provider", ["tenantId", "provider", "status"])
    .index("by_sealing_key", ["credential.keyId"]), // for the rotation, over all tenants

  // Models that are left alone for a while because their provider refused them, and why. Written by the end of a call
  // that failed so, and by the call that is let through afterwards; read by runs when they choose a model. Deleted by
  // the next call that goes well, with the account, or a day after it is over.
  provider_cooldowns: defineTable({
    tenantId: v.optional(v.id("tenants")), // absent, as is the account: of the deployment's own
    account: v.optional(v.id("providers")),
    provider: vProvider,
    model: v.optional(v.string()), // absent: all of the account's
    mark: v.optional(v.string()), // of the key that was refused: the deployment's may have another by now
    reason: vFailureClass,
    failures: v.number(), // in a row
    untilMs: v.number(),
    probingUntilMs: v.optional(v.number()), // a call has been let through, and is awaited until then
    updatedAt: v.number(),
  })
    .index("by_account", ["tenantId", "account", "provider"])
    .index("by_expiry", ["untilMs"]), // for the sweeper, over all tenants

  // What was changed, by whom and from where: one row per change, written in its transaction by
  // `model/activity.ts`, read by the log. Append-only; goes with the tenant.
  activity_log: defineTable({
    tenantId: v.id("tenants"),
    actor: vActor,
    action: v.string(), // "agents.update"
    entityTable: v.string(),
    entityId: v.string(),
    changes: v.array(vChange), // secrets are masked
    ip: v.optional(v.string()),
    userAgent: v.optional(v.string()),
    requestId: v.optional(v.string()),
    createdAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_entity", ["tenantId", "entityTable", "entityId", "createdAt"])
    .index("by_actor", ["tenantId", "actor.id", "createdAt"])
    .index("by_action", ["tenantId", "action", "createdAt"]),

  // A stored file and whose it is: the only way from a tenant to the bytes. Written when an upload is
  // claimed, read by whatever shows it; deleted, with the bytes, with what it belongs to.
  files: defineTable({
    tenantId: v.id("tenants"),
    storageId: v.id("_storage"),
    purpose: vFilePurpose,
    name: v.string(),
    contentType: v.optional(v.string()),
    sizeBytes: v.number(),
    sessionId: v.optional(v.id("sessions")),
    createdBy: v.optional(v.id("users")),
    createdAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_session", ["tenantId", "sessionId", "name"]) // by name a model asks for a result
    .index("by_storage_id", ["storageId"]), // whether the bytes are somebody's already

  // How much a tenant stores. Apart from `tenants`, which every call reads: an upload must not wake all
  // subscriptions of the tenant. Written with each file, read by the limit and by the tenant's page.
  storage_totals: defineTable({
    tenantId: v.id("tenants"),
    sizeBytes: v.number(),
    fileCount: v.number(),
  }).index("by_tenant", ["tenantId"]),

  // What was asked for under a key over HTTP, so that asking again gives the first answer. Written and read by
  // `model/idempotency.ts`: in the transaction of what was asked for, or, where that is none (a call of a model, a new
  // secret), before and after it. A message sent under a key has it on its run. Deleted a day later.
  idempotency_keys: defineTable({
    tenantId: v.optional(v.id("tenants")), // none: asked for by a person for themselves
    userId: v.id("users"), // who asks, or answers for the key that asks
    keyId: v.optional(v.id("api_keys")),
    key: v.string(),
    requestHash: v.string(), // the key with another request is a mistake of the caller's
    state: vIdempotencyState,
    createdAt: v.number(),
    expiresAt: v.number(),
  })
    .index("by_key", ["tenantId", "userId", "key"])
    .index("by_expiry", ["expiresAt"]), // for the sweeper

  // The text of an answer, in pieces. Written once when the answer is complete; gone with its key's row.
  idempotency_pieces: defineTable({
    tenantId: v.optional(v.id("tenants")),
    keyRowId: v.id("idempotency_keys"),
    index: v.number(),
    text: v.string(),
  }).index("by_key_row", ["tenantId", "keyRowId", "index"]),

  // What holds for the whole deployment: operators' settings and marks of its upkeep. Written and read through
  // `model/deploymentSettings.ts`; they stay. With a tenant, one of its own, which goes with it: how far the checker has
  // come in its ledger (`model/costs/checkWalk.ts`).
  system_configs: defineTable({
    tenantId: v.optional(v.id("tenants")),
    name: v.string(),
    value: v.string(), // JSON
    updatedAt: v.number(),
  }).index("by_name", ["tenantId", "name"]),

  // An erasure under way: where it stands, and in the end the proof of what it removed. Written by
  // administration and the erasing job; read by operators. Outlives the tenant, and names nobody.
  erasures: defineTable({
    subject: v.union(v.literal("tenant"), v.literal("user")),
    subjectId: v.string(),
    status: vErasureStatus,
    table: v.string(), // the one that is being emptied
    cursor: v.optional(v.string()), // within it, where rows are read and not deleted
    rowCounts: v.record(v.string(), v.number()), // removed so far, by table
    fileCount: v.number(),
    requestedAt: v.number(),
    steppedAt: v.number(), // when it last moved
    completedAt: v.optional(v.number()),
  })
    .index("by_subject", ["subject", "subjectId"])
    .index("by_status", ["status", "steppedAt"]), // for those that have lost their job
};

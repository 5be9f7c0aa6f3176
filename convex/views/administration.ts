/** What doors return of what keeps a tenant in order. */
import { v, type Infer } from "convex/values";
import { vFailureClass, vProvider, vProviderStatus } from "../validators";

/** Of a secret: that it is there, and no more. */
export const vProviderView = v.object({
  _id: v.id("providers"),
  tenantId: v.id("tenants"),
  name: v.string(),
  provider: vProvider,
  status: vProviderStatus,
  baseUrl: v.optional(v.string()), // absent: the provider's own address
  credentialMask: v.optional(v.string()), // "••••1234"; absent: it has no credential
  createdBy: v.id("users"),
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type ProviderView = Infer<typeof vProviderView>;

/** What a model provider says to an account. */
export const vVerified = v.union(
  v.object({ outcome: v.literal("works") }),
  v.object({ outcome: v.literal("open") }), // it answers anybody: whether the key is right, a call tells
  v.object({ outcome: v.literal("unusable"), detail: v.string() }), // nobody was asked: no key, or none that opens
  v.object({
    outcome: v.literal("failed"),
    failureClass: vFailureClass,
    status: v.union(v.number(), v.null()), // of its answer; null: there was none
  }),
);
export type Verified = Infer<typeof vVerified>;

/** A page of an export, as lines of JSON, and where the next one begins; null: it was the last. */
export const vExportPage = v.object({
  ndjson: v.string(),
  next: v.union(v.object({ table: v.string(), cursor: v.union(v.string(), v.null()) }), v.null()),
});
export type ExportPage = Infer<typeof vExportPage>;

/** What an id is of, and what people call it. */
export const vFoundRow = v.object({
  kind: v.union(v.literal("session"), v.literal("run"), v.literal("agent"), v.literal("call")),
  id: v.string(),
  name: v.optional(v.string()), // a session's title, an agent's name, a run's state, a call's model
});
export type FoundRow = Infer<typeof vFoundRow>;

/** What doors return of a tenant's secrets: that they are there, and no more. */
import { v, type Infer } from "convex/values";
import { vProvider, vProviderStatus } from "../validators";

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

/** What doors return of channels. */
import { v, type Infer } from "convex/values";
import { vChannelStatus, vChannelType, vOpenRecord } from "../validators";

/** Of a secret: that it is there, and no more. */
export const vChannelView = v.object({
  _id: v.id("channels"),
  tenantId: v.id("tenants"),
  agentId: v.id("agents"),
  name: v.string(),
  type: vChannelType,
  status: vChannelStatus,
  config: vOpenRecord,
  credentialMask: v.optional(v.string()), // "••••1234"; absent: it has no credential
  error: v.optional(v.string()),
  messageCount: v.number(),
  lastMessageAt: v.optional(v.number()),
  createdBy: v.id("users"),
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type ChannelView = Infer<typeof vChannelView>;

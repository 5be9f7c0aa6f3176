/** What doors return of approvals. */
import { v, type Infer } from "convex/values";
import { vApprovalState, vApprovingRole } from "../validators";

export const vApprovalView = v.object({
  _id: v.id("approvals"),
  tenantId: v.id("tenants"),
  agentId: v.id("agents"),
  sessionId: v.id("sessions"),
  runId: v.id("runs"),
  messageId: v.id("messages"), // the reply that asks for the call
  toolCallId: v.string(), // which of its calls
  toolName: v.string(),
  argumentsJson: v.string(), // what the model wrote, whole
  role: vApprovingRole, // who may decide: this role, or one above it
  state: vApprovalState,
  expiresAt: v.optional(v.number()), // absent once it is decided
  createdAt: v.number(),
  decidedBy: v.optional(v.id("users")),
  decidedAt: v.optional(v.number()),
  comment: v.optional(v.string()),
});
export type ApprovalView = Infer<typeof vApprovalView>;

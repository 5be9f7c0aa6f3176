/** Webhooks: what receivers are told, and what became of telling them. */
import { v, type Infer } from "convex/values";
import { WEBHOOK_EVENT_TYPES } from "../../src/core/webhookEvents";

export const vWebhookEventType = v.union(...WEBHOOK_EVENT_TYPES.map((type) => v.literal(type)));

/** `disabled`: nothing is sent, and what happens meanwhile is not kept for it. */
export const vWebhookEndpointStatus = v.union(v.literal("active"), v.literal("disabled"));

/**
 * `pending`: an attempt is to come; `delivering`: one is under way, or its worker died; `dead`: no attempt comes any
 * more unless somebody asks for it.
 */
export const vWebhookDeliveryState = v.union(
  v.literal("pending"),
  v.literal("delivering"),
  v.literal("delivered"),
  v.literal("dead"),
);
export type WebhookDeliveryState = Infer<typeof vWebhookDeliveryState>;

/** One request to the receiver. */
export const vWebhookAttempt = v.object({
  at: v.number(),
  durationMs: v.number(),
  status: v.union(v.number(), v.null()), // of the answer; null: none came
  error: v.optional(v.string()), // why none came
});
export type WebhookAttempt = Infer<typeof vWebhookAttempt>;

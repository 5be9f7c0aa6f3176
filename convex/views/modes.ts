/** What doors return of modes. */
import { v, type Infer } from "convex/values";

/** The first five are what only a tenant's own modes have. */
export const vModeView = v.object({
  modeId: v.optional(v.id("modes")),
  description: v.optional(v.string()),
  createdBy: v.optional(v.id("users")),
  createdAt: v.optional(v.number()),
  updatedAt: v.optional(v.number()),
  name: v.string(), // what agents' `mode` says
  isBuiltIn: v.boolean(),
  prompt: v.string(),
  temperature: v.optional(v.number()), // absent: the provider's default
  maxTokens: v.optional(v.number()), // of a reply; absent: as the agent has it
  historyShare: v.number(), // of the room for history, from 0 to 1
});
export type ModeView = Infer<typeof vModeView>;

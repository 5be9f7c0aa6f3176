/** What doors return of prompts. */
import { v, type Infer } from "convex/values";
import { BLOCK_KINDS, LEFT_OUT_REASONS } from "../../src/context/prompt";
import { vFileUse, vProvider, vReasoningEffort, vUnseenReason } from "../validators";

/** A file that came with a message, as the model gets it. */
const vReadFile = v.object({
  fileId: v.id("files"),
  name: v.string(),
  contentType: v.string(),
  /** `text`: read out, up to 100,000 bytes of it; `name`: the model is told its name and why it cannot see it. */
  as: vFileUse,
  unseen: v.optional(vUnseenReason),
  tokens: v.number(),
});

const vReadMessage = v.object({
  messageId: v.union(v.id("messages"), v.null()), // null: what was given to the query, and is in no session
  role: v.union(v.literal("user"), v.literal("assistant")),
  text: v.string(), // its beginning, up to 1,000 characters
  toolCalls: v.number(),
  files: v.optional(v.array(vReadFile)),
  tokens: v.number(), // with its files
});

/** What a model would be called with next in a session; tokens are estimates for that model. */
export const vPromptView = v.object({
  provider: vProvider,
  model: v.string(),
  mode: v.string(), // the one that is in force
  temperature: v.optional(v.number()), // absent: none is sent
  reasoningEffort: v.optional(vReasoningEffort),
  maxOutputTokens: v.number(),
  /** The model's window, what of it the reply and the margin take, and what is left to be read. */
  budget: v.object({
    windowTokens: v.number(),
    outputTokens: v.number(),
    marginTokens: v.number(),
    inputTokens: v.number(),
  }),
  totalTokens: v.number(),
  /** In the order in which they are read. Texts of the agent's own are for callers with `agents:read`. */
  blocks: v.array(
    v.object({
      kind: v.union(...BLOCK_KINDS.map((kind) => v.literal(kind))),
      tokens: v.number(),
      text: v.optional(v.string()),
      messages: v.optional(v.array(vReadMessage)),
    }),
  ),
  /** Of what was looked at, the newest first; older messages are left out with `does_not_fit`. */
  leftOut: v.array(
    v.object({
      reason: v.union(...LEFT_OUT_REASONS.map((reason) => v.literal(reason))),
      messageId: v.union(v.id("messages"), v.null()),
    }),
  ),
  /** Turns before the first that is read. */
  earlierTurns: v.number(),
});
export type PromptView = Infer<typeof vPromptView>;

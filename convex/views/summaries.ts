/** What doors return of summaries. */
import { v, type Infer } from "convex/values";
import { vProvider } from "../validators";

export const vSummaryView = v.object({
  _id: v.id("summaries"),
  sessionId: v.id("sessions"),
  runId: v.optional(v.id("runs")), // whose step it was; absent: taken over by a branch
  previousId: v.optional(v.id("summaries")), // the one that it goes on from
  upToTurn: v.number(), // the last turn that it stands for
  text: v.string(),
  tokenCount: v.number(),
  provider: vProvider,
  model: v.string(),
  createdAt: v.number(),
  undoneAt: v.optional(v.number()),
  isInForce: v.boolean(),
});
export type SummaryView = Infer<typeof vSummaryView>;

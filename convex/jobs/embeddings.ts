/** What `rest/compatible/embeddings.ts` reads and writes. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import * as Embeddings from "../model/completions/embeddings";
import { vCost, type Outcome } from "../model/completions/outcome";
import { callerScope, vCaller } from "../model/headerCaller";

/** Holds what a call may come to, under a key that nobody else has. */
export const begin = internalMutation({
  args: { caller: vCaller, key: v.string(), name: v.string(), tokensMax: v.number() },
  returns: Embeddings.vBegunEmbedding,
  handler: async (ctx, { caller, ...call }): Promise<Embeddings.BegunEmbedding> =>
    await Embeddings.begin(ctx, await callerScope(ctx, caller, "models:call"), {
      ...call,
      nowMs: Date.now(),
    }),
});

/** Books what became of it, for whom it was begun, whatever has become of their key since. Twice changes nothing. */
export const embedded = internalMutation({
  args: { report: Embeddings.vEmbeddingReport },
  returns: vCost,
  handler: async (ctx, { report }): Promise<Outcome["cost"]> =>
    await Embeddings.end(ctx, { report, nowMs: Date.now() }),
});

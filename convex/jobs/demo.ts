/** A tenant to try the product with. For demonstrations and tests; a customer is set up otherwise. */
import { v, type Infer } from "convex/values";
import { internalMutation } from "../_generated/server";
import { requireScope } from "../model/access";
import { seedDemo, vDemo } from "../model/demo";
import { play as playTurn, vPastTurn } from "../model/demoTurns";
import { vProvider, vRole } from "../validators";

/**
 * Finds or makes a demo tenant, the user with this sign-in as its owner (or in another role), and one agent
 * that calls the given model. Repeating it changes nothing but, if they differ, the agent's provider and model.
 */
export const seed = internalMutation({
  args: {
    issuer: v.string(),
    subject: v.string(),
    tokenIdentifier: v.optional(v.string()), // Convex makes it of the two, "issuer|subject"
    name: v.optional(v.string()),
    role: v.optional(vRole),
    tenant: v.optional(v.object({ slug: v.string(), name: v.string() })),
    provider: vProvider,
    model: v.string(),
  },
  returns: vDemo,
  handler: async (ctx, args): Promise<Infer<typeof vDemo>> => await seedDemo(ctx, args, Date.now()),
});

/**
 * Plays turns of a demo tenant's past, each once: see `model/demoTurns.ts`. Called with the admin key as the person who
 * says them, who needs `messages:send` like anybody.
 */
export const play = internalMutation({
  args: { tenantId: v.id("tenants"), turns: v.array(vPastTurn) },
  returns: v.null(),
  handler: async (ctx, { tenantId, turns }): Promise<null> => {
    const permission = "messages:send";
    const scope = await requireScope(ctx, { tenantId, apiKey: undefined, permission });
    const nowMs = Date.now();
    for (const turn of turns) await playTurn(ctx, scope, { turn, nowMs });
    return null;
  },
});

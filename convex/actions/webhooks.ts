"use node";
/** Making endpoints of webhooks and their secrets: only actions have randomness that is fit for secrets. */
import type { Infer } from "convex/values";
import { assert } from "../../src/core/assert";
import { makeSecret } from "../../src/webhooks/signature";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { action, type ActionCtx } from "../_generated/server";
import { webhooks } from "../actionShapes";
import { omitUndefined } from "../lib/objects";
import { requirePermission } from "../model/actionAccess";
import { sealedCredential } from "../model/credentials";
import { checkedUrl } from "../model/webhooks/urls";
import type { vNewWebhookSecret } from "../views/webhooks";

/**
 * Adds an endpoint that is told of the tenant's events from now on, and returns its secret, once: it is kept sealed.
 * Needs `webhooks:write`.
 *
 * @param url - https at port 443 or 8443 of a public host's name; redirects from there are not followed.
 * @param events - Types ("run.completed"), all of a noun ("run.*"), or everything ("*").
 *
 * @throws invalid_argument - The address may not be called, a filter is none, there is none, or the description is too
 *   long.
 * @throws limit_reached - The tenant has 20 endpoints.
 */
export const create = action({
  args: webhooks.create.args,
  returns: webhooks.create.returns,
  handler: async (ctx, { url, ...rest }): Promise<Infer<typeof vNewWebhookSecret>> => {
    const { tenantId, apiKey } = rest;
    await requirePermission(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    const secret = makeSecret();
    // What is wrong with the deployment's keys shall show before a row is there.
    const seal = sealedCredential(secret);
    const endpoint = { ...rest, url: checkedUrl(url) };
    const made = await ctx.runMutation(internal.jobs.webhooks.insert, endpoint);
    await keepSecret(ctx, made, { apiKey, seal });
    return { endpointId: made.endpointId, secret };
  },
});

/**
 * Gives an endpoint another secret and returns it, once. For a day requests are signed with the old one as well. Needs
 * `webhooks:write`.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 */
export const rotateSecret = action({
  args: webhooks.rotateSecret.args,
  returns: webhooks.rotateSecret.returns,
  handler: async (ctx, args): Promise<Infer<typeof vNewWebhookSecret>> => {
    const { tenantId, apiKey, endpointId } = args;
    await requirePermission(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    const secret = makeSecret();
    const seal = sealedCredential(secret);
    const made = await ctx.runMutation(internal.jobs.webhooks.insertSecret, args);
    await keepSecret(ctx, made, { apiKey, seal });
    return { endpointId, secret };
  },
});

/** Seals it for its row, and makes it the endpoint's present one. */
async function keepSecret(
  ctx: ActionCtx,
  {
    tenantId,
    endpointId,
    secretId,
  }: {
    tenantId: Id<"tenants">;
    endpointId: Id<"webhook_endpoints">;
    secretId: Id<"webhook_secrets">;
  },
  { apiKey, seal }: { apiKey: string | undefined; seal: ReturnType<typeof sealedCredential> },
): Promise<void> {
  const credential = await seal({ tenantId, table: "webhook_secrets", id: secretId });
  assert(credential !== null, "a secret was given to be sealed");
  const sealed = omitUndefined({ tenantId, apiKey, endpointId, secretId });
  await ctx.runMutation(internal.jobs.webhooks.setSecret, { ...sealed, credential });
}

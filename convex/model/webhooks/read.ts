/** Reading endpoints, without what is sealed. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { WebhookEndpointView } from "../../views/webhooks";
import type { TenantScope } from "../access";
import { ENDPOINTS_MAX, getOrFail } from "./endpoints";
import { healthOf } from "./health";
import { holding } from "./secrets";

/** The tenant's endpoints, the newest first. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<WebhookEndpointView>> {
  const numItems = Math.min(paginationOpts.numItems, ENDPOINTS_MAX);
  const result = await ctx.db
    .query("webhook_endpoints")
    .withIndex("by_tenant", (q) => q.eq("tenantId", scope.tenantId))
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  const page = await Promise.all(result.page.map(async (row) => await toView(ctx, row)));
  return { ...result, page };
}

export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  endpointId: Id<"webhook_endpoints">,
): Promise<WebhookEndpointView> {
  return await toView(ctx, await getOrFail(ctx, scope, endpointId));
}

async function toView(ctx: QueryCtx, row: Doc<"webhook_endpoints">): Promise<WebhookEndpointView> {
  const { _creationTime, ...shown } = row;
  const [present] = await holding(ctx, row, 0);
  const health = await healthOf(ctx, row);
  return {
    ...shown,
    ...omitUndefined({
      secretMask: present?.credentialMask,
      failingSinceMs: health?.failingSinceMs,
    }),
  };
}

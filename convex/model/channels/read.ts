/** Reading channels, without what is sealed. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { ChannelType } from "../../../src/core/channels";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { ChannelView } from "../../views/channels";
import { requireOwned, type TenantScope } from "../access";

export const PAGE_SIZE_MAX = 100;

export type ChannelFilter = {
  agentId?: Id<"agents"> | undefined;
  type?: ChannelType | undefined;
};

/** The tenant's channels, the newest first: all, an agent's, of a type, or both. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { filter, paginationOpts }: { filter: ChannelFilter; paginationOpts: PaginationOptions },
): Promise<PaginationResult<ChannelView>> {
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await filtered(ctx, scope, filter)
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

function filtered(ctx: QueryCtx, { tenantId }: TenantScope, { agentId, type }: ChannelFilter) {
  const channels = ctx.db.query("channels");
  if (agentId !== undefined && type !== undefined) {
    return channels.withIndex("by_agent_and_type", (q) =>
      q.eq("tenantId", tenantId).eq("agentId", agentId).eq("type", type),
    );
  }
  if (agentId !== undefined) {
    return channels.withIndex("by_agent", (q) => q.eq("tenantId", tenantId).eq("agentId", agentId));
  }
  if (type !== undefined) {
    return channels.withIndex("by_tenant_and_type", (q) =>
      q.eq("tenantId", tenantId).eq("type", type),
    );
  }
  return channels.withIndex("by_tenant", (q) => q.eq("tenantId", tenantId));
}

export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  channelId: Id<"channels">,
): Promise<ChannelView> {
  return toView(await getOrFail(ctx, scope, channelId));
}

/** The channel, if it is this tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  channelId: Id<"channels">,
): Promise<Doc<"channels">> {
  const channel = await ctx.db.get("channels", channelId);
  return requireOwned(scope, channel, { entity: "channel", id: channelId });
}

function toView({ _creationTime, credential: _credential, ...row }: Doc<"channels">): ChannelView {
  return row;
}

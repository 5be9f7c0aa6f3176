/** Reading sessions. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { requireScope } from "../model/access";
import * as Sessions from "../model/sessions";
import { vSessionStatus } from "../validators";
import { vSessionView } from "../views";

const tenantId = v.optional(v.id("tenants"));

/**
 * The tenant's sessions in pages of at most 100, the last active first; of one agent, with one status, or
 * both. Needs `sessions:read`.
 */
export const list = query({
  args: {
    tenantId,
    agentId: v.optional(v.id("agents")),
    status: v.optional(vSessionStatus),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vSessionView),
  handler: async (ctx, { tenantId, paginationOpts, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, permission: "sessions:read" });
    return await Sessions.listPage(ctx, scope, { filter, paginationOpts });
  },
});

/**
 * One session. Needs `sessions:read`; its cost is in USD.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { tenantId, sessionId: v.id("sessions") },
  returns: vSessionView,
  handler: async (ctx, { tenantId, sessionId }) => {
    const scope = await requireScope(ctx, { tenantId, permission: "sessions:read" });
    return await Sessions.get(ctx, scope, sessionId);
  },
});

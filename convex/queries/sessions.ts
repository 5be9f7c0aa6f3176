/** Reading sessions. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Sessions from "../model/sessions";
import { vSessionStatus } from "../validators";
import { vSessionView } from "../views";

/**
 * The tenant's sessions in pages of at most 100, the last active first; of one agent, with one status, or
 * both. Needs `sessions:read`.
 */
export const list = query({
  args: {
    ...caller,
    agentId: v.optional(v.id("agents")),
    status: v.optional(vSessionStatus),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vSessionView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Sessions.listPage(ctx, scope, { filter, paginationOpts });
  },
});

/**
 * One session. Needs `sessions:read`; its cost is in USD.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, sessionId: v.id("sessions") },
  returns: vSessionView,
  handler: async (ctx, { tenantId, apiKey, sessionId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Sessions.get(ctx, scope, sessionId);
  },
});

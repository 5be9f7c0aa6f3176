/** Reading the activity log. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Activity from "../model/activity";
import { vActivityView } from "../views";

/**
 * What was changed in the tenant, the newest first, in pages of at most 100: all of it, or of one thing
 * (`entityTable` with `entityId`), of one kind (`action`, as "agents.update"), or by one person or key
 * (`actorId`). Secrets are masked. Needs `activity:read`.
 */
export const list = query({
  args: {
    ...caller,
    entityTable: v.optional(v.string()),
    entityId: v.optional(v.string()),
    action: v.optional(v.string()),
    actorId: v.optional(v.string()),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vActivityView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "activity:read" });
    return await Activity.listPage(ctx, scope, { filter, paginationOpts });
  },
});

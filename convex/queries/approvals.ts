/** Reading what runs wait for. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Approvals from "../model/approvals/approvals";
import { vApprovalState } from "../validators";
import { vApprovalView } from "../views/approvals";

/**
 * Approvals in pages of at most 100, the newest first: all of the tenant, those of one state ("pending": what waits for
 * somebody now), or those of one run. Needs `sessions:read`.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export const list = query({
  args: {
    ...caller,
    state: v.optional(vApprovalState),
    runId: v.optional(v.id("runs")),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vApprovalView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Approvals.listPage(ctx, scope, { filter, paginationOpts });
  },
});

/**
 * One approval. Needs `sessions:read`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, approvalId: v.id("approvals") },
  returns: vApprovalView,
  handler: async (ctx, { tenantId, apiKey, approvalId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return Approvals.toView(await Approvals.getOrFail(ctx, scope, approvalId));
  },
});

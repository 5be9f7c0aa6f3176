/** Letting tool calls through. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { toView } from "../model/approvals/approvals";
import { decide as decideOne } from "../model/approvals/decide";
import { vApprovalDecision } from "../validators";
import { vApprovalView } from "../views/approvals";

/**
 * Approves or denies a tool call that a run waits for. With the last of a reply's calls the run goes on: what was
 * approved is done as it was shown, of what was not the model is told so, with the comment. Saying the same again
 * changes nothing. Needs `runs:approve`, and the role that the agent's settings ask for; a key counts as an operator.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws forbidden - It takes a higher role.
 * @throws conflict - It was decided already, its run was cancelled, or its time was up.
 * @throws invalid_argument - The comment is blank or too long.
 */
export const decide = mutation({
  args: {
    ...caller,
    approvalId: v.id("approvals"),
    decision: vApprovalDecision,
    comment: v.optional(v.string()),
  },
  returns: vApprovalView,
  handler: async (ctx, { tenantId, apiKey, approvalId, ...verdict }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "runs:approve" });
    return toView(await decideOne(ctx, scope, { approvalId, verdict, nowMs: Date.now() }));
  },
});

/** Reading about invitations. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Invitations from "../model/invitations";
import { vInvitationView } from "../views/people";

/** The tenant's invitations in pages of at most 100, the newest first, ended ones too. Needs `members:write`. */
export const list = query({
  args: { ...caller, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vInvitationView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:write" });
    return await Invitations.listPage(ctx, scope, paginationOpts);
  },
});

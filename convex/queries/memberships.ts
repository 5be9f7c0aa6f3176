/** Reading about a tenant's people. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Memberships from "../model/memberships";
import { vMembershipView } from "../views/people";

/** The tenant's people in pages of at most 100, suspended ones too. Needs `members:read`. */
export const list = query({
  args: { ...caller, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vMembershipView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:read" });
    return await Memberships.listPage(ctx, scope, paginationOpts);
  },
});

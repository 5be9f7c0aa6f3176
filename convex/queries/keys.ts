/** Reading about API keys. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Keys from "../model/keys/keys";
import { vKeyView } from "../views";

/** The tenant's keys in pages of at most 100, the newest first, ended ones too. Needs `keys:read`. */
export const list = query({
  args: { ...caller, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vKeyView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "keys:read" });
    return await Keys.listPage(ctx, scope, paginationOpts);
  },
});

/** Reading about the tenant's own providers. */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Providers from "../model/providers/providers";
import { vProviderView } from "../views/administration";

/** The tenant's providers by name, at most 50; of a credential only its mask. Needs `providers:read`. */
export const list = query({
  args: caller,
  returns: v.array(vProviderView),
  handler: async (ctx, { tenantId, apiKey }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "providers:read" });
    return await Providers.list(ctx, scope);
  },
});

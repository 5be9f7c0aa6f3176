/** For actions, which have no database: `model/actionAccess.ts`. */
import { v } from "convex/values";
import { internalQuery } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { vPermission } from "../validators";

/** Fails unless the caller may. */
export const check = internalQuery({
  args: { ...caller, permission: vPermission },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, permission }) => {
    await requireScope(ctx, { tenantId, apiKey, permission });
    return null;
  },
});

/** Reading files. */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Attachments from "../model/attachments";

/**
 * Where the bytes of a message's attachment, or of a tool's whole result, can be had. Whoever has the address can read
 * it, until the file is deleted with its session. Needs `sessions:read`.
 *
 * @throws not_found - It does not exist, is another tenant's, or is neither.
 */
export const url = query({
  args: { ...caller, fileId: v.id("files") },
  returns: v.string(),
  handler: async (ctx, { tenantId, apiKey, fileId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Attachments.urlOf(ctx, scope, fileId);
  },
});

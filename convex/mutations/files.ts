/** Uploading files. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Uploads from "../model/uploads";

/**
 * An address to POST a file to, within the hour; the answer's `storageId` goes into the `attachments` of
 * `messages.send`. What is not attached within a day is deleted, and counts for no plan. Needs `messages:send`.
 *
 * @throws limit_reached - The plan's storage is full.
 */
export const createUploadUrl = mutation({
  args: caller,
  returns: v.string(),
  handler: async (ctx, { tenantId, apiKey }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "messages:send" });
    return await Uploads.createUrl(ctx, scope);
  },
});

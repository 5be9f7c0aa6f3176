/** Taking along what a tenant has: all of it, or one session. */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Exports from "../model/exports";
import * as SessionExport from "../model/sessionExport";
import { vExportPage } from "../views/administration";

/**
 * A page of the tenant's export: lines of JSON, `{"table", "row"}` each. Call without `table` for the first page,
 * then with the last one's `next` until that is null. Amounts are picoUSD as decimal digits; files carry `_url`,
 * from which their bytes can be had, members `_name` and `_email`. Nothing secret is in it, not even sealed or
 * hashed. Pages are read one by one: what changes between two of them is in one or the other. Needs
 * `tenant:export`.
 *
 * @throws invalid_argument - There is no such table.
 */
export const page = query({
  args: {
    ...caller,
    table: v.optional(v.string()),
    cursor: v.optional(v.union(v.string(), v.null())),
  },
  returns: vExportPage,
  handler: async (ctx, { tenantId, apiKey, table, cursor = null }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "tenant:export" });
    return await Exports.page(ctx, scope, { table, cursor });
  },
});

/**
 * A page of one session's export: lines of JSON, `{"table", "row"}` each. Call without `table` for the first page,
 * then with the last one's `next` until that is null. First the session, then its messages in the order in which
 * they were said, its runs with their steps, and its files with `_url`. Rows are those that the other queries show:
 * what they cost stands as a decimal text of USD in the fields that end in `Usd`. Needs `sessions:read`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws invalid_argument - There is no such table in it.
 */
export const session = query({
  args: {
    ...caller,
    sessionId: v.id("sessions"),
    table: v.optional(v.string()),
    cursor: v.optional(v.union(v.string(), v.null())),
  },
  returns: vExportPage,
  handler: async (ctx, { tenantId, apiKey, cursor = null, ...part }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await SessionExport.page(ctx, scope, { ...part, cursor });
  },
});

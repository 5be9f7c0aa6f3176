/** The check of who calls, for actions: they have no database, so a query looks for them. */
import type { Permission } from "../../src/core/permissions";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { omitUndefined } from "../lib/objects";

/**
 * Fails as `requireScope` does. What the action then writes through checks again, in its own transaction:
 * this one keeps strangers from anything that is done before.
 */
export async function requirePermission(
  ctx: ActionCtx,
  args: {
    tenantId: Id<"tenants"> | undefined;
    apiKey: string | undefined;
    permission: Permission;
  },
): Promise<void> {
  await ctx.runQuery(internal.jobs.access.check, omitUndefined(args));
}

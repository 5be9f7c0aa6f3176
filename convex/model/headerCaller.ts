/** Who calls over HTTP, as headers or a URL have it: the tenant is a text that may be anything. */
import { v, type Infer } from "convex/values";
import type { Permission } from "../../src/core/permissions";
import type { QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import { requireScope, type CallerScope } from "./access";

export const vCaller = v.object({
  tenant: v.optional(v.string()), // an id, for who is in several
  apiKey: v.optional(v.string()),
});
export type Caller = Infer<typeof vCaller>;

/** @throws not_found - There is no such tenant. And what `requireScope` throws. */
export async function callerScope(
  ctx: QueryCtx,
  { tenant, apiKey }: Caller,
  permission: Permission,
): Promise<CallerScope> {
  const tenantId = tenant === undefined ? undefined : ctx.db.normalizeId("tenants", tenant);
  if (tenantId === null) return fail({ kind: "not_found", entity: "tenant", id: tenant ?? "" });
  return await requireScope(ctx, { tenantId, apiKey, permission });
}

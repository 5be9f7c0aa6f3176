/** What the operators of a deployment decide for all of it: rows of `system_configs` without a tenant. */
import type { MutationCtx, QueryCtx } from "../_generated/server";

/** Each setting with what holds until it is set. */
const DEFAULTS = {
  /** Whether any signed-in person may create tenants, or only the deployment's operators. */
  anyoneMayCreateTenants: false,
} as const;
type Setting = keyof typeof DEFAULTS;

export async function isSet(ctx: QueryCtx, name: Setting): Promise<boolean> {
  const row = await find(ctx, name);
  return row === null ? DEFAULTS[name] : row.value === "true";
}

export async function set(
  ctx: MutationCtx,
  { name, value, nowMs }: { name: Setting; value: boolean; nowMs: number },
): Promise<void> {
  const row = await find(ctx, name);
  const stored = { name, value: JSON.stringify(value), updatedAt: nowMs };
  if (row === null) await ctx.db.insert("system_configs", stored);
  else await ctx.db.patch("system_configs", row._id, stored);
}

async function find(ctx: QueryCtx, name: Setting) {
  return await ctx.db
    .query("system_configs")
    .withIndex("by_name", (q) => q.eq("tenantId", undefined).eq("name", name))
    .unique();
}

/** The periods of a tenant: by the hours, days and months of its own time zone. */
import { hourIn, periodAt, type PeriodUnit } from "../../src/core/periods";
import type { QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import type { TenantScope } from "./access";

type OfTenant = Pick<TenantScope, "tenantId">;

/** The IANA name of the zone in which the tenant's days begin. */
export async function timeZoneOf(ctx: QueryCtx, { tenantId }: OfTenant): Promise<string> {
  const tenant = await ctx.db.get("tenants", tenantId);
  if (tenant === null) return fail({ kind: "not_found", entity: "tenant", id: tenantId });
  return tenant.timeZone ?? "UTC";
}

/** The hour that a moment counts for. */
export async function hourFor(ctx: QueryCtx, of: OfTenant, atMs: number): Promise<string> {
  return hourIn(await timeZoneOf(ctx, of), atMs);
}

/** The period of a unit that a moment counts for. */
export async function periodFor(
  ctx: QueryCtx,
  of: OfTenant,
  { unit, atMs }: { unit: PeriodUnit; atMs: number },
): Promise<string> {
  return periodAt(unit, await timeZoneOf(ctx, of), atMs);
}

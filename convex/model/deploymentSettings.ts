/** What holds for all of a deployment, operators' decisions and marks of its upkeep: rows of `system_configs` without a tenant. */
import type { MutationCtx, QueryCtx } from "../_generated/server";

type Settings = {
  /** Whether any signed-in person may create tenants, or only the deployment's operators. */
  anyoneMayCreateTenants: boolean;
  /** All uploads from before were looked at: they are somebody's, or gone. */
  uploadsSweptUntilMs: number;
  /** Up to where ended runs were told to the trace collector, and when it may be tried again. */
  traceExport: {
    place: { endedAtMs: number; createdAt: number } | null;
    failures: number;
    retryAtMs: number;
  };
  /** Which job delivers webhooks, and until when at most. */
  webhookWorker: { token: string; jobId: string; untilMs: number } | null;
  /** The last link of the chain of folds. */
  foldLink: { jobId: string } | null;
};

/** What holds until it is set. */
const DEFAULTS: Settings = {
  anyoneMayCreateTenants: false,
  uploadsSweptUntilMs: 0,
  traceExport: { place: null, failures: 0, retryAtMs: 0 },
  webhookWorker: null,
  foldLink: null,
};

export async function get<Name extends keyof Settings>(
  ctx: QueryCtx,
  name: Name,
): Promise<Settings[Name]> {
  const row = await find(ctx, name);
  return row === null ? DEFAULTS[name] : (JSON.parse(row.value) as Settings[Name]);
}

export async function set<Name extends keyof Settings>(
  ctx: MutationCtx,
  { name, value, nowMs }: { name: Name; value: Settings[Name]; nowMs: number },
): Promise<void> {
  const row = await find(ctx, name);
  const stored = { name, value: JSON.stringify(value), updatedAt: nowMs };
  if (row === null) await ctx.db.insert("system_configs", stored);
  else await ctx.db.patch("system_configs", row._id, stored);
}

async function find(ctx: QueryCtx, name: keyof Settings) {
  return await ctx.db
    .query("system_configs")
    .withIndex("by_name", (q) => q.eq("tenantId", undefined).eq("name", name))
    .unique();
}

/**
 * Cool-downs: models that were refused for a reason which outlasts the call, and until when they are left alone. Once
 * that time is over, one call is let through; what becomes of it decides for all others.
 *
 * A row is written by a failure and deleted by the next success; a call that goes well where there is none writes
 * nothing. While a cool-down holds, further failures do not write: hundreds of calls that were under way may fail at
 * once.
 */
import { coolDownMs, coolDownRule } from "../../../src/core/cooldown";
import { LEASE_TTL_MS, MINUTE_MS, SECOND_MS } from "../../../src/core/limits";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import type { AttemptError, FallbackModel } from "../../validators";
import { omitUndefined } from "../../lib/objects";
import type { TenantScope } from "../access";
import { settingsOf } from "./deployment";
import { markOf } from "./marks";
import type { Report } from "../runs/finish";

/** What is called: a model, at the tenant's own account or (null) the deployment's. */
export type Called = FallbackModel & {
  account: Id<"providers"> | null;
  /** Of the key that it was called with. */
  mark?: string | undefined;
};

/** For how long the call that was let through keeps the others waiting: its worker may have died. */
const PROBE_MS = LEASE_TTL_MS;
/** Those who wait for it look again after so long. */
export const PROBE_CHECK_MS = SECOND_MS;

/** Of an account: more models than anybody calls. */
const ROWS_MAX = 50;
const KEPT_MS = 24 * 60 * MINUTE_MS;
const SWEEP_ROWS = 200;

/** What stands against calling it, the row that says so; null: nothing. */
export async function cooldownOf(
  ctx: QueryCtx,
  scope: TenantScope,
  called: Called,
): Promise<Doc<"provider_cooldowns"> | null> {
  const rows = await rowsOf(ctx, scope, called);
  const own = rows.filter(({ model }) => model === undefined || model === called.model);
  const counting = called.account === null ? await ofPresentKey(own, called) : own;
  return counting.toSorted((a, b) => b.untilMs - a.untilMs)[0] ?? null;
}

/**
 * Those that do not come from a key which the deployment has no more: operators change it among its variables, and
 * nobody is told. Without any cool-down, nothing is looked up.
 */
async function ofPresentKey(
  rows: readonly Doc<"provider_cooldowns">[],
  { provider }: Pick<Called, "provider">,
): Promise<readonly Doc<"provider_cooldowns">[]> {
  if (rows.length === 0) return rows;
  const setUp = settingsOf(provider);
  const present = setUp.ok ? await markOf(setUp.settings) : undefined;
  return rows.filter(({ mark }) => mark === undefined || mark === present);
}

/** When it may be called: not while it cools down, nor while a call is trying whether it still has to. */
export function freeAtMs({ untilMs, probingUntilMs = 0 }: Doc<"provider_cooldowns">): number {
  return Math.max(untilMs, probingUntilMs);
}

/** Lets this call through. False: another one is trying already. */
export async function claimProbe(
  ctx: MutationCtx,
  id: Id<"provider_cooldowns">,
  nowMs: number,
): Promise<boolean> {
  const row = await ctx.db.get("provider_cooldowns", id);
  if (row === null) return true;
  if ((row.probingUntilMs ?? 0) > nowMs) return false;
  await ctx.db.patch("provider_cooldowns", id, { probingUntilMs: nowMs + PROBE_MS });
  return true;
}

/** The call that was let through went well, or was refused for what it asked. */
async function end(ctx: MutationCtx, id: Id<"provider_cooldowns">): Promise<void> {
  if ((await ctx.db.get("provider_cooldowns", id)) === null) return;
  await ctx.db.delete("provider_cooldowns", id);
}

/** The call that was let through came to nothing: let another one through. */
async function endProbe(ctx: MutationCtx, id: Id<"provider_cooldowns">): Promise<void> {
  if ((await ctx.db.get("provider_cooldowns", id)) === null) return;
  await ctx.db.patch("provider_cooldowns", id, { probingUntilMs: undefined });
}

/** Takes from the end of a call what it says of the calls to come. */
export async function learn(
  ctx: MutationCtx,
  scope: TenantScope,
  {
    called,
    probes,
    report,
    nowMs,
  }: {
    called: Called;
    probes?: Id<"provider_cooldowns"> | undefined;
    report: Pick<Report, "outcome" | "retryAfterMs">;
    nowMs: number;
  },
): Promise<void> {
  const { outcome } = report;
  const retryAfterMs = report.retryAfterMs ?? null;
  const error = "error" in outcome ? outcome.error : undefined;
  // A refusal without a wait may pass before the run's own next attempt: only giving up says more.
  const isGivenUp = outcome.kind !== "retry" || retryAfterMs !== null;
  if (error !== undefined && isGivenUp && coolDownRule(error.failureClass) !== null) {
    await begin(ctx, scope, { called, error, retryAfterMs, nowMs });
  } else if (probes !== undefined) {
    const isBack = outcome.kind === "completed" || error?.failureClass === "invalid_request";
    await (isBack ? end(ctx, probes) : endProbe(ctx, probes));
  }
}

/** Notes a failure that outlasts its call. */
async function begin(
  ctx: MutationCtx,
  scope: TenantScope,
  {
    called,
    error: { failureClass: reason },
    retryAfterMs,
    nowMs,
  }: { called: Called; error: AttemptError; retryAfterMs: number | null; nowMs: number },
): Promise<void> {
  const rule = coolDownRule(reason);
  if (rule === null) return;
  const rows = await rowsOf(ctx, scope, called);
  const model = rule.ofAccount ? undefined : called.model;
  const row = rows.find((one) => one.model === model);
  // What another key was refused says nothing of this one.
  const before = row?.mark === undefined || row.mark === called.mark ? row : undefined;
  const holds = before !== undefined && before.untilMs > nowMs;
  const failures = holds ? before.failures : (before?.failures ?? 0) + 1;
  const untilMs = nowMs + coolDownMs(rule, { failures, retryAfterMs, random: Math.random() });
  if (holds && (retryAfterMs === null || untilMs <= before.untilMs)) return;
  const { mark } = called;
  const changes = { mark, reason, failures, untilMs, probingUntilMs: undefined, updatedAt: nowMs };
  if (row !== undefined) {
    await ctx.db.patch("provider_cooldowns", row._id, changes);
  } else if (rows.length < ROWS_MAX) {
    await ctx.db.insert("provider_cooldowns", {
      ...ownerOf(scope, called),
      provider: called.provider,
      ...omitUndefined({ ...changes, model }),
    });
  }
}

/** The account was changed: what its provider said of it before does not count. */
export async function forget(
  ctx: MutationCtx,
  scope: TenantScope,
  { _id: account, provider }: Pick<Doc<"providers">, "_id" | "provider">,
): Promise<void> {
  for (const row of await rowsOf(ctx, scope, { provider, account })) {
    await ctx.db.delete("provider_cooldowns", row._id);
  }
}

/** Deletes what was over long ago: models that nobody has called since. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<void> {
  const rows = await ctx.db
    .query("provider_cooldowns")
    .withIndex("by_expiry", (q) => q.lt("untilMs", nowMs - KEPT_MS))
    .take(SWEEP_ROWS);
  for (const row of rows) await ctx.db.delete("provider_cooldowns", row._id);
}

async function rowsOf(
  ctx: QueryCtx,
  scope: TenantScope,
  called: Pick<Called, "provider" | "account">,
): Promise<Doc<"provider_cooldowns">[]> {
  const { tenantId, account } = ownerOf(scope, called);
  return await ctx.db
    .query("provider_cooldowns")
    .withIndex("by_account", (q) =>
      q.eq("tenantId", tenantId).eq("account", account).eq("provider", called.provider),
    )
    .take(ROWS_MAX);
}

/** The deployment's account is all tenants': what it is refused, it is refused for each of them. */
function ownerOf(
  scope: TenantScope,
  { account }: Pick<Called, "account">,
): { tenantId?: Id<"tenants">; account?: Id<"providers"> } {
  return account === null ? {} : { tenantId: scope.tenantId, account };
}

/**
 * Sums over a tenant's work: for the tenant, each agent and each model, by day, by month and over all
 * time (UTC). They change in the transaction of what they count, so that they are never behind.
 */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { assert } from "../../src/core/assert";
import type { TenantScope } from "./access";

/**
 * Rows per sum. A transaction that ends a run takes some 20 ms, so a tenant that ends 100 runs per
 * second has two of them at it at any time; with 16 shards one in eight meets another, and is retried on
 * a shard drawn anew.
 */
export const TOTALS_SHARDS = 16;

/** Bounds a read of all keys of a dimension: 1,000 models or agents in one period. */
const ROWS_PER_READ_MAX = 1_000 * TOTALS_SHARDS;

type Dimension = Doc<"tenant_totals">["dimension"];

const COUNTERS = [
  "sessions",
  "messages",
  "runs",
  "costEvents",
  "promptTokens",
  "completionTokens",
] as const;
const AMOUNTS = ["inputCostPico", "outputCostPico", "feesPico", "totalCostPico"] as const;

export type Totals = Record<(typeof COUNTERS)[number], number> &
  Record<(typeof AMOUNTS)[number], bigint> & {
    /** When something was last counted; 0 when nothing ever was. */
    lastActiveAt: number;
  };

/** What is to be added; what is absent is not. */
export type TotalsDelta = Partial<Omit<Totals, "lastActiveAt">>;

/** Whose sums: the tenant's always, the agent's, and the model's where one was called. */
export type TotalsOf = { agentId: Id<"agents">; model?: { provider: string; model: string } };

/** Adds to every sum that `of` is part of. Only for what is written in the same transaction. */
export async function add(
  ctx: MutationCtx,
  scope: TenantScope,
  { of, delta, nowMs }: { of: TotalsOf; delta: TotalsDelta; nowMs: number },
): Promise<void> {
  const keys: [Dimension, string][] = [
    ["tenant", ""],
    ["agent", of.agentId],
  ];
  if (of.model !== undefined) keys.push(["model", modelKey(of.model)]);

  const shard = shardOf(ctx);
  const { tenantId } = scope;
  const rows = keys.flatMap(([dimension, key]) =>
    ["total", monthOf(nowMs), dayOf(nowMs)].map((period) => ({ dimension, key, period })),
  );
  await Promise.all(
    rows.map((row) => addToRow(ctx, { tenantId, ...row, shard }, { delta, nowMs })),
  );
}

const SHARDS = new WeakMap<MutationCtx, number>();

/** The transaction's shard: the end of a run adds twice, and a second shard would be a second one to collide on. */
function shardOf(ctx: MutationCtx): number {
  const shard = SHARDS.get(ctx) ?? Math.floor(Math.random() * TOTALS_SHARDS);
  SHARDS.set(ctx, shard);
  return shard;
}

/** One sum, exact at this instant. */
export async function read(
  ctx: QueryCtx,
  scope: TenantScope,
  { dimension, key, period }: { dimension: Dimension; key: string; period: string },
): Promise<Totals> {
  const shards = await ctx.db
    .query("tenant_totals")
    .withIndex("by_key", (q) =>
      q
        .eq("tenantId", scope.tenantId)
        .eq("dimension", dimension)
        .eq("key", key)
        .eq("period", period),
    )
    .take(TOTALS_SHARDS);
  return shards.reduce(plus, noTotals());
}

/** Every sum of a dimension in a period, by key. */
export async function readAll(
  ctx: QueryCtx,
  scope: TenantScope,
  { dimension, period }: { dimension: Dimension; period: string },
): Promise<Map<string, Totals>> {
  const shards = await ctx.db
    .query("tenant_totals")
    .withIndex("by_last_active", (q) =>
      q.eq("tenantId", scope.tenantId).eq("dimension", dimension).eq("period", period),
    )
    .take(ROWS_PER_READ_MAX);
  assert(shards.length < ROWS_PER_READ_MAX, `all sums by ${dimension} in ${period} were read`);
  const byKey = new Map<string, Totals>();
  for (const shard of shards) byKey.set(shard.key, plus(byKey.get(shard.key) ?? noTotals(), shard));
  return byKey;
}

/** The keys of a dimension that were counted last, the latest first. */
export async function* lastActive(
  ctx: QueryCtx,
  scope: TenantScope,
  dimension: Dimension,
): AsyncGenerator<string> {
  const shards = ctx.db
    .query("tenant_totals")
    .withIndex("by_last_active", (q) =>
      q.eq("tenantId", scope.tenantId).eq("dimension", dimension).eq("period", "total"),
    )
    .order("desc");
  const seen = new Set<string>();
  for await (const { key } of shards) {
    if (!seen.has(key)) yield key;
    seen.add(key);
  }
}

export function modelKey({ provider, model }: { provider: string; model: string }): string {
  return `${provider}/${model}`;
}

export function modelOfKey(key: string): { provider: string; model: string } {
  const slash = key.indexOf("/"); // models may have slashes of their own, providers have none
  return { provider: key.slice(0, slash), model: key.slice(slash + 1) };
}

/** The period of a moment's month, "2026-11". */
export function monthOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 7);
}

/** The period of a moment's day, "2026-11-20". */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

async function addToRow(
  ctx: MutationCtx,
  id: Pick<Doc<"tenant_totals">, "tenantId" | "dimension" | "key" | "period" | "shard">,
  { delta, nowMs }: { delta: TotalsDelta; nowMs: number },
): Promise<void> {
  const row = await ctx.db
    .query("tenant_totals")
    .withIndex("by_key", (q) =>
      q
        .eq("tenantId", id.tenantId)
        .eq("dimension", id.dimension)
        .eq("key", id.key)
        .eq("period", id.period)
        .eq("shard", id.shard),
    )
    .unique();
  const sums = plus(row ?? noTotals(), { ...noTotals(), ...delta, lastActiveAt: nowMs });
  if (row === null) await ctx.db.insert("tenant_totals", { ...id, ...sums });
  else await ctx.db.patch("tenant_totals", row._id, sums);
}

function plus(a: Totals, b: Totals): Totals {
  const sums = noTotals();
  for (const name of COUNTERS) sums[name] = a[name] + b[name];
  for (const name of AMOUNTS) sums[name] = a[name] + b[name];
  sums.lastActiveAt = Math.max(a.lastActiveAt, b.lastActiveAt);
  return sums;
}

function noTotals(): Totals {
  return {
    sessions: 0,
    messages: 0,
    runs: 0,
    costEvents: 0,
    promptTokens: 0,
    completionTokens: 0,
    inputCostPico: 0n,
    outputCostPico: 0n,
    feesPico: 0n,
    totalCostPico: 0n,
    lastActiveAt: 0,
  };
}

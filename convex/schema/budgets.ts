/** Budgets: what bounds spending, what has been spent of it, and what is held for calls under way. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vBudgetAction,
  vBudgetDimension,
  vBudgetEventKind,
  vBudgetSource,
  vBudgetStatus,
  vBudgetWindow,
  vDivision,
  vHold,
  vLimits,
  vModelName,
  vProvider,
  vReservationState,
  vSpending,
  vStoredSpending,
} from "../validators";

export const budgetTables = {
  // What bounds the spending of a subject (`dimension` and `key`, as roll-ups have them) in each period of a window.
  // Written by administration and by the settings that managed ones stand for; read by every call that matches.
  // Goes when it is removed, or with the setting that keeps it: one of a subject that is gone stays, and counts nothing.
  budget_policies: defineTable({
    tenantId: v.id("tenants"),
    name: v.string(),
    dimension: vBudgetDimension,
    key: v.string(), // "" for the tenant, an id, a provider, or "provider/model"
    window: vBudgetWindow,
    limit: vLimits, // at least one of them
    action: vBudgetAction,
    degradeTo: v.optional(vModelName), // of `degrade`
    alertPercents: v.array(v.number()),
    source: vBudgetSource,
    status: vBudgetStatus,
    createdBy: v.optional(v.id("users")), // of a manual one
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_subject", ["tenantId", "dimension", "key"])
    .index("by_source", ["tenantId", "source", "key"])
    .index("by_opening", ["status"]), // for the jobs that open, and that look for alerts

  // One policy in one period. Hardly ever written: by the first call of a period, when its shards are drawn together,
  // by openings, alerts and increases. A new period is a new row, and nothing is ever reset.
  budget_counters: defineTable({
    tenantId: v.id("tenants"),
    policyId: v.id("budget_policies"),
    period: v.string(), // as in `src/core/periods.ts`
    endsAtMs: v.union(v.number(), v.null()), // null: never
    settled: vStoredSpending, // what was carried in, and drawn in from shards
    increase: vSpending, // granted once, for this period only
    division: v.optional(vDivision), // absent: its shards only count
    alertedPercent: v.number(), // the highest threshold that was told of
    exceededAtMs: v.optional(v.number()), // when receivers were told that calls do not fit any more
  })
    .index("by_policy", ["tenantId", "policyId", "period"])
    .index("by_end", ["endsAtMs"]), // for retention

  // A part of a counter: it admits what fits into its share, and writers of other parts never meet it.
  budget_shards: defineTable({
    tenantId: v.id("tenants"),
    counterId: v.id("budget_counters"),
    shard: v.number(), // from 0
    share: vLimits,
    reserved: vSpending,
    used: vStoredSpending,
  }).index("by_counter", ["tenantId", "counterId", "shard"]),

  // What is held for a call until it is known what it costs: one row for all policies that it falls under. Written in
  // the transaction that begins the call, settled with its ledger row; kept for a while as the record of what was
  // allowed and what it came to.
  budget_reservations: defineTable({
    tenantId: v.id("tenants"),
    key: v.string(), // the attempt's id, or "external/" and a caller's own key; never used twice
    state: vReservationState,
    agentId: v.id("agents"),
    userId: v.optional(v.id("users")),
    keyId: v.optional(v.id("api_keys")),
    channel: v.optional(v.string()), // through which it was asked for
    provider: vProvider,
    model: v.string(),
    reserved: vSpending, // the most that it can come to; no cost where only tokens are bounded
    isStated: v.optional(v.boolean()), // its cost is what a caller says, and not made of tokens and prices
    outputTokens: v.number(), // of the reserved ones
    period: v.string(), // the hour that it counts for
    holds: v.array(vHold),
    actual: v.optional(vSpending), // once it is settled
    startedAtMs: v.number(),
    expiresAtMs: v.number(),
    endedAtMs: v.optional(v.number()),
    retryAtMs: v.optional(v.number()), // of an open one: it could not be booked at its expiry, and is tried again then
  })
    .index("by_key", ["tenantId", "key"])
    .index("by_state", ["tenantId", "state"]) // those that are open, for the checker
    .index("by_expiry", ["state", "retryAtMs", "expiresAtMs"]), // for the sweep, and for retention

  // Agents that are paused by a budget, which refused a call of theirs. Goes when the agent is resumed: by the end of
  // the window, by a budget that allows more, or by hand.
  budget_pauses: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    policyId: v.id("budget_policies"),
    period: v.string(),
    resumesAtMs: v.union(v.number(), v.null()), // null: not by itself
    at: v.number(),
  })
    .index("by_agent", ["tenantId", "agentId"])
    .index("by_policy", ["tenantId", "policyId"])
    .index("by_end", ["resumesAtMs"]),

  // What became known of budgets: refusals, alerts, increases and what else people ask about later. Append-only;
  // goes after a while.
  budget_events: defineTable({
    tenantId: v.id("tenants"),
    policyId: v.id("budget_policies"),
    kind: vBudgetEventKind,
    period: v.string(),
    agentId: v.optional(v.id("agents")),
    userId: v.optional(v.id("users")), // who did it, or whose call it was
    keyId: v.optional(v.id("api_keys")),
    reservationKey: v.optional(v.string()),
    percent: v.optional(v.number()), // of an alert
    limit: v.optional(vLimits),
    settled: v.optional(vStoredSpending), // spent by then
    reserved: v.optional(vSpending), // held by then
    amount: v.optional(vSpending), // asked for, granted, or expired
    model: v.optional(vModelName), // called in place of the one that did not fit
    reason: v.optional(v.string()), // of an increase
    at: v.number(),
  })
    .index("by_policy", ["tenantId", "policyId", "at"])
    .index("by_time", ["tenantId", "at"])
    .index("by_age", ["at"]), // for retention, over all tenants
};

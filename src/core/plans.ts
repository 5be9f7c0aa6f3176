/** What each plan includes unless the deployment's operators agree on something else. */
export type PlanLimits = Readonly<{
  maxAgents: number; // active and paused ones
  maxMonthlyTokens: number; // read and made by models, in a month of the tenant's time zone
  maxStorageGB: number; // 10^9 bytes each
}>;

export const PLAN_LIMITS = {
  starter: { maxAgents: 10, maxMonthlyTokens: 5_000_000, maxStorageGB: 5 },
  pro: { maxAgents: 100, maxMonthlyTokens: 50_000_000, maxStorageGB: 100 },
  enterprise: { maxAgents: 1_000, maxMonthlyTokens: 1_000_000_000, maxStorageGB: 1_000 },
} as const satisfies Record<string, PlanLimits>;

export const BYTES_PER_GB = 1_000_000_000;

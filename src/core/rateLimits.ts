/** How many requests programs may make: by the tenant's plan, and by what a request does. */
import type { PLAN_LIMITS } from "./plans";

/** `read`: looks; `write`: changes something; `model`: has a model called. */
export const ROUTE_CLASSES = ["read", "write", "model"] as const;
export type RouteClass = (typeof ROUTE_CLASSES)[number];

export type RequestLimits = Readonly<Record<RouteClass, number>>;

/**
 * Of one key (or person) in a minute, all of which may come at once. They keep a program that runs wild from its
 * neighbours; what models cost is bounded by budgets.
 */
export const REQUESTS_PER_MINUTE: Readonly<Record<keyof typeof PLAN_LIMITS, RequestLimits>> = {
  starter: { read: 6_000, write: 3_000, model: 1_200 },
  pro: { read: 30_000, write: 15_000, model: 6_000 },
  enterprise: { read: 120_000, write: 60_000, model: 30_000 },
};

/** All keys of a tenant together may make so many times what one may. */
export const TENANT_FACTOR = 4;

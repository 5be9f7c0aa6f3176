import { metricsOf } from "../metrics";
import type { Route } from "../native/route";

export const METRIC_ROUTES: readonly Route[] = [
  {
    at: "get /metrics",
    permission: "costs:read",
    summary:
      "Tells Prometheus of spend, tokens and calls, runs under way and budgets: what the key may read",
    query: {},
    content: ["text/plain"],
    respond: metricsOf,
  },
];

import { useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useHalfHour } from "../../data/clock";
import { useMay, useTenantPages } from "../../data/tenant";

/** More than any but the largest plan has. */
const AGENTS = 100;

/**
 * What the hundred dearest agents have spent this month, in USD; one that is not among them has spent nothing, or less.
 * Null for those who may not know.
 */
export function useMonthSpend(): ReadonlyMap<Id<"agents">, string> | null {
  const may = useMay("costs:read");
  const nowMs = useHalfHour();
  const { results } = useTenantPages(
    api.queries.costs.byAgent,
    may ? { period: "month", nowMs } : "skip",
    AGENTS,
  );
  return useMemo(
    () => (may ? new Map(results.map(({ key, costUsd }) => [key as Id<"agents">, costUsd])) : null),
    [may, results],
  );
}

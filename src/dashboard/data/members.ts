import { useCallback, useMemo } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { useTenantPages } from "./tenant";

const MEMBERS = 100;

/** Names of the company's people, for rows that only have an id. */
export function useMemberName(): (userId: Id<"users">) => string {
  const { results, status } = useTenantPages(api.queries.memberships.list, {}, MEMBERS);
  const names = useMemo(() => new Map(results.map((one) => [one.userId, one.name])), [results]);
  const isLoading = status === "LoadingFirstPage";
  return useCallback(
    (userId) => names.get(userId) ?? (isLoading ? "…" : "Somebody"),
    [names, isLoading],
  );
}

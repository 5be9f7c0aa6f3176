import { useCallback, useMemo } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { MembershipView } from "../../../convex/views/people";
import { useEveryRow, useMay } from "./tenant";

/** The company's people, for those who may see them. */
export function useMembers(): { all: readonly MembershipView[]; isLoading: boolean } {
  const may = useMay("members:read");
  return useEveryRow(api.queries.memberships.list, may ? {} : "skip");
}

/** Names of the company's people, for rows that only have an id. */
export function useMemberName(): (userId: Id<"users">) => string {
  const { all, isLoading } = useMembers();
  const names = useMemo(() => new Map(all.map((one) => [one.userId, one.name])), [all]);
  return useCallback(
    (userId) => names.get(userId) ?? (isLoading ? "…" : "Somebody"),
    [names, isLoading],
  );
}

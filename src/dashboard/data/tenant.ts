/** The tenant that is looked at, and its doors: each call says which tenant it is for. */
import {
  useAction,
  useMutation,
  usePaginatedQuery,
  useQuery,
  type OptionalRestArgsOrSkip,
} from "convex/react";
import type {
  FunctionArgs,
  FunctionReference,
  FunctionReturnType,
  PaginationOptions,
  PaginationResult,
} from "convex/server";
import { convexToJson, type Value } from "convex/values";
import { createContext, use, useCallback, useEffect, useMemo } from "react";
import type { Id } from "../../../convex/_generated/dataModel";
import { permissionsOf, type Permission, type Role } from "../../core/permissions";
import { useKept } from "./kept";

export type Tenant = { tenantId: Id<"tenants">; slug: string; name: string; role: Role };

export const TenantContext = createContext<Tenant | null>(null);

/** @throws Error - Above this, no tenant was chosen. */
export function useTenant(): Tenant {
  const tenant = use(TenantContext);
  if (tenant === null) throw new Error("TenantContext is missing");
  return tenant;
}

/** Whether the person may; what they may not is not offered, and the deployment refuses it all the same. */
export function useMay(permission: Permission): boolean {
  return permissionsOf(useTenant().role).has(permission);
}

/** What a tenant's doors take beside who asks and for which tenant. */
type Own<F extends FunctionReference<"query" | "mutation" | "action">> = Omit<
  FunctionArgs<F>,
  "tenantId" | "apiKey"
>;

/** What is asked, whenever it is: as the clock goes on, what was there stays until it is there anew. */
function questionIn(args: object | "skip"): string {
  return args === "skip" ? args : JSON.stringify(convexToJson({ ...args, nowMs: 0 } as Value));
}

/** `useQuery` for the tenant. Throws what the query throws, for the error boundary of the screen. */
export function useTenantQuery<Query extends FunctionReference<"query">>(
  query: Query,
  args: Own<Query> | "skip",
): FunctionReturnType<Query> | undefined {
  const { tenantId } = useTenant();
  const all = args === "skip" ? args : { ...args, tenantId };
  const found = useQuery(query, ...([all] as OptionalRestArgsOrSkip<Query>));
  const kept = useKept<FunctionReturnType<Query>>(found, questionIn(args));
  return args === "skip" ? undefined : kept;
}

/** `useMutation` for the tenant. */
export function useTenantMutation<Mutation extends FunctionReference<"mutation">>(
  mutation: Mutation,
): (args: Own<Mutation>) => Promise<FunctionReturnType<Mutation>> {
  const { tenantId } = useTenant();
  const run = useMutation(mutation);
  return useCallback(
    async (args) => await run({ ...args, tenantId } as FunctionArgs<Mutation>),
    [run, tenantId],
  );
}

/** `useAction` for the tenant. */
export function useTenantAction<Action extends FunctionReference<"action">>(
  action: Action,
): (args: Own<Action>) => Promise<FunctionReturnType<Action>> {
  const { tenantId } = useTenant();
  const run = useAction(action);
  return useCallback(
    async (args) => await run({ ...args, tenantId } as FunctionArgs<Action>),
    [run, tenantId],
  );
}

type PagedQuery = FunctionReference<
  "query",
  "public",
  { paginationOpts: PaginationOptions; tenantId?: Id<"tenants"> },
  PaginationResult<unknown>
>;

/** `usePaginatedQuery` for the tenant. */
export function useTenantPages<Query extends PagedQuery>(
  query: Query,
  args: Omit<Own<Query>, "paginationOpts"> | "skip",
  initialNumItems = 50,
) {
  const { tenantId } = useTenant();
  const all = args === "skip" ? args : { ...args, tenantId };
  const pages = usePaginatedQuery(query, all as Parameters<typeof usePaginatedQuery<Query>>[1], {
    initialNumItems,
  });
  const isThere = pages.status !== "LoadingFirstPage";
  const kept = useKept(isThere ? pages : undefined, questionIn(args));
  return isThere || kept === undefined || args === "skip"
    ? pages
    : { ...kept, loadMore: pages.loadMore };
}

/** Few enough for a choice, and as many as a page may have. */
const ROWS_PER_PAGE = 100;

/** All rows of a paged query, for choices and names: one page after the other. */
export function useEveryRow<Query extends PagedQuery>(
  query: Query,
  args: Omit<Own<Query>, "paginationOpts"> | "skip",
): { all: FunctionReturnType<Query>["page"]; isLoading: boolean } {
  const { results, status, loadMore } = useTenantPages(query, args, ROWS_PER_PAGE);
  useEffect(() => {
    if (status === "CanLoadMore") loadMore(ROWS_PER_PAGE);
  }, [status, loadMore]);
  const isLoading = args !== "skip" && status !== "Exhausted";
  return useMemo(() => ({ all: results, isLoading }), [results, isLoading]);
}

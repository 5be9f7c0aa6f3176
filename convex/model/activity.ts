/** The activity log: who changed what, written in the transaction of the change. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id, TableNames } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { changesBetween } from "../lib/changes";
import { omitUndefined } from "../lib/objects";
import type { ActivityView } from "../views";
import type { CallerScope, TenantScope } from "./access";

export const PAGE_SIZE_MAX = 100;
const USER_AGENT_LENGTH_MAX = 300;

/** What the deployment itself does has no caller: set-up, sweepers, an erasure. */
export type SystemActor = Readonly<{ tenantId: Id<"tenants">; system: string }>;

/** A person who does what no role is asked for: joins a tenant, or leaves it. */
export type PersonActor = Readonly<{ tenantId: Id<"tenants">; person: Id<"users"> }>;

export type By = CallerScope | SystemActor | PersonActor;

/** What was done to one thing. */
type Change = {
  /** "update": the log shows it with its noun, "agents.update". */
  action: string;
  id: string;
  /** What the log tells of the thing; null, as without it, when it was not there yet, or is no more. */
  before?: Readonly<Record<string, unknown>> | null;
  after?: Readonly<Record<string, unknown>> | null;
  nowMs: number;
};

/**
 * What adds rows to the log for changes of a table's rows. Call it in every mutation that changes what a tenant has,
 * once per thing changed.
 *
 * @param noun - The actions' own, where it is not the table's name.
 * @param secret - Fields of which the log tells that they changed, and not what they are.
 */
export function recorderOf(
  table: TableNames,
  { noun = table, secret = [] }: { noun?: string; secret?: readonly string[] } = {},
) {
  return async (ctx: MutationCtx, by: By, change: Change): Promise<void> => {
    const { action, id, before = null, after = null, nowMs } = change;
    const changes = changesBetween(before, after, { secret });
    const what = { action: `${noun}.${action}`, entityTable: table, entityId: id, changes };
    await insert(ctx, by, { ...what, createdAt: nowMs });
  };
}

async function insert(
  ctx: MutationCtx,
  by: By,
  what: Pick<Doc<"activity_log">, "action" | "entityTable" | "entityId" | "changes" | "createdAt">,
): Promise<void> {
  const { ip, userAgent, requestId } = await ctx.meta.getRequestMetadata();
  await ctx.db.insert("activity_log", {
    tenantId: by.tenantId,
    actor: actorOf(by),
    ...what,
    requestId,
    ...omitUndefined({
      ip: ip ?? undefined,
      userAgent: userAgent?.slice(0, USER_AGENT_LENGTH_MAX),
    }),
  });
}

export type ActivityFilter = {
  entityTable?: string | undefined;
  entityId?: string | undefined;
  action?: string | undefined;
  actorId?: string | undefined;
};

/** The log, the newest first: all of it, of one thing, of one kind of change, or of one actor. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { filter, paginationOpts }: { filter: ActivityFilter; paginationOpts: PaginationOptions },
): Promise<PaginationResult<ActivityView>> {
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await filtered(ctx, scope, filter)
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

function filtered(ctx: QueryCtx, { tenantId }: TenantScope, filter: ActivityFilter) {
  const { entityTable, entityId, action, actorId } = filter;
  const log = ctx.db.query("activity_log");
  if (entityTable !== undefined && entityId !== undefined) {
    return log.withIndex("by_entity", (q) =>
      q.eq("tenantId", tenantId).eq("entityTable", entityTable).eq("entityId", entityId),
    );
  }
  if (action !== undefined) {
    return log.withIndex("by_action", (q) => q.eq("tenantId", tenantId).eq("action", action));
  }
  if (actorId !== undefined) {
    return log.withIndex("by_actor", (q) => q.eq("tenantId", tenantId).eq("actor.id", actorId));
  }
  return log.withIndex("by_tenant", (q) => q.eq("tenantId", tenantId));
}

function actorOf(by: By): Doc<"activity_log">["actor"] {
  if ("system" in by) return { kind: "system", id: by.system };
  if ("person" in by) return { kind: "user", id: by.person, userId: by.person };
  const { actor } = by;
  return actor.kind === "user"
    ? { kind: "user", id: actor.userId, userId: actor.userId }
    : { kind: "key", id: actor.keyId, userId: actor.userId };
}

function toView({ _creationTime, ...row }: Doc<"activity_log">): ActivityView {
  return row;
}

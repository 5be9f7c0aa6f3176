/** Endpoints: a tenant's receivers, and the rules for changing them. */
import { v, type Infer } from "convex/values";
import { isEventFilter } from "../../../src/core/webhookEvents";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedLength } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { requireOwned, type CallerScope, type TenantScope } from "../access";
import * as Activity from "../activity";
import * as Health from "./health";
import * as Secrets from "./secrets";

const record = Activity.recorderOf("webhook_endpoints");

/** Of a tenant: each event may be written once for each of them. */
export const ENDPOINTS_MAX = 20;
const DESCRIPTION_LENGTH_MAX = 500;
const FILTERS_MAX = 50;

const NO_SECRET = "It has no secret yet.";

/** What a caller says of an endpoint; the address is checked by the action. */
export const vNewEndpoint = v.object({
  url: v.string(),
  events: v.array(v.string()),
  description: v.optional(v.string()),
});
type NewEndpoint = Infer<typeof vNewEndpoint>;

/** The endpoint, if it is this tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  endpointId: Id<"webhook_endpoints">,
): Promise<Doc<"webhook_endpoints">> {
  const endpoint = await ctx.db.get("webhook_endpoints", endpointId);
  return requireOwned(scope, endpoint, { entity: "webhook_endpoint", id: endpointId });
}

/**
 * Adds an endpoint, disabled until its secret is sealed: that takes the row's id.
 *
 * @throws invalid_argument - A filter is none, there is no filter, or the description is too long.
 * @throws limit_reached - The tenant has `ENDPOINTS_MAX`.
 */
export async function insert(
  ctx: MutationCtx,
  scope: CallerScope,
  { endpoint, nowMs }: { endpoint: NewEndpoint; nowMs: number },
): Promise<{ endpointId: Id<"webhook_endpoints">; secretId: Id<"webhook_secrets"> }> {
  const { tenantId } = scope;
  const settings = { url: endpoint.url, ...checkedSettings(endpoint) };
  await checkRoom(ctx, scope);
  const row = { ...settings, status: "disabled", disabledReason: NO_SECRET } as const;
  const endpointId = await ctx.db.insert("webhook_endpoints", {
    ...row,
    tenantId,
    disabledAt: nowMs,
    createdBy: scope.actor.userId,
    createdAt: nowMs,
    updatedAt: nowMs,
  });
  await record(ctx, scope, { action: "create", id: endpointId, after: told(row), nowMs });
  const secretId = await Secrets.insert(ctx, { tenantId, endpointId, nowMs });
  return { endpointId, secretId };
}

export type EndpointPatch = {
  url?: string | undefined;
  events?: string[] | undefined;
  /** Null takes it away. */
  description?: string | null | undefined;
};

/**
 * Changes what is given. What waits to be delivered goes to the new address.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 * @throws invalid_argument - As `insert`.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    endpointId,
    patch,
    nowMs,
  }: { endpointId: Id<"webhook_endpoints">; patch: EndpointPatch; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, endpointId);
  const { url = row.url, events = row.events, description = row.description } = patch;
  const settings = checkedSettings({ events, description: description ?? "" });
  const changed = { url, description: undefined, ...settings };
  // How the old address took things says nothing of the new one.
  if (url !== row.url) await Health.forget(ctx, row);
  await save(ctx, scope, { row, changed, action: "update", nowMs });
}

/**
 * Has events sent to it from now on. Twice is no error.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 * @throws conflict - It has no secret.
 */
export async function enable(
  ctx: MutationCtx,
  scope: CallerScope,
  { endpointId, nowMs }: { endpointId: Id<"webhook_endpoints">; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, endpointId);
  if (row.status === "active") return;
  if ((await Secrets.holding(ctx, row, nowMs)).length === 0) {
    fail({ kind: "conflict", entity: "webhook_endpoint", reason: "it has no secret: rotate it" });
  }
  await Health.forget(ctx, row);
  const changed = { status: "active", disabledReason: undefined, disabledAt: undefined } as const;
  await save(ctx, scope, { row, changed, action: "enable", nowMs });
}

/** Has nothing sent to it until it is enabled; what comes due meanwhile is given up. Twice is no error. */
export async function disable(
  ctx: MutationCtx,
  by: CallerScope,
  { endpointId, nowMs }: { endpointId: Id<"webhook_endpoints">; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, by, endpointId);
  await disableRow(ctx, by, { row, reason: "Somebody disabled it.", nowMs });
}

/** As `disable`, for whoever has the row: the worker, too. */
export async function disableRow(
  ctx: MutationCtx,
  by: Activity.By,
  { row, reason, nowMs }: { row: Doc<"webhook_endpoints">; reason: string; nowMs: number },
): Promise<void> {
  if (row.status === "disabled") return;
  const changed = { status: "disabled", disabledReason: reason, disabledAt: nowMs } as const;
  await save(ctx, by, { row, changed, action: "disable", nowMs });
}

/** Deletes an endpoint with its secrets. What was delivered stays to be looked at; what waits is given up. */
export async function remove(
  ctx: MutationCtx,
  scope: CallerScope,
  { endpointId, nowMs }: { endpointId: Id<"webhook_endpoints">; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, endpointId);
  await ctx.db.delete("webhook_endpoints", endpointId);
  await Secrets.removeAll(ctx, row);
  await Health.forget(ctx, row);
  await record(ctx, scope, { action: "remove", id: endpointId, before: told(row), nowMs });
}

/** Stores a secret that was sealed. With its first one, an endpoint begins to be told. */
export async function setSecret(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    endpointId,
    secret,
    nowMs,
  }: {
    endpointId: Id<"webhook_endpoints">;
    secret: Secrets.SealedSecret;
    nowMs: number;
  },
): Promise<void> {
  const row = await getOrFail(ctx, scope, endpointId);
  await Secrets.set(ctx, row, { ...secret, nowMs });
  if (row.disabledReason === NO_SECRET) await enable(ctx, scope, { endpointId, nowMs });
  else await record(ctx, scope, { action: "rotateSecret", id: endpointId, nowMs });
}

async function save(
  ctx: MutationCtx,
  by: Activity.By,
  {
    row,
    changed,
    action,
    nowMs,
  }: {
    row: Doc<"webhook_endpoints">;
    changed: Partial<Record<keyof Doc<"webhook_endpoints">, unknown>>;
    action: string;
    nowMs: number;
  },
): Promise<void> {
  const { _id: id } = row;
  const patch = { ...changed, updatedAt: nowMs } as Partial<Doc<"webhook_endpoints">>;
  await ctx.db.patch("webhook_endpoints", id, patch);
  const [before, after] = [told(row), told({ ...row, ...patch })];
  await record(ctx, by, { action, id, before, after, nowMs });
}

function checkedSettings({ events, description }: Omit<NewEndpoint, "url">) {
  const refuse = (reason: string): never =>
    fail({ kind: "invalid_argument", field: "events", reason });
  if (events.length === 0) refuse('must name at least one event; "*" is all of them');
  if (events.length > FILTERS_MAX) refuse(`may have at most ${FILTERS_MAX} entries`);
  const unknown = events.find((filter) => !isEventFilter(filter));
  if (unknown !== undefined) refuse(`has "${unknown.slice(0, 50)}", which is no event`);
  const text = description?.trim() ?? "";
  checkedLength("description", text, DESCRIPTION_LENGTH_MAX);
  return { events: [...new Set(events)], ...omitUndefined({ description: text || undefined }) };
}

function told(
  row: Pick<
    Doc<"webhook_endpoints">,
    "url" | "events" | "description" | "status" | "disabledReason"
  >,
): Record<string, unknown> {
  const { url, events, description, status, disabledReason } = row;
  return { url, events, description, status, disabledReason };
}

async function checkRoom(ctx: QueryCtx, scope: TenantScope): Promise<void> {
  const endpoints = await ctx.db
    .query("webhook_endpoints")
    .withIndex("by_tenant", (q) => q.eq("tenantId", scope.tenantId))
    .take(ENDPOINTS_MAX);
  if (endpoints.length < ENDPOINTS_MAX) return;
  fail({ kind: "limit_reached", what: "webhook_endpoints", limit: ENDPOINTS_MAX });
}

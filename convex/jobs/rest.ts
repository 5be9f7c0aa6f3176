/**
 * How REST calls doors. A request is admitted (who asks, how often), then its door is called as a client of Convex's
 * would call it: a query by `read`, a mutation by `write`, in whose transaction an idempotency key is remembered, too.
 * What is no transaction (an action, a stream) goes between `begin` and `settle`.
 */
import { makeFunctionReference } from "convex/server";
import { v, type Infer } from "convex/values";
import type { AppErrorData } from "../../src/core/errors";
import { internal } from "../_generated/api";
import type { TableNames } from "../_generated/dataModel";
import {
  internalMutation,
  internalQuery,
  type MutationCtx,
  type QueryCtx,
} from "../_generated/server";
import { asAppError, fail } from "../lib/errors";
import { actorOf, requireUser, tenantOf } from "../model/access";
import { callerScope, vCaller } from "../model/headerCaller";
import * as Idempotency from "../model/idempotency";
import { countRequest, vRate, type Asking } from "../model/rateLimits";
import { vIdempotencyState, vPermission, vRouteClass } from "../validators";

/** Ids as texts of strangers, each with the table that it is to be of. */
const vIds = v.array(v.object({ table: v.string(), text: v.string() }));

/** Who asks, as a request's headers have it, and what for. Without a permission it is a person, for themselves. */
const vRequest = v.object({
  ...vCaller.fields,
  permission: v.union(vPermission, v.null()),
  routeClass: vRouteClass,
  ids: v.optional(vIds),
});
type Request = Infer<typeof vRequest>;

/** What became of it: `rate` is null where nobody knows yet who asks. */
const vRefused = v.object({
  kind: v.literal("refused"),
  failure: v.any(), // AppErrorData
  rate: v.union(vRate, v.null()),
});
type Refused = { kind: "refused"; failure: AppErrorData; rate: Infer<typeof vRate> | null };

const vCall = v.object({ door: v.string(), args: v.any() });

/** Counts a request that only looks, or is no transaction and has no idempotency key. */
export const admit = internalMutation({
  args: { request: vRequest },
  returns: v.union(v.object({ kind: v.literal("admitted"), rate: vRate }), vRefused),
  handler: async (ctx, { request }) =>
    await counted(ctx, request, async (_asking, rate) => ({ kind: "admitted" as const, rate })),
});

/** Calls a query. Its failures are thrown. */
export const read = internalQuery({
  args: { ids: vIds, call: vCall },
  returns: v.any(),
  handler: async (ctx, { ids, call: { door, args } }): Promise<unknown> => {
    requireIds(ctx, ids);
    return await ctx.runQuery(makeFunctionReference<"query">(door), args);
  },
});

const vWritten = v.union(
  v.object({ kind: v.literal("done"), value: v.any(), isReplay: v.boolean(), rate: vRate }),
  vRefused,
);

/** Calls a mutation, once for each idempotency key. What it refuses is undone, and the request counts all the same. */
export const write = internalMutation({
  args: { request: vRequest, call: vCall, under: v.optional(Idempotency.vUnderKey) },
  returns: vWritten,
  handler: async (ctx, { request, call, under }) =>
    await counted(ctx, request, async (asking, rate) => {
      const nowMs = Date.now();
      const before = under && (await Idempotency.find(ctx, asking, { under, nowMs }));
      if (before?.state.kind === "done") {
        const { value } = before.state;
        return { kind: "done" as const, value: value as unknown, isReplay: true, rate };
      }
      const mutation = makeFunctionReference<"mutation">(call.door);
      const value: unknown = await ctx.runMutation(mutation, call.args);
      if (under !== undefined) {
        const state = { kind: "done" as const, value };
        await Idempotency.write(ctx, asking, { under, state, nowMs });
      }
      return { kind: "done" as const, value, isReplay: false, rate };
    }),
});

const vBegun = v.union(
  v.object({
    kind: v.literal("begun"),
    rowId: v.id("idempotency_keys"),
    tenantId: v.union(v.id("tenants"), v.null()),
    rate: vRate,
  }),
  v.object({
    kind: v.literal("answered"),
    rowId: v.id("idempotency_keys"),
    tenantId: v.union(v.id("tenants"), v.null()),
    state: vIdempotencyState,
    rate: vRate,
  }),
  vRefused,
);

/** Writes down that something is about to be done under a key that is no transaction, unless it was done before. */
export const begin = internalMutation({
  args: {
    request: vRequest,
    under: Idempotency.vUnderKey,
    leaseMs: v.number(),
  },
  returns: vBegun,
  handler: async (ctx, { request, under, leaseMs }) =>
    await counted(ctx, request, async (asking, rate) => {
      const nowMs = Date.now();
      const tenantId = asking.tenant?._id ?? null;
      const before = await Idempotency.find(ctx, asking, { under, nowMs });
      if (before !== null) {
        const { _id: rowId, state } = before;
        return { kind: "answered" as const, rowId, tenantId, state, rate };
      }
      const leaseExpiresAt = nowMs + leaseMs;
      const state = { kind: "in_flight" as const, leaseExpiresAt };
      const rowId = await Idempotency.write(ctx, asking, { under, state, nowMs });
      return { kind: "begun" as const, rowId, tenantId, rate };
    }),
});

/** Keeps a piece of an answer. False: somebody else is at it by now. */
export const addPiece = internalMutation({
  args: { rowId: v.id("idempotency_keys"), index: v.number(), text: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { rowId, ...piece }): Promise<boolean> =>
    await Idempotency.addPiece(ctx, rowId, piece),
});

/** Keeps an answer, or with null says that there is none. */
export const settle = internalMutation({
  args: {
    rowId: v.id("idempotency_keys"),
    answered: v.union(vIdempotencyState.members[2], v.null()),
  },
  returns: v.null(),
  handler: async (ctx, { rowId, answered }): Promise<null> => {
    await Idempotency.settle(ctx, rowId, answered);
    return null;
  },
});

/** A piece of an answer that is kept. */
export const piece = internalQuery({
  args: { rowId: v.id("idempotency_keys"), index: v.number() },
  returns: v.union(v.string(), v.null()),
  handler: async (ctx, { rowId, index }): Promise<string | null> =>
    await Idempotency.pieceOf(ctx, rowId, index),
});

/** Deletes what is left of a long answer that was forgotten. */
export const removePieces = internalMutation({
  args: Idempotency.vPiecesOf.fields,
  returns: v.null(),
  handler: async (ctx, of): Promise<null> => {
    await Idempotency.removePieces(ctx, of);
    return null;
  },
});

/** Forgets keys that are older than a day. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const hasMore = await Idempotency.sweep(ctx, Date.now());
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.rest.sweep, {});
    return null;
  },
});

/**
 * Finds out who asks, counts it, and goes on. A failure from there on is returned, with what was written undone only
 * where a door wrote it: the count stays, or else refused requests would be free.
 */
async function counted<Done>(
  ctx: MutationCtx,
  request: Request,
  goOn: (asking: Asking, rate: Infer<typeof vRate>) => Promise<Done>,
): Promise<Done | Refused> {
  let rate: Infer<typeof vRate> | null = null;
  try {
    const asking = await askingOf(ctx, request);
    rate = await countRequest(ctx, asking, request.routeClass);
    const { retryAfterMs } = rate;
    if (retryAfterMs !== null) return fail({ kind: "rate_limited", retryAfterMs });
    requireIds(ctx, request.ids ?? []);
    return await goOn(asking, rate);
  } catch (error) {
    const failure = asAppError(error);
    if (failure === null) throw error;
    return { kind: "refused", failure, rate };
  }
}

async function askingOf(ctx: MutationCtx, { permission, ...caller }: Request): Promise<Asking> {
  if (permission === null) return { userId: (await requireUser(ctx))._id, tenant: null };
  const scope = await callerScope(ctx, caller, permission);
  return { ...actorOf(scope), tenant: await tenantOf(ctx, scope) };
}

/** @throws not_found - A text is no id of its table: there is no such row, nor was there ever. */
function requireIds(ctx: QueryCtx, ids: Infer<typeof vIds>): void {
  for (const { table, text } of ids) {
    const id = idIn(ctx, table, text);
    if (id !== text) fail({ kind: "not_found", entity: entityOf(table), id: text });
  }
}

/** Files are in a table of the system's. */
function idIn({ db }: QueryCtx, table: string, text: string): string | null {
  if (table === "_storage") return db.system.normalizeId(table, text);
  return db.normalizeId(table as TableNames, text);
}

/** "run" of "runs": what failures call a row. */
function entityOf(table: string): string {
  return table.replace(/^_/, "").replace(/ies$/, "y").replace(/s$/, "");
}

/** Reading what was spent: sums, which cost the same however many calls they are of, and the calls themselves. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { checkedNow } from "../lib/checks";
import { caller, requireScope } from "../model/access";
import * as Events from "../model/costs/events";
import * as History from "../model/costs/history";
import * as Costs from "../model/costs/reports";
import * as Spenders from "../model/costs/spenders";
import { vDimension } from "../validators";
import { vCostEventView } from "../views";
import { vCostEventDetail, vCostHistory, vCostSummary, vSpenders } from "../views/costs";

/**
 * What the tenant has spent: today, this month and in all, and this month by model, the dearest first; what the month
 * will come to if it goes on like this; and of which models something has no known price. In USD, as numbers and
 * exactly. Days and months are those of the tenant's time zone. Needs `costs:read`.
 *
 * @param nowMs - The moment that "today" is told from. A client that stays open passes it, rounded to its
 *   minute or so; without it the answer moves on to the next day only when something is spent.
 *
 * @throws invalid_argument - `nowMs` is no moment.
 */
export const summary = query({
  args: { ...caller, nowMs: v.optional(v.number()) },
  returns: vCostSummary,
  handler: async (ctx, { tenantId, apiKey, nowMs }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Costs.summary(ctx, scope, checkedNow(nowMs));
  },
});

/** What `byAgent` and its kin take. */
const ofPeriod = {
  ...caller,
  /**
   * "hour", "day", "month" (the default), "total", or one by name: "2026-11", "2026-11-20", "2026-11-20T13". An hour is of
   * the tenant's time zone, unless its offset says otherwise ("2026-10-25T02+02:00").
   */
  period: v.optional(v.string()),
  nowMs: v.optional(v.number()),
  paginationOpts: paginationOptsValidator,
};

type OfPeriod = Omit<Parameters<typeof Spenders.page>[2], "dimension" | "nowMs" | "period"> & {
  period?: string;
  nowMs?: number;
};

function asked({ period, nowMs, paginationOpts }: OfPeriod) {
  return { period, nowMs: checkedNow(nowMs), paginationOpts };
}

/**
 * What each agent spent in a period, the dearest first, a page of at most 100: with its name, its share of the whole,
 * and the whole. Exact at this instant; a page that is read later begins behind the last one's last, where that stood then.
 * Those are among them that did something else that is counted, with a cost of nothing. Needs `costs:read`.
 *
 * @param nowMs - As in `summary`.
 *
 * @throws invalid_argument - There is no such period, or the cursor is of another query.
 */
export const byAgent = query({
  args: ofPeriod,
  returns: vSpenders,
  handler: async (ctx, { tenantId, apiKey, ...ask }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Spenders.page(ctx, scope, { dimension: "agent", ...asked(ask) });
  },
});

/** As `byAgent`, of each model: the key is "provider/model". Needs `costs:read`. */
export const byModel = query({
  args: ofPeriod,
  returns: vSpenders,
  handler: async (ctx, { tenantId, apiKey, ...ask }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Spenders.page(ctx, scope, { dimension: "model", ...asked(ask) });
  },
});

/** As `byAgent`, of each provider. Needs `costs:read`. */
export const byProvider = query({
  args: ofPeriod,
  returns: vSpenders,
  handler: async (ctx, { tenantId, apiKey, ...ask }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Spenders.page(ctx, scope, { dimension: "provider", ...asked(ask) });
  },
});

/** As `byAgent`, of each channel that messages came through. Needs `costs:read`. */
export const byChannel = query({
  args: ofPeriod,
  returns: vSpenders,
  handler: async (ctx, { tenantId, apiKey, ...ask }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Spenders.page(ctx, scope, { dimension: "channel", ...asked(ask) });
  },
});

/** As `byAgent`, of each person who sent messages. Needs `costs:read`. */
export const byUser = query({
  args: ofPeriod,
  returns: vSpenders,
  handler: async (ctx, { tenantId, apiKey, ...ask }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Spenders.page(ctx, scope, { dimension: "user", ...asked(ask) });
  },
});

/** As `byAgent`, of each API key that messages were sent with. Needs `costs:read`. */
export const byKey = query({
  args: ofPeriod,
  returns: vSpenders,
  handler: async (ctx, { tenantId, apiKey, ...ask }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Spenders.page(ctx, scope, { dimension: "key", ...asked(ask) });
  },
});

/** As `byAgent`, of each session; its title is its name. Needs `costs:read`. */
export const bySession = query({
  args: ofPeriod,
  returns: vSpenders,
  handler: async (ctx, { tenantId, apiKey, ...ask }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Spenders.page(ctx, scope, { dimension: "session", ...asked(ask) });
  },
});

/**
 * What was spent hour by hour, day by day or month by month: by the tenant, or by one key of a dimension (an agent's id,
 * "provider/model", and so on; a key that nothing was counted for has spent nothing). A point for each period of the
 * tenant's time zone that the range touches, the first and the last as wholes, with zeros where nothing was spent.
 * Needs `costs:read`.
 *
 * @param from, to - Milliseconds since 1970; up to, and without, `to`.
 *
 * @throws invalid_argument - The range ends before it begins, or has more than 1,000 periods.
 */
export const history = query({
  args: {
    ...caller,
    dimension: v.optional(vDimension), // the tenant, by default
    key: v.optional(v.string()),
    unit: v.union(v.literal("hour"), v.literal("day"), v.literal("month")),
    from: v.number(),
    to: v.number(),
  },
  returns: vCostHistory,
  handler: async (ctx, { tenantId, apiKey, from: fromMs, to: toMs, ...of }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    const { dimension = "tenant", key = "", unit } = of;
    return await History.history(ctx, scope, { dimension, key, unit, fromMs, toMs });
  },
});

/**
 * What each upstream request of a run cost, line by line, in the order in which they began: retries
 * and requests that broke off included. Amounts in USD. Needs `costs:read`.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export const events = query({
  args: { ...caller, runId: v.id("runs") },
  returns: v.array(vCostEventView),
  handler: async (ctx, { tenantId, apiKey, runId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Events.eventsOfRun(ctx, scope, runId);
  },
});

/**
 * What a sum is of: the rows that count for a period and, unless it is the tenant's sum, for one key of a dimension, named as
 * `byAgent` and its kin name them. In pages of at most 100, the latest hour first; what retention has drawn together stands
 * for a day, an agent and a model, and is nobody's but theirs. Amounts in USD. Needs `costs:read`.
 *
 * @param period - As in `byAgent`; all of time, by default.
 *
 * @throws invalid_argument - There is no such period, or dimension and key do not go together.
 */
export const listEvents = query({
  args: {
    ...ofPeriod,
    dimension: v.optional(vDimension), // the tenant, by default
    key: v.optional(v.string()),
  },
  returns: paginationResultValidator(vCostEventView),
  handler: async (ctx, { tenantId, apiKey, dimension, key, ...ask }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Events.listPage(ctx, scope, { dimension, key, ...asked(ask) });
  },
});

/**
 * One row of the ledger with all that is known of it: its price lines, fees and factors, the tier, the version of the
 * prices, what the provider itself reported, and what was adjusted since. Needs `costs:read`.
 *
 * @throws not_found - The event does not exist, was drawn into a summary, or is another tenant's.
 */
export const getEvent = query({
  args: { ...caller, eventId: v.id("cost_events") },
  returns: vCostEventDetail,
  handler: async (ctx, { tenantId, apiKey, eventId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Events.get(ctx, scope, eventId);
  },
});

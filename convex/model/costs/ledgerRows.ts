/** The ledger's rows of a period, and of one agent, model and so on: by the same names that sums have. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { keyOf, type Dimension } from "../rollups/sums";

type Provider = Doc<"cost_events">["provider"];

/** Some periods by their names, from the first to the last. */
export type Span = Readonly<{ from: string; to: string }>;

/** Sorts behind all that names of periods go on with. */
const PAST = "~";

/** All hours, and days with summaries, from the beginning of one period to the end of another, or of the same. */
export function spanOf(first: string, last = first): Span {
  return { from: first, to: last.includes("T") ? last : `${last}${PAST}` };
}

/**
 * What counts for the periods and the key: exactly the rows that the roll-ups of the same names sum, summaries among
 * them. In the order of the hours that they count for, a day's summaries before its hours.
 *
 * @param key - As sums have it; of what is none, there are no rows.
 */
export function eventsOf(
  ctx: QueryCtx,
  tenantId: Id<"tenants">,
  { dimension, key, span: { from, to } }: { dimension: Dimension; key: string; span: Span },
) {
  const events = ctx.db.query("cost_events");
  switch (dimension) {
    case "tenant":
      return events.withIndex("by_period", (q) =>
        q.eq("tenantId", tenantId).gte("period", from).lte("period", to),
      );
    case "agent":
      return events.withIndex("by_agent", (q) => {
        const own = q.eq("tenantId", tenantId).eq("agentId", key as Id<"agents">);
        return own.gte("period", from).lte("period", to);
      });
    case "session":
      return events.withIndex("by_session", (q) => {
        const own = q.eq("tenantId", tenantId).eq("sessionId", key as Id<"sessions">);
        return own.gte("period", from).lte("period", to);
      });
    case "user":
      return events.withIndex("by_user", (q) => {
        const own = q.eq("tenantId", tenantId).eq("userId", key as Id<"users">);
        return own.gte("period", from).lte("period", to);
      });
    case "key":
      return events.withIndex("by_key", (q) => {
        const own = q.eq("tenantId", tenantId).eq("keyId", key as Id<"api_keys">);
        return own.gte("period", from).lte("period", to);
      });
    case "channel":
      return events.withIndex("by_channel", (q) =>
        q.eq("tenantId", tenantId).eq("channel", key).gte("period", from).lte("period", to),
      );
    case "provider":
      return events.withIndex("by_provider", (q) => {
        const own = q.eq("tenantId", tenantId).eq("provider", key as Provider);
        return own.gte("period", from).lte("period", to);
      });
    case "model": {
      return events.withIndex("by_model", (q) => {
        const own = q.eq("tenantId", tenantId).eq("modelKey", keyOf(dimension, key));
        return own.gte("period", from).lte("period", to);
      });
    }
  }
}

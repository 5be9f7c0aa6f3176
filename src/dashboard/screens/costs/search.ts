/** What of the costs is looked at, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";
import { isId } from "../../data/ids";

export const DIMENSIONS = [
  "agent",
  "model",
  "provider",
  "channel",
  "user",
  "key",
  "session",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const PERIOD = /^(day|month|total|\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)$/;

export type CostSearch = {
  /** "day", "month", "total", or one by name, such as "2026-11-20"; this month without it. */
  period?: string | undefined;
  by?: Dimension | undefined;
  /** Whose calls. */
  key?: string | undefined;
  /** The call that is looked into. */
  call?: Id<"cost_events"> | undefined;
};

export function toCostSearch(search: Record<string, unknown>): CostSearch {
  const { period, by, key, call } = search;
  return {
    ...(typeof period === "string" && PERIOD.test(period) && { period }),
    ...(DIMENSIONS.some((one) => one === by) && { by: by as Dimension }),
    ...(typeof key === "string" && { key }),
    ...(isId<"cost_events">(call) && { call }),
  };
}

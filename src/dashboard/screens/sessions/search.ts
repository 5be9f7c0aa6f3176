/** Which sessions are looked at, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";
import type { SessionView } from "../../../../convex/views";
import { isId } from "../../data/ids";

type Status = SessionView["status"];
export const STATUSES = ["active", "completed", "abandoned"] as const satisfies readonly Status[];

/** How far back, in days. */
export const DAYS = [1, 7, 30, 90] as const;

export type SessionsSearch = {
  /** Words of the title. */
  q?: string | undefined;
  /** At most one of these three. */
  agent?: Id<"agents"> | undefined;
  user?: Id<"users"> | undefined;
  channel?: string | undefined;
  /** Goes with an agent only. */
  status?: Status | undefined;
  days?: (typeof DAYS)[number] | undefined;
};

export function toSessionsSearch(search: Record<string, unknown>): SessionsSearch {
  const { q, days } = search;
  const known = DAYS.find((one) => one === days);
  return {
    ...(typeof q === "string" && q !== "" && { q }),
    ...toWhose(search),
    ...(known !== undefined && { days: known }),
  };
}

/** No list has more than one of them. */
function toWhose({ agent, user, channel, status }: Record<string, unknown>): SessionsSearch {
  if (isId<"users">(user)) return { user };
  if (typeof channel === "string") return { channel };
  const known = STATUSES.find((one) => one === status);
  return {
    ...(isId<"agents">(agent) && { agent }),
    ...(known !== undefined && { status: known }),
  };
}

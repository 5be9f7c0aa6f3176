/** Which agents, and what of one of them is looked at, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";
import { isId } from "../../data/ids";

export const STATUSES = ["active", "paused", "archived"] as const;
export type AgentsSearch = { status?: (typeof STATUSES)[number] | undefined };

export function toAgentsSearch({ status }: Record<string, unknown>): AgentsSearch {
  const known = STATUSES.find((one) => one === status);
  return known === undefined ? {} : { status: known };
}

export const VIEWS = ["settings", "test", "skills", "versions", "prompt"] as const;
export type View = (typeof VIEWS)[number];
export type AgentSearch = {
  view?: View | undefined;
  /** The version that is looked at. */
  version?: number | undefined;
  /** The session in which it is tested. */
  test?: Id<"sessions"> | undefined;
};

export function toAgentSearch({ view, version, test }: Record<string, unknown>): AgentSearch {
  const known = VIEWS.find((one) => one === view);
  return {
    ...(known !== undefined && { view: known }),
    ...(typeof version === "number" && { version }),
    ...(isId<"sessions">(test) && { test }),
  };
}

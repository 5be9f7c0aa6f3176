/** Which runs are looked at, as it stands in the address. */
import type { RunView } from "../../../../convex/views";

type Kind = RunView["state"]["kind"];

export const STATES = [
  "queued",
  "leased",
  "calling",
  "tools",
  "awaiting_approval",
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly Kind[];

type RunsSearch = { state?: Kind };

export function toRunsSearch({ state }: Record<string, unknown>): RunsSearch {
  const known = STATES.find((one) => one === state);
  return known === undefined ? {} : { state: known };
}

/** Which channel is looked into, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";

export type ChannelSearch = { channel?: Id<"channels"> };

export function toChannelSearch({ channel }: Record<string, unknown>): ChannelSearch {
  // What is no id is answered as one that nobody has.
  return typeof channel === "string" ? { channel: channel as Id<"channels"> } : {};
}

/** Which channel is looked into, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";
import { isId } from "../../data/ids";

export type ChannelSearch = { channel?: Id<"channels"> };

export function toChannelSearch({ channel }: Record<string, unknown>): ChannelSearch {
  return isId<"channels">(channel) ? { channel } : {};
}

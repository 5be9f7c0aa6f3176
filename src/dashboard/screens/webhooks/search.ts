/** Which deliveries are looked at, as it stands in the address. */
import type { Id } from "../../../../convex/_generated/dataModel";
import type { WebhookDeliveryView } from "../../../../convex/views/webhooks";
import { isId } from "../../data/ids";
import type { Tone } from "../../ui/Badge";

type State = WebhookDeliveryView["state"];

/** What the states of a delivery are called. */
export const STATES: Readonly<Record<State, { text: string; tone: Tone }>> = {
  pending: { text: "Waiting", tone: "warn" },
  delivering: { text: "Being sent", tone: "accent" },
  delivered: { text: "Delivered", tone: "good" },
  dead: { text: "Given up", tone: "bad" },
};

export type DeliverySearch = {
  state?: State | undefined;
  /** The one that is looked into. */
  delivery?: Id<"webhook_deliveries"> | undefined;
};

export function toDeliverySearch({ state, delivery }: Record<string, unknown>): DeliverySearch {
  return {
    ...(typeof state === "string" && Object.hasOwn(STATES, state) && { state: state as State }),
    ...(isId<"webhook_deliveries">(delivery) && { delivery }),
  };
}

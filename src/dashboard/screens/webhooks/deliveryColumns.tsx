import type { Id } from "../../../../convex/_generated/dataModel";
import type { WebhookDeliveryView } from "../../../../convex/views/webhooks";
import { Badge } from "../../ui/Badge";
import type { Column } from "../../ui/DataTable";
import { Count, Moment } from "../../ui/values";
import { STATES } from "./search";

type Choose = (deliveryId: Id<"webhook_deliveries">) => void;

export function deliveryColumns(choose: Choose): readonly Column<WebhookDeliveryView>[] {
  return [
    {
      name: "Event",
      cell: ({ _id, eventType }) => (
        <button type="button" className="text-accent underline" onClick={() => choose(_id)}>
          {eventType}
        </button>
      ),
      value: ({ eventType }) => eventType,
    },
    {
      name: "State",
      cell: ({ state }) => <DeliveryState state={state} />,
      value: ({ state }) => state,
      sortBy: ({ state }) => STATES[state].text,
    },
    {
      name: "Last answer",
      cell: ({ attempts }) => answerText(attempts.at(-1)),
      value: ({ attempts }) => answerText(attempts.at(-1)),
    },
    {
      name: "Attempts",
      isNumber: true,
      cell: ({ attemptCount }) => <Count of={attemptCount} />,
      value: ({ attemptCount }) => attemptCount,
    },
    {
      name: "Happened",
      cell: ({ createdAt }) => <Moment atMs={createdAt} />,
      value: ({ createdAt }) => new Date(createdAt).toISOString(),
    },
    {
      name: "Next attempt",
      cell: ({ nextAttemptAtMs }) => nextAttemptAtMs !== null && <Moment atMs={nextAttemptAtMs} />,
      value: ({ nextAttemptAtMs }) =>
        nextAttemptAtMs === null ? "" : new Date(nextAttemptAtMs).toISOString(),
    },
  ];
}

export function DeliveryState({ state }: Pick<WebhookDeliveryView, "state">) {
  const { text, tone } = STATES[state];
  return <Badge tone={tone}>{text}</Badge>;
}

/** "204", or why there was none. */
export function answerText(attempt: WebhookDeliveryView["attempts"][number] | undefined): string {
  if (attempt === undefined) return "";
  return attempt.status === null ? (attempt.error ?? "no answer") : String(attempt.status);
}

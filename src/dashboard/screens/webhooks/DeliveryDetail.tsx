import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { WebhookDeliveryView } from "../../../../convex/views/webhooks";
import { useMay, useTenantMutation, useTenantQuery } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Dialog } from "../../ui/Dialog";
import { Loading } from "../../ui/states";
import { useAct } from "../../ui/useAct";
import { Moment } from "../../ui/values";
import { answerText, DeliveryState } from "./deliveryColumns";

type DeliveryDetailProps = { deliveryId: Id<"webhook_deliveries">; close: () => void };
type Delivery = WebhookDeliveryView & { payload: string | null };

/** One delivery: each attempt with its answer, and what is sent. */
export function DeliveryDetail({ deliveryId, close }: DeliveryDetailProps) {
  const delivery = useTenantQuery(api.queries.webhooks.delivery, { deliveryId });
  return (
    <Dialog title={delivery?.eventType ?? "A delivery"} close={close}>
      {delivery === undefined ? <Loading lines={6} /> : <Parts delivery={delivery} />}
    </Dialog>
  );
}

function Parts({ delivery }: { delivery: Delivery }) {
  const { state, deadReason, nextAttemptAtMs, eventId, attempts, payload } = delivery;
  return (
    <div className="space-y-3">
      <p className="flex flex-wrap items-center gap-2">
        <DeliveryState state={state} /> {deadReason}
        {nextAttemptAtMs !== null && (
          <span>
            next attempt <Moment atMs={nextAttemptAtMs} />
          </span>
        )}
      </p>
      <p className="text-subtle">
        <code className="font-mono text-xs break-all">webhook-id: {eventId}</code>
      </p>
      {attempts.length === 0 && <p className="text-subtle">It was not tried yet.</p>}
      <ol aria-label="Attempts" className="space-y-1">
        {attempts.map((attempt) => (
          <Attempt key={attempt.at} attempt={attempt} />
        ))}
      </ol>
      <h3 className="font-semibold">What is sent</h3>
      {payload === null ? (
        <p className="text-subtle">It is not kept any more.</p>
      ) : (
        <pre
          tabIndex={0}
          role="group"
          aria-label="What is sent"
          className="bg-sunken max-h-72 overflow-auto rounded-md p-3 font-mono text-xs"
        >
          {indented(payload)}
        </pre>
      )}
      <div className="flex justify-end gap-2">
        {payload !== null && <CopyButton text={payload} label="Copy as it is sent" />}
        <Again delivery={delivery} />
      </div>
    </div>
  );
}

function Attempt({ attempt }: { attempt: Delivery["attempts"][number] }) {
  const { at, durationMs, status } = attempt;
  const isGood = status !== null && status >= 200 && status < 300;
  return (
    <li className="flex flex-wrap items-center gap-2">
      <Badge tone={isGood ? "good" : "bad"}>{answerText(attempt)}</Badge>
      <Moment atMs={at} />
      <span className="text-subtle">in {Math.round(durationMs)} ms</span>
    </li>
  );
}

function Again({ delivery: { _id: deliveryId, state } }: { delivery: Delivery }) {
  const mayWrite = useMay("webhooks:write");
  const replay = useTenantMutation(api.mutations.webhooks.replay);
  const act = useAct();
  if (!mayWrite) return null;
  return (
    <Button
      tone="primary"
      disabled={state === "delivering"}
      onClick={() => void act(() => replay({ deliveryId }))}
    >
      {state === "pending" ? "Send it now" : "Send it again"}
    </Button>
  );
}

/** For people to read; what is sent has no spaces. */
function indented(payload: string): string {
  return JSON.stringify(JSON.parse(payload), null, 2);
}

import { useState } from "react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField } from "../../ui/Field";
import { useAct } from "../../ui/useAct";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BACK: Readonly<Record<string, number>> = {
  "of the last hour": HOUR_MS,
  "of the last day": DAY_MS,
  "of the last week": 7 * DAY_MS,
  "of the last 30 days": 30 * DAY_MS,
};

type ReplayDeadProps = { endpointId: Id<"webhook_endpoints">; close: () => void };

/** Sends again what was given up, for a receiver that is well again. */
export function ReplayDead({ endpointId, close }: ReplayDeadProps) {
  const replayDead = useTenantMutation(api.mutations.webhooks.replayDead);
  const act = useAct();
  const [backMs, setBackMs] = useState(DAY_MS);
  const [isBusy, setBusy] = useState(false);
  const replay = async () => {
    const sinceMs = Date.now() - backMs;
    let count = 0;
    let hasMore = true;
    while (hasMore) {
      const done = await replayDead({ endpointId, sinceMs });
      count += done.replayedCount;
      hasMore = done.hasMore;
    }
    toast.success(count === 0 ? "None was given up" : `${count} sent again`);
  };
  const go = async () => {
    setBusy(true);
    await act(replay);
    close();
  };
  return (
    <Dialog
      title="Send given-up deliveries again"
      hint="The oldest first, each under its own id: a receiver that knows the id has had it."
      close={close}
    >
      <SelectField
        label="Those"
        value={backMs}
        onChange={({ target }) => setBackMs(Number(target.value))}
      >
        {Object.entries(BACK).map(([name, ms]) => (
          <option key={ms} value={ms}>
            {name}
          </option>
        ))}
      </SelectField>
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={close}>Leave it</Button>
        <Button tone="primary" disabled={isBusy} onClick={() => void go()}>
          Send
        </Button>
      </div>
    </Dialog>
  );
}

import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { BudgetView } from "../../../../convex/views/budgets";
import { useMay, useTenantMutation } from "../../data/tenant";
import { BurnDown } from "../../shared/BurnDown";
import { Pace } from "../../shared/Pace";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Confirm } from "../../ui/Confirm";
import { Meter, percentText } from "../../ui/Meter";
import { useAct } from "../../ui/useAct";
import { Count, Moment, Money } from "../../ui/values";
import { Increase } from "./Increase";
import { actionText, KEPT_BY, useSubjectName, windowText } from "./texts";

/** One budget: its bounds, what is left, and when it is whole again. */
export function Budget({ budget }: { budget: BudgetView }) {
  const mayWrite = useMay("budgets:write");
  const subjectName = useSubjectName();
  const remove = useTenantMutation(api.mutations.budgets.remove);
  const act = useAct();
  const [open, setOpen] = useState<"increase" | "remove" | null>(null);
  const { _id: policyId, name, percent, status, source, resetsAtMs, window } = budget;
  const close = () => setOpen(null);
  return (
    <Card
      title={name}
      action={
        <span className="flex gap-1">
          {source !== "manual" && <Badge>Managed</Badge>}
          <Badge tone={percent >= 100 ? "bad" : "neutral"}>{percentText(percent)}</Badge>
        </span>
      }
    >
      <p className="text-subtle mb-2">
        {subjectName(budget)}, {windowText(window)}: {actionText(budget)}
        {status !== "active" && ` (${status})`}
      </p>
      <Meter label={`${name}: used`} percent={percent} />
      <Standing budget={budget} />
      <Pace budget={budget} />
      {resetsAtMs !== null && (
        <p className="text-subtle mt-1">
          Whole again <Moment atMs={resetsAtMs} />
        </p>
      )}
      {source !== "manual" && <p className="text-subtle mt-1">{KEPT_BY[source]}</p>}
      <Days budget={budget} />
      {mayWrite && source !== "plan" && (
        <div className="mt-3 flex gap-2">
          {window !== "message" && (
            <Button size="sm" onClick={() => setOpen("increase")}>
              Grant more, once
            </Button>
          )}
          {source === "manual" && (
            <Button size="sm" tone="danger" onClick={() => setOpen("remove")}>
              Remove
            </Button>
          )}
        </div>
      )}
      {open === "increase" && <Increase budget={budget} close={close} />}
      {open === "remove" && (
        <Confirm
          title={`Remove "${name}"?`}
          hint="What it bounds is bounded no longer. Agents that it has paused go on."
          verb="Remove"
          act={() => act(() => remove({ policyId }))}
          close={close}
        />
      )}
    </Card>
  );
}

/** Asked for when somebody wants to see it: a page of budgets would ask fifty times. */
function Days({ budget }: { budget: BudgetView }) {
  const maySeeCosts = useMay("costs:read");
  const [isOpen, setOpen] = useState(false);
  if (!maySeeCosts || !["day", "week", "month"].includes(budget.window)) return null;
  return (
    <details className="mt-2" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="text-subtle cursor-pointer">
        {budget.window === "day" ? "Hour by hour" : "Day by day"}
      </summary>
      {isOpen && <BurnDown budget={budget} />}
    </details>
  );
}

function Standing({ budget: { cost, tokens } }: { budget: BudgetView }) {
  return (
    <dl className="mt-2 space-y-1">
      {cost.limitUsd !== undefined && (
        <div className="flex flex-wrap gap-x-4">
          <dt className="sr-only">Cost</dt>
          <dd>
            <Money usd={cost.spentUsd} /> spent, <Money usd={cost.reservedUsd} /> held, of{" "}
            <Money usd={cost.limitUsd} />
            {cost.increaseUsd !== undefined && cost.increaseUsd !== "0" && (
              <>
                {" "}
                (with <Money usd={cost.increaseUsd} /> on top)
              </>
            )}
          </dd>
        </div>
      )}
      {tokens.limit !== undefined && (
        <div>
          <dt className="sr-only">Tokens</dt>
          <dd>
            <Count of={tokens.spent} /> tokens used, <Count of={tokens.reserved} /> held, of{" "}
            <Count of={tokens.limit} />
          </dd>
        </div>
      )}
    </dl>
  );
}

/** What may be spent, where it stands, and what became of it. */
import { useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { useHalfHour } from "../../data/clock";
import { useMay, useTenantPages } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { More } from "../../ui/More";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { Binding } from "./Binding";
import { Budget } from "./Budget";
import { BudgetEvents } from "./BudgetEvents";
import { NewBudget } from "./NewBudget";

export function Budgets() {
  const nowMs = useHalfHour();
  const mayWrite = useMay("budgets:write");
  const { budget: sought } = useSearch({ from: "/signed-in/$tenant/budgets" });
  const [isMaking, setMaking] = useState(false);
  const { results, status, loadMore } = useTenantPages(api.queries.budgets.list, { nowMs });
  const actions = mayWrite && (
    <Button tone="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden /> New budget
    </Button>
  );
  return (
    <>
      <ScreenHeader title="Budgets" actions={actions} />
      {status === "LoadingFirstPage" && <Loading lines={6} />}
      {status === "Exhausted" && results.length === 0 && (
        <Empty title="Nothing is bounded">
          A budget refuses a call before it is made, if what it may come to does not fit any more.
        </Empty>
      )}
      <ul className="mb-4 grid gap-4 lg:grid-cols-2">
        {results.map((budget) => (
          <li key={budget._id} ref={budget._id === sought ? show : undefined} tabIndex={-1}>
            <Budget budget={budget} />
          </li>
        ))}
      </ul>
      <More status={status} loadMore={loadMore} />
      <Binding />
      <BudgetEvents />
      {isMaking && <NewBudget close={() => setMaking(false)} />}
    </>
  );
}

/** Whoever comes by a link to one budget finds it, and not the page's beginning. */
function show(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "center" });
  element?.focus({ preventScroll: true });
}

import { Link } from "@tanstack/react-router";
import type { RunView } from "../../../convex/views";
import { useMay, useTenant } from "../data/tenant";

/** From a run that was refused to the budget that did it, or to all that bound its agent; for who may see them. */
export function BudgetLink({
  run: { state, agentId },
}: {
  run: Pick<RunView, "state" | "agentId">;
}) {
  const { slug } = useTenant();
  const mayRead = useMay("budgets:read");
  const { reason, refusedById } = state;
  if (!mayRead || (reason !== "budget_exceeded" && reason !== "price_unknown")) return null;
  return (
    <Link
      to="/$tenant/budgets"
      params={{ tenant: slug }}
      search={refusedById === undefined ? { agent: agentId } : { budget: refusedById }}
      className="font-medium underline"
    >
      See the budget
    </Link>
  );
}

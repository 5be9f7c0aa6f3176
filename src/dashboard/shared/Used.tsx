import type { BudgetView } from "../../../convex/views/budgets";
import { formatUsd } from "../../core/money";
import { Count, Money } from "../ui/values";
import { measureOf } from "./measure";

/** How much of a budget is spent: "$0.57 of $1.00", "31,941 of 10,000,000 tokens". */
export function Used({ budget }: { budget: BudgetView }) {
  const measure = measureOf(budget);
  if (measure === null) return null;
  const { unit, spent, limit } = measure;
  return (
    <span className="text-subtle">
      {unit === "usd" ? (
        <>
          <Money usd={formatUsd(spent)} /> of <Money usd={formatUsd(limit)} />
        </>
      ) : (
        <>
          <Count of={spent} /> of <Count of={limit} /> tokens
        </>
      )}
    </span>
  );
}

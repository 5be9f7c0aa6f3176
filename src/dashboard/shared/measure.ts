/** Of a budget that bounds cost and tokens, the one of the two that is further on. */
import type { BudgetView } from "../../../convex/views/budgets";
import { parseUsd } from "../../core/money";

/** Whole picoUSD, or tokens. */
export type Measure = Readonly<{ unit: "usd" | "tokens"; spent: bigint; limit: bigint }>;

/** @returns Null for amounts that are beyond all limits there are. */
export function measureOf({ cost, tokens }: Pick<BudgetView, "cost" | "tokens">): Measure | null {
  const ofCost = costOf(cost);
  const ofTokens: Measure | null =
    tokens.limit === undefined
      ? null
      : { unit: "tokens", spent: BigInt(tokens.spent), limit: BigInt(tokens.limit) };
  if (ofCost === null || ofTokens === null) return ofCost ?? ofTokens;
  const isCost = ofCost.spent * ofTokens.limit >= ofTokens.spent * ofCost.limit;
  return isCost ? ofCost : ofTokens;
}

function costOf({ spentUsd, limitUsd }: BudgetView["cost"]): Measure | null {
  const [spent, limit] = [parseUsd(spentUsd), parseUsd(limitUsd ?? "")];
  return spent === null || limit === null ? null : { unit: "usd", spent, limit };
}

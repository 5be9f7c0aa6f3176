/** Sums as views of costs show them. */
import { toUsdText } from "../../lib/usd";
import type { StoredSums } from "../../validators";
import type { Spend } from "../../views/costs";

export function toSpend(sums: StoredSums): Spend {
  const { promptTokens, completionTokens, costEvents, unpricedEvents } = sums;
  return {
    costUsd: toUsdText(sums.totalCostPico),
    costPico: sums.totalCostPico.toString(),
    inputCostUsd: toUsdText(sums.inputCostPico),
    outputCostUsd: toUsdText(sums.outputCostPico),
    feesUsd: toUsdText(sums.feesPico),
    promptTokens,
    completionTokens,
    costEvents,
    unpricedEvents,
  };
}

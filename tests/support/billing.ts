/** The provider's bill, for holding the product's ledger against. */
import { costOf, NO_MODIFIERS } from "../../src/pricing/cost";
import { findPrice } from "../../src/pricing/priceBook";
import type { LedgerEntry } from "../../src/providers/simulator/ledger";

/** What the simulator would put on the bill for these calls, in picoUSD, by our price book. */
export function billedPico(
  entries: readonly Pick<LedgerEntry, "model" | "startedAtMs" | "billed">[],
  provider: string,
): bigint {
  return entries.reduce((sum, { model, startedAtMs, billed }) => {
    const price = findPrice({ provider, model, atMs: startedAtMs });
    if (price === null) throw new Error(`no price for ${model}`);
    return sum + costOf(billed, price, NO_MODIFIERS).totalPico;
  }, 0n);
}

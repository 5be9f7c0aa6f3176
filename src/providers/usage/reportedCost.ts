/** What providers themselves say that a call cost, beside its tokens; few of them do. */
import { CALL_PICO_MAX, parseUsd, PICO_DIGITS } from "../../core/money";
import { fieldOf } from "./counts";

/** xAI counts in ticks of 1e-10 USD, and a tick is this many picoUSD. */
const PICO_PER_TICK = 100n;

/**
 * The amount in picoUSD, or null when the usage states none that makes sense: OpenRouter's `cost` (with what the vendor
 * bills besides, when the call went out with the tenant's own key there), Perplexity's `cost.total_cost`, xAI's
 * `cost_in_usd_ticks`.
 */
export function reportedCostPico(usage: unknown): bigint | null {
  const pico = statedPico(usage);
  return pico === null || pico > CALL_PICO_MAX ? null : pico;
}

function statedPico(usage: unknown): bigint | null {
  const ticks = fieldOf(usage, "cost_in_usd_ticks");
  if (Number.isSafeInteger(ticks) && Number(ticks) >= 0)
    return BigInt(Number(ticks)) * PICO_PER_TICK;
  const cost = fieldOf(usage, "cost");
  const charged = picoOf(typeof cost === "object" ? fieldOf(cost, "total_cost") : cost);
  if (charged === null || fieldOf(usage, "is_byok") !== true) return charged;
  const besides = picoOf(fieldOf(fieldOf(usage, "cost_details"), "upstream_inference_cost"));
  return besides === null ? null : charged + besides;
}

/** What the number was written as; of more than 12 places, the nearest that has 12. */
function picoOf(usd: unknown): bigint | null {
  if (typeof usd !== "number" || !(usd >= 0)) return null;
  return parseUsd(String(usd)) ?? parseUsd(usd.toFixed(PICO_DIGITS));
}

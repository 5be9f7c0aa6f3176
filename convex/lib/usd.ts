/** Amounts at the doors: USD in as a number or a decimal string, out as both. Stored in picoUSD. */
import { v, type Infer } from "convex/values";
import {
  CALL_PICO_MAX,
  formatUsd,
  narrow,
  parseUsd,
  PICO_DIGITS,
  usdNumber,
  widen,
} from "../../src/core/money";
import { fail } from "./errors";

/** An amount of USD: 0.1 for convenience, "0.1" where it has to be exact. */
export const vUsdInput = v.union(v.number(), v.string());
export type UsdInput = Infer<typeof vUsdInput>;

/**
 * The amount in picoUSD.
 *
 * @throws invalid_argument - It is negative, too large, or no decimal with at most 12 places.
 */
export function toPico(field: string, usd: UsdInput): bigint {
  const pico = typeof usd === "number" ? picoOfNumber(usd) : parseUsd(usd);
  if (pico === null || pico < 0n) {
    return fail({
      kind: "invalid_argument",
      field,
      reason: "give USD from 0 to 9,000,000, as a number or a decimal with at most 12 places",
    });
  }
  return pico;
}

/**
 * The amount of one call in picoUSD: of a part of it, or of all.
 *
 * @throws invalid_argument - As `toPico`; or it is more than any call costs.
 */
export function toCallPico(field: string, usd: UsdInput): bigint {
  return checkedCallPico(field, toPico(field, usd));
}

/** @throws invalid_argument - It is more than any call costs. */
export function checkedCallPico(field: string, pico: bigint): bigint {
  if (pico <= CALL_PICO_MAX) return pico;
  const reason = `must be at most ${formatUsd(CALL_PICO_MAX)} USD for one call`;
  return fail({ kind: "invalid_argument", field, reason });
}

/** What the number was written as: 100000.1 is not the 100000.100000000006 that its double comes nearest to. */
function picoOfNumber(usd: number): bigint | null {
  return parseUsd(String(usd)) ?? parseUsd(usd.toFixed(PICO_DIGITS));
}

/** The amount as the nearest number, for shapes that have one. */
export function toUsd(pico: bigint): number {
  return usdNumber(pico);
}

/** The exact amount as a decimal string. */
export function toUsdText(pico: bigint): string {
  return formatUsd(pico);
}

/** What all calls of a session, run or step cost, as its row has it: of any size. */
type TotalCost = { totalCostPico: bigint; totalCostCarry?: bigint };

export function totalPicoOf({ totalCostPico: rest, totalCostCarry: carry }: TotalCost): bigint {
  return narrow({ carry, rest });
}

/** The same with more, as it is stored. */
export function withMorePico(total: TotalCost, pico: bigint) {
  const { carry, rest } = widen(totalPicoOf(total) + pico);
  return { totalCostPico: rest, totalCostCarry: carry };
}

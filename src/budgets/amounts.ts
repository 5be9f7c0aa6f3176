/** Amounts that budgets count: tokens and cost, side by side. */
import { AMOUNT_PICO_MAX, narrow, widen } from "../core/money";

export type Spending = { tokens: number; pico: bigint };

/** A limit; what is absent is not bounded. */
export type Limits = { tokens?: number; pico?: bigint };

/** What was spent, as it is stored: others spend it than the limit admits, and so it may be more than one int64 holds. */
export type StoredSpending = Spending & { carry?: bigint };

export const NOTHING: Spending = { tokens: 0, pico: 0n };

export function plus(a: Spending, b: Spending): Spending {
  return { tokens: a.tokens + b.tokens, pico: a.pico + b.pico };
}

export function minus(a: Spending, b: Spending): Spending {
  return { tokens: a.tokens - b.tokens, pico: a.pico - b.pico };
}

export function sum(amounts: Iterable<Spending>): Spending {
  let all = NOTHING;
  for (const amount of amounts) all = plus(all, amount);
  return all;
}

export function isWithin(amount: Spending, limit: Limits): boolean {
  return (
    (limit.tokens === undefined || amount.tokens <= limit.tokens) &&
    (limit.pico === undefined || amount.pico <= limit.pico)
  );
}

/** The limit with an amount on top; what is not bounded stays so. */
export function raisedBy({ tokens, pico }: Limits, by: Spending): Limits {
  return {
    ...(tokens !== undefined && { tokens: tokens + by.tokens }),
    ...(pico !== undefined && { pico: pico + by.pico }),
  };
}

/** The limit with what was granted on top of it: no more than can be stored. */
export function withGranted(limit: Limits, granted: Spending): Limits {
  const { pico, ...rest } = raisedBy(limit, granted);
  if (pico === undefined) return rest;
  return { ...rest, pico: pico < AMOUNT_PICO_MAX ? pico : AMOUNT_PICO_MAX };
}

export function toStored({ tokens, pico }: Spending): StoredSpending {
  const { carry, rest } = widen(pico);
  return { tokens, pico: rest, ...(carry !== undefined && { carry }) };
}

export function fromStored({ tokens, pico: rest, carry }: StoredSpending): Spending {
  return { tokens, pico: narrow({ carry, rest }) };
}

/** What an amount leaves of a limit; less than nothing where it is overspent. */
export function leftOf(limit: Limits, amount: Spending): Limits {
  return raisedBy(limit, minus(NOTHING, amount));
}

export function isSameLimit(a: Limits, b: Limits | undefined): boolean {
  return b !== undefined && a.tokens === b.tokens && a.pico === b.pico;
}

/** The fixture's bank: its functions, random things to do with it, and what it must look like afterwards. */
import fc from "fast-check";
import type { ApiFromModules, FunctionReturnType } from "convex/server";
import { anyApi } from "convex/server";
import { expect } from "vitest";
import type * as banks from "../fixtures/projects/serialisable/convex/banks";

export const PROJECT = "tests/fixtures/projects/serialisable";
export const api = (anyApi as unknown as ApiFromModules<{ banks: typeof banks }>).banks;

export const ACCOUNTS = 4;
export const BALANCE = 100;

export type State = FunctionReturnType<typeof api.account>;
type Operation = FunctionReturnType<typeof api.operations>[number];

const number = fc.integer({ min: 0, max: ACCOUNTS - 1 });
const act = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("bump" as const), number }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("transfer" as const),
      from: number,
      to: number,
      amount: fc.integer({ min: 1, max: BALANCE }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("level" as const) }) },
);
export type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** What each of several clients does, all at once. */
export const histories = (clients: number) =>
  fc.array(fc.array(act, { minLength: 5, maxLength: 25 }), {
    minLength: clients,
    maxLength: clients,
  });

export const sumOf = (accounts: readonly State[]) =>
  accounts.reduce((sum, { balance }) => sum + balance, 0);

/**
 * Makes the operations again, one after the other in the order of their commits: each must have read what
 * those before it had written.
 *
 * @returns Every state that the bank was in, the first included.
 */
export function replay(operations: readonly Operation[]): State[][] {
  let present = Array.from({ length: ACCOUNTS }, (_, number) => ({
    number,
    balance: BALANCE,
    version: 0,
  }));
  const states = [present];
  let lastCreatedAt = 0;
  for (const { createdAt, read, written } of operations) {
    expect(createdAt).toBeGreaterThan(lastCreatedAt);
    lastCreatedAt = createdAt;
    for (const state of read) expect(state).toEqual(present[state.number]);
    present = present.map((state) => written.find((next) => next.number === state.number) ?? state);
    states.push(present);
  }
  return states;
}

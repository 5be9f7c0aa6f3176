/** What may happen to the calls of a tenant, by chance and in any order. */
import fc from "fast-check";
import { formatUsd } from "../../src/core/money";

/** An agent's reply has at most as many. */
export const REPLY_TOKENS = 500;

const usd = (max: bigint) => fc.bigInt({ min: 0n, max }).map(formatUsd);
const cent = usd(40_000_000_000n);
const tokens = fc.integer({ min: 0, max: 3_000 });
export const limits = fc.record({
  limit: fc.bigInt({ min: 100_000_000_000n, max: 800_000_000_000n }).map(formatUsd),
  limitTokens: fc.integer({ min: 8_000, max: 60_000 }),
});
const kindOf = <Kind extends string>(kind: Kind) => fc.constant(kind);
const nth = fc.nat(1_000);
export const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kindOf("reserve"),
      cost: cent,
      tokens,
      minutes: fc.constantFrom(15, 1_440),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kindOf("call"), chars: fc.integer({ min: 1, max: 2_000 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kindOf("settle"),
      nth,
      percent: fc.integer({ min: 0, max: 100 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("release"), nth }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kindOf("end"),
      nth,
      input: fc.integer({ min: 1, max: 500 }),
      output: fc.integer({ min: 0, max: REPLY_TOKENS }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("report"), cost: cent, tokens }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("correct"), nth, cost: cent }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kindOf("rerate"),
      usdPerMillion: fc.integer({ min: 1, max: 50 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("increase"), nth, cost: cent, tokens }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kindOf("pass"), minutes: fc.constantFrom(20, 60, 1_500) }),
  },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
export type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isWithin,
  minus,
  NOTHING,
  plus,
  type Limits,
  type Spending,
} from "../../../src/budgets/amounts";
import {
  admit,
  drawTogether,
  holdsFor,
  isOver,
  newShard,
  settle,
  shardCountFor,
  shardOf,
  SHARDS_MAX,
  wholeOf,
  type Counter,
  type Numbered,
} from "../../../src/budgets/escrow";

/** A counter with its shards, used as a transaction uses them; and beside it the sums as they ought to be. */
class Budget {
  counter: Counter = { settled: NOTHING, division: null };
  shards = new Map<number, Numbered>();
  spent = NOTHING;
  open: { shard: number; held: Spending }[] = [];
  drawn = 0;
  countMax = 1;
  constructor(public limit: Limits) {}

  get reserved(): Spending {
    return this.open.reduce((sum, { held }) => plus(sum, held), NOTHING);
  }

  reserve(requested: Spending, spreadBy: string): boolean {
    const { division } = this.counter;
    const held = holdsFor(division, this.limit)
      ? admit(this.at(shardOf(spreadBy, division)), requested)
      : null;
    if (held !== null) return this.hold(shardOf(spreadBy, division), held, requested);
    const draw = { limit: this.limit, requested, spreadBy };
    const drawn = drawTogether(this.counter, [...this.shards.values()], draw);
    if (drawn === null) return false;
    this.drawn++;
    this.counter = drawn.counter;
    for (const shard of drawn.emptied) this.shards.delete(shard);
    for (const shard of drawn.shards) this.shards.set(shard.shard, shard);
    this.countMax = Math.max(this.countMax, drawn.counter.division?.shardCount ?? 0);
    const own = shardOf(spreadBy, drawn.counter.division);
    const admitted = admit(this.at(own), requested);
    if (admitted === null) throw new Error("what fits into the whole fits after drawing together");
    return this.hold(own, admitted, requested);
  }

  end(nth: number, used: Spending): void {
    const [one] = this.open.splice(nth % this.open.length, 1);
    if (one !== undefined) this.write(one.shard, { held: one.held, used });
  }

  spend(used: Spending, spreadBy: string): void {
    this.write(shardOf(spreadBy, this.counter.division), { held: NOTHING, used });
  }

  private write(number: number, change: { held: Spending; used: Spending }): void {
    const shard = settle(this.at(number), change);
    this.shards.set(number, { ...shard, shard: number });
    if (isOver(shard)) this.counter = { ...this.counter, division: null };
    this.spent = plus(this.spent, change.used);
  }

  private at(number: number) {
    return this.shards.get(number) ?? newShard(this.counter.division);
  }

  private hold(number: number, shard: ReturnType<typeof newShard>, held: Spending): true {
    this.shards.set(number, { ...shard, shard: number });
    this.open.push({ shard: number, held });
    return true;
  }
}

const amount = fc.record({ tokens: fc.integer({ min: 0, max: 40 }), pico: fc.bigInt(0n, 40n) });
const limit = fc.record(
  { tokens: fc.integer({ min: 0, max: 20_000 }), pico: fc.bigInt(0n, 20_000n) },
  { requiredKeys: [] },
);
const writer = fc.integer({ min: 0, max: 400 }).map((n) => `writer ${n}`);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("reserve" as const), amount, writer }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("end" as const), nth: fc.nat(), amount }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("release" as const), nth: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("spend" as const), amount, writer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("limit" as const), limit }) },
);

describe("a counter in shards, whatever is done to it in whatever order", () => {
  test("admits exactly what fits into the whole, and loses nothing", () => {
    const met = { drawn: 0, refused: 0, shards: 1 };
    fc.assert(
      fc.property(limit, fc.array(step, { minLength: 1, maxLength: 120 }), (first, steps) => {
        const budget = new Budget(first);
        for (const one of steps) {
          if (one.kind === "reserve") {
            const all = plus(plus(budget.spent, budget.reserved), one.amount);
            const isAdmitted = budget.reserve(one.amount, one.writer);
            expect(isAdmitted).toBe(isWithin(all, budget.limit));
            if (!isAdmitted) met.refused++;
          } else if (one.kind === "limit") budget.limit = one.limit;
          else if (one.kind === "spend") budget.spend(one.amount, one.writer);
          else if (budget.open.length > 0) {
            budget.end(one.nth, one.kind === "release" ? NOTHING : one.amount);
          }
          const whole = wholeOf(budget.counter, [...budget.shards.values()]);
          expect(whole).toEqual({ spent: budget.spent, reserved: budget.reserved });
          expect(budget.shards.size).toBeLessThanOrEqual(SHARDS_MAX);
        }
        met.drawn += budget.drawn;
        met.shards = Math.max(met.shards, budget.countMax);
      }),
      { numRuns: 400, seed: 7 },
    );
    expect(met.drawn).toBeGreaterThan(100);
    expect(met.refused).toBeGreaterThan(100);
    expect(met.shards).toBeGreaterThan(15);
  });

  test("admits nothing elsewhere once a shard has used what was for all", () => {
    const budget = new Budget({ pico: 320n });
    const one = { tokens: 0, pico: 1n };
    expect(budget.reserve(one, "writer 0")).toBe(true);
    budget.spend({ tokens: 0, pico: 319n }, "writer 1");
    for (let n = 0; n < 40; n++) expect(budget.reserve(one, `writer ${n}`)).toBe(false);
  });

  test("comes to the last request from many shards, and draws together seldom", () => {
    const budget = new Budget({ pico: 10_000n });
    const one = { tokens: 0, pico: 1n };
    for (let n = 0; n < 10_000; n++) expect(budget.reserve(one, `writer ${n}`)).toBe(true);
    expect(budget.reserve(one, "writer 0")).toBe(false);
    expect(budget.countMax).toBe(SHARDS_MAX);
    expect(budget.drawn).toBeLessThan(60);
  });
});

test("there are as many shards as have room for some requests each", () => {
  const one = { tokens: 10, pico: 10n };
  expect(shardCountFor({}, one)).toBe(256);
  expect(shardCountFor({ pico: 159n }, one)).toBe(1);
  expect(shardCountFor({ pico: 160n }, one)).toBe(2);
  expect(shardCountFor({ pico: 10_000_000n, tokens: 330 }, one)).toBe(4);
  expect(shardCountFor({ pico: 10_000_000n }, NOTHING)).toBe(256);
  expect(minus(one, one)).toEqual(NOTHING);
});

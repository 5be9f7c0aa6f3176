/**
 * Whether a call fits into every budget that bounds it. It decides and writes nothing: admission does what it says, and
 * `queries.budgets.check` tells it.
 */
import { withGranted, type Limits, type Spending } from "../../../src/budgets/amounts";
import {
  admit as admitTo,
  drawTogether,
  holdsFor,
  shardOf,
  wholeOf,
  type Redivided,
  type Whole,
} from "../../../src/budgets/escrow";
import { assert } from "../../../src/core/assert";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { FallbackModel } from "../../validators";
import type { TenantScope } from "../access";
import { hourFor } from "../periods";
import {
  counterSeen,
  divisionOf,
  shardFor,
  shardsOf,
  type CounterSeen,
  type Found,
  type Moment,
} from "./counters";
import { policiesFor, type Called, type CountedPolicy } from "./matching";
import type { Refusal } from "./refusals";
import { tokensOf, worstCaseOf, type TokensMax } from "./worstCase";

/** The call as it would be made. */
export type Wanted = {
  called: Called;
  /** Calls that go on beside each other are best spread by different texts. */
  spreadBy: string;
  /** What the call can come to: by its tokens, at the model's price, or as somebody says. */
  worst: TokensMax | Spending;
  /** What has sent the call to this model: those budgets bound it no more. */
  degraded?: readonly Refusal[];
  nowMs: number;
};

export type Decision =
  | { kind: "admitted"; requested: Spending; moment: Moment | null; places: readonly Place[] }
  /** What was spent before a budget was there is being carried in: ask again in a moment. */
  | { kind: "opening"; policy: CountedPolicy }
  /** So many shards are to be drawn together that this budget's have to wait: draw the others', and ask again. */
  | { kind: "drawing"; policy: CountedPolicy; places: readonly Place[] }
  | { kind: "refused"; refusal: Refusal; moment: Moment };

/** Where the call is held in one budget: in a shard as it is, or after its shards were drawn together. */
export type Place = {
  policy: CountedPolicy;
  counter: CounterSeen;
  found: Found;
  drawn: { before: Doc<"budget_shards">[]; after: Redivided } | null;
};

/**
 * Of how many shards it is enough to be drawn together in one transaction: up to `SHARDS_MAX` more are. Each is a row that
 * is written, and a range that is read, of which a transaction may read 4,096.
 */
const DRAWN_SHARDS_ENOUGH = 768;

/** How many budgets may send one call on, each to a cheaper model: with each the others are asked anew. */
const DEGRADED_MAX = 4;

/** Where the call is to be held, or the first budget that it does not fit into. */
export async function decide(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  wanted: Wanted,
): Promise<Decision> {
  const { called, degraded = [], nowMs } = wanted;
  const bounding = (await policiesFor(ctx, scope, called)).filter(
    (policy) => bounds(policy, called) && !degraded.some((by) => by.policy._id === policy._id),
  );
  const opening = bounding.find(({ status }) => status === "opening");
  if (opening !== undefined) return { kind: "opening", policy: opening };

  const requested = await requestedBy(ctx, scope, { wanted, bounding });
  if (bounding.length === 0) {
    assert(requested !== null, "what bounds no cost asks for no price");
    return { kind: "admitted", requested, moment: null, places: [] };
  }
  const moment = { atMs: nowMs, hour: await hourFor(ctx, scope, nowMs) };
  const places: Place[] = [];
  let drawnShards = 0;
  for (const policy of bounding.toSorted(byDegrading)) {
    if (drawnShards >= DRAWN_SHARDS_ENOUGH) return { kind: "drawing", policy, places };
    if (requested === null && policy.limit.pico !== undefined) {
      return { kind: "refused", refusal: { kind: "price_unknown", policy, called }, moment };
    }
    const amount = requested ?? { tokens: 0, pico: 0n };
    const found = await placeIn(ctx, policy, { wanted, requested: amount, moment });
    if ("refusal" in found) return { kind: "refused", refusal: found.refusal, moment };
    places.push(found);
    drawnShards += found.drawn?.before.length ?? 0;
  }
  assert(requested !== null, "what bounds no cost asks for no price");
  return { kind: "admitted", requested, moment, places };
}

/** First those that send a call to a cheaper model: with that it may fit into the others as well. */
function byDegrading(a: CountedPolicy, b: CountedPolicy): number {
  return Number(b.action === "degrade") - Number(a.action === "degrade");
}

/** The same for a call that is made of the cheaper model that a budget names, as it is: of the last one that is named. */
export async function decideDegrading<W extends Wanted>(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  wanted: W,
): Promise<{ decision: Decision; wanted: W }> {
  const decision = await decide(ctx, scope, wanted);
  const { called, degraded = [] } = wanted;
  const cheaper = decision.kind === "refused" ? cheaperBy(decision.refusal) : undefined;
  if (decision.kind !== "refused" || cheaper === undefined) return { decision, wanted };
  if (degraded.length === DEGRADED_MAX) return { decision, wanted };
  return await decideDegrading(ctx, scope, {
    ...wanted,
    called: { ...called, ...cheaper },
    degraded: [...degraded, decision.refusal],
  });
}

/** The model that the budget has called in place of the one that does not fit. */
export function cheaperBy({ policy }: Refusal): FallbackModel | undefined {
  return policy.action === "degrade" ? policy.degradeTo : undefined;
}

/** Whether calls that do not fit are not made as they are. */
function bounds({ action, degradeTo }: CountedPolicy, { provider, model }: Called): boolean {
  if (action === "degrade") return degradeTo?.provider !== provider || degradeTo.model !== model;
  return action !== "warn";
}

/** Null: it has no price, and something bounds its cost. */
async function requestedBy(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  { wanted: { worst, called, nowMs }, bounding }: { wanted: Wanted; bounding: CountedPolicy[] },
): Promise<Spending | null> {
  if ("pico" in worst) return worst;
  const { provider, model } = called;
  const call = { provider, model, atMs: nowMs };
  if (bounding.every(({ limit }) => limit.pico === undefined)) {
    return { tokens: tokensOf(worst, call), pico: 0n };
  }
  return await worstCaseOf(ctx, scope, { call, tokens: worst });
}

async function placeIn(
  ctx: QueryCtx,
  policy: CountedPolicy,
  {
    wanted: { spreadBy },
    requested,
    moment,
  }: { wanted: Wanted; requested: Spending; moment: Moment },
): Promise<Place | { refusal: Refusal }> {
  const counter = await counterSeen(ctx, policy, moment);
  const limit = withGranted(policy.limit, counter.increase);
  if (holdsFor(divisionOf(counter), limit)) {
    const found = await shardFor(ctx, counter, spreadBy);
    const shard = admitTo(found.shard, requested);
    if (shard !== null) return { policy, counter, found: { ...found, shard }, drawn: null };
  }
  const before = await shardsOf(ctx, counter);
  const whole = { settled: counter.settled, division: divisionOf(counter) };
  const after = drawTogether(whole, before, { limit, requested, spreadBy });
  if (after === null) {
    return { refusal: refusalBy(policy, { counter, limit, requested, ...wholeOf(whole, before) }) };
  }
  const number = shardOf(spreadBy, after.counter.division);
  const own = after.shards.find(({ shard }) => shard === number);
  const shard = own === undefined ? null : admitTo(own, requested);
  assert(shard !== null, "what fits into the whole fits once that is divided for it");
  const id = before.find((row) => row.shard === number)?._id ?? null;
  return { policy, counter, found: { number, shard, id }, drawn: { before, after } };
}

function refusalBy(
  policy: CountedPolicy,
  {
    counter: { period, endsAtMs, exceededAtMs },
    ...stood
  }: Whole & { counter: CounterSeen; limit: Limits; requested: Spending },
): Refusal {
  const wasTold = exceededAtMs !== undefined;
  return { kind: "budget_exceeded", policy, period, endsAtMs, wasTold, ...stood };
}

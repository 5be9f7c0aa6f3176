/**
 * Admission: whether a call fits into every budget that bounds it, and if so, what it may cost held in all of them, in
 * the transaction that begins it. Nothing is written for a call that does not fit, apart from the record of that.
 */
import { raisedBy, type Limits, type Spending } from "../../../src/budgets/amounts";
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
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import type { FallbackModel, Hold } from "../../validators";
import type { TenantScope } from "../access";
import { hourFor } from "../periods";
import {
  counterAt,
  divisionOf,
  shardFor,
  shardsOf,
  writeDivision,
  writeShard,
  type Found,
  type Moment,
} from "./counters";
import { policiesFor, type Called, type CountedPolicy } from "./matching";
import { noteRefused, type Refusal } from "./refusals";
import { tokensOf, worstCaseOf, type TokensMax } from "./worstCase";

export type Asked = {
  /** Of the reservation; never used before. */
  key: string;
  called: Called;
  /** Calls that go on beside each other are best spread by different texts. */
  spreadBy: string;
  /** What the call can come to: by its tokens, at the model's price, or as somebody says. */
  worst: TokensMax | Spending;
  /** Budgets that have sent the call to another model already, and bound it no more. */
  spared?: readonly Id<"budget_policies">[];
  /** A row is kept of it even where nothing bounds it: the key may not be used again. */
  isKept?: boolean;
  expiresAtMs: number;
  nowMs: number;
};

export type Verdict =
  | { kind: "admitted" }
  /** What was spent before a budget was there is being carried in: ask again in a moment. */
  | { kind: "opening" }
  | { kind: "refused"; refusal: Refusal };

/** Holds what the call may cost in every budget that bounds it, or says which one it does not fit into. */
export async function reserve(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  asked: Asked,
): Promise<Verdict> {
  const { called, spared = [], nowMs } = asked;
  const policies = await policiesFor(ctx, scope, called);
  const bounding = policies.filter(
    (policy) => bounds(policy, called) && !spared.includes(policy._id),
  );
  if (bounding.length === 0 && asked.isKept !== true) return { kind: "admitted" };
  if (bounding.some(({ status }) => status === "opening")) return { kind: "opening" };

  const requested = await requestedBy(ctx, scope, { asked, bounding });
  const moment = { atMs: nowMs, hour: await hourFor(ctx, scope, nowMs) };
  const places: Place[] = [];
  const refusals: Refusal[] = [];
  for (const policy of bounding) {
    if (requested === null && policy.limit.pico !== undefined) {
      refusals.push({ kind: "price_unknown", policy, called });
      continue;
    }
    const amount = requested ?? { tokens: 0, pico: 0n };
    const found = await placeIn(ctx, policy, { asked, requested: amount, moment });
    if ("refusal" in found) refusals.push(found.refusal);
    else places.push(found);
  }
  // Where the call is to go to a cheaper model it may fit into the others as well.
  const refusal = refusals.find(({ policy }) => policy.action === "degrade") ?? refusals[0];
  if (refusal !== undefined) {
    await noteRefused(ctx, scope, { refusal, asked });
    return { kind: "refused", refusal };
  }
  assert(requested !== null, "what bounds no cost asks for no price");
  await hold(ctx, scope, { asked, requested, moment, places });
  return { kind: "admitted" };
}

/** The model that is to be called, by whoever says so. */
export type Admitted = { kind: "admitted"; called: FallbackModel };

/**
 * The same for calls that can be made of another model as they are: a budget that sends them to a cheaper one has them
 * admitted for that.
 */
export async function reserveOrDegrade(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  asked: Asked,
): Promise<Admitted | Exclude<Verdict, { kind: "admitted" }>> {
  const verdict = await reserve(ctx, scope, asked);
  const { called, spared = [] } = asked;
  if (verdict.kind === "admitted") {
    const { provider, model } = called;
    return { kind: "admitted", called: { provider, model } };
  }
  if (verdict.kind === "opening") return verdict;
  const { _id, action, degradeTo } = verdict.refusal.policy;
  if (action !== "degrade" || degradeTo === undefined) return verdict;
  const instead = { ...asked, called: { ...called, ...degradeTo }, spared: [...spared, _id] };
  return await reserveOrDegrade(ctx, scope, instead);
}

/** Whether calls that do not fit are not made as they are. */
function bounds({ action, degradeTo }: CountedPolicy, { provider, model }: Called): boolean {
  if (action === "degrade") return degradeTo?.provider !== provider || degradeTo.model !== model;
  return action !== "warn";
}

/** Null: it has no price, and something bounds its cost. */
async function requestedBy(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { asked: { worst, called, nowMs }, bounding }: { asked: Asked; bounding: CountedPolicy[] },
): Promise<Spending | null> {
  if ("pico" in worst) return worst;
  if (bounding.every(({ limit }) => limit.pico === undefined)) {
    return { tokens: tokensOf(worst), pico: 0n };
  }
  const { provider, model } = called;
  const call = { provider, model, atMs: nowMs };
  return await worstCaseOf(ctx, scope, { call, tokens: worst });
}

/** Where the call is held in one budget: in a shard as it is, or after its shards were drawn together. */
type Place = {
  policy: CountedPolicy;
  counter: Doc<"budget_counters">;
  found: Found;
  drawn: { before: Doc<"budget_shards">[]; after: Redivided } | null;
};

async function placeIn(
  ctx: MutationCtx,
  policy: CountedPolicy,
  { asked: { spreadBy }, requested, moment }: { asked: Asked; requested: Spending; moment: Moment },
): Promise<Place | { refusal: Refusal }> {
  const counter = await counterAt(ctx, policy, moment);
  const limit = raisedBy(policy.limit, counter.increase);
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
  }: Whole & { counter: Doc<"budget_counters">; limit: Limits; requested: Spending },
): Refusal {
  const wasTold = exceededAtMs !== undefined;
  return { kind: "budget_exceeded", policy, period, endsAtMs, wasTold, ...stood };
}

async function hold(
  ctx: MutationCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  {
    asked: { key, called, worst, expiresAtMs, nowMs },
    requested,
    moment,
    places,
  }: { asked: Asked; requested: Spending; moment: Moment; places: Place[] },
): Promise<void> {
  const holds: Hold[] = [];
  for (const { policy, counter, found, drawn } of places) {
    const shardId = await writePlace(ctx, counter, { found, drawn });
    holds.push({ policyId: policy._id, counterId: counter._id, shardId });
  }
  await ctx.db.insert("budget_reservations", {
    tenantId,
    key,
    state: "reserved",
    ...called,
    reserved: requested,
    outputTokens: "pico" in worst ? 0 : worst.outputTokensMax,
    period: moment.hour,
    holds,
    startedAtMs: nowMs,
    expiresAtMs,
  });
}

async function writePlace(
  ctx: MutationCtx,
  counter: Doc<"budget_counters">,
  { found, drawn }: Pick<Place, "found" | "drawn">,
): Promise<Id<"budget_shards">> {
  if (drawn === null) return await writeShard(ctx, counter, found);
  const { before, after } = drawn;
  // The own shard is written once, with what it holds now.
  const others = after.shards.filter(({ shard }) => shard !== found.number);
  await writeDivision(ctx, counter, { before, after: { ...after, shards: others } });
  return await writeShard(ctx, counter, found);
}

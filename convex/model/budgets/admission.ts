/**
 * Admission: what a call may cost, held in every budget that bounds it, in the transaction that begins it. Nothing is
 * written for a call that does not fit, apart from the record of that.
 */
import type { Spending } from "../../../src/budgets/amounts";
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { FallbackModel, Hold } from "../../validators";
import type { TenantScope } from "../access";
import { hourFor } from "../periods";
import { writeDivision, writeShard, type Moment } from "./counters";
import { insertCounter } from "./counting";
import {
  cheaperBy,
  decide,
  decideDegrading,
  type Decision,
  type Place,
  type Wanted,
} from "./decision";
import { noteDegraded, noteRefused, type Refusal } from "./refusals";

export type Asked = Wanted & {
  /** Of the reservation; never used before. */
  key: string;
  /** Through which it was asked for, for whoever books it. */
  channel?: string | undefined;
  /** A row is kept of it even where nothing bounds it: the key may not be used again. */
  isKept?: boolean;
  /** Its caller goes on without it: that it does not fit is kept, and nobody is paused or told for it. */
  isOptional?: boolean;
  expiresAtMs: number;
};

export type Verdict =
  | { kind: "admitted" }
  /**
   * A budget is not ready: what was spent before it was there is being carried in, or its shards are still to be drawn
   * together. Ask again in a moment.
   */
  | { kind: "opening" }
  | { kind: "refused"; refusal: Refusal };

type Of = Pick<TenantScope, "tenantId">;

/** Holds what the call may cost in every budget that bounds it, or says which one it does not fit into. */
export async function reserve(ctx: MutationCtx, scope: Of, asked: Asked): Promise<Verdict> {
  return await carryOut(ctx, scope, { asked, decision: await decide(ctx, scope, asked) });
}

/**
 * The same for a call that its caller makes anew where a budget sends it to a cheaper model: then nothing is written, and
 * the call is to be asked for again, with the refusal in `degraded`.
 */
export async function reserveOrSend(
  ctx: MutationCtx,
  scope: Of,
  asked: Asked,
): Promise<Verdict | { kind: "degraded"; refusal: Refusal; instead: FallbackModel }> {
  const decision = await decide(ctx, scope, asked);
  if (decision.kind === "refused") {
    const { refusal } = decision;
    const instead = cheaperBy(refusal);
    if (instead !== undefined) return { kind: "degraded", refusal, instead };
  }
  return await carryOut(ctx, scope, { asked, decision });
}

/** The model that is to be called, by whoever says so. */
export type Admitted = { kind: "admitted"; called: FallbackModel };

/**
 * The same for calls that can be made of another model as they are: a budget that sends them to a cheaper one has them
 * admitted for that.
 */
export async function reserveOrDegrade(
  ctx: MutationCtx,
  scope: Of,
  asked: Asked,
): Promise<Admitted | Exclude<Verdict, { kind: "admitted" }>> {
  const { decision, wanted } = await decideDegrading(ctx, scope, asked);
  const verdict = await carryOut(ctx, scope, { asked: wanted, decision });
  if (verdict.kind !== "admitted") return verdict;
  await noteDegraded(ctx, scope, wanted);
  const { provider, model } = wanted.called;
  return { kind: "admitted", called: { provider, model } };
}

async function carryOut(
  ctx: MutationCtx,
  scope: Of,
  { asked, decision }: { asked: Asked; decision: Decision },
): Promise<Verdict> {
  switch (decision.kind) {
    case "opening":
      return { kind: "opening" };
    case "drawing":
      for (const { policy, counter, drawn } of decision.places) {
        if (drawn === null || counter._id === null) continue;
        const { tenantId } = policy;
        await writeDivision(ctx, { _id: counter._id, tenantId }, drawn);
      }
      return { kind: "opening" };
    case "refused": {
      const { refusal, moment } = decision;
      await noteRefused(ctx, scope, { refusal, asked, moment });
      return { kind: "refused", refusal };
    }
    case "admitted":
      if (decision.places.length > 0 || asked.isKept === true) {
        await hold(ctx, scope, { asked, ...decision });
      }
      return { kind: "admitted" };
  }
}

async function hold(
  ctx: MutationCtx,
  scope: Of,
  {
    asked: { key, called, channel, worst, expiresAtMs, nowMs },
    requested,
    moment,
    places,
  }: { asked: Asked; requested: Spending; moment: Moment | null; places: readonly Place[] },
): Promise<void> {
  const holds: Hold[] = [];
  for (const place of places) holds.push(await write(ctx, place, nowMs));
  await ctx.db.insert("budget_reservations", {
    tenantId: scope.tenantId,
    key,
    state: "reserved",
    ...called,
    ...omitUndefined({ channel }),
    reserved: requested,
    ...("pico" in worst && { isStated: true }),
    outputTokens: "pico" in worst ? 0 : worst.outputTokensMax,
    period: moment?.hour ?? (await hourFor(ctx, scope, nowMs)),
    holds,
    startedAtMs: nowMs,
    expiresAtMs,
  });
}

async function write(
  ctx: MutationCtx,
  { policy, counter: { period, ...seen }, found, drawn }: Place,
  atMs: number,
): Promise<Hold> {
  const { tenantId, _id: policyId } = policy;
  const counterId = seen._id ?? (await insertCounter(ctx, policy, { period, atMs }))._id;
  const counter = { _id: counterId, tenantId };
  if (drawn !== null) {
    const { before, after } = drawn;
    // The own shard is written once, with what it holds now.
    const others = after.shards.filter(({ shard }) => shard !== found.number);
    await writeDivision(ctx, counter, { before, after: { ...after, shards: others } });
  }
  const shardId: Id<"budget_shards"> = await writeShard(ctx, counter, found);
  return { policyId, counterId, shardId };
}

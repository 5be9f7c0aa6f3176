/**
 * Escrow: how a limit is kept exactly without a row that every call writes.
 *
 * A counter's limit is divided among shards. A shard admits what fits into its share, alone. Where its share does not
 * suffice, or the division does not hold any more, the shards are drawn together: what they used is settled, and what
 * is free is divided anew, among as many as there is room for. So close to the limit there is one shard, and what is
 * refused does not fit into the whole.
 *
 * A division holds for one limit, and for as long as no shard has used more than its share: then everything that is
 * used and held in the shards is less than what was divided.
 */
import {
  isSameLimit,
  isWithin,
  leftOf,
  minus,
  NOTHING,
  plus,
  raisedBy,
  sum,
  type Limits,
  type Spending,
} from "./amounts";

export const SHARDS_MAX = 256;
/** Shards of a counter whose limit is not divided: it is only counted. */
export const COUNTING_SHARDS = 64;
/** Requests of the size at hand that a share has room for at first; with room for fewer, calls draw together too often. */
const REQUESTS_PER_SHARE = 8;

export type Shard = { share: Limits; reserved: Spending; used: Spending };

export type Division = {
  limit: Limits; // that was divided
  shardCount: number; // a power of two
  share: Limits; // of a shard that nobody has written to yet
};

export type Counter = { settled: Spending; division: Division | null };

/** A shard with its number. */
export type Numbered = Shard & { shard: number };

/** Where the counter of a whole stands. */
export type Whole = { spent: Spending; reserved: Spending };

export type Redivided = { counter: Counter; shards: Numbered[]; emptied: number[] };

/** Which of the shards a writer uses: always the same one of each counter that has as many. */
export function shardOf(spreadBy: string, division: Division | null): number {
  return hash(spreadBy) % (division?.shardCount ?? COUNTING_SHARDS);
}

/** A shard as it is before anybody has written to it. */
export function newShard(division: Division | null): Shard {
  return { share: division?.share ?? {}, reserved: NOTHING, used: NOTHING };
}

/** Whether the counter's shards may admit by themselves. */
export function holdsFor(division: Division | null, limit: Limits): division is Division {
  return isSameLimit(limit, division?.limit);
}

/** The shard with the request held; null when its share does not suffice. */
export function admit(shard: Shard, requested: Spending): Shard | null {
  const reserved = plus(shard.reserved, requested);
  return isWithin(plus(reserved, shard.used), shard.share) ? { ...shard, reserved } : null;
}

/** The shard without what was held, and with what was used instead. */
export function settle(shard: Shard, { held, used }: { held: Spending; used: Spending }): Shard {
  return { ...shard, reserved: minus(shard.reserved, held), used: plus(shard.used, used) };
}

/** Whether the shard has more than its share: then the division does not hold any more. */
export function isOver({ share, reserved, used }: Shard): boolean {
  return !isWithin(plus(reserved, used), share);
}

export function wholeOf({ settled }: Counter, shards: readonly Shard[]): Whole {
  return {
    spent: plus(settled, sum(shards.map(({ used }) => used))),
    reserved: sum(shards.map(({ reserved }) => reserved)),
  };
}

/**
 * Draws all shards together for a request, and divides what is free anew.
 *
 * @param spreadBy - Says which shard the writer uses then: it gets what cannot be divided.
 * @returns Null when the request does not fit into the whole.
 */
export function drawTogether(
  counter: Counter,
  shards: readonly Numbered[],
  { limit, requested, spreadBy }: { limit: Limits; requested: Spending; spreadBy: string },
): Redivided | null {
  const { spent, reserved } = wholeOf(counter, shards);
  const free = leftOf(limit, plus(spent, reserved));
  if (!isWithin(requested, free)) return null;
  const shardCount = shardCountFor(free, requested);
  const division = { limit, shardCount, share: partOf(free, shardCount) };
  const own = shardOf(spreadBy, division);
  const isKept = ({ shard, reserved: held }: Numbered) =>
    shard === own || held.tokens !== 0 || held.pico !== 0n;
  const ownBefore = shards.some(({ shard }) => shard === own)
    ? []
    : [{ ...newShard(division), shard: own }];
  const kept = [...shards, ...ownBefore].filter(isKept).map((one) => {
    const { shard, reserved: held } = one;
    const part = shard < shardCount ? division.share : noneOf(limit);
    const whole = shard === own ? raisedBy(part, restOf(free, shardCount)) : part;
    return { shard, share: raisedBy(whole, held), reserved: held, used: NOTHING };
  });
  return {
    counter: { settled: spent, division },
    shards: kept,
    emptied: shards.filter((one) => !isKept(one)).map(({ shard }) => shard),
  };
}

/** The largest power of two of shards of which each has room for some requests like this one. */
export function shardCountFor(free: Limits, requested: Spending): number {
  const ofTokens = requestsIn(free.tokens, requested.tokens);
  const ofCost = requestsIn(free.pico, requested.pico);
  const requests = ofTokens < ofCost ? ofTokens : ofCost;
  let count = 1;
  while (count < SHARDS_MAX && BigInt(2 * count * REQUESTS_PER_SHARE) <= requests) count *= 2;
  return count;
}

/** So many that there may be `SHARDS_MAX` shards, where nothing bounds them. */
const MANY = BigInt(SHARDS_MAX * REQUESTS_PER_SHARE);

function requestsIn(free: number | bigint | undefined, requested: number | bigint): bigint {
  return free === undefined || BigInt(requested) <= 0n ? MANY : BigInt(free) / BigInt(requested);
}

function partOf({ tokens, pico }: Limits, count: number): Limits {
  return {
    ...(tokens !== undefined && { tokens: Math.floor(tokens / count) }),
    ...(pico !== undefined && { pico: pico / BigInt(count) }),
  };
}

function restOf({ tokens, pico }: Limits, count: number): Spending {
  return { tokens: (tokens ?? 0) % count, pico: (pico ?? 0n) % BigInt(count) };
}

/** Room for nothing more, in what the limit bounds. */
function noneOf({ tokens, pico }: Limits): Limits {
  return {
    ...(tokens !== undefined && { tokens: 0 }),
    ...(pico !== undefined && { pico: 0n }),
  };
}

/** FNV-1a: spreads ids that differ in their last letters. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  // The low bits, which choose the shard, are the weaker ones.
  return ((value >>> 16) ^ value) & 0xffff;
}

/** Sums: what is counted, of whom, and when. */
import type { Doc, Id } from "../../_generated/dataModel";
import { narrow, widen } from "../../../src/core/money";
import { modelName } from "../../../src/pricing/priceBook";
import type { StoredSums, WideSums } from "../../validators";

/** A roll-up's sums, and when something was last counted; 0 when nothing ever was. */
export type Sums = StoredSums & { lastActiveAt: number };

export type Dimension = Doc<"rollups">["dimension"];
export type Unit = Doc<"rollups">["unit"];

/** Which sum. */
export type SumId = { dimension: Dimension; key: string; unit: Unit; period: string };

/** Whose it is what was counted: the tenant's always. */
export type Place = {
  agentId: Id<"agents">;
  sessionId?: Id<"sessions">;
  userId?: Id<"users">;
  keyId?: Id<"api_keys">;
  channel?: string;
  /** That was called. Sessions, messages and runs are no model's. */
  model?: { provider: Doc<"cost_events">["provider"]; model: string };
};

export const UNITS = ["total", "month", "day", "hour"] as const satisfies readonly Unit[];

export const NO_SUMS: StoredSums = {
  sessions: 0,
  messages: 0,
  runs: 0,
  costEvents: 0,
  unpricedEvents: 0,
  promptTokens: 0,
  completionTokens: 0,
  inputCostPico: 0n,
  outputCostPico: 0n,
  feesPico: 0n,
  totalCostPico: 0n,
};

const COUNTERS = [
  "sessions",
  "messages",
  "runs",
  "costEvents",
  "unpricedEvents",
  "promptTokens",
  "completionTokens",
] as const satisfies readonly (keyof StoredSums)[];
const AMOUNTS = [
  "inputCostPico",
  "outputCostPico",
  "feesPico",
  "totalCostPico",
] as const satisfies readonly (keyof StoredSums)[];

export function plus(a: StoredSums, b: Partial<StoredSums>): StoredSums {
  const sums = { ...NO_SUMS };
  for (const name of COUNTERS) sums[name] = a[name] + (b[name] ?? 0);
  for (const name of AMOUNTS) sums[name] = a[name] + (b[name] ?? 0n);
  return sums;
}

/** As sums of any size are stored. */
export function toWide(sums: StoredSums): WideSums {
  const rests = { ...sums };
  const carries: NonNullable<WideSums["carries"]> = {};
  for (const name of AMOUNTS) {
    const { carry, rest } = widen(sums[name]);
    rests[name] = rest;
    if (carry !== undefined) carries[name] = carry;
  }
  return { ...rests, ...(Object.keys(carries).length > 0 && { carries }) };
}

/** What stored sums come to. */
export function fromWide({ carries = {}, ...rests }: WideSums): StoredSums {
  const sums = plus(rests, {});
  for (const name of AMOUNTS) sums[name] = narrow({ carry: carries[name], rest: rests[name] });
  return sums;
}

/** What a roll-up comes to. */
export function sumsOfRow(row: WideSums & Pick<Sums, "lastActiveAt">): Sums {
  return { ...fromWide(row), lastActiveAt: row.lastActiveAt };
}

/** The key of each dimension that something at this place counts for. */
export function keysOf(place: Place): [Dimension, string][] {
  const { agentId, sessionId, userId, keyId, channel, model } = place;
  const keys: [Dimension, string | undefined][] = [
    ["tenant", ""],
    ["agent", agentId],
    ["session", sessionId],
    ["user", userId],
    ["key", keyId],
    ["channel", channel],
    ["model", model && modelKey(model)],
    ["provider", model?.provider],
  ];
  return keys.filter((entry): entry is [Dimension, string] => entry[1] !== undefined);
}

/** One key for all names of a model: a budget of it bounds whoever calls it by whichever. */
export function modelKey({ provider, model }: { provider: string; model: string }): string {
  return `${provider}/${modelName(provider, model)}`;
}

/** The key that sums have, of one that a caller gives. */
export function keyOf(dimension: Dimension, key: string): string {
  return dimension === "model" && key.includes("/") ? modelKey(modelOfKey(key)) : key;
}

export function modelOfKey(key: string): { provider: string; model: string } {
  const slash = key.indexOf("/"); // models may have slashes of their own, providers have none
  return { provider: key.slice(0, slash), model: key.slice(slash + 1) };
}

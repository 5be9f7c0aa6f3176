/** Usage and what it costs. */
import { v, type Infer } from "convex/values";

const count = v.optional(v.number());

/** Tokens by class without overlap, as in `src/pricing/usage.ts`; a class that is absent is zero. */
export const vTokenCounts = v.object({
  inputFresh: count,
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite30m: count,
  cacheWrite1h: count,
  cacheWrite12h: count,
  cacheWriteUnknown: count,
  output: count,
  audioInput: count,
  audioCacheRead: count,
  audioOutput: count,
  imageInput: count,
  imageOutput: count,
});

export const vToolUnits = v.object({
  webSearch: count,
  webFetch: count,
  fileSearch: count,
  grounding: count,
});

export const vUsage = v.object({
  tokens: vTokenCounts,
  reasoningTokens: v.number(), // part of tokens.output, never on top of it
  toolUnits: vToolUnits,
});

export const vUsageSource = v.union(
  v.literal("provider"),
  v.literal("estimated_partial"),
  v.literal("estimated"),
);

/**
 * Who says what an event cost: a worker by one of the above, or `reported` by a caller; a `summary` stands for
 * events of all kinds. Of a call that was lost nobody knows it, and all that was held for it is booked (`unknown`).
 * What was booked is put right by a person who knows what was used (`corrected`), or what it came to on the provider's
 * bill (`billed`).
 */
export const vCostSource = v.union(
  ...vUsageSource.members,
  v.literal("unknown"),
  v.literal("reported"),
  v.literal("summary"),
  v.literal("corrected"),
  v.literal("billed"),
);

export const vCostEventKind = v.union(
  v.literal("attempt"),
  v.literal("adjustment"),
  v.literal("summary"),
);

export const vReconciliation = v.union(
  v.literal("ok"),
  v.literal("mismatch"),
  v.literal("unknown"),
);

/** What of a usage was used of another model than the one that answered, at a price of its own. */
export const vModelUsage = v.object({ model: v.string(), usage: vUsage });

/** A usage with what is needed to trust it, as a worker hands it over. */
export const vUsageReport = v.object({
  usage: vUsage,
  source: vUsageSource,
  reconciliation: vReconciliation,
  notes: v.array(v.string()),
  raw: v.optional(v.string()), // the provider's own usage object, as JSON text
  others: v.optional(v.array(vModelUsage)),
  reportedCostPico: v.optional(v.int64()), // what the provider itself says that it cost
});
export type StoredUsageReport = Infer<typeof vUsageReport>;

/** What the provider said about the call, as far as it got, and the tier that was asked for. */
export const vCallFacts = v.object({
  servedModel: v.optional(v.string()),
  requestedTier: v.optional(v.string()),
  servedTier: v.optional(v.string()),
  servedSpeed: v.optional(v.string()),
  servedRegion: v.optional(v.string()),
  providerRequestId: v.optional(v.string()),
  providerMessageId: v.optional(v.string()),
});
export type StoredCallFacts = Infer<typeof vCallFacts>;

/** Tokens as the seeds count them: everything the model read, and everything it made. */
export const vTokenTotals = v.object({
  promptTokens: v.number(),
  completionTokens: v.number(),
  totalTokens: v.number(),
});
export type TokenTotals = Infer<typeof vTokenTotals>;

/** `tokens × unitPico`, before the modifiers. */
export const vCostLine = v.object({
  class: v.string(),
  model: v.optional(v.string()), // another one than the one that answered
  tokens: v.number(),
  unitPico: v.int64(),
  amountPico: v.int64(),
});

export const vCostFee = v.object({
  unit: v.string(),
  count: v.number(),
  unitPico: v.int64(),
  amountPico: v.int64(),
});

/** An exact factor, such as 11/10 for a region that costs a tenth more. */
export const vCostModifier = v.object({ name: v.string(), num: v.int64(), den: v.int64() });

/** What is counted of the work: the sums that tallies add and roll-ups hold. */
export const vSums = v.object({
  sessions: v.number(), // opened
  messages: v.number(), // said, by anyone
  runs: v.number(), // ended
  costEvents: v.number(),
  unpricedEvents: v.number(), // of the events: with something in them that has no known price
  promptTokens: v.number(),
  completionTokens: v.number(),
  inputCostPico: v.int64(),
  outputCostPico: v.int64(),
  feesPico: v.int64(),
  totalCostPico: v.int64(),
});
export type StoredSums = Infer<typeof vSums>;

const carry = v.optional(v.int64());

/** Sums of any size: of an amount that no int64 holds, `carries` has the units of 2^63 pico, and the amount the rest. */
export const vWideSums = v.object({
  ...vSums.fields,
  carries: v.optional(
    v.object({
      inputCostPico: carry,
      outputCostPico: carry,
      feesPico: carry,
      totalCostPico: carry,
    }),
  ),
});
export type WideSums = Infer<typeof vWideSums>;

/** By what roll-ups sum. */
export const vDimension = v.union(
  v.literal("tenant"),
  v.literal("agent"),
  v.literal("model"),
  v.literal("provider"),
  v.literal("channel"),
  v.literal("user"),
  v.literal("key"),
  v.literal("session"),
);

/** Over how long. */
export const vPeriodUnit = v.union(
  v.literal("total"),
  v.literal("month"),
  v.literal("day"),
  v.literal("hour"),
);

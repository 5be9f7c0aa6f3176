/**
 * What a model call used, in classes that do not overlap.
 *
 * Providers count in ways that overlap (OpenAI's input includes what came from the cache, Anthropic's
 * does not), so each adapter normalises to these classes, and a token is in exactly one of them.
 */

/** Token classes, each with a price of its own. */
export const TOKEN_CLASSES = [
  "inputFresh",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
  "cacheWrite12h",
  /** Written to the cache for a lifetime that the provider did not state. */
  "cacheWriteUnknown",
  /** Includes reasoning, which is billed as output. */
  "output",
  "audioInput",
  "audioCacheRead",
  "audioOutput",
  "imageInput",
  "imageOutput",
] as const;
export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** The classes that make up the prompt; their sum chooses the long-context tier. */
export const INPUT_CLASSES = [
  "inputFresh",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
  "cacheWrite12h",
  "cacheWriteUnknown",
  "audioInput",
  "audioCacheRead",
  "imageInput",
] as const satisfies readonly TokenClass[];

/** What the provider's own tools are billed by. */
export const TOOL_UNITS = [
  "webSearch",
  "webFetch",
  "fileSearch",
  /** Answers grounded by a search of the provider's, as Gemini bills them. */
  "grounding",
] as const;
export type ToolUnit = (typeof TOOL_UNITS)[number];

/**
 * Counts of one call; all are whole, not negative and at most `COUNT_MAX`.
 */
export type Usage = Readonly<{
  tokens: Readonly<Record<TokenClass, number>>;
  /** Part of `tokens.output`, for display; never priced on top of it. */
  reasoningTokens: number;
  toolUnits: Readonly<Record<ToolUnit, number>>;
}>;

/** Fifty times the longest context on offer: a count above it is nonsense, and its cost would fit into no row. */
export const COUNT_MAX = 100_000_000;
/** Uses of tools in one call; more are nonsense, too. */
export const TOOL_COUNT_MAX = 1_000_000;

/**
 * Whether the classes add up to the totals the provider stated.
 *
 * `ok`: they do. `mismatch`: they do not, or a count is no count; the classes are then the nearest sane
 * reading, and `raw` holds what was said. `unknown`: there was no final statement to hold them against.
 */
export type Reconciliation = "ok" | "mismatch" | "unknown";

/**
 * Who says so. `provider`: its final statement. `estimated_partial`: the stream ended early; what the
 * provider had stated is kept, the rest is counted from what was sent and delivered. `estimated`: the
 * provider answered, but stated nothing.
 */
export type UsageSource = "provider" | "estimated_partial" | "estimated";

/** A usage with what is needed to trust it. */
export type UsageReport = Readonly<{
  usage: Usage;
  source: UsageSource;
  reconciliation: Reconciliation;
  /** What a person should look at, in words: sums that do not fit, fields we do not know. */
  notes: readonly string[];
  /** The provider's own usage object as it came, or null when there was none. JSON. */
  raw: unknown;
  /** What of `usage` was used of other models than the one that answered, each with a price of its own. */
  others?: readonly ModelUsage[];
  /** What the provider itself says that the call cost, where it does. */
  reportedCostPico?: bigint;
}>;

/** What was used of a model that is named as the provider names it. */
export type ModelUsage = Readonly<{ model: string; usage: Usage }>;

/** A usage from the classes that are not zero. */
export function usageOf(
  tokens: Partial<Record<TokenClass, number>>,
  rest: { reasoningTokens?: number; toolUnits?: Partial<Record<ToolUnit, number>> } = {},
): Usage {
  return {
    tokens: { ...NO_TOKENS, ...tokens },
    reasoningTokens: rest.reasoningTokens ?? 0,
    toolUnits: { ...NO_TOOL_UNITS, ...rest.toolUnits },
  };
}

/** The sum of two usages, class by class. */
export function plusUsage(a: Usage, b: Usage): Usage {
  return combined(a, b, (one, other) => one + other);
}

/** `a` without `b`; it may be negative. */
export function minusUsage(a: Usage, b: Usage): Usage {
  return combined(a, b, (one, other) => one - other);
}

function combined(a: Usage, b: Usage, of: (one: number, other: number) => number): Usage {
  const counts = <Key extends string>(
    left: Readonly<Record<Key, number>>,
    right: Readonly<Record<Key, number>>,
  ) =>
    Object.fromEntries(
      (Object.keys(left) as Key[]).map((key) => [key, of(left[key], right[key])]),
    ) as Record<Key, number>;
  return {
    tokens: counts(a.tokens, b.tokens),
    reasoningTokens: of(a.reasoningTokens, b.reasoningTokens),
    toolUnits: counts(a.toolUnits, b.toolUnits),
  };
}

/** Tokens of the whole prompt, cached or not. */
export function totalInputTokens(usage: Usage): number {
  return INPUT_CLASSES.reduce((sum, tokenClass) => sum + usage.tokens[tokenClass], 0);
}

/** Tokens of everything the model made. */
export function totalOutputTokens(usage: Usage): number {
  return usage.tokens.output + usage.tokens.audioOutput + usage.tokens.imageOutput;
}

const NO_TOKENS = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, 0])) as Record<
  TokenClass,
  number
>;
const NO_TOOL_UNITS = Object.fromEntries(TOOL_UNITS.map((name) => [name, 0])) as Record<
  ToolUnit,
  number
>;

/** The input as APIs tell of it: all of it, and what of it came from a cache, or went into one. */
export type InputCounts = Readonly<{ input: number; cacheRead: number; cacheWrite: number }>;

export function inputCountsOf(usage: Usage): InputCounts {
  const { tokens } = usage;
  return {
    input: totalInputTokens(usage),
    cacheRead: tokens.cacheRead + tokens.audioCacheRead,
    cacheWrite:
      tokens.cacheWrite5m +
      tokens.cacheWrite30m +
      tokens.cacheWrite1h +
      tokens.cacheWrite12h +
      tokens.cacheWriteUnknown,
  };
}

/**
 * Usage of the Anthropic Messages API.
 *
 * Its `input_tokens` already exclude what came from the cache and what was written to it, so that the
 * classes come disjoint. In a stream the figures arrive twice: `message_start` has the input with the
 * split of cache writes and a placeholder of output; `message_delta` has running totals, without that
 * split, and with null for what it does not repeat.
 *
 * A call that the provider made several of (its own tools, a fallback, a compaction) lists them as `iterations`. The
 * totals leave compactions out, and may include what another model was asked: each is billed at its own model's price.
 */
import {
  minusUsage,
  plusUsage,
  TOOL_COUNT_MAX,
  totalInputTokens,
  usageOf,
  type ModelUsage,
  type Usage,
  type UsageReport,
} from "../../pricing/usage";
import { Counts, fieldOf } from "./counts";

/** The usage after `update`: what it states replaces, what it leaves null or out stays. Never a sum. */
export function mergeAnthropicUsage(
  stated: Readonly<Record<string, unknown>>,
  update: unknown,
): Record<string, unknown> {
  const changes = Object.entries(update ?? {}).filter(([, value]) => value !== null);
  return { ...stated, ...Object.fromEntries(changes) };
}

/** @param servedModel - Which model the totals are of; iterations without a model are its, too. */
export function normaliseAnthropicUsage(
  raw: unknown,
  servedModel: string | null = null,
): UsageReport {
  const counts = new Counts(raw);
  const stated = usageIn(counts, raw);
  counts.noteUnknown("", KNOWN_FIELDS);
  const { usage, others } = withIterations(counts, { raw, stated, servedModel });
  const { notes, reconciliation } = counts;
  return {
    usage,
    source: "provider",
    reconciliation,
    notes,
    raw,
    ...(others.length > 0 && { others }),
  };
}

/** What an object of the API's shape states: the totals, or one iteration. */
function usageIn(counts: Counts, raw: unknown): Usage {
  const written = counts.read("cache_creation_input_tokens");
  const split =
    typeof fieldOf(raw, "cache_creation") === "object" && fieldOf(raw, "cache_creation");
  const write5m = counts.read("cache_creation.ephemeral_5m_input_tokens") ?? 0;
  const write1h = counts.read("cache_creation.ephemeral_1h_input_tokens") ?? 0;
  if (split && written !== null && written !== write5m + write1h) {
    counts.mismatch(`cache writes: ${written} in all, but ${write5m} for 5m and ${write1h} for 1h`);
  }
  // Without the split, five minutes: the lifetime that a write has unless another one is asked for. What
  // the split leaves over was written all the same, for a time that was not stated.
  const unsplit = Math.max((written ?? 0) - write5m - write1h, 0);

  const output = counts.read("output_tokens") ?? 0;
  const reasoningTokens = counts.read("output_tokens_details.thinking_tokens") ?? 0;
  counts.rest(output, [reasoningTokens], "output");
  return usageOf(
    {
      inputFresh: counts.read("input_tokens") ?? 0,
      cacheRead: counts.read("cache_read_input_tokens") ?? 0,
      cacheWrite5m: split ? write5m : unsplit,
      cacheWrite1h: write1h,
      cacheWriteUnknown: split ? unsplit : 0,
      output,
    },
    {
      reasoningTokens: Math.min(reasoningTokens, output),
      toolUnits: {
        webSearch: counts.read("server_tool_use.web_search_requests", TOOL_COUNT_MAX) ?? 0,
        webFetch: counts.read("server_tool_use.web_fetch_requests", TOOL_COUNT_MAX) ?? 0,
      },
    },
  );
}

const KNOWN_FIELDS = [
  "input_tokens",
  "output_tokens",
  "output_tokens_details",
  "cache_creation",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "server_tool_use",
  "service_tier",
  "speed",
  "inference_geo",
  "iterations",
];

const COMPACTION = "compaction";
/** Their tokens are in the totals when the totals are their sum, and on top of them otherwise. */
const ADVISOR = "advisor_message";

/** The totals with what they leave out, and how much of it was another model's. */
function withIterations(
  counts: Counts,
  { raw, stated, servedModel }: { raw: unknown; stated: Usage; servedModel: string | null },
): { usage: Usage; others: ModelUsage[] } {
  const listed = fieldOf(raw, "iterations");
  if (!Array.isArray(listed) || listed.length === 0) return { usage: stated, others: [] };
  const iterations = listed.map((one: unknown) => ({
    type: fieldOf(one, "type"),
    model: fieldOf(one, "model"),
    usage: usageIn(counts.at(one), one),
  }));
  const sumOf = (types: (type: unknown) => boolean) =>
    iterations
      .filter(({ type }) => types(type))
      .reduce((sum, { usage }) => plusUsage(sum, usage), usageOf({}));
  const messages = sumOf((type) => type !== COMPACTION && type !== ADVISOR);
  const advice = sumOf((type) => type === ADVISOR);
  const includesAdvice = isSame(stated, plusUsage(messages, advice));
  let usage = plusUsage(
    stated,
    sumOf((type) => type === COMPACTION),
  );
  if (!includesAdvice) {
    if (!isSame(stated, messages)) counts.mismatch("the iterations do not add up to the totals");
    usage = plusUsage(usage, advice);
  }
  usage = counts.bounded(usage);
  const others = new Map<string, Usage>();
  for (const { model, usage: used } of iterations) {
    if (typeof model !== "string" || model === servedModel) continue;
    others.set(model, plusUsage(others.get(model) ?? usageOf({}), used));
  }
  const ofOthers = [...others].map(([model, used]) => ({ model, usage: used }));
  const own = ofOthers.reduce((rest, other) => minusUsage(rest, other.usage), usage);
  const left = [...Object.values(own.tokens), ...Object.values(own.toolUnits)];
  if (left.every((count) => count >= 0)) return { usage, others: ofOthers };
  // What was another model's cannot be told from totals that it is not a part of.
  counts.mismatch("other models have used more than the totals say");
  return { usage, others: [] };
}

/** Lifetimes of cache writes may be stated for one and not for the other. */
function isSame(a: Usage, b: Usage): boolean {
  return (
    totalInputTokens(a) === totalInputTokens(b) &&
    a.tokens.inputFresh === b.tokens.inputFresh &&
    a.tokens.cacheRead === b.tokens.cacheRead &&
    a.tokens.output === b.tokens.output
  );
}

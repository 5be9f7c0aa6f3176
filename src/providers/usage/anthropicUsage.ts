/**
 * Usage of the Anthropic Messages API.
 *
 * Its `input_tokens` already exclude what came from the cache and what was written to it, so that the
 * classes come disjoint. In a stream the figures arrive twice: `message_start` has the input with the
 * split of cache writes and a placeholder of output; `message_delta` has running totals, without that
 * split, and with null for what it does not repeat.
 */
import { usageOf, type UsageReport } from "../../pricing/usage";
import { Counts, fieldOf } from "./counts";

/** The usage after `update`: what it states replaces, what it leaves null or out stays. Never a sum. */
export function mergeAnthropicUsage(
  stated: Readonly<Record<string, unknown>>,
  update: unknown,
): Record<string, unknown> {
  const changes = Object.entries(update ?? {}).filter(([, value]) => value !== null);
  return { ...stated, ...Object.fromEntries(changes) };
}

export function normaliseAnthropicUsage(raw: unknown): UsageReport {
  const counts = new Counts(raw);
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
  noteIterations(counts, raw);
  counts.noteUnknown("", KNOWN_FIELDS);

  const usage = usageOf(
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
        webSearch: counts.read("server_tool_use.web_search_requests") ?? 0,
        webFetch: counts.read("server_tool_use.web_fetch_requests") ?? 0,
      },
    },
  );
  const { notes, reconciliation } = counts;
  return { usage, source: "provider", reconciliation, notes, raw };
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

/** Compactions are billed on top of the totals, and an iteration may have run on another model. */
function noteIterations(counts: Counts, raw: unknown): void {
  const iterations = fieldOf(raw, "iterations");
  if (!Array.isArray(iterations)) return;
  const extra = iterations.filter((iteration) => fieldOf(iteration, "type") !== "message");
  if (extra.length > 0) {
    counts.mismatch(`${extra.length} iterations that the totals do not include or price alike`);
  }
}

/**
 * Usage of the OpenAI Responses API: `input_tokens` is everything, the details are parts of it.
 *
 * @see normaliseOpenAiResponsesUsage takes the whole response, because its tools are counted beside `usage`.
 */
import { TOOL_COUNT_MAX, usageOf, type UsageReport } from "../../pricing/usage";
import { Counts, fieldOf } from "./counts";
import { reportedCostPico } from "./reportedCost";

/** @param response - The `response` object of the closing event. */
export function normaliseOpenAiResponsesUsage(response: unknown): UsageReport {
  const raw = fieldOf(response, "usage");
  const counts = new Counts(raw);
  const input = counts.read("input_tokens") ?? 0;
  const cacheRead = counts.read("input_tokens_details.cached_tokens") ?? 0;
  const written = counts.read("input_tokens_details.cache_write_tokens") ?? 0;
  const write30m = counts.read(`${WRITE_DETAILS}.ttl_30m_tokens`);
  const write12h = counts.read(`${WRITE_DETAILS}.ttl_12h_tokens`);
  const hasSplit = write30m !== null || write12h !== null;
  if (hasSplit && written !== (write30m ?? 0) + (write12h ?? 0)) {
    counts.mismatch(
      `cache writes: ${written} in all, but ${write30m} for 30m, ${write12h} for 12h`,
    );
  }
  const split = (write30m ?? 0) + (write12h ?? 0);

  const output = counts.read("output_tokens") ?? 0;
  const reasoningTokens = counts.read("output_tokens_details.reasoning_tokens") ?? 0;
  counts.rest(output, [reasoningTokens], "output_tokens");
  const total = counts.read("total_tokens");
  if (total !== null && total !== input + output) {
    counts.mismatch(`total_tokens is ${total}, but ${input} went in and ${output} came out`);
  }
  counts.noteUnknown("input_tokens_details", KNOWN_INPUT_DETAILS);
  counts.noteUnknown("output_tokens_details", ["reasoning_tokens"]);

  const cacheWrites = Math.max(written, split);
  const usage = usageOf(
    {
      inputFresh: counts.rest(input, [cacheRead, cacheWrites], "input_tokens"),
      cacheRead,
      // Without the split, half an hour: the lifetime unless another one is asked for.
      cacheWrite30m: hasSplit ? (write30m ?? 0) : written,
      cacheWrite12h: write12h ?? 0,
      cacheWriteUnknown: hasSplit ? cacheWrites - split : 0,
      output,
    },
    {
      reasoningTokens: Math.min(reasoningTokens, output),
      toolUnits: { webSearch: webSearches(response, counts) },
    },
  );
  const { notes, reconciliation } = counts;
  const reported = reportedCostPico(raw);
  return {
    usage,
    source: "provider",
    reconciliation,
    notes,
    raw: raw ?? null,
    ...(reported !== null && { reportedCostPico: reported }),
  };
}

const WRITE_DETAILS = "input_tokens_details.cache_write_tokens_details";
const KNOWN_INPUT_DETAILS = ["cached_tokens", "cache_write_tokens", "cache_write_tokens_details"];

function webSearches(response: unknown, counts: Counts): number {
  const tools = new Counts(fieldOf(response, "tool_usage"));
  const searches = tools.read("web_search.num_requests", TOOL_COUNT_MAX) ?? 0;
  for (const note of tools.notes) counts.mismatch(note);
  return searches;
}

/**
 * Usage of the OpenAI Chat Completions API and of the servers that imitate it.
 *
 * `prompt_tokens` is everything; what the details single out is a part of it. So is reasoning of `completion_tokens`, but
 * for xAI, which counts it beside them: the total alone has it, and the bill has it as output.
 */
import { usageOf, type UsageReport } from "../../pricing/usage";
import { Counts } from "./counts";
import { reportedCostPico } from "./reportedCost";

export function normaliseOpenAiChatUsage(raw: unknown): UsageReport {
  const counts = new Counts(raw);
  const input = counts.read("prompt_tokens") ?? 0;
  // DeepSeek and Moonshot report the cached part beside the total instead of in the details.
  const cacheRead =
    counts.read("prompt_tokens_details.cached_tokens") ??
    counts.read("prompt_cache_hit_tokens") ??
    counts.read("cached_tokens") ??
    0;
  const cacheWrite = counts.read("prompt_tokens_details.cache_write_tokens") ?? 0;
  const audioInput = counts.read("prompt_tokens_details.audio_tokens") ?? 0;
  const completion = counts.read("completion_tokens") ?? 0;
  const audioOutput = counts.read("completion_tokens_details.audio_tokens") ?? 0;
  const reasoningTokens = counts.read("completion_tokens_details.reasoning_tokens") ?? 0;
  const total = counts.read("total_tokens");
  const isBeside = total === input + completion + reasoningTokens;
  const output = completion + (isBeside ? reasoningTokens : 0);

  const inputFresh = counts.rest(input, [cacheRead, cacheWrite, audioInput], "prompt_tokens");
  const textOutput = counts.rest(output, [audioOutput], "completion_tokens");
  counts.rest(textOutput, [reasoningTokens], "completion_tokens");
  if (total !== null && total !== input + output) {
    counts.mismatch(`total_tokens is ${total}, but ${input} went in and ${output} came out`);
  }
  // Imitators put much else there: times, costs, settings. Perplexity bills tokens that stand beside all totals.
  counts.noteUnknown("", KNOWN_FIELDS, /_tokens$/);
  counts.noteUnknown("prompt_tokens_details", KNOWN_PROMPT_DETAILS);
  counts.noteUnknown("completion_tokens_details", KNOWN_COMPLETION_DETAILS);

  const usage = usageOf(
    // Chat names no lifetime of a write; half an hour is what the API keeps unless told otherwise.
    {
      inputFresh,
      cacheRead,
      cacheWrite30m: cacheWrite,
      audioInput,
      output: textOutput,
      audioOutput,
    },
    { reasoningTokens: Math.min(reasoningTokens, textOutput) },
  );
  const { notes, reconciliation } = counts;
  const reported = reportedCostPico(raw);
  return {
    usage,
    source: "provider",
    reconciliation,
    notes,
    raw,
    ...(reported !== null && { reportedCostPico: reported }),
  };
}

const KNOWN_FIELDS = [
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "cached_tokens",
  "prompt_cache_hit_tokens",
  "prompt_cache_miss_tokens",
];
const KNOWN_PROMPT_DETAILS = ["cached_tokens", "cache_write_tokens", "audio_tokens"];
const KNOWN_COMPLETION_DETAILS = [
  "reasoning_tokens",
  "audio_tokens",
  // Both are part of completion_tokens and cost what output costs.
  "accepted_prediction_tokens",
  "rejected_prediction_tokens",
];

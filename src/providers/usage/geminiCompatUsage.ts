/**
 * Usage of Gemini behind its OpenAI-compatible door.
 *
 * There `completion_tokens` leaves out what the model thought, while `total_tokens` includes it and the
 * bill does too: whatever the total has beyond prompt and completion is reasoning, and output.
 */
import type { UsageReport } from "../../pricing/usage";
import { Counts, fieldOf } from "./counts";
import { normaliseOpenAiChatUsage } from "./openaiChatUsage";

export function normaliseGeminiCompatUsage(raw: unknown): UsageReport {
  const counts = new Counts(raw);
  const input = counts.read("prompt_tokens") ?? 0;
  const completion = counts.read("completion_tokens") ?? 0;
  const thought = Math.max((counts.read("total_tokens") ?? 0) - input - completion, 0);

  const details = fieldOf(raw, "completion_tokens_details");
  const stated = counts.read("completion_tokens_details.reasoning_tokens") ?? 0;
  const report = normaliseOpenAiChatUsage({
    ...(raw as object),
    completion_tokens: completion + thought,
    completion_tokens_details: {
      ...(details as object | undefined),
      reasoning_tokens: Math.max(stated, thought),
    },
  });
  return { ...report, raw };
}

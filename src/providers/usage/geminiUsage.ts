/**
 * Usage of the Gemini API.
 *
 * `promptTokenCount` is everything that was read, what came from the cache included; what the provider's own tools
 * read stands beside it. `candidatesTokenCount` is what was said without what was thought, and both are output.
 */
import { usageOf, type UsageReport } from "../../pricing/usage";
import { Counts, fieldOf } from "./counts";

/** @param raw - The `usageMetadata` of a frame: each one is a running total. */
export function normaliseGeminiUsage(raw: unknown): UsageReport {
  const counts = new Counts(raw);
  const prompt = counts.read("promptTokenCount") ?? 0;
  const ofTools = counts.read("toolUsePromptTokenCount") ?? 0;
  const cached = counts.read("cachedContentTokenCount") ?? 0;
  const said = counts.read("candidatesTokenCount") ?? 0;
  const thought = counts.read("thoughtsTokenCount") ?? 0;

  const audioInput = ofModality(raw, "promptTokensDetails", "AUDIO");
  const audioCacheRead = ofModality(raw, "cacheTokensDetails", "AUDIO");
  const audioOutput = ofModality(raw, "candidatesTokensDetails", "AUDIO");
  const imageOutput = ofModality(raw, "candidatesTokensDetails", "IMAGE");
  const audioFresh = counts.rest(audioInput, [audioCacheRead], "audio of promptTokensDetails");
  const cacheRead = counts.rest(cached, [audioCacheRead], "cachedContentTokenCount");
  const inputFresh = counts.rest(prompt, [cached, audioFresh], "promptTokenCount");
  const textSaid = counts.rest(said, [audioOutput, imageOutput], "candidatesTokenCount");

  const total = counts.read("totalTokenCount");
  const sum = prompt + ofTools + said + thought;
  if (total !== null && total !== sum) {
    counts.mismatch(`totalTokenCount is ${total}, but the parts are ${sum}`);
  }
  counts.noteUnknown("", KNOWN_FIELDS);

  const all = usageOf(
    {
      inputFresh: inputFresh + ofTools,
      cacheRead,
      audioInput: audioFresh,
      audioCacheRead,
      output: textSaid + thought,
      audioOutput,
      imageOutput,
    },
    { reasoningTokens: thought },
  );
  const usage = counts.bounded(all);
  const { notes, reconciliation } = counts;
  return { usage, source: "provider", reconciliation, notes, raw };
}

const KNOWN_FIELDS = [
  "promptTokenCount",
  "promptTokensDetails",
  "cachedContentTokenCount",
  "cacheTokensDetails",
  "candidatesTokenCount",
  "candidatesTokensDetails",
  "thoughtsTokenCount",
  "toolUsePromptTokenCount",
  "toolUsePromptTokensDetails",
  "totalTokenCount",
  "trafficType",
];

/** The tokens of a kind in a list such as `[{"modality": "AUDIO", "tokenCount": 12}]`. */
function ofModality(raw: unknown, field: string, modality: string): number {
  const details = fieldOf(raw, field);
  if (!Array.isArray(details)) return 0;
  const detail: unknown = details.find((one) => fieldOf(one, "modality") === modality);
  return new Counts(detail).read("tokenCount") ?? 0;
}

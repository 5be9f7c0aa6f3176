/** One upstream call whose reply is wanted whole: nobody follows it while it arrives. */
import { TOOL_CALLS_PER_REPLY_MAX } from "../../src/core/tools";
import type { UsageReport } from "../../src/pricing/usage";
import type { FinishReason, ProviderEvent } from "../../src/providers/provider";
import { omitUndefined } from "../lib/objects";
import type {
  AttemptError,
  AttemptStatus,
  StoredCallFacts,
  StoredUsageReport,
} from "../validators";
import { sentenceOf, toAttemptError } from "./attemptError";
import { toStored, toStoredFacts } from "./modelCall";

export type Collected = {
  text: string;
  /** Whole ones. */
  toolCalls: { name: string; argumentsJson: string }[];
  /** Why it is not whole, for the tenant; null: it is. */
  problem: string | null;
  status: AttemptStatus;
  error?: AttemptError;
  /** The same call may well succeed later: nothing had arrived. */
  retry: { retryAfterMs: number | null } | null;
  usage: StoredUsageReport | null;
  facts: StoredCallFacts;
  finishReason?: FinishReason;
  warnings: string[];
  firstChunkAtMs?: number;
};

type Ending = Extract<ProviderEvent, { kind: "finish" | "error" }>;

/**
 * Makes the call. Does not throw: what went wrong is in what it returns.
 *
 * @param signal - Ends it early.
 */
export async function collect(
  { msMax, charsMax, signal }: { msMax: number; charsMax: number; signal?: AbortSignal },
  stream: (signal: AbortSignal) => AsyncIterable<ProviderEvent>,
): Promise<Collected> {
  const abort = new AbortController();
  const end = () => abort.abort();
  const timer = setTimeout(end, msMax);
  signal?.addEventListener("abort", end);
  if (signal?.aborted === true) end();
  const toolCalls: Collected["toolCalls"] = [];
  let text = "";
  let usage: UsageReport | null = null;
  let firstChunkAtMs: number | undefined;
  let last: Ending | null = null;
  let chars = 0;
  try {
    for await (const event of stream(abort.signal)) {
      if (event.kind === "text") {
        firstChunkAtMs ??= Date.now();
        text += event.text;
        chars += event.text.length;
      } else if (event.kind === "tool_call") {
        firstChunkAtMs ??= Date.now();
        chars += event.argumentsJson.length;
        const { name, argumentsJson } = event;
        if (toolCalls.length < TOOL_CALLS_PER_REPLY_MAX) toolCalls.push({ name, argumentsJson });
      } else if (event.kind === "usage") usage = event.report;
      else if (event.kind === "finish" || event.kind === "error") last = event;
      if (chars > charsMax) end();
    }
  } catch (error) {
    console.error("a provider's adapter failed:", error);
  }
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
  const error = last?.kind === "error" ? last.error : null;
  const finishReason = last?.kind === "finish" ? last.reason : undefined;
  const problem = problemOf(last, { isTooLong: chars > charsMax });
  return {
    text,
    toolCalls,
    problem,
    status: statusOf(last, { problem, hasContent: chars > 0 }),
    retry:
      error?.retryable === true && !error.streamed ? { retryAfterMs: error.retryAfterMs } : null,
    usage: usage === null ? null : toStored(usage),
    facts: last === null ? {} : toStoredFacts(last.facts),
    warnings: last?.kind === "finish" ? [...last.warnings] : [],
    ...omitUndefined({
      error: error === null ? undefined : toAttemptError(error),
      finishReason,
      firstChunkAtMs,
    }),
  };
}

function statusOf(
  last: Ending | null,
  { problem, hasContent }: { problem: string | null; hasContent: boolean },
): AttemptStatus {
  if (last?.kind === "finish" && last.reason === "aborted") return "aborted";
  if (problem === null || last?.kind === "finish") return "ok";
  return hasContent ? "truncated" : "error";
}

function problemOf(last: Ending | null, { isTooLong }: { isTooLong: boolean }): string | null {
  if (last === null) return "The provider's answer could not be processed.";
  if (last.kind === "error") return sentenceOf(last.error);
  switch (last.reason) {
    case "end":
    case "tool_calls":
    case "other":
      return null;
    case "aborted":
      return isTooLong ? "The answer grew too long." : "The answer took too long.";
    case "length":
      return "The answer was cut at the most tokens that the agent may answer with.";
    case "filtered":
      return "The provider or the model declined to answer.";
  }
}

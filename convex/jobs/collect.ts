/** One upstream call whose reply is wanted whole: nobody follows it while it arrives. */
import type { UsageReport } from "../../src/pricing/usage";
import type { ProviderEvent } from "../../src/providers/provider";
import { omitUndefined } from "../lib/objects";
import type { StoredCallFacts, StoredUsageReport } from "../validators";
import { toStored, toStoredFacts } from "./modelCall";

export type Collected = {
  text: string;
  /** Why it is not whole, for the tenant; null: it is. */
  problem: string | null;
  usage: StoredUsageReport | null;
  facts: StoredCallFacts;
  /** We closed it. */
  wasAborted: boolean;
  firstChunkAtMs?: number;
};

type Ending = Extract<ProviderEvent, { kind: "finish" | "error" }>;

/** Makes the call. Does not throw: what went wrong is in what it returns. */
export async function collect(
  { msMax, charsMax }: { msMax: number; charsMax: number },
  stream: (signal: AbortSignal) => AsyncIterable<ProviderEvent>,
): Promise<Collected> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), msMax);
  let text = "";
  let usage: UsageReport | null = null;
  let firstChunkAtMs: number | undefined;
  let last: Ending | null = null;
  try {
    for await (const event of stream(abort.signal)) {
      if (event.kind === "text") {
        firstChunkAtMs ??= Date.now();
        text += event.text;
        if (text.length > charsMax) abort.abort();
      } else if (event.kind === "usage") usage = event.report;
      else if (event.kind === "finish" || event.kind === "error") last = event;
    }
  } catch (error) {
    console.error("a provider's adapter failed:", error);
  }
  clearTimeout(timer);
  const problem = problemOf(last, { isTooLong: text.length > charsMax });
  return {
    text,
    problem,
    usage: usage === null ? null : toStored(usage),
    facts: last === null ? {} : toStoredFacts(last.facts),
    wasAborted: abort.signal.aborted,
    ...omitUndefined({ firstChunkAtMs }),
  };
}

function problemOf(last: Ending | null, { isTooLong }: { isTooLong: boolean }): string | null {
  if (last === null) return "The provider's answer could not be processed.";
  if (last.kind === "error") {
    const { provider, failureClass, message } = last.error;
    return `${provider} failed (${failureClass}): ${message}`;
  }
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

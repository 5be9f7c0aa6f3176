/** What the APIs that clients speak have in common: a request that comes in, and an answer that goes out. */
import type { CallFeature } from "../core/callFeatures";
import type { InputCounts } from "../pricing/usage";
import type { ProviderName, ReasoningEffort } from "../providers/provider";
import type { Failure } from "./failures";
import type { Given } from "./given";

/** A request as it was read, whatever API it speaks. */
export type Asked<Options> = Readonly<{
  /** As the client names it. */
  model: string;
  isStream: boolean;
  given: Given;
  settings: Readonly<{
    maxOutputTokens?: number;
    temperature?: number;
    reasoningEffort?: ReasoningEffort;
  }>;
  features: readonly { feature: CallFeature; param: string }[];
  /** What only this API has, for its answer. */
  options: Options;
}>;

export type Call = Readonly<{
  toolCallId: string;
  name: string;
  argumentsJson: string;
  /** Of Google's models: to be given back with the call. */
  signature?: string | undefined;
}>;

/** What an answer is about, known before it begins. */
export type Head<Options> = Readonly<{
  /** The run's. */
  id: string;
  model: string;
  createdAtMs: number;
  options: Options;
}>;

export type FinishReason = "end" | "length" | "tool_calls" | "filtered" | "aborted" | "other";

/** How it ended, what was used, and what that cost. */
export type Ending = Readonly<{
  finishReason: FinishReason;
  /** The text at which it was to end, where the provider says that it did. */
  stoppedAt?: string;
  usage: Readonly<{
    input: number;
    cacheRead: number;
    cacheWrite: number;
    output: number;
    reasoning: number;
  }>;
  cost: Cost;
}>;

/** Exact decimals of USD, and the total as the nearest number. */
export type Cost = Readonly<{
  total: number;
  totalUsd: string;
  inputUsd: string;
  outputUsd: string;
  feesUsd: string;
  /** Calls of which something has no known price, and is not in the sums. */
  unpricedCalls: number;
}>;

/** What a model thought: to be read, and as its provider wants it back, sealed. */
export type Thought = Readonly<{
  text: string;
  block: { provider: ProviderName; json: string } | null;
}>;

export type Reply = Readonly<{
  text: string;
  calls: readonly Call[];
  thoughts: readonly Thought[];
}>;

/** A reply piece by piece: each function gives the text to send, which may be empty. */
export interface FrameWriter {
  /** @param counts - Of the input, as far as the provider has said it by then; else 0. */
  open(counts: InputCounts): string;
  text(text: string): string;
  reasoning(text: string): string;
  /** The end of a thought whose text came before. */
  thought(thought: Thought): string;
  call(call: Call): string;
  close(ending: Ending): string;
  /** In place of `close`: a stream that is cut says so. */
  fail(failure: Failure): string;
}

export type Dialect<Options = unknown> = Readonly<{
  /** @throws BadRequest */
  read: (body: unknown, headers: Headers) => Asked<Options>;
  whole: (head: Head<Options>, reply: Reply, ending: Ending) => unknown;
  writer: (head: Head<Options>) => FrameWriter;
  errorBody: (failure: Failure, requestId: string) => unknown;
}>;

/** What keeps proxies and clients waiting. */
export const HEARTBEAT = ": keep-alive\n\n";

/** As callers of OpenRouter and others read it, and exactly beside it. */
export function costFields(cost: Cost): { cost: number; cost_details: Record<string, unknown> } {
  const { total, totalUsd, inputUsd, outputUsd, feesUsd, unpricedCalls } = cost;
  return {
    cost: total,
    cost_details: {
      currency: "USD",
      total: totalUsd,
      input: inputUsd,
      output: outputUsd,
      fees: feesUsd,
      ...(unpricedCalls > 0 && { unpriced_calls: unpricedCalls }),
    },
  };
}

/**
 * One upstream call: the provider's stream, written down piece by piece while it arrives, under a watch
 * that stops it when the run is cancelled, the lease is lost or it goes on for too long.
 *
 * Knows no tables; what it needs of them are the two functions that it is given.
 */
import { LEASE_TTL_MS, MINUTE_MS } from "../../src/core/limits";
import { TOOL_CALLS_PER_REPLY_MAX } from "../../src/core/tools";
import type {
  CallFacts,
  ProviderError,
  ProviderEvent,
  ToolCallPart,
} from "../../src/providers/provider";
import { fallsBack, nextDelayMs, RETRY_POLICY } from "../../src/providers/retry";
import type { UsageReport } from "../../src/pricing/usage";
import { Batcher } from "../lib/batcher";
import { omitUndefined } from "../lib/objects";
import { beginningOf } from "../lib/texts";
import { toStoredUsage } from "../model/costs/storedUsage";
import type { Outcome, Report } from "../model/runs/finish";
import type { Verdict } from "../model/runs/state";
import type { Begun } from "../model/runs/work";
import type {
  ChunkPart,
  StoredCallFacts,
  StoredUsageReport,
  Thoughts,
  ToolCall,
} from "../validators";
import { sentenceOf, toAttemptError } from "./attemptError";

/** At most one write of chunks per run in this time: what an eye still takes for a flow. */
const FLUSH_INTERVAL_MS = 100;

/** While nothing is flushed, the run is asked this often whether to go on: cancelling takes less than a second. */
const PULSE_INTERVAL_MS = 400;

/** What a call may take; less, if whoever makes it does not live that long. */
export const CALL_MS_MAX = 9 * MINUTE_MS;

/** A reply, its reasoning and what its tools say become one row, which may have 1 MiB. */
const REPLY_BYTES_MAX = 600_000;

/** Of a reply's thoughts, which nobody reads: longer ones are not kept, and the model goes on without them. */
const THOUGHTS_BYTES_MAX = 200_000;

/** Of one row, whose arrays may have 8,192 values. */
const PARTS_MAX = 4_000;

const RAW_USAGE_LENGTH_MAX = 8_000;

type Piece = { seq: number; parts: ChunkPart[] };

/** Why we ended the call ourselves. */
type Stop = "cancelled" | "lost" | "too_late" | "too_long" | "not_stored";

export class ModelCall {
  readonly #begun: Begun;
  readonly #flush: (chunk: Piece & { messageId: Begun["messageId"] }) => Promise<Verdict>;
  readonly #heartbeat: () => Promise<Verdict>;
  readonly #hear: ((event: ProviderEvent) => void) | undefined;
  readonly #hasFallback: boolean;
  readonly #keepsParts: boolean;
  readonly #msMax: number;
  readonly #account: string;
  readonly #abort = new AbortController();
  readonly #chunks: Batcher<ChunkPart>;

  #stop: Stop | null = null;
  #seq: number;
  readonly #unstored: Piece[] = [];
  #failingSinceMs: number | null = null; // since when no piece could be stored
  #heardAtMs = Date.now(); // when the run last said to go on
  #asking = false;

  #text = "";
  #reasoning = "";
  readonly #toolCalls: ToolCall[] = [];
  readonly #thoughts: Thoughts["parts"] = [];
  #bytes = 0;
  #firstChunkAtMs: number | undefined;
  #usage: UsageReport | null = null;

  constructor({
    begun,
    account,
    hasFallback,
    leftMs,
    listen,
    keepsParts = false,
    flush,
    heartbeat,
  }: {
    begun: Begun;
    /** The mark of the account that is called. */
    account: string;
    hasFallback: boolean;
    /** How long whoever makes the call will be there. */
    leftMs: number;
    /** Hears each event as it arrives, before it is stored. Must not throw. */
    listen?: ((event: ProviderEvent) => void) | undefined;
    /** Whether what is stored is to say what came at once: a stream is told again from it, frame by frame. */
    keepsParts?: boolean;
    flush: (chunk: Piece & { messageId: Begun["messageId"] }) => Promise<Verdict>;
    heartbeat: () => Promise<Verdict>;
  }) {
    this.#begun = begun;
    this.#account = account;
    this.#hasFallback = hasFallback;
    this.#msMax = Math.min(CALL_MS_MAX, leftMs);
    this.#seq = begun.firstSeq;
    this.#hear = listen;
    this.#keepsParts = keepsParts;
    this.#flush = flush;
    this.#heartbeat = heartbeat;
    this.#chunks = new Batcher({
      intervalMs: FLUSH_INTERVAL_MS,
      // Whoever listens has it already; of a short reply the end stores all.
      firstMs: listen === undefined ? 0 : FLUSH_INTERVAL_MS,
      write: (parts) => this.#store(parts),
    });
  }

  /** Makes the call and says what became of it. Does not throw: what went wrong is in the report. */
  async make(stream: (signal: AbortSignal) => AsyncIterable<ProviderEvent>): Promise<Report> {
    const deadline = setTimeout(() => this.#end("too_late"), this.#msMax);
    const pulse = setInterval(() => void this.#pulse(), PULSE_INTERVAL_MS);
    let last: Ending;
    try {
      last = await this.#listen(stream(this.#abort.signal));
    } catch (error) {
      last = { kind: "bug", error };
    }
    clearInterval(pulse);
    clearTimeout(deadline);
    const unwritten = await this.#chunks.close();

    const { stepId, attemptId } = this.#begun;
    this.#queue(unwritten);
    return {
      stepId,
      attemptId,
      outcome: this.#outcome(last),
      text: this.#text,
      reasoning: this.#reasoning,
      ...this.#called(last),
      rest: this.#unstored,
      nextSeq: this.#seq,
      usage: this.#usage === null ? null : toStored(this.#usage),
      facts: "facts" in last ? toStoredFacts(last.facts) : {},
      warnings: last.kind === "finish" ? [...last.warnings] : [],
      ...retryAfterIn(last),
      ...omitUndefined({ firstChunkAtMs: this.#firstChunkAtMs }),
      endedAtMs: Date.now(),
    };
  }

  async #listen(events: AsyncIterable<ProviderEvent>): Promise<Ending> {
    for await (const event of events) {
      this.#hear?.(event);
      switch (event.kind) {
        case "text":
          this.#text += event.text;
          this.#take(event);
          break;
        case "reasoning":
          this.#reasoning += event.text;
          this.#take(event);
          break;
        case "tool_call":
          this.#takeToolCall(event);
          break;
        case "reasoning_part":
          this.#thoughts.push({
            block: event.block,
            afterChars: this.#text.length,
            afterToolCalls: this.#toolCalls.length,
          });
          break;
        case "usage":
          this.#usage = event.report;
          break;
        case "finish":
        case "error":
          return event;
      }
    }
    return { kind: "bug", error: new Error("the stream ended without an ending") };
  }

  /** The tools that a finished reply calls, and the thoughts that belong to the calls: all of them or none. */
  #called(last: Ending): Pick<Report, "toolCalls" | "thoughts"> {
    if (last.kind !== "finish" || last.reason !== "tool_calls") return { toolCalls: [] };
    const toolCalls = this.#toolCalls;
    const sizeBytes = this.#thoughts.reduce((sum, { block }) => sum + utf8Bytes(block), 0);
    const fit = sizeBytes <= Math.min(THOUGHTS_BYTES_MAX, REPLY_BYTES_MAX - this.#bytes);
    if (sizeBytes === 0 || !fit) return { toolCalls };
    return { toolCalls, thoughts: { account: this.#account, parts: this.#thoughts } };
  }

  #takeToolCall({ toolCallId, name, argumentsJson, signature }: ToolCallPart): void {
    this.#bytes += utf8Bytes(name + argumentsJson);
    if (this.#bytes > REPLY_BYTES_MAX) this.#end("too_long");
    if (this.#toolCalls.length === TOOL_CALLS_PER_REPLY_MAX) return;
    this.#toolCalls.push({ toolCallId, name, argumentsJson, ...omitUndefined({ signature }) });
  }

  #take({ kind, text }: ChunkPart): void {
    this.#firstChunkAtMs ??= Date.now();
    this.#bytes += utf8Bytes(text);
    this.#chunks.add({ kind, text });
    if (this.#bytes > REPLY_BYTES_MAX) this.#end("too_long");
  }

  /** A piece that could not be stored goes out again before the next, unchanged: its number is its own. */
  async #store(parts: ChunkPart[]): Promise<void> {
    this.#queue(parts);
    const { messageId } = this.#begun;
    for (let piece = this.#unstored[0]; piece !== undefined; piece = this.#unstored[0]) {
      try {
        this.#obey(await this.#flush({ messageId, ...piece }));
      } catch {
        this.#failingSinceMs ??= Date.now();
        if (isOverALease(this.#failingSinceMs)) this.#end("not_stored");
        return;
      }
      this.#failingSinceMs = null;
      this.#unstored.shift();
    }
  }

  #queue(parts: readonly ChunkPart[]): void {
    const toStore = this.#keepsParts ? [...parts] : merge(parts);
    for (let at = 0; at < toStore.length; at += PARTS_MAX) {
      this.#unstored.push({ seq: this.#seq++, parts: toStore.slice(at, at + PARTS_MAX) });
    }
  }

  async #pulse(): Promise<void> {
    if (isOverALease(this.#heardAtMs)) this.#end("not_stored");
    if (this.#asking || Date.now() - this.#heardAtMs < PULSE_INTERVAL_MS) return;
    this.#asking = true;
    try {
      this.#obey(await this.#heartbeat());
    } catch {
      // The next one asks again. If none gets through for as long as a lease lasts, the run is another's.
    }
    this.#asking = false;
  }

  #obey(verdict: Verdict): void {
    this.#heardAtMs = Date.now();
    if (verdict === "cancel") this.#end("cancelled");
    if (verdict === "lost") this.#end("lost");
  }

  #end(stop: Stop): void {
    this.#stop ??= stop;
    this.#abort.abort();
  }

  #outcome(last: Ending): Outcome {
    const wasCut = this.#text !== "" || this.#reasoning !== "";
    switch (last.kind) {
      case "finish":
        return last.reason === "aborted"
          ? this.#outcomeOfStop(wasCut)
          : { kind: "completed", finishReason: last.reason };
      case "error":
        return this.#outcomeOfError(last.error, wasCut);
      case "bug":
        console.error("a provider's adapter failed:", last.error);
        return failure("internal", "The provider's answer could not be processed.", wasCut);
    }
  }

  #outcomeOfStop(wasCut: boolean): Outcome {
    switch (this.#stop) {
      case "cancelled":
      case "lost": // another worker has the run: of this report only the cost will be booked
        return { kind: "cancelled" };
      case "too_late":
        return failure("limit_reached", "The reply took longer than a call may take.", wasCut);
      case "too_long":
        return failure("limit_reached", "The reply grew longer than a message may be.", wasCut);
      case "not_stored":
      case null:
        return failure("internal", "The reply could not be stored.", wasCut);
    }
  }

  #outcomeOfError(error: ProviderError, wasCut: boolean): Outcome {
    const { retryAfterMs } = error;
    const stored = toAttemptError(error);
    if (error.retryable && !error.streamed) {
      const attempt = this.#begun.attemptsMade;
      const random = Math.random();
      const delayMs = nextDelayMs(RETRY_POLICY, { attempt, retryAfterMs, random });
      if (delayMs !== null) return { kind: "retry", delayMs, error: stored };
    }
    if (this.#hasFallback && fallsBack(error)) return { kind: "fallback", error: stored };
    return { ...failure("provider_failed", sentenceOf(error), wasCut), error: stored };
  }
}

function retryAfterIn(last: Ending): Pick<Report, "retryAfterMs"> {
  const named = last.kind === "error" ? last.error.retryAfterMs : null;
  return named === null ? {} : { retryAfterMs: named };
}

/** How a stream ended; `bug` stands for what no adapter should do. */
type Ending =
  Extract<ProviderEvent, { kind: "finish" | "error" }> | { kind: "bug"; error: unknown };

function failure(
  reason: Extract<Outcome, { kind: "failed" }>["reason"],
  detail: string,
  wasCut: boolean,
): Extract<Outcome, { kind: "failed" }> {
  return { kind: "failed", reason, detail, wasCut };
}

/** A shorter outage passes, and the call is paid for; after a longer one another worker may have the run. */
function isOverALease(sinceMs: number): boolean {
  return Date.now() - sinceMs >= LEASE_TTL_MS;
}

/** Neighbours of one kind become one part. */
function merge(parts: readonly ChunkPart[]): ChunkPart[] {
  const merged: ChunkPart[] = [];
  for (const { kind, text } of parts) {
    const last = merged.at(-1);
    if (last?.kind === kind) last.text += text;
    else merged.push({ kind, text });
  }
  return merged;
}

/** Without its zeros, and the provider's own words as text. */
export function toStored({
  usage,
  source,
  reconciliation,
  notes,
  raw,
  others,
  reportedCostPico,
}: UsageReport): StoredUsageReport {
  return {
    usage: toStoredUsage(usage),
    source,
    reconciliation,
    notes: [...notes],
    ...(raw !== null && { raw: beginningOf(JSON.stringify(raw), RAW_USAGE_LENGTH_MAX) }),
    ...omitUndefined({
      others: others?.map(({ model, usage: used }) => ({ model, usage: toStoredUsage(used) })),
      reportedCostPico,
    }),
  };
}

export function toStoredFacts(facts: CallFacts): StoredCallFacts {
  const stated = Object.entries(facts).filter(([, value]) => value !== null);
  return Object.fromEntries(stated) as StoredCallFacts;
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

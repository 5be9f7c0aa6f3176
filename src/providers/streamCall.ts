/**
 * The part of a model call that is the same for every provider: deadlines, aborting, the order of events,
 * and one ending for each way in which a stream can end.
 */
import { MINUTE_MS } from "../core/limits";
import type { UsageReport } from "../pricing/usage";
import { malformedFrame, transportFailure, type Failure } from "./failure";
import {
  ProviderError,
  type CallFacts,
  type FinishReason,
  type ProviderEvent,
  type ProviderName,
  type ProviderRequest,
} from "./provider";
import { partialUsage } from "./usage/partialUsage";

export type CallTimeouts = Readonly<{
  /** From the request to the headers of the answer. */
  headersMs: number;
  /** From one frame of the stream to the next. */
  idleMs: number;
}>;

export const CALL_TIMEOUTS: CallTimeouts = {
  headersMs: MINUTE_MS,
  // A model that thinks hard streams nothing meanwhile, and the SDKs swallow the pings.
  idleMs: 5 * MINUTE_MS,
};

export type ContentEvent = Extract<ProviderEvent, { kind: "text" | "reasoning" | "tool_call" }>;

/** What the reply itself says about the call. */
export type ReplyFacts = Omit<CallFacts, "providerRequestId">;

export const NO_FACTS: ReplyFacts = {
  servedModel: null,
  servedTier: null,
  servedSpeed: null,
  servedRegion: null,
  providerMessageId: null,
};

/** Understands the frames of one API, one after the other. Pure but for what it has read so far. */
export type ReplyReader<Frame> = {
  take(frame: Frame): readonly ContentEvent[];
  readonly facts: ReplyFacts;
  /** The latest statement of usage. Another object whenever it changed. */
  readonly usage: UsageReport | null;
  /** True once no later statement will change it. */
  readonly usageIsFinal: boolean;
  /** Null until the provider has said that the reply is over. */
  readonly finish: FinishReason | null;
  /** An error that came inside the stream. */
  readonly failure: Failure | null;
};

export type OpenedStream<Frame> = {
  frames: AsyncIterable<Frame>;
  providerRequestId: string | null;
};

export async function* streamCall<Frame>({
  provider,
  apiKey,
  request,
  timeouts,
  warnings,
  reader,
  open,
  toFailure,
}: {
  provider: ProviderName;
  /** Kept out of what is said about a failure. */
  apiKey: string;
  request: ProviderRequest;
  timeouts: CallTimeouts;
  warnings: readonly string[];
  reader: ReplyReader<Frame>;
  open: (signal: AbortSignal) => Promise<OpenedStream<Frame>>;
  /** The failure that an error of the SDK stands for; null when it is not the SDK's. */
  toFailure: (error: unknown) => Failure | null;
}): AsyncGenerator<ProviderEvent, void, undefined> {
  const watch = watchOver(request.signal, timeouts);
  let opened: OpenedStream<Frame> | null = null;
  let failure: Failure | null = null;
  let delivered = "";
  let statedBefore: UsageReport | null = null;

  let statedByProvider = false;
  const failureOf = (error: unknown): Failure => {
    const stated = toFailure(error);
    statedByProvider = stated !== null;
    return stated ?? transportFailure(error, { opened: opened !== null });
  };

  try {
    try {
      opened = await open(watch.signal);
    } catch (error) {
      failure = failureOf(error);
    }

    const frames = opened?.frames[Symbol.asyncIterator]();
    while (frames !== undefined && failure === null) {
      watch.heard();
      let next: IteratorResult<Frame>;
      try {
        next = await frames.next();
      } catch (error) {
        failure = failureOf(error);
        break;
      }
      if (next.done === true) break;

      let events: readonly ContentEvent[];
      try {
        events = reader.take(next.value);
      } catch (error) {
        failure = malformedFrame(error);
        break;
      }
      for (const event of events) {
        delivered += event.kind === "tool_call" ? event.name + event.argumentsJson : event.text;
        yield event;
      }
      if (reader.usage !== null && reader.usage !== statedBefore) {
        statedBefore = reader.usage;
        yield { kind: "usage", report: reportOf(reader, { request, delivered }) };
      }
      if (reader.failure !== null) {
        failure = reader.failure;
        statedByProvider = true;
      }
    }
  } finally {
    // Also when the caller left the loop: the connection must not go on being billed for nobody.
    watch.stop();
  }

  const facts = { ...reader.facts, providerRequestId: opened?.providerRequestId ?? null };
  const finished = reader.failure === null && reader.finish !== null;
  // An answer that began with an error was refused: nothing was made, nothing is billed.
  const refused =
    opened === null || (statedByProvider && reader.usage === null && delivered === "");
  const report = refused ? null : reportOf(reader, { request, delivered });
  if (report !== null && !(reader.usageIsFinal && statedBefore === reader.usage)) {
    yield { kind: "usage", report };
  }

  if (finished) {
    yield { kind: "finish", reason: reader.finish ?? "other", facts, warnings };
  } else if (request.signal.aborted) {
    yield { kind: "finish", reason: "aborted", facts, warnings };
  } else {
    const { message, ...rest } = watch.timeout() ?? failure ?? CUT;
    const ended = { ...rest, streamed: delivered !== "", usage: report };
    const error = new ProviderError(withoutSecret(message, apiKey), { provider, ...ended });
    yield { kind: "error", error, facts };
  }
}

/** Shorter keys are words, of the simulator and of servers that want none: any text may have them. */
const SECRET_LENGTH_MIN = 12;

/** Tenants read the message, and some say the key: a header that cannot be sent, a proxy that quotes it. */
function withoutSecret(message: string, secret: string): string {
  return secret.length < SECRET_LENGTH_MIN ? message : message.replaceAll(secret, "[API key]");
}

/** The SDKs end their loops without a word when a connection is closed before the reply was over. */
const CUT: Failure = {
  failureClass: "cut_stream",
  status: null,
  retryAfterMs: null,
  message: "the stream ended before the reply was over",
};

function reportOf<Frame>(
  reader: ReplyReader<Frame>,
  sofar: { request: ProviderRequest; delivered: string },
): UsageReport {
  return reader.usage !== null && reader.usageIsFinal
    ? reader.usage
    : partialUsage(reader.usage, sofar);
}

/** An abort signal that also fires when the provider keeps silent for too long. */
function watchOver(signal: AbortSignal, timeouts: CallTimeouts) {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });

  let late: Failure | null = null;
  let heardAtMs: number | null = null;
  let timer = setTimeout(expire, timeouts.headersMs);

  function expire(): void {
    // Frames only note the time; the timer is set anew when it runs out, not with every frame.
    const leftMs = heardAtMs === null ? 0 : heardAtMs + timeouts.idleMs - Date.now();
    if (leftMs > 0) {
      timer = setTimeout(expire, leftMs);
      return;
    }
    const what =
      heardAtMs === null
        ? `no answer within ${timeouts.headersMs} ms`
        : `nothing arrived for ${timeouts.idleMs} ms`;
    late = { failureClass: "timeout", status: null, retryAfterMs: null, message: what };
    controller.abort();
  }

  return {
    signal: controller.signal,
    /** Something arrived. */
    heard(): void {
      if (heardAtMs === null) {
        clearTimeout(timer);
        timer = setTimeout(expire, timeouts.idleMs);
      }
      heardAtMs = Date.now();
    },
    /** The failure, if it was the silence that ended the call. */
    timeout: (): Failure | null => late,
    stop(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      controller.abort();
    },
  };
}

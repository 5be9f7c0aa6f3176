/**
 * The part of a model call that is the same for every provider: deadlines, aborting, the order of events,
 * and one ending for each way in which a stream can end.
 */
import { MINUTE_MS } from "../core/limits";
import { utf8Bytes } from "../pricing/estimate";
import type { UsageReport } from "../pricing/usage";
import { malformedFrame, transportFailure, type Failure } from "./failure";
import { NoStream } from "./guardedFetch";
import { retirementWarnings } from "./modelFacts";
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

export type ContentEvent = Extract<
  ProviderEvent,
  { kind: "text" | "reasoning" | "reasoning_part" | "tool_call" }
>;

/** What the reply itself says about the call. */
export type ReplyFacts = Omit<CallFacts, "providerRequestId" | "requestedTier">;

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
  /** True once the model has begun its reply, whether or not there is anything to show of it. */
  readonly begun: boolean;
  /** What arrived of tool calls that have come to no end. */
  readonly unfinished: string;
  /** The latest statement of usage. Another object whenever it changed. */
  readonly usage: UsageReport | null;
  /** True once no later statement will change it. */
  readonly usageIsFinal: boolean;
  /** Null until the provider has said that the reply is over. */
  readonly finish: FinishReason | null;
  /** The stop text that the provider names. */
  readonly stoppedAt?: string | null;
  /** An error that came inside the stream. */
  readonly failure: Failure | null;
};

export type OpenedStream<Frame> = {
  frames: AsyncIterable<Frame>;
  providerRequestId: string | null;
};

type StreamCall<Frame> = {
  provider: ProviderName;
  /** Kept out of what is said about a failure. */
  apiKey: string;
  request: ProviderRequest;
  timeouts: CallTimeouts;
  warnings: readonly string[];
  reader: ReplyReader<Frame>;
  open: (signal: AbortSignal) => Promise<OpenedStream<Frame>>;
  /** The frames that say what an answer says that came in place of the stream; null: it is no reply. */
  framesOfWhole: (json: unknown) => readonly Frame[] | null;
  /** The failure that an error of the SDK stands for; null when it is not the SDK's. */
  toFailure: (error: unknown) => Failure | null;
};

/** How far a call has come. */
type Progress = {
  opened: boolean;
  providerRequestId: string | null;
  deliveredBytes: number;
  toolCallIds: Set<string>;
  /** The last statement of usage that was passed on. */
  statedUsage: UsageReport | null;
  failure: Failure | null;
  /** The failure is the provider's answer, and no trouble on the way to it. */
  failureIsStated: boolean;
  /** The reply came in place of the stream. */
  cameWhole: boolean;
};

const CAME_WHOLE = "the provider answered without a stream: the reply came all at once";

/** What follows the end of a reply is its usage, if anything, and not every server then closes the connection. */
const AFTER_FINISH_MS = 2_000;

/** The call's events, from its request to its one ending. */
export async function* streamCall<Frame>(
  call: StreamCall<Frame>,
): AsyncGenerator<ProviderEvent, void, undefined> {
  const watch = watchOver(call.request.signal, call.timeouts);
  const progress: Progress = {
    opened: false,
    providerRequestId: null,
    deliveredBytes: 0,
    toolCallIds: new Set(),
    statedUsage: null,
    failure: null,
    failureIsStated: false,
    cameWhole: false,
  };
  try {
    yield* contentOf(call, { watch, progress });
  } finally {
    // Also when the caller left the loop: the connection must not go on being billed for nobody.
    watch.stop();
  }
  progress.failure = watch.timeout() ?? progress.failure;
  yield* endingOf(call, progress);
}

/** What arrives, until the stream ends or fails. */
async function* contentOf<Frame>(
  { open, reader, request, framesOfWhole, toFailure }: StreamCall<Frame>,
  { watch, progress }: { watch: Watch; progress: Progress },
): AsyncGenerator<ProviderEvent, void, undefined> {
  const fail = (error: unknown): void => {
    const stated = toFailure(error);
    progress.failureIsStated = stated !== null;
    progress.failure = stated ?? transportFailure(error, { opened: progress.opened });
  };

  let frames: AsyncIterator<Frame>;
  try {
    const opened = await Promise.race([open(watch.signal), watch.stopped]);
    progress.opened = true;
    progress.providerRequestId = opened.providerRequestId;
    frames = opened.frames[Symbol.asyncIterator]();
  } catch (error) {
    return fail(error);
  }
  for (;;) {
    watch.heard(reader.finish === null ? undefined : AFTER_FINISH_MS);
    let next: IteratorResult<Frame>;
    try {
      // A body that is there and was not read may never settle its next frame once the call is aborted.
      next = await Promise.race([frames.next(), watch.stopped]);
    } catch (error) {
      const whole = error instanceof NoStream ? framesOfWhole(error.json) : null;
      if (whole === null) return fail(error);
      progress.cameWhole = true;
      frames = oneByOne(whole);
      continue;
    }
    if (next.done === true) return;

    let events: readonly ContentEvent[];
    try {
      events = reader.take(next.value);
    } catch (error) {
      progress.failure = malformedFrame(error);
      return;
    }
    for (const event of events) {
      const text = textOf(event);
      if (text === "" && event.kind !== "reasoning_part") continue;
      if (event.kind === "tool_call") {
        // Said twice, by a frame that was sent again, it is still one call.
        if (progress.toolCallIds.has(event.toolCallId)) continue;
        progress.toolCallIds.add(event.toolCallId);
      }
      progress.deliveredBytes += utf8Bytes(text);
      yield event;
    }
    if (reader.usage !== null && reader.usage !== progress.statedUsage) {
      progress.statedUsage = reader.usage;
      yield { kind: "usage", report: reportOf(reader, { request, ...progress }) };
    }
    if (reader.failure !== null) {
      progress.failure = reader.failure;
      progress.failureIsStated = true;
      return;
    }
  }
}

async function* oneByOne<Frame>(frames: readonly Frame[]): AsyncGenerator<Frame> {
  yield* frames;
}

function textOf(event: ContentEvent): string {
  if (event.kind === "tool_call") return event.name + event.argumentsJson;
  // Nobody is shown it; what of it there is to read came as such.
  return event.kind === "reasoning_part" ? "" : event.text;
}

/** The last statement of usage, and the event that ends the call. */
function* endingOf<Frame>(
  { provider, apiKey, request, warnings, reader }: StreamCall<Frame>,
  { opened, providerRequestId, deliveredBytes, statedUsage, cameWhole, ...progress }: Progress,
): Generator<ProviderEvent, void, undefined> {
  const requestedTier = request.serviceTier ?? null;
  const facts = { ...reader.facts, requestedTier, providerRequestId };
  // An answer that came to no more than an error was refused: nothing was made, nothing is billed.
  const refused = !opened || (progress.failureIsStated && reader.usage === null && !reader.begun);
  const report = refused ? null : reportOf(reader, { request, deliveredBytes });
  if (report !== null && !(reader.usageIsFinal && statedUsage === reader.usage)) {
    yield { kind: "usage", report };
  }

  // Whatever goes wrong after the end of a reply, the reply is whole.
  if (reader.finish !== null) {
    const ending = retirementWarnings({ provider, model: request.model, nowMs: Date.now() });
    const whole = cameWhole ? [CAME_WHOLE] : [];
    const told = [...warnings, ...ending, ...whole];
    const stopped =
      reader.stoppedAt === null || reader.stoppedAt === undefined
        ? {}
        : { stoppedAt: reader.stoppedAt };
    yield { kind: "finish", reason: reader.finish, ...stopped, facts, warnings: told };
  } else if (request.signal.aborted) {
    yield { kind: "finish", reason: "aborted", facts, warnings };
  } else {
    const { message, ...rest } = progress.failure ?? CUT;
    const ended = { provider, ...rest, streamed: deliveredBytes > 0, usage: report };
    yield { kind: "error", error: new ProviderError(withoutSecret(message, apiKey), ended), facts };
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
  { request, deliveredBytes }: { request: ProviderRequest; deliveredBytes: number },
): UsageReport {
  if (reader.usage !== null && reader.usageIsFinal) return reader.usage;
  const arrivedBytes = deliveredBytes + utf8Bytes(reader.unfinished);
  return partialUsage(reader.usage, { request, deliveredBytes: arrivedBytes });
}

type Watch = ReturnType<typeof watchOver>;

/** An abort signal that also fires when the provider keeps silent for too long. */
function watchOver(signal: AbortSignal, timeouts: CallTimeouts) {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });

  let late: Failure | null = null;
  let heardAtMs: number | null = null;
  let { idleMs } = timeouts;
  let timer = setTimeout(expire, timeouts.headersMs);

  function expire(): void {
    // Frames only note the time; the timer is set anew when it runs out, not with every frame.
    const leftMs = heardAtMs === null ? 0 : heardAtMs + idleMs - Date.now();
    if (leftMs > 0) {
      timer = setTimeout(expire, leftMs);
      return;
    }
    const what =
      heardAtMs === null
        ? `no answer within ${timeouts.headersMs} ms`
        : `nothing arrived for ${idleMs} ms`;
    late = { failureClass: "timeout", status: null, retryAfterMs: null, message: what };
    controller.abort();
  }

  const stopped = new Promise<never>((_resolve, reject) => {
    const give = (): void => reject(new Error("the call was ended"));
    controller.signal.addEventListener("abort", give, { once: true });
    if (controller.signal.aborted) give();
  });
  stopped.catch(() => undefined); // Every call ends with it, and not every one waits for it.

  return {
    signal: controller.signal,
    /** Fails when the signal fires. */
    stopped,
    /** Something arrived; from now on nothing has to be waited for longer than that. */
    heard(idleMsMax = idleMs): void {
      const isShorter = idleMsMax < idleMs;
      idleMs = Math.min(idleMs, idleMsMax);
      if (heardAtMs === null || isShorter) {
        clearTimeout(timer);
        timer = setTimeout(expire, idleMs);
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

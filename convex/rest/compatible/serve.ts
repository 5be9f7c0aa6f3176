/** A request that has a model called, from its body to its answer, whichever API it speaks. */
import type { Asked, Call, Dialect, Ending, Head, Thought } from "../../../src/completions/dialect";
import { INTERNAL, type Failure } from "../../../src/completions/failures";
import type { Id } from "../../_generated/dataModel";
import type { ActionCtx } from "../../_generated/server";
import type { Caller } from "../../model/headerCaller";
import type { Outcome } from "../../model/completions/outcome";
import { callerOf, requireCredential } from "../caller";
import type { KeptAnswer, OfRun } from "../keptAnswers";
import { admit, askedBy, answerOnce, Refusal, underKeyOf } from "../guard";
import {
  aboutOf,
  failureIn,
  failureResponse,
  headersOf,
  HEARTBEAT_INTERVAL_MS,
  LiveBody,
  rateOf,
  told,
  type About,
  type Family,
} from "./answers";
import { begin, NEEDS, type More } from "./begin";
import { parsed, textOf } from "./body";
import { LiveCall, type End, type Listener } from "./liveCall";

type Served<Options> = {
  ctx: ActionCtx;
  request: Request;
  dialect: Dialect<Options>;
  about: About;
  startedAtMs: number;
  /** Of a call under an idempotency key, whose answer is kept: it is made to its end, whoever leaves. */
  kept: KeptAnswer | null;
  /** Answers for a run that goes on without the caller. */
  ofRun: OfRun | undefined;
};

/** What of a call only some APIs have. */
export type Prepared<Options> = {
  asked: Asked<Options>;
  more: More;
  /** It is answered at once, and goes on without the caller. */
  isBackground?: boolean;
};
/** Answers with what is known of a run by then, to whoever began it and to whoever asks again under their key. */
export type TellRun = (
  at: { ctx: ActionCtx; request: Request; isStream: boolean; headers: Record<string, string> },
  runId: Id<"runs">,
) => Promise<Response>;
export type Prepare<Options> = (
  at: {
    ctx: ActionCtx;
    caller: Caller;
    /** Counts the request, unless it was counted: to be awaited before anything is read for it. */
    count: () => Promise<void>;
  },
  asked: Asked<Options>,
) => Promise<Prepared<Options>>;

/** An HTTP handler for requests of that API. */
export function serving<Options>(
  dialect: Dialect<Options>,
  { family, prepare, tellRun }: { family: Family; prepare?: Prepare<Options>; tellRun?: TellRun },
) {
  return async (ctx: ActionCtx, request: Request): Promise<Response> => {
    const startedAtMs = performance.now();
    const about = aboutOf(request, family);
    try {
      await requireCredential(ctx, request);
      const text = await textOf(request);
      const asked = dialect.read(parsed(text), request.headers);
      const { isStream } = asked;
      const ofRun =
        tellRun &&
        (async (runId: Id<"runs">) =>
          await tellRun({ ctx, request, isStream, headers: headersOf(about) }, runId));
      const served = { ctx, request, dialect, about, startedAtMs, kept: null, ofRun };
      const under = await underKeyOf(request, text);
      if (under === undefined) return await prepareAndServe(served, asked, prepare);
      const once = { asked: askedBy(request, NEEDS), under, onRate: rateOf(about), ofRun };
      const answer = await answerOnce(ctx, once, async (_rate, kept) => {
        return await prepareAndServe({ ...served, kept }, asked, prepare);
      });
      return told(answer, about);
    } catch (error) {
      if (error instanceof Refusal) about.rate ??= error.rate;
      const errorBody = bodyOf(dialect);
      return failureResponse(failureIn(error), { ...about, errorBody });
    }
  };
}

function bodyOf<Options>(dialect: Dialect<Options>) {
  return (failure: Failure, requestId: string) => dialect.errorBody(failure, requestId);
}

async function prepareAndServe<Options>(
  served: Served<Options>,
  asked: Asked<Options>,
  prepare?: Prepare<Options>,
): Promise<Response> {
  const { ctx, request, about, kept } = served;
  // What goes under a key was counted as the key was looked up.
  let isCounted = kept !== null;
  const count = async () => {
    if (!isCounted) about.rate = await admit(ctx, askedBy(request, NEEDS));
    isCounted = true;
  };
  const at = { ctx, caller: callerOf(request), count };
  const prepared =
    prepare === undefined ? { asked, more: { isKept: false } } : await prepare(at, asked);
  return await serve(served, prepared, { isCounted });
}

async function serve<Options>(
  served: Served<Options>,
  { asked, more, isBackground = false }: Prepared<Options>,
  { isCounted }: { isCounted: boolean },
): Promise<Response> {
  const { ctx, request, about, kept, ofRun } = served;
  const leaseToken = crypto.randomUUID();
  const attended = isBackground ? {} : { leaseToken };
  const of = { request, about, asks: askedBy(request, NEEDS), isCounted };
  const at = { ...of, ...(kept !== null && { keyRowId: kept.rowId }) };
  const begun = await begin(ctx, at, { asked, more: { ...more, ...attended } });
  if (isBackground && ofRun !== undefined) return await ofRun(begun.runId);
  const { runId, createdAt: createdAtMs } = begun;
  const head = { id: runId, model: asked.model, createdAtMs, options: asked.options };
  const drive = (listener: Listener) => {
    const live = new LiveCall(ctx, { given: asked.given, begun, listener });
    if (kept === null) {
      const onLeave = () => void live.leave();
      request.signal.addEventListener("abort", onLeave, { once: true });
      if (request.signal.aborted) onLeave();
    }
    return { live, ended: live.drive(leaseToken) };
  };
  return asked.isStream
    ? await streamed(served, { head, drive })
    : await whole(served, { head, drive });
}

type Driven<Options> = {
  head: Head<Options>;
  drive: (listener: Listener) => { live: LiveCall; ended: Promise<End> };
};

async function whole<Options>(
  { dialect, about, startedAtMs }: Served<Options>,
  { head, drive }: Driven<Options>,
): Promise<Response> {
  let text = "";
  const calls: Call[] = [];
  const thoughts: Thought[] = [];
  const { live, ended } = drive({
    text: (more) => {
      text += more;
    },
    reasoning: () => {},
    thought: (thought) => thoughts.push(thought),
    call: (call) => calls.push(call),
  });
  const end = await ended;
  if (end.failure !== null) {
    return failureResponse(end.failure, { ...about, errorBody: bodyOf(dialect) });
  }
  const ending = endingOf(end.outcome, end.stoppedAt);
  const overheadMs = performance.now() - startedAtMs - live.upstreamMs;
  return Response.json(dialect.whole(head, { text, calls, thoughts }, ending), {
    headers: {
      ...headersOf(about),
      "x-cost-usd": ending.cost.totalUsd,
      "x-overhead-ms": overheadMs.toFixed(1),
    },
  });
}

/** What fails before anything has arrived is answered by its status; from then on, in the stream. */
async function streamed<Options>(
  { dialect, about, startedAtMs, kept }: Served<Options>,
  { head, drive }: Driven<Options>,
): Promise<Response> {
  const overheadMs = performance.now() - startedAtMs;
  const writer = dialect.writer(head);
  let leave = () => {};
  const body = new LiveBody(() => leave());
  let isOpen = false;
  let begin = () => {};
  const begins = new Promise<null>((resolve) => {
    begin = () => resolve(null);
  });
  const open = () => {
    if (!isOpen) body.write(writer.open(live.inputCounts));
    isOpen = true;
    begin();
  };
  const write = (textOf: () => string) => {
    open();
    body.write(textOf());
  };
  const { live, ended } = drive({
    text: (text) => write(() => writer.text(text)),
    reasoning: (text) => write(() => writer.reasoning(text)),
    thought: (thought) => write(() => writer.thought(thought)),
    call: (call) => write(() => writer.call(call)),
  });
  leave = () => void live.leave();
  const closed = ended.then((end): Failure | null => {
    if (end.failure !== null && !isOpen) return end.failure;
    if (end.failure !== null) kept?.forget();
    try {
      write(() =>
        end.failure === null
          ? writer.close(endingOf(end.outcome, end.stoppedAt))
          : writer.fail(end.failure),
      );
    } catch (error) {
      // A bug of ours, and no reason to keep its reader waiting.
      console.error("an answer could not be ended:", error);
      kept?.forget();
      body.write(writer.fail(INTERNAL));
    }
    body.end();
    return null;
  });
  const timer = setTimeout(open, HEARTBEAT_INTERVAL_MS);
  const failure = await Promise.race([begins, closed]);
  clearTimeout(timer);
  if (failure !== null) {
    body.end();
    return failureResponse(failure, { ...about, errorBody: bodyOf(dialect) });
  }
  return new Response(body.stream, {
    headers: {
      ...headersOf(about),
      "content-type": "text/event-stream; charset=utf-8",
      "x-accel-buffering": "no",
      "x-overhead-ms": overheadMs.toFixed(1),
    },
  });
}

export function endingOf({ end, usage, cost }: Outcome, stoppedAt?: string): Ending {
  return {
    finishReason: end.kind === "completed" ? end.finishReason : "other",
    ...(stoppedAt !== undefined && { stoppedAt }),
    usage,
    cost,
  };
}

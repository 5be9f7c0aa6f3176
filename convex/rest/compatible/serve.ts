/** A request that has a model called, from its body to its answer, whichever API it speaks. */
import type { Asked, Call, Dialect, Ending, Head } from "../../../src/completions/dialect";
import { BadRequest } from "../../../src/completions/fields";
import type { Failure } from "../../../src/completions/failures";
import { lastSaid, sizesOf } from "../../../src/completions/given";
import { internal } from "../../_generated/api";
import type { Id } from "../../_generated/dataModel";
import type { ActionCtx } from "../../_generated/server";
import { toUsd, toUsdText } from "../../lib/usd";
import type { NewCall } from "../../model/completions/begin";
import type { Outcome } from "../../model/completions/outcome";
import type { StoredGiven } from "../../validators";
import { askedBy, answerOnce, Refusal, underKeyOf } from "../guard";
import {
  failureIn,
  failureResponse,
  headersOf,
  HEARTBEAT_INTERVAL_MS,
  LiveBody,
  newRequestId,
  type About,
  type Family,
} from "./answers";
import { LiveCall, type Caller, type End, type Listener } from "./liveCall";

/** A row may have 1 MiB, and a character up to three bytes; JSON in a row is mostly of one. */
const JSON_BYTES_MAX = 900_000;

type Served<Options> = {
  ctx: ActionCtx;
  request: Request;
  dialect: Dialect<Options>;
  about: About;
  startedAtMs: number;
};

/** An HTTP handler for requests of that API. */
export function serving<Options>(dialect: Dialect<Options>, family: Family) {
  return async (ctx: ActionCtx, request: Request): Promise<Response> => {
    const startedAtMs = performance.now();
    const about: About = { family, requestId: newRequestId(), rate: null };
    try {
      const text = await request.text();
      const asked = dialect.read(parsed(text));
      const served = { ctx, request, dialect, about, startedAtMs };
      const under = await underKeyOf(request, text);
      if (under === undefined) return await serve(served, asked, { isCounted: false });
      const needs = { permission: "messages:send", routeClass: "model" } as const;
      const once = { asked: askedBy(request, needs), under };
      return await answerOnce(ctx, once, async (rate) => {
        about.rate = rate;
        return await serve(served, asked, { isCounted: true });
      });
    } catch (error) {
      if (error instanceof Refusal) about.rate ??= error.rate;
      const { errorBody } = dialect;
      return failureResponse(failureIn(error), { ...about, errorBody });
    }
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadRequest("the body must be JSON", null);
  }
}

async function serve<Options>(
  served: Served<Options>,
  asked: Asked<Options>,
  { isCounted }: { isCounted: boolean },
): Promise<Response> {
  const { ctx, request, about, dialect } = served;
  const caller: Caller = callerOf(request);
  const leaseToken = crypto.randomUUID();
  const call = await newCall(ctx, asked, leaseToken);
  const begun = await ctx.runMutation(internal.jobs.completions.begin, { caller, call, isCounted });
  about.rate ??= begun.rate;
  if (begun.kind === "refused") throw new Refusal(begun.failure, begun.rate);

  const { runId, createdAt: createdAtMs } = begun.call;
  const head = { id: runId, model: asked.model, createdAtMs, options: asked.options };
  const of = { caller, given: asked.given, begun: begun.call };
  const drive = (listener: Listener) => {
    const live = new LiveCall(ctx, { ...of, listener });
    const onLeave = () => void live.leave();
    request.signal.addEventListener("abort", onLeave, { once: true });
    if (request.signal.aborted) onLeave();
    return { live, ended: live.drive(leaseToken) };
  };
  return asked.isStream
    ? await streamed(served, { head, drive })
    : await whole(served, { head, drive, errorBody: dialect.errorBody });
}

type Driven<Options> = {
  head: Head<Options>;
  drive: (listener: Listener) => { live: LiveCall; ended: Promise<End> };
};

async function whole<Options>(
  { dialect, about, startedAtMs }: Served<Options>,
  { head, drive, errorBody }: Driven<Options> & { errorBody: Dialect<Options>["errorBody"] },
): Promise<Response> {
  let text = "";
  const calls: Call[] = [];
  const { live, ended } = drive({
    text: (more) => {
      text += more;
    },
    call: (call) => calls.push(call),
  });
  const { outcome, failure } = await ended;
  if (failure !== null) return failureResponse(failure, { ...about, errorBody });
  const ending = endingOf(outcome);
  const overheadMs = performance.now() - startedAtMs - live.upstreamMs;
  return Response.json(dialect.whole(head, { text, calls }, ending), {
    headers: {
      ...headersOf(about),
      "x-cost-usd": ending.cost.totalUsd,
      "x-overhead-ms": overheadMs.toFixed(1),
    },
  });
}

/** What fails before anything has arrived is answered by its status; from then on, in the stream. */
async function streamed<Options>(
  { dialect, about, startedAtMs }: Served<Options>,
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
  const write = (text: string) => {
    if (!isOpen) body.write(writer.open());
    isOpen = true;
    body.write(text);
    begin();
  };
  const { live, ended } = drive({
    text: (text) => write(writer.text(text)),
    call: (call) => write(writer.call(call)),
  });
  leave = () => void live.leave();
  const closed = ended.then(({ outcome, failure }): Failure | null => {
    if (failure !== null && !isOpen) return failure;
    write(failure === null ? writer.close(endingOf(outcome)) : writer.fail(failure));
    body.end();
    return null;
  });
  const timer = setTimeout(() => write(""), HEARTBEAT_INTERVAL_MS);
  const failure = await Promise.race([begins, closed]);
  clearTimeout(timer);
  if (failure !== null) {
    body.end();
    return failureResponse(failure, { ...about, errorBody: dialect.errorBody });
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

function callerOf(request: Request): Caller {
  const { tenant, apiKey } = askedBy(request, { permission: null, routeClass: "model" });
  return { ...(tenant !== undefined && { tenant }), ...(apiKey !== undefined && { apiKey }) };
}

async function newCall<Options>(
  ctx: ActionCtx,
  { model, given, settings, features }: Asked<Options>,
  leaseToken: string,
): Promise<NewCall> {
  return {
    model,
    content: lastSaid(given),
    given: await stored(ctx, JSON.stringify(given)),
    sizes: sizesOf(given),
    toolNames: given.tools.map(({ name }) => name),
    settings,
    features: [...features],
    isKept: false,
    leaseToken,
  };
}

async function stored(ctx: ActionCtx, json: string): Promise<StoredGiven> {
  // Fewer characters than bytes.
  const isShort = json.length <= JSON_BYTES_MAX && byteLength(json) <= JSON_BYTES_MAX;
  if (isShort) return { kind: "here", json };
  const storageId: Id<"_storage"> = await ctx.storage.store(new Blob([json]));
  return { kind: "file", storageId };
}

function byteLength(text: string): number {
  return text.length * 3 <= JSON_BYTES_MAX ? 0 : new TextEncoder().encode(text).length;
}

export function endingOf({ end, usage, cost }: Outcome): Ending {
  const { totalPico, inputPico, outputPico, feesPico, unpricedEvents } = cost;
  return {
    finishReason: end.kind === "completed" ? end.finishReason : "other",
    usage,
    cost: {
      total: toUsd(totalPico),
      totalUsd: toUsdText(totalPico),
      inputUsd: toUsdText(inputPico),
      outputUsd: toUsdText(outputPico),
      feesUsd: toUsdText(feesPico),
      unpricedCalls: unpricedEvents,
    },
  };
}

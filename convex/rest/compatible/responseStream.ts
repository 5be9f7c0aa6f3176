/**
 * A kept response as events, told from what is stored of it: the same events under the same numbers as whoever asked for
 * it first was told, from whichever number on. It is read as often as one likes, while it is made and for some minutes
 * after its end; its run goes on whoever leaves.
 */
import { BadRequest } from "../../../src/completions/fields";
import type { Failure } from "../../../src/completions/failures";
import { ResponsesWriter } from "../../../src/completions/responsesWriter";
import { SECOND_MS } from "../../../src/core/limits";
import { internal } from "../../_generated/api";
import type { ActionCtx } from "../../_generated/server";
import type { Place } from "../../model/completions/pieces";
import type { KeptResponse } from "../../model/completions/responses";
import type { Caller } from "../../model/headerCaller";
import { failureIn, LiveBody } from "./answers";
import { failureOf, headOf } from "./keptResponse";
import { endingOf } from "./serve";

/** While pieces come, and when none have come for a while: workers write one in 100 ms. */
const LOOK_MS = { min: 50, max: 500 };

/** Self-hosted Convex ends a request after five minutes (`HTTP_SERVER_TIMEOUT_SECONDS`). */
const OPEN_MS_MAX = 270 * SECOND_MS;

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "x-accel-buffering": "no",
};
const NO_PIECES = "must be left out: it ended a while ago, and is told in one piece";

const BEGUN_ANEW: Failure = {
  status: 500,
  code: "workers_lost",
  param: null,
  message: "The answer was begun anew: retrieve it without stream.",
};
const GOES_ON: Failure = {
  status: 504,
  code: "stream_timeout",
  param: null,
  message: "The answer goes on: retrieve it with stream and starting_after.",
};

export type Followed = {
  caller: Caller;
  id: string;
  /** Events up to this number are left out; -1: none are. */
  startingAfter: number;
  /** Of the request: aborted when the reader has left. */
  signal: AbortSignal;
  headers: Record<string, string>;
};

/**
 * @throws not_found - There is none of that id, it is not kept, or it is not the caller's to read.
 * @throws BadRequest - Its pieces are gone, and with them the number to go on from.
 */
export async function followResponse(ctx: ActionCtx, followed: Followed): Promise<Response> {
  const { caller, id, startingAfter, headers, signal } = followed;
  const begun = await ctx.runQuery(internal.jobs.completions.response, { caller, id });
  const writer = new ResponsesWriter(headOf(begun), startingAfter);
  const answer = { headers: { ...headers, ...STREAM_HEADERS } };
  if (!begun.hasPieces) {
    if (startingAfter !== -1) throw new BadRequest(NO_PIECES, "starting_after");
    const said = begun.text === "" ? "" : writer.text(begun.text);
    return new Response(writer.open() + said + endOf(begun, writer), answer);
  }
  let isLeft = signal.aborted;
  const leave = () => {
    isLeft = true;
  };
  signal.addEventListener("abort", leave, { once: true });
  const body = new LiveBody(leave);
  const { tellsLastReplyOnly } = begun;
  void follow(ctx, { ...followed, tellsLastReplyOnly, writer, body, isLeft: () => isLeft })
    .catch((error: unknown) => {
      body.write(writer.cut(failureIn(error)));
    })
    .finally(() => body.end());
  return new Response(body.stream, answer);
}

type Following = Followed &
  Pick<KeptResponse, "tellsLastReplyOnly"> & {
    writer: ResponsesWriter;
    body: LiveBody;
    isLeft: () => boolean;
  };

async function follow(
  ctx: ActionCtx,
  { caller, id, tellsLastReplyOnly, writer, body, isLeft }: Following,
): Promise<void> {
  const { responsePieces, response } = internal.jobs.completions;
  const untilMs = Date.now() + OPEN_MS_MAX;
  let place: Place = { seq: -1, messageId: null };
  let waitMs = LOOK_MS.min;
  /** Of the reply that may be the last, or not. */
  let held: string[] = [];
  const tell = () => {
    for (const text of held) body.write(writer.text(text));
    held = [];
  };
  body.write(writer.open());
  while (!isLeft()) {
    const page = await ctx.runQuery(responsePieces, { caller, id, place });
    let before = place.messageId;
    for (const { messageId, text } of page.pieces) {
      const isAnother = before !== null && before !== messageId;
      if (isAnother) held = tellsLastReplyOnly ? [] : ["\n\n"];
      held.push(text);
      if (!tellsLastReplyOnly) tell();
      before = messageId;
    }
    place = page.place;
    const failure = page.wasBegunAnew ? BEGUN_ANEW : Date.now() >= untilMs ? GOES_ON : null;
    if (page.isDone && !page.wasBegunAnew) {
      const ended = await ctx.runQuery(response, { caller, id });
      if (ended.outcome?.end.kind === "completed") tell();
      return body.write(endOf(ended, writer));
    }
    if (failure !== null) return body.write(writer.cut(failure));
    waitMs = page.pieces.length === 0 ? Math.min(LOOK_MS.max, waitMs * 1.5) : LOOK_MS.min;
    if (!page.hasMore) await sleep(waitMs);
  }
}

function endOf({ outcome, toolCalls }: KeptResponse, writer: ResponsesWriter): string {
  if (outcome === null) throw new Error("a response has no end that has ended");
  const failure = failureOf(outcome);
  if (failure !== null) return writer.fail(failure);
  for (const call of toolCalls) writer.call(call);
  return writer.close(endingOf(outcome));
}

async function sleep(ms: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, ms));
}

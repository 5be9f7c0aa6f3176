/**
 * A run as server-sent events, from the rows that its worker writes: it may be read as often as one likes, by whoever may
 * read the session, and taken up again after a cut. No slot of the scheduler is held meanwhile.
 *
 *   event: run      the run, when its state has changed
 *   event: chunk    a piece of a reply; its `id` is the piece's number
 *   event: message  a message of the run as it is stored, once the run has ended
 *   event: end      the run has ended: there is nothing more to come
 *   event: failure  why the stream ends before the run does; not `error`, as `EventSource` calls a cut of its connection
 */
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { asAppError } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import { SECOND_MS } from "../../src/core/limits";
import type { RunView } from "../views";
import { SseWriter } from "./sse";

/** Who reads. */
type Reader = { tenantId?: Id<"tenants">; apiKey?: string };

/** While pieces come, and when none have come for a while: workers write one in 100 ms. */
const LOOK_MS = { min: 50, max: 500 };
const PAGE_SIZE = 500;
/** As many looks are counted as one request: what bounds requests bounds streams that are open at once. */
const LOOKS_PER_REQUEST = 20;

/**
 * Self-hosted Convex ends a request after five minutes (`HTTP_SERVER_TIMEOUT_SECONDS`). Whoever reads connects again by
 * themselves then, as at any other cut.
 */
const OPEN_MS_MAX = 270 * SECOND_MS;

/** What a reader says who has seen the end already: `EventSource` asks again all the same, until it is told 204. */
const END = "end";

/**
 * @param lastEventId - What the reader has seen already, as `Last-Event-ID` has it.
 * @throws not_found - The run does not exist or is another tenant's.
 */
export async function streamRun(
  ctx: ActionCtx,
  { runId, reader, lastEventId, signal, headers, count }: Asked,
): Promise<Response> {
  if (lastEventId === END) return new Response(null, { status: 204 });
  const of = { ...reader, runId };
  const run = await ctx.runQuery(api.queries.runs.get, of);
  const writer = new SseWriter();
  const afterSeq = /^\d+$/.test(lastEventId ?? "") ? Number(lastEventId) : -1;
  void follow(ctx, { of, run, afterSeq, signal, writer, count }).catch((error: unknown) => {
    const failure = asAppError(error);
    if (failure === null) console.error("a stream of a run broke off:", error);
    writer.event("failure", failure ?? { kind: "internal" });
    writer.close();
  });
  return writer.response(headers);
}

type Asked = {
  runId: Id<"runs">;
  reader: Reader;
  lastEventId: string | null;
  /** Of the request: aborted when the reader has left. */
  signal: AbortSignal;
  headers: Record<string, string>;
  /** Counts one more request of the reader's; throws where the limit is used up. */
  count: () => Promise<void>;
};

type Following = {
  of: Reader & { runId: Id<"runs"> };
  run: RunView;
  afterSeq: number;
  writer: SseWriter;
} & Pick<Asked, "signal" | "count">;

async function follow(
  ctx: ActionCtx,
  { of, run: first, afterSeq: from, signal, writer, count }: Following,
): Promise<void> {
  const { queries } = api;
  const untilMs = Date.now() + OPEN_MS_MAX;
  let run = first;
  let afterSeq = from;
  let waitMs = LOOK_MS.min;
  writer.event("run", run);
  for (let looks = 1; !signal.aborted && !writer.isLeft && Date.now() < untilMs; looks++) {
    if (looks % LOOKS_PER_REQUEST === 0) await count();
    // The state first: pieces that are read after the run's end reach to its end.
    const now = await ctx.runQuery(queries.runs.get, of);
    const page = await ctx.runQuery(queries.messages.chunks, { ...of, afterSeq, limit: PAGE_SIZE });
    for (const { seq, ...chunk } of page.chunks) {
      writer.event("chunk", { seq, ...chunk }, String(seq));
    }
    if (JSON.stringify(now) !== JSON.stringify(run)) writer.event("run", now);
    const isQuiet = page.chunks.length === 0 && now.state.kind === run.state.kind;
    [run, afterSeq] = [now, page.lastSeq];
    if (now.state.endedAt !== undefined && page.isDone) return await end(ctx, { of, run, writer });
    waitMs = isQuiet ? Math.min(LOOK_MS.max, waitMs * 1.5) : LOOK_MS.min;
    if (page.chunks.length < PAGE_SIZE) await sleep(waitMs);
  }
  writer.close();
}

/** Pieces are deleted some minutes after the end: the messages have all that was said. */
async function end(
  ctx: ActionCtx,
  { of, run, writer }: Pick<Following, "of" | "run" | "writer">,
): Promise<void> {
  for (const message of await ctx.runQuery(api.queries.messages.ofRun, omitUndefined(of))) {
    if (message.role !== "user") writer.event("message", message);
  }
  writer.event("end", run, END);
  writer.close();
}

async function sleep(ms: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, ms));
}

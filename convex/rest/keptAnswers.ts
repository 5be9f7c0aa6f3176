/** Answers that are kept as they are sent, for whoever asks again under the same idempotency key. */
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import { persistently } from "../lib/persistently";
import { beginningOf } from "../lib/texts";
import { sealingKeys } from "../model/deploymentSecrets";
import { PIECES_MAX, PIECE_CHARS_MAX } from "../model/idempotency";
import { open, seal } from "../model/secrets";
import type { IdempotencyState } from "../validators";

type Answered = Extract<IdempotencyState, { kind: "answered" }>;
/** Where an answer is kept. */
type Place = { rowId: Id<"idempotency_keys">; tenantId: Id<"tenants"> | null };

/** Of an answer that is kept: those that say what it is, and none of its moment. */
const KEPT_HEADERS = ["content-type", "location", "x-cost-usd", "x-accel-buffering"];
const REPLAYED = { "idempotent-replayed": "true", "cache-control": "no-store" };

/** Answers for a run that nobody waited for, as far as it has come. */
export type OfRun = (runId: Id<"runs">) => Promise<Response>;

/** The answer that was given, whole or piece by piece. */
export async function replayed(
  ctx: ActionCtx,
  { rowId, tenantId, state }: Place & { state: IdempotencyState },
  ofRun?: OfRun,
): Promise<Response> {
  if (state.kind === "run" && ofRun !== undefined) {
    const { status, headers, body } = await ofRun(state.runId);
    return new Response(body, { status, headers: { ...Object.fromEntries(headers), ...REPLAYED } });
  }
  if (state.kind !== "answered") throw new Error("the key stands for no answer");
  const { status, headers: kept, sealed, pieceCount } = state;
  const headers = {
    ...Object.fromEntries(kept.map(({ name, value }) => [name, value])),
    ...REPLAYED,
  };
  if (sealed !== undefined) {
    const secret = await open(sealingKeys(), coordinatesOf({ rowId, tenantId }), sealed);
    if (secret !== null) return new Response(secret, { status, headers });
    const reason = "the first answer cannot be opened any more: ask anew with another key";
    return fail({ kind: "conflict", entity: "request", reason });
  }
  if (pieceCount === 0) return new Response(null, { status, headers });
  let index = 0;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const text = await ctx.runQuery(internal.jobs.rest.piece, { rowId, index });
      if (text === null) return controller.error(new Error("The answer is not kept any more."));
      controller.enqueue(encoder.encode(text));
      if (++index === pieceCount) controller.close();
    },
  });
  return new Response(body, { status, headers });
}

/** Keeps one answer while it is sent. Whoever is being answered is so even where it cannot be kept. */
export class KeptAnswer {
  readonly #ctx: ActionCtx;
  readonly #place: Place;
  readonly #isSecret: boolean;
  #isForgotten = false;
  #unstored = "";
  #pieceCount = 0;

  constructor(ctx: ActionCtx, { rowId, tenantId, isSecret }: Place & { isSecret: boolean }) {
    this.#ctx = ctx;
    this.#place = { rowId, tenantId };
    this.#isSecret = isSecret;
  }

  /** Of its key. */
  get rowId(): Id<"idempotency_keys"> {
    return this.#place.rowId;
  }

  /** It is not to be kept: whoever asks again begins anew. */
  forget(): void {
    this.#isForgotten = true;
  }

  /** The answer, of which every byte that goes out is kept. */
  async of(respond: () => Promise<Response>): Promise<Response> {
    try {
      const response = await respond();
      if (response.status >= 400) this.forget();
      const { status, headers, body } = response;
      if (body !== null && !this.#isSecret) {
        return new Response(this.#passedOn(response, body), { status, headers });
      }
      const text = await response.text();
      await this.#end(response, text);
      return new Response(body === null ? null : text, { status, headers });
    } catch (error) {
      await this.#settle(null);
      throw error;
    }
  }

  /**
   * Reads the answer to its end, however fast it is taken and even if nobody takes it: what is kept has to be whole.
   * So what waits to be taken is held in memory: 20 MiB at most, as answers have.
   */
  #passedOn(response: Response, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    let isLeft = false;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const pump = async () => {
          const decoder = new TextDecoder();
          // Not `for await`: Convex's default runtime has streams without it.
          const reader = body.getReader();
          for (;;) {
            const { value, done } = await reader.read();
            if (done) break;
            if (!isLeft) controller.enqueue(value);
            await this.#take(decoder.decode(value, { stream: true }));
          }
          await this.#end(response, decoder.decode());
          if (!isLeft) controller.close();
        };
        void pump().catch(async (error: unknown) => {
          if (!isLeft) controller.error(error);
          await this.#settle(null);
        });
      },
      cancel: () => {
        isLeft = true;
      },
    });
  }

  async #take(text: string): Promise<void> {
    if (this.#isForgotten) return;
    this.#unstored += text;
    while (this.#unstored.length > PIECE_CHARS_MAX) {
      const piece = beginningOf(this.#unstored, PIECE_CHARS_MAX);
      this.#unstored = this.#unstored.slice(piece.length);
      await this.#store(piece);
    }
  }

  async #store(text: string): Promise<void> {
    const index = this.#pieceCount++;
    if (index === PIECES_MAX) return this.forget();
    const { addPiece } = internal.jobs.rest;
    const { rowId } = this.#place;
    try {
      const isHeld = await persistently(() =>
        this.#ctx.runMutation(addPiece, { rowId, index, text }),
      );
      if (!isHeld) this.forget();
    } catch (error) {
      console.error("a piece of an answer could not be kept:", error);
      this.forget();
    }
  }

  async #end(response: Response, rest: string): Promise<void> {
    const text = this.#unstored + rest;
    if (!this.#isSecret && text !== "" && !this.#isForgotten) await this.#store(text);
    const headers = KEPT_HEADERS.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [{ name, value }];
    });
    const sealed = this.#isSecret ? await this.#sealed(text) : undefined;
    const { status } = response;
    const answered = { kind: "answered", status, headers, pieceCount: this.#pieceCount } as const;
    await this.#settle(this.#isForgotten ? null : { ...answered, ...omitUndefined({ sealed }) });
  }

  async #sealed(text: string): Promise<Answered["sealed"]> {
    try {
      return await seal(sealingKeys(), coordinatesOf(this.#place), text);
    } catch (error) {
      console.error("an answer could not be sealed:", error);
      this.forget();
    }
    return undefined;
  }

  async #settle(answered: Answered | null): Promise<void> {
    const { rowId } = this.#place;
    const { settle } = internal.jobs.rest;
    try {
      await persistently(() => this.#ctx.runMutation(settle, { rowId, answered }));
    } catch (error) {
      // Its lease runs out.
      console.error("an answer could not be settled:", error);
    }
  }
}

function coordinatesOf({ rowId, tenantId }: Place) {
  return { tenantId: tenantId ?? "", table: "idempotency_keys", id: rowId, field: "state.sealed" };
}

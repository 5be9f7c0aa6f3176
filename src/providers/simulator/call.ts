/** One model call of the simulator, from the prompt to the last byte and the bill. */
import type { ServerResponse } from "node:http";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Usage } from "../../pricing/usage";
import { errorOfStatus, type Fault } from "./faults";
import type { LedgerEntry } from "./ledger";
import { countTokens, splitTokens } from "./tokens";
import type { Ending, Piece, Prompt, Reply, Wire } from "./wire";

/** Faster than a socket can notice that nobody listens any more, so it must be asked now and then. */
const PIECES_PER_TURN = 32;
/** A reset takes back what the other side has not read yet; this leaves it the time to read. */
const BEFORE_CUT_MS = 20;

export type Pace = Readonly<{
  /** Infinity for as fast as possible. */
  tokensPerSecond: number;
  firstTokenMs: number;
}>;

export class Call {
  readonly #response: ServerResponse;
  #prompt: Prompt;
  readonly #fault: Fault | null;
  readonly #note: (changes: Partial<LedgerEntry>) => void;
  readonly #wire: Wire;
  readonly #number: number;
  readonly #gone = new AbortController();

  /** @param note - Enters into the ledger what is known from now on. */
  constructor({
    response,
    wire,
    prompt,
    fault,
    number,
    note,
  }: {
    response: ServerResponse;
    wire: Wire;
    prompt: Prompt;
    fault: Fault | null;
    number: number;
    note: (changes: Partial<LedgerEntry>) => void;
  }) {
    this.#response = response;
    this.#wire = wire;
    this.#fault = fault;
    this.#number = number;
    this.#note = note;
    const wantsUsage = prompt.wantsUsage && fault?.kind !== "no_usage";
    this.#prompt = { ...prompt, wantsUsage };

    response.once("close", () => this.#gone.abort());
    if (response.destroyed) this.#gone.abort();
  }

  /** Never answers: nothing is made, nothing is billed. */
  async leaveUnanswered(kind: "hang" | "reset"): Promise<void> {
    if (kind === "hang") await this.#untilGone();
    this.#settle({ outcome: "faulted" });
    this.#response.socket?.resetAndDestroy();
  }

  async answer(reply: Reply, { input, pace }: { input: Usage; pace: Pace }): Promise<void> {
    const { showsReasoning = this.#prompt.showsReasoning } = reply;
    this.#prompt = { ...this.#prompt, showsReasoning };
    const planned = piecesOf(reply);
    const pieces = planned.slice(0, this.#prompt.maxOutputTokens);
    const delays = new Delays(pace, this.#fault);
    if (!this.#prompt.isStream) {
      await delays.all(pieces.length);
      this.#answerAtOnce(pieces, { stop: stopOf(reply, pieces), usage: billed(input, pieces) });
      return;
    }
    this.#response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
    });
    this.#response.socket?.setNoDelay(true);
    this.#note({ status: 200, firstByteAtMs: Date.now() });
    await this.#stream(pieces, { input, delays, stop: stopOf(reply, pieces) });
  }

  #answerAtOnce(pieces: readonly Piece[], ending: Ending): void {
    // Nobody can stop a call that does not stream: it ran to its end, and all of it is billed.
    const outcome = this.#gone.signal.aborted ? "aborted" : "complete";
    this.#settle({ outcome, billed: ending.usage, status: 200 });
    if (outcome === "aborted") return;
    const writer = this.#wire.writer(this.#prompt, this.#number);
    this.#response.writeHead(200, { "content-type": "application/json" });
    this.#response.end(JSON.stringify(writer.whole(pieces, ending)));
  }

  /** Writes the reply until its end, until a fault, or until nobody listens. */
  async #stream(
    pieces: readonly Piece[],
    { input, delays, stop }: { input: Usage; delays: Delays; stop: Ending["stop"] },
  ): Promise<void> {
    const writer = this.#wire.writer(this.#prompt, this.#number);
    const fault = this.#fault !== null && "afterPieces" in this.#fault ? this.#fault : null;
    if (fault?.kind === "error_event" && fault.afterPieces === 0) {
      this.#settle({ outcome: "faulted" });
      this.#response.end(
        writer.errorFrame(errorOfStatus({ ...fault, kind: "status", status: 500 })),
      );
      return;
    }

    await this.#write(writer.open(input));
    const wanted = pieces.slice(0, fault?.afterPieces ?? pieces.length);
    for (const [index, piece] of wanted.entries()) {
      await delays.before(index, this.#gone.signal);
      if (this.#gone.signal.aborted) {
        this.#settle({ outcome: "aborted", billed: billed(input, pieces.slice(0, index)) });
        return;
      }
      await this.#write(writer.piece(piece));
    }

    // The bill is written before the last frame, so that whoever has read the reply finds it there.
    const usage = billed(input, wanted);
    if (fault === null) {
      this.#settle({ outcome: "complete", billed: usage });
      await this.#write(writer.close({ stop, usage }));
      this.#response.end();
      return;
    }
    this.#settle({ outcome: "faulted", billed: usage });
    if (fault.kind === "stall") await this.#untilGone();
    else if (fault.kind === "truncate") this.#response.end();
    else if (fault.kind === "malformed") this.#response.end(`event: message\ndata: {"half":\n\n`);
    else if (fault.kind === "error_event") {
      this.#response.end(
        writer.errorFrame(errorOfStatus({ ...fault, kind: "status", status: 500 })),
      );
    } else {
      await sleep(BEFORE_CUT_MS);
      this.#response.socket?.resetAndDestroy();
    }
  }

  /** Sends text, in pieces of bytes if so asked, and waits while the reader is slower than the writer. */
  async #write(text: string): Promise<void> {
    if (text === "" || this.#gone.signal.aborted) return;
    if (this.#fault?.kind === "split") {
      const bytes = Buffer.from(text);
      for (let start = 0; start < bytes.length; start += this.#fault.bytes) {
        this.#response.write(bytes.subarray(start, start + this.#fault.bytes));
        await setImmediate(); // So that they do not leave together after all.
      }
      return;
    }
    if (this.#response.write(text)) return;
    const drained = new Promise<void>((resolve) => this.#response.once("drain", resolve));
    await Promise.race([drained, this.#untilGone()]);
  }

  #settle(changes: Partial<LedgerEntry>): void {
    this.#note({ ...changes, endedAtMs: Date.now() });
  }

  async #untilGone(): Promise<void> {
    if (this.#gone.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#gone.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}

/** When each token is due. */
class Delays {
  readonly #startedAtMs = performance.now();
  readonly #firstTokenMs: number;
  readonly #msPerPiece: number;

  constructor(pace: Pace, fault: Fault | null) {
    this.#firstTokenMs = pace.firstTokenMs;
    this.#msPerPiece = fault?.kind === "slow" ? fault.msPerPiece : 1_000 / pace.tokensPerSecond;
  }

  async before(index: number, gone: AbortSignal): Promise<void> {
    const dueMs = this.#startedAtMs + this.#firstTokenMs + index * this.#msPerPiece;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await sleep(waitMs, undefined, { signal: gone }).catch(() => undefined);
    else if (index % PIECES_PER_TURN === 0) await setImmediate();
  }

  async all(count: number): Promise<void> {
    const waitMs = this.#firstTokenMs + count * this.#msPerPiece;
    if (waitMs > 0) await sleep(waitMs);
  }
}

function piecesOf({ reasoning, text, toolCalls }: Reply): readonly Piece[] {
  return [
    ...splitTokens(reasoning).map((token) => ({ kind: "reasoning" as const, text: token })),
    ...splitTokens(text).map((token) => ({ kind: "text" as const, text: token })),
    ...toolCalls.flatMap(({ name, argumentsJson }, call) =>
      splitTokens(argumentsJson).map((token) => ({
        kind: "tool" as const,
        call,
        name,
        text: token,
      })),
    ),
  ];
}

function stopOf(reply: Reply, pieces: readonly Piece[]): Ending["stop"] {
  if (pieces.length < piecesOf(reply).length) return "length";
  return reply.toolCalls.length > 0 ? "tool_calls" : "end";
}

/** The input, and of the output what was made: each piece a token, and the names of the tools that are called. */
function billed(input: Usage, pieces: readonly Piece[]): Usage {
  const names = new Map<number, string>();
  for (const piece of pieces) if (piece.kind === "tool") names.set(piece.call, piece.name);
  const nameTokens = [...names.values()].reduce((sum, name) => sum + countTokens(name), 0);
  return {
    ...input,
    tokens: { ...input.tokens, output: pieces.length + nameTokens },
    reasoningTokens: pieces.filter(({ kind }) => kind === "reasoning").length,
  };
}

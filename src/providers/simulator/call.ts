/** One model call of the simulator, from the prompt to the last byte and the bill. */
import type { ServerResponse } from "node:http";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Usage } from "../../pricing/usage";
import { errorOfStatus, type Fault } from "./faults";
import { framesOf, withoutUsage, type Frame } from "./frames";
import { Sink } from "./sink";
import type { LedgerEntry } from "./ledger";
import { countTokens, splitTokens } from "./tokens";
import type { Ending, Piece, Prompt, Reply, Wire, Writer } from "./wire";

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
  readonly #released: AbortSignal;
  readonly #gone = new AbortController();

  /**
   * @param note - Enters into the ledger what is known from now on.
   * @param released - Tells a call that is held to go on.
   */
  constructor({
    response,
    wire,
    prompt,
    fault,
    number,
    note,
    released,
  }: {
    response: ServerResponse;
    wire: Wire;
    prompt: Prompt;
    fault: Fault | null;
    number: number;
    note: (changes: Partial<LedgerEntry>) => void;
    released: AbortSignal;
  }) {
    this.#response = response;
    this.#wire = wire;
    this.#fault = fault;
    this.#number = number;
    this.#note = note;
    this.#released = released;
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
    if (!this.#prompt.isStream || this.#fault?.kind === "whole") {
      await delays.all(pieces.length);
      this.#answerAtOnce(pieces, { stop: stopOf(reply, pieces), usage: billed(input, pieces) });
      return;
    }
    this.#note({ status: 200, firstByteAtMs: Date.now() });
    const ending = { stop: stopOf(reply, pieces), usage: billed(input, pieces) };
    await this.#stream(pieces, { input, delays, ending });
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
    { input, delays, ending }: { input: Usage; delays: Delays; ending: Ending },
  ): Promise<void> {
    const fault = this.#fault;
    const sink = new Sink(this.#response, { fault, gone: this.#gone.signal });
    const writer = this.#wire.writer(this.#prompt, this.#number);
    const at = {
      sink,
      writer,
      made: 0,
      sent: 0,
      bill: () => billed(input, pieces.slice(0, at.made)),
    };
    for (const frame of framesOf(writer, { pieces, input, ending })) {
      if (frame.begins !== null) await this.#until(frame.begins, delays);
      if (this.#gone.signal.aborted) {
        this.#settle({ outcome: "aborted", billed: at.bill() });
        return;
      }
      const what =
        frame.text === "" && fault?.kind === "at_frame"
          ? null
          : faultBefore(frame, { fault, ...at });
      if (what !== null && what !== "duplicate") return await this.#break(what, { frame, ...at });
      at.made = frame.made;
      at.sent += frame.text === "" ? 0 : 1;
      // The bill is written before the end, so that whoever has read the reply finds it there.
      if (frame.closes) this.#settle({ outcome: "complete", billed: at.bill() });
      const text = fault?.kind === "null_usage" ? withoutUsage(frame.text, fault.as) : frame.text;
      await sink.write(what === "duplicate" ? text + text : text);
    }
    const after = faultBefore(null, { fault, ...at });
    if (after !== null && after !== "duplicate") await this.#break(after, { frame: null, ...at });
    else sink.end();
  }

  /** The stream comes to its end in another way than it should. */
  async #break(
    what: Exclude<Break, "duplicate">,
    {
      frame,
      sink,
      writer,
      made,
      sent,
      bill,
    }: {
      frame: Frame | null;
      sink: Sink;
      writer: Writer;
      made: number;
      sent: number;
      bill: () => Usage;
    },
  ): Promise<void> {
    const refuses =
      what === "error_event" && (sent === 0 || (this.#wire.billsFromOutput && made === 0));
    this.#settle({ outcome: "faulted", ...(!refuses && { billed: bill() }) });
    switch (what) {
      case "stall":
        return await this.#untilGone();
      case "truncate":
        return sink.end();
      case "half":
        return sink.end(frame?.text.slice(0, frame.text.length / 2));
      case "malformed":
        return sink.end(`event: message\ndata: {"half":\n\n`);
      case "error_event": {
        const named = this.#fault?.kind === "error_event" ? this.#fault : OVERLOADED;
        return sink.end(writer.errorFrame(errorOfStatus({ ...named, status: 500 })));
      }
      case "cut":
        await sleep(BEFORE_CUT_MS);
        this.#response.socket?.resetAndDestroy();
    }
  }

  /** Waits until the piece may go out: for its time, and for whoever holds it. */
  async #until(piece: number, delays: Delays): Promise<void> {
    const gone = this.#gone.signal;
    if (this.#fault?.kind === "hold" && piece >= this.#fault.afterPieces) {
      await aborted(AbortSignal.any([gone, this.#released]));
    }
    await delays.before(piece, gone);
  }

  #settle(changes: Partial<LedgerEntry>): void {
    this.#note({ ...changes, endedAtMs: Date.now() });
  }

  async #untilGone(): Promise<void> {
    await aborted(this.#gone.signal);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

type Break = Extract<Fault, { kind: "at_frame" }>["what"];

const OVERLOADED = { type: "overloaded_error", code: "overloaded" };

/** What happens in place of the next frame, or of more frames (null). */
function faultBefore(
  frame: Frame | null,
  { fault, sent }: { fault: Fault | null; sent: number },
): Break | null {
  if (fault?.kind === "at_frame") return fault.afterFrames === sent ? fault.what : null;
  if (fault === null || !("afterPieces" in fault) || fault.kind === "hold") return null;
  if (frame === null) return null;
  const { kind, afterPieces } = fault;
  if (kind === "error_event" && afterPieces === 0) return kind;
  return frame.closes || (frame.begins !== null && frame.begins >= afterPieces) ? kind : null;
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
      tokensOf(argumentsJson).map((token) => ({
        kind: "tool" as const,
        call,
        name,
        text: token,
      })),
    ),
  ];
}

/** A call without arguments is one all the same. */
function tokensOf(argumentsJson: string): readonly string[] {
  return argumentsJson === "" ? [""] : splitTokens(argumentsJson);
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

/** What goes out over one socket. It knows how much has not left yet, so that others can wait. */
import type { WebSocket } from "ws";
import { transitionFrames } from "./protocol";

/** A client that does not keep up gets fewer, larger steps instead of a queue of stale ones. */
const TRANSITIONS_UNSENT_MAX = 2;
/** A client that sends but does not read may not fill our memory with responses. */
const UNSENT_BYTES_MAX = 32 * 1024 * 1024;
/** Convex's own bound of a Transition in one frame. */
const TRANSITION_CHARS_MAX = 5_000_000;

/** Of bytes, too: they are JSON. */
const TEXT_FRAME = { binary: false } as const;

export type OutboxOptions = {
  /** Whether the client can put a Transition together from pieces. */
  supportsChunks: boolean;
  /** Something has left. */
  onSent(): void;
  /** There is room for a Transition again. */
  onTransitionRoom(): void;
};

export class Outbox {
  readonly #socket: WebSocket;
  readonly #options: OutboxOptions;
  #unsentTransitions = 0;
  /** Of `performance.now()`. */
  lastSentMs = performance.now();

  constructor(socket: WebSocket, options: OutboxOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  get isBackedUp(): boolean {
    return this.#socket.bufferedAmount > UNSENT_BYTES_MAX;
  }

  get hasTransitionRoom(): boolean {
    return this.#unsentTransitions < TRANSITIONS_UNSENT_MAX;
  }

  send(frame: string | Buffer): void {
    this.#send(frame, () => this.#options.onSent());
  }

  sendTransition(bytes: Buffer): void {
    const charsMax = this.#options.supportsChunks ? TRANSITION_CHARS_MAX : Infinity;
    const frames = transitionFrames(bytes, charsMax);
    const last = frames.pop() ?? "";
    for (const frame of frames) this.send(frame);
    this.#unsentTransitions += 1;
    this.#send(last, () => {
      const wasFull = !this.hasTransitionRoom;
      this.#unsentTransitions -= 1;
      if (wasFull) this.#options.onTransitionRoom();
      this.#options.onSent();
    });
  }

  #send(frame: string | Buffer, onSent: () => void): void {
    this.lastSentMs = performance.now();
    this.#socket.send(frame, TEXT_FRAME, onSent);
  }
}

/** Server-sent events (HTML Living Standard, 9.2): what is written goes out at once, and never waits for its reader. */
import { SECOND_MS } from "../../src/core/limits";

/** Proxies close what is silent; a comment says that there is somebody still. */
const HEARTBEAT_MS = 15 * SECOND_MS;

/** How soon a reader connects again after a cut. */
const RETRY_MS = 1_000;

export const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // Nobody in between may keep it, change it or wait until it is whole (nginx).
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

export class SseWriter {
  /** Nobody reads any more. */
  isLeft = false;
  readonly #encoder = new TextEncoder();
  readonly #heartbeat = setInterval(() => this.#write(": \n\n"), HEARTBEAT_MS);
  readonly #body: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor() {
    this.#body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#leave();
      },
    });
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  response(headers: Record<string, string> = {}): Response {
    return new Response(this.#body, { headers: { ...SSE_HEADERS, ...headers } });
  }

  /** JSON has no line breaks, so that each event is one line of data. */
  event(name: string, data: unknown, id?: string): void {
    const lines = [...(id === undefined ? [] : [`id: ${id}`]), `event: ${name}`];
    this.#write(`${lines.join("\n")}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  close(): void {
    const controller = this.#controller;
    this.#leave();
    controller?.close();
  }

  #write(text: string): void {
    if (!this.isLeft) this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #leave(): void {
    clearInterval(this.#heartbeat);
    this.isLeft = true;
    this.#controller = null;
  }
}

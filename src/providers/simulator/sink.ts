/** Where a stream's text goes: to the socket, in the encoding and in the pieces that a fault asks for. */
import type { ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { constants, createGzip, type Gzip } from "node:zlib";
import type { Fault } from "./faults";

export class Sink {
  readonly #response: ServerResponse;
  readonly #fault: Fault | null;
  readonly #gone: AbortSignal;
  readonly #gzip: Gzip | null;
  #isFirst = true;

  constructor(
    response: ServerResponse,
    { fault, gone }: { fault: Fault | null; gone: AbortSignal },
  ) {
    this.#response = response;
    this.#fault = fault;
    this.#gone = gone;
    const isZipped = fault?.kind === "encoding" && fault.as === "gzip";
    this.#gzip = isZipped ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : null;
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      ...(isZipped && { "content-encoding": "gzip" }),
    });
    response.flushHeaders(); // Whatever happens to the first frame.
    response.socket?.setNoDelay(true);
    this.#gzip?.pipe(response);
  }

  /** Sends text, and waits while the reader is slower than the writer. */
  async write(plain: string): Promise<void> {
    if (plain === "" || this.#gone.aborted) return;
    const text = this.#encoded(plain);
    if (this.#fault?.kind === "split") return await this.#writeInPieces(text, this.#fault.bytes);
    const to = this.#gzip ?? this.#response;
    if (to.write(text)) return;
    await new Promise<void>((resolve) => {
      to.once("drain", resolve);
      this.#gone.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  end(text = ""): void {
    (this.#gzip ?? this.#response).end(text);
  }

  #encoded(text: string): string {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#fault?.kind !== "encoding") return text;
    if (this.#fault.as === "crlf") return text.replaceAll("\n", "\r\n");
    return this.#fault.as === "bom" && isFirst ? `\uFEFF${text}` : text;
  }

  async #writeInPieces(text: string, sizeBytes: number): Promise<void> {
    const bytes = Buffer.from(text);
    for (let start = 0; start < bytes.length; start += sizeBytes) {
      this.#response.write(bytes.subarray(start, start + sizeBytes));
      await setImmediate(); // So that they do not leave together after all.
    }
  }
}

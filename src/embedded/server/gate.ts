/**
 * Lets requests in while there is something that serves them, and knows how many are inside.
 *
 *   starting ──open──▶ serving ──drain──▶ draining
 *
 * Only what is being served is let in. Whoever comes earlier or later is told to try again, on a connection
 * that then ends; a load balancer sees the same in the answer of `/health`.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

export type Phase = "starting" | "serving" | "draining";

const REFUSAL: Readonly<Record<Exclude<Phase, "serving">, { code: string; message: string }>> = {
  starting: { code: "Starting", message: "The server is starting. Try again in a moment." },
  draining: { code: "ShuttingDown", message: "The server is shutting down." },
};

/** `/health` answers for load balancers, `/version` for whoever only asks whether the process is there. */
export const HEALTH_PATH = "/health";

export class Gate {
  #phase: Phase = "starting";
  #inside = 0;
  #whenEmpty: (() => void)[] = [];

  get phase(): Phase {
    return this.#phase;
  }

  open(): void {
    this.#phase = "serving";
  }

  /** Lets nobody in any more; resolves when all that are inside have been answered. */
  async drain(): Promise<void> {
    this.#phase = "draining";
    if (this.#inside > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  /** Whether the request is to be served. If not, it has been answered. */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#phase !== "serving") {
      this.#refuse(request, response, this.#phase);
      return false;
    }
    this.#inside++;
    response.once("close", () => {
      this.#inside--;
      if (this.#inside === 0) for (const tell of this.#whenEmpty.splice(0)) tell();
    });
    return true;
  }

  /** The same for a request that wants to become a WebSocket. */
  admitUpgrade(socket: Duplex): boolean {
    if (this.#phase === "serving") return true;
    socket.end(
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    );
    return false;
  }

  #refuse(
    request: IncomingMessage,
    response: ServerResponse,
    phase: Exclude<Phase, "serving">,
  ): void {
    const isHealth = (request.url ?? "").split("?")[0] === HEALTH_PATH;
    const body = isHealth ? { status: phase } : REFUSAL[phase];
    response.writeHead(503, {
      "Content-Type": "application/json",
      "Retry-After": "1",
      Connection: "close",
    });
    response.end(JSON.stringify(body));
  }
}

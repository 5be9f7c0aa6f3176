/** A socket that speaks just enough of the sync protocol to be told of changes. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { WebSocket } from "ws";
import { BODY, CHANNEL } from "./documents";

const TRANSITION = Buffer.from('{"type":"Transition"');

export class SyncSocket {
  readonly #socket: WebSocket;
  /** The last Transition that came. */
  lastTransition: Buffer = Buffer.alloc(0);
  #onTransition: (atMs: number) => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      if (!data.subarray(0, TRANSITION.length).equals(TRANSITION)) return;
      this.lastTransition = data;
      this.#onTransition(performance.now());
    });
  }

  /** To a server that says nothing of its own, or to the runtime, which has to be greeted. */
  static async open(url: string): Promise<SyncSocket> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, "open");
    return new SyncSocket(socket);
  }

  static async connect(apiUrl: string): Promise<SyncSocket> {
    const client = await SyncSocket.open(`${apiUrl.replace("http", "ws")}/api/1.48.0/sync`);
    client.send({
      type: "Connect",
      sessionId: randomUUID(),
      connectionCount: 0,
      lastCloseReason: "InitialConnect",
      clientTs: Date.now(),
    });
    return client;
  }

  /** Resolves when the first result is there. */
  async subscribe(args: object): Promise<void> {
    const query = { type: "Add", queryId: 0, udfPath: "messages:latest", args: [args] };
    const modifications = [query];
    this.send({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications });
    await this.nextTransitionMs();
  }

  mutate(requestId: number): void {
    const args = [{ channel: CHANNEL, body: BODY }];
    this.send({ type: "Mutation", requestId, udfPath: "messages:send", args });
  }

  send(message: object): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** When the next Transition comes, by `performance.now()`. */
  nextTransitionMs(): Promise<number> {
    return new Promise((resolve) => {
      this.#onTransition = resolve;
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}

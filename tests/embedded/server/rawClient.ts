/** A WebSocket that speaks the sync protocol frame by frame, as the tests say. */
import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";

type Version = { querySet: number; identity: number; ts: string };
type Modification = { type: string; queryId: number; value: unknown; errorMessage: string };
/** A frame. It has the fields of its `type` only; the tests know which. */
export type ServerMessage = {
  type: string;
  startVersion: Version;
  endVersion: Version;
  modifications: Modification[];
  clientClockSkew: number;
  serverTs: number;
  requestId: number;
  result: unknown;
  ts: string;
  chunk: string;
  partNumber: number;
  totalParts: number;
  transitionId: string;
};

export const ADMIN_KEY = `embedded|${"0".repeat(64)}`;

export class RawClient {
  readonly messages: ServerMessage[] = [];
  readonly socket: WebSocket;
  readonly sessionId: string;
  readonly closed: Promise<{ code: number; reason: string }>;
  #wake: (() => void) | null = null;
  #read = 0;

  private constructor(url: string, path: string, sessionId: string) {
    this.sessionId = sessionId;
    this.socket = new WebSocket(`${url.replace("http", "ws")}${path}`);
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on("error", () => {});
    this.socket.on("message", (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as ServerMessage);
      this.#wake?.();
    });
  }

  /** Opens a socket without a word said on it. */
  static async open(
    url: string,
    { path = "/api/1.48.0/sync", sessionId = randomUUID() as string } = {},
  ): Promise<RawClient> {
    const client = new RawClient(url, path, sessionId);
    await new Promise<void>((resolve, reject) => {
      client.socket.once("open", resolve);
      client.socket.once("error", reject);
    });
    return client;
  }

  static async connect(
    url: string,
    options: { path?: string; sessionId?: string; connect?: object } = {},
  ): Promise<RawClient> {
    const client = await RawClient.open(url, options);
    client.send({
      type: "Connect",
      sessionId: client.sessionId,
      connectionCount: 0,
      lastCloseReason: "InitialConnect",
      clientTs: Date.now(),
      ...options.connect,
    });
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  add(
    queryId: number,
    udfPath: string,
    options: { args?: object; version?: number; journal?: string } = {},
  ) {
    const { args = {}, version = 0, ...rest } = options;
    this.send({
      type: "ModifyQuerySet",
      baseVersion: version,
      newVersion: version + 1,
      modifications: [{ type: "Add", queryId, udfPath, args: [args], ...rest }],
    });
  }

  mutate(requestId: number, udfPath: string, args: object = {}): void {
    this.send({ type: "Mutation", requestId, udfPath, args: [args] });
  }

  act(requestId: number, udfPath: string, args: object = {}): void {
    this.send({ type: "Action", requestId, udfPath, args: [args] });
  }

  /** The next message, in order; every message is read once. */
  async next(timeoutMs = 15_000): Promise<ServerMessage> {
    const deadline = Date.now() + timeoutMs;
    while (this.#read >= this.messages.length) {
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error("no message came");
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.messages[this.#read++]!;
  }

  /** Waits until the server has handled everything sent so far, then gives what was not read yet. */
  async settle(milliseconds = 30): Promise<ServerMessage[]> {
    await this.#roundTrip();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await this.#roundTrip();
    const rest = this.messages.slice(this.#read);
    this.#read = this.messages.length;
    return rest;
  }

  /** Pongs come in the order of all other frames. A server that does not read sends none. */
  async #roundTrip(): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.ping();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.socket.once("pong", done);
      this.socket.once("close", done);
    });
  }

  close(): void {
    this.socket.terminate();
  }
}

/** A wire timestamp in ns. */
export function ns(ts: string): bigint {
  return Buffer.from(ts, "base64").readBigUInt64LE();
}

export function wire(tsNs: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(tsNs);
  return bytes.toString("base64");
}

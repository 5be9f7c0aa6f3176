/**
 * How long after a mutation was sent its subscribers hear. They are plain sockets that only count
 * Transitions, because a hundred clients in one process would mostly measure themselves.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { WebSocket } from "ws";
import { BODY, CHANNEL } from "./documents";
import { median, quantile } from "./measure";
import type { Add } from "./measures";

const SUBSCRIBERS = 100;
const WARM_UP = 10;
const MUTATIONS = 30;

export async function measureFanOut(apiUrl: string, add: Add): Promise<void> {
  const same = await measure(apiUrl, () => 0);
  add("fanOutSameFirst", same.first);
  add("fanOutSameMedian", same.median);
  add("fanOutSameLast", same.last);
  const own = await measure(apiUrl, (subscriber) => subscriber);
  add("fanOutOwnFirst", own.first);
  add("fanOutOwnMedian", own.median);
  add("fanOutOwnLast", own.last);
}

async function measure(apiUrl: string, asking: (subscriber: number) => number) {
  const writer = await Socket.connect(apiUrl);
  const subscribers: Socket[] = [];
  for (let i = 0; i < SUBSCRIBERS; i++) {
    const socket = await Socket.connect(apiUrl);
    socket.subscribe({ channel: CHANNEL, limit: 1, asking: asking(i) });
    await socket.nextTransitionMs();
    subscribers.push(socket);
  }
  const firsts: number[] = [];
  const medians: number[] = [];
  const lasts: number[] = [];
  for (let i = 0; i < WARM_UP + MUTATIONS; i++) {
    const heard = Promise.all(subscribers.map((socket) => socket.nextTransitionMs()));
    const written = writer.nextTransitionMs();
    const startMs = performance.now();
    writer.mutate(i);
    const times = (await heard).map((atMs) => atMs - startMs);
    await written;
    if (i < WARM_UP) continue;
    firsts.push(Math.min(...times));
    medians.push(median(times));
    lasts.push(quantile(times, 1));
  }
  for (const socket of [writer, ...subscribers]) socket.close();
  return { first: median(firsts), median: median(medians), last: median(lasts) };
}

const TRANSITION = Buffer.from('{"type":"Transition"');

/** Speaks just enough of the sync protocol. */
class Socket {
  readonly #socket: WebSocket;
  #onTransition: (atMs: number) => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      if (data.subarray(0, TRANSITION.length).equals(TRANSITION)) {
        this.#onTransition(performance.now());
      }
    });
  }

  static async connect(apiUrl: string): Promise<Socket> {
    const socket = new WebSocket(`${apiUrl.replace("http", "ws")}/api/1.48.0/sync`);
    await once(socket, "open");
    const client = new Socket(socket);
    client.#send({
      type: "Connect",
      sessionId: randomUUID(),
      connectionCount: 0,
      lastCloseReason: "InitialConnect",
      clientTs: Date.now(),
    });
    return client;
  }

  subscribe(args: object): void {
    const query = { type: "Add", queryId: 0, udfPath: "messages:latest", args: [args] };
    const modifications = [query];
    this.#send({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications });
  }

  mutate(requestId: number): void {
    const args = [{ channel: CHANNEL, body: BODY }];
    this.#send({ type: "Mutation", requestId, udfPath: "messages:send", args });
  }

  nextTransitionMs(): Promise<number> {
    return new Promise((resolve) => {
      this.#onTransition = resolve;
    });
  }

  close(): void {
    this.#socket.terminate();
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }
}

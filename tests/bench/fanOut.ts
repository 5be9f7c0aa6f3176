/**
 * How long after a mutation was sent its subscribers hear. They are plain sockets that only count
 * Transitions, because a hundred clients in one process would mostly measure themselves.
 */
import { runCommand } from "../support/command";
import { CHANNEL } from "./documents";
import { median, quantile } from "./measure";
import type { Add } from "./measures";
import { SyncSocket } from "./syncSocket";

const SUBSCRIBERS = 100;
const MANY_SUBSCRIBERS = 1_000;
const WARM_UP = 10;
const CHANGES = 30;

export async function measureFanOut(apiUrl: string, add: Add): Promise<void> {
  const same = await measure(apiUrl, { count: SUBSCRIBERS, asking: () => 0 });
  add("fanOutSameFirst", same.first);
  add("fanOutSameMedian", same.median);
  add("fanOutSameLast", same.last);
  const own = await measure(apiUrl, { count: SUBSCRIBERS, asking: (subscriber) => subscriber });
  add("fanOutOwnFirst", own.first);
  add("fanOutOwnMedian", own.median);
  add("fanOutOwnLast", own.last);
}

/** A thousand subscribers of one query, and beside them what a bare server needs for the same bytes. */
export async function measureBroadcast(apiUrl: string, add: Add): Promise<void> {
  const many = await measure(apiUrl, { count: MANY_SUBSCRIBERS, asking: () => 0 });
  add("fanOutManyFirst", many.first);
  add("fanOutManyLast", many.last);
  const bare = await measureBare(many.transition);
  add("broadcastFirst", bare.first);
  add("broadcastLast", bare.last);
}

async function measure(
  apiUrl: string,
  { count, asking }: { count: number; asking: (subscriber: number) => number },
) {
  const writer = await SyncSocket.connect(apiUrl);
  const subscribers: SyncSocket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = await SyncSocket.connect(apiUrl);
    await socket.subscribe({ channel: CHANNEL, limit: 1, asking: asking(i) });
    subscribers.push(socket);
  }
  const times = await measureChanges([writer, ...subscribers], (change) => writer.mutate(change));
  const transition = subscribers[0]?.lastTransition.toString() ?? "";
  for (const socket of [writer, ...subscribers]) socket.close();
  return { ...times, transition };
}

async function measureBare(text: string) {
  const server = runCommand("tests/bench/broadcastServer.ts", []);
  const url = await server.firstLine();
  const sockets: SyncSocket[] = [];
  for (let i = 0; i <= MANY_SUBSCRIBERS; i++) sockets.push(await SyncSocket.open(url));
  const times = await measureChanges(sockets, () => sockets[0]?.sendText(text));
  for (const socket of sockets) socket.close();
  await server.end("SIGKILL");
  return times;
}

/** The first of the sockets is the writer's own, which hears of its change as well and does not count. */
async function measureChanges(
  [writer, ...subscribers]: SyncSocket[],
  change: (number: number) => void,
) {
  const firsts: number[] = [];
  const medians: number[] = [];
  const lasts: number[] = [];
  for (let i = 0; i < WARM_UP + CHANGES; i++) {
    const heard = Promise.all(subscribers.map((socket) => socket.nextTransitionMs()));
    const written = writer?.nextTransitionMs();
    const startMs = performance.now();
    change(i);
    const times = (await heard).map((atMs) => atMs - startMs);
    await written;
    if (i < WARM_UP) continue;
    firsts.push(Math.min(...times));
    medians.push(median(times));
    lasts.push(quantile(times, 1));
  }
  return { first: median(firsts), median: median(medians), last: median(lasts) };
}

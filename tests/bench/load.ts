/** The load of a long run: each kind of work in a loop of its own, at its own pace, never piling up. */
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { anyApi, type FunctionReference } from "convex/server";
import { WebSocket } from "ws";

const SLOTS = 500;
const CHANNELS = 20;
const BODY_BYTES = 2_000;
const WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"];

const functions = anyApi["load"] as unknown as Record<
  "overwrite" | "send" | "schedule",
  FunctionReference<"mutation">
> &
  Record<"version" | "latest" | "search" | "ticks", FunctionReference<"query">> &
  Record<"store", FunctionReference<"action">>;

export type Counts = { calls: number; late: number; failed: number };

export function startLoad({ apiUrl }: { apiUrl: string }, rate: number) {
  const counts: Counts = { calls: 0, late: 0, failed: 0 };
  const failures: string[] = [];
  const http = new ConvexHttpClient(apiUrl, { logger: false });
  const socket = openSocket(apiUrl);
  const versions = new Map<number, number>();
  let scheduled = 0;
  let isStopped = false;

  /** Does `work` about so often per second; the next only when the last has ended. */
  async function repeat(
    perSecond: number,
    work: (round: number) => Promise<unknown>,
  ): Promise<void> {
    const everyMs = 1000 / (perSecond * rate);
    let dueMs = performance.now() + Math.random() * everyMs;
    for (let round = 0; !isStopped; round++) {
      await new Promise((done) => setTimeout(done, Math.max(0, dueMs - performance.now())));
      try {
        await work(round);
        counts.calls++;
      } catch (error) {
        counts.failed++;
        failures.push((error as Error).message);
      }
      const isLate = performance.now() > dueMs + everyMs;
      if (isLate) counts.late++;
      dueMs = isLate ? performance.now() : dueMs + everyMs;
    }
  }

  const body = () =>
    `${WORDS[random(WORDS.length)] ?? ""} ${crypto.randomUUID()} `.padEnd(BODY_BYTES, "x");
  const channel = () => `channel ${random(CHANNELS)}`;
  const loops = [
    repeat(20, async (round) => {
      const slot = random(SLOTS);
      await http.mutation(functions.overwrite, { slot, version: round + 1, body: body() });
      versions.set(slot, round + 1);
    }),
    repeat(5, () => socket.mutation(functions.send, { channel: channel(), body: body() })),
    repeat(10, () => http.query(functions.latest, { channel: channel() })),
    repeat(2, (round) =>
      http.query(functions.search, {
        channel: channel(),
        text: WORDS[round % WORDS.length] ?? "",
      }),
    ),
    repeat(1, (round) =>
      http.action(functions.store, { owner: `owner ${round % 20}`, content: body().repeat(20) }),
    ),
    repeat(1, async () => {
      await http.mutation(functions.schedule, { delayMs: random(2_000) });
      scheduled++;
    }),
    // A page that is opened and left again, with its subscriptions.
    repeat(0.5, async () => {
      const page = openSocket(apiUrl);
      page.onUpdate(functions.latest, { channel: channel() }, () => {});
      await page.query(functions.ticks, {});
      await page.close();
    }),
  ];
  for (let n = 0; n < CHANNELS; n++) {
    socket.onUpdate(functions.latest, { channel: `channel ${n}` }, () => {});
  }

  return {
    counts: () => ({ ...counts }),
    /** Stops, and holds what the server has against what it acknowledged. @returns what is wrong. */
    async stop(): Promise<string[]> {
      isStopped = true;
      await Promise.all(loops);
      const mistakes = [...failures];
      for (const [slot, expected] of versions) {
        const stored = (await http.query(functions.version, { slot })) as number;
        if (stored !== expected) mistakes.push(`slot ${slot}: ${stored} instead of ${expected}`);
      }
      await new Promise((done) => setTimeout(done, 5_000));
      const ticks = (await http.query(functions.ticks, {})) as number;
      if (ticks !== scheduled) mistakes.push(`${ticks} of ${scheduled} scheduled functions ran`);
      await socket.close();
      return mistakes;
    },
  };
}

function openSocket(apiUrl: string): ConvexClient {
  return new ConvexClient(apiUrl, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    logger: false,
    unsavedChangesWarning: false,
  });
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

/** All connections of the sync protocol: accepts them, keeps them alive and flushes them together. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { requestMetadata } from "../requests";
import { type SyncContext, SyncSession } from "./syncSession";

/** Convex's own: the client reconnects after 60 s without a message. */
const PING_AFTER_SILENCE_MS = 15_000;
const TICK_MS = 1_000;
const HEARTBEAT_MS = 5_000;
const CLIENT_TIMEOUT_MS = 120_000;
/** A reconnecting client sends its whole query set, with arguments, in one message. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

const PATH = /^\/api\/(?:([^/]+)\/)?sync$/;
const NPM_VERSION = /^(\d+)\.(\d+)\.\d+/;

export type SyncServerOptions = Pick<SyncContext, "runtime" | "identify" | "reportError"> & {
  pingAfterSilenceMs?: number;
};

export class SyncServer {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  });
  readonly #context: SyncContext;
  readonly #pingAfterSilenceMs: number;
  readonly #sessions = new Map<SyncSession, { socket: WebSocket; heardAtMs: number }>();
  readonly #toFlush = new Set<SyncSession>();
  #isFlushScheduled = false;
  #heartbeatAtMs = 0;
  readonly #stops: (() => void)[];

  constructor(options: SyncServerOptions) {
    const { runtime } = options;
    this.#context = {
      runtime,
      identify: options.identify,
      reportError: options.reportError,
      scheduleFlush: (session) => this.#scheduleFlush([session]),
    };
    this.#pingAfterSilenceMs = options.pingAfterSilenceMs ?? PING_AFTER_SILENCE_MS;
    const ticker = setInterval(() => this.#tick(), Math.min(TICK_MS, this.#pingAfterSilenceMs));
    ticker.unref();
    this.#stops = [
      () => clearInterval(ticker),
      runtime.live.onAdvance(() => this.#scheduleFlush(this.#sessions.keys())),
      runtime.onAuthProviders(() => {
        for (const session of this.#sessions.keys()) void session.revalidate();
      }),
    ];
  }

  /** Whether `path` is one that clients open their WebSocket at. */
  static serves(path: string): boolean {
    return PATH.test(path);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#accept(webSocket, request),
    );
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    const session = new SyncSession(socket, this.#context, {
      request: requestMetadata(request),
      supportsChunks: supportsChunks(request.url ?? ""),
    });
    const connection = { socket, heardAtMs: performance.now() };
    this.#sessions.set(session, connection);
    socket.on("message", (data: Buffer, isBinary) => {
      connection.heardAtMs = performance.now();
      // No client sends binary frames; as text they fail like any other message that is no JSON.
      session.receive(isBinary ? "" : data.toString());
    });
    socket.on("pong", () => (connection.heardAtMs = performance.now()));
    socket.on("error", () => socket.terminate()); // "close" follows
    socket.on("close", () => {
      this.#sessions.delete(session);
      this.#toFlush.delete(session);
      session.onClosed();
    });
  }

  #scheduleFlush(sessions: Iterable<SyncSession>): void {
    for (const session of sessions) this.#toFlush.add(session);
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    // A later turn of the event loop: by then the responses of what was committed have been sent, and
    // everything that happened in this turn goes out in one Transition for each session.
    setImmediate(() => {
      this.#isFlushScheduled = false;
      const due = [...this.#toFlush];
      this.#toFlush.clear();
      for (const session of due) this.#flush(session);
    });
  }

  #flush(session: SyncSession): void {
    try {
      session.flush();
    } catch (error) {
      this.#context.reportError(error);
      this.#sessions.get(session)?.socket.close(1011, "InternalServerError");
    }
  }

  #tick(): void {
    const nowMs = performance.now(); // silence is measured by a clock that nobody sets
    const isHeartbeat = nowMs - this.#heartbeatAtMs >= HEARTBEAT_MS;
    if (isHeartbeat) this.#heartbeatAtMs = nowMs;
    for (const [session, { socket, heardAtMs }] of this.#sessions) {
      session.tick(nowMs, this.#pingAfterSilenceMs);
      if (!isHeartbeat) continue;
      // Of a paused socket we hear nothing because we do not listen.
      if (nowMs - heardAtMs > CLIENT_TIMEOUT_MS && !socket.isPaused) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.ping();
    }
  }

  /** Lets running functions answer for at most `graceMs`, then closes every connection. */
  async close(graceMs: number): Promise<void> {
    const closed = Promise.all(Array.from(this.#sessions.keys(), (session) => session.shutDown()));
    await Promise.race([closed, delay(graceMs)]);
    for (const stop of this.#stops) stop();
    for (const { socket } of this.#sessions.values()) {
      socket.close(1001);
      setTimeout(() => socket.terminate(), 500).unref();
    }
    this.#sockets.close();
  }
}

function supportsChunks(url: string): boolean {
  const version = PATH.exec(url.split("?")[0] ?? "")?.[1];
  const [, major, minor] = NPM_VERSION.exec(version ?? "") ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 28);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

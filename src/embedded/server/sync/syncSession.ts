/**
 * One connection of the sync protocol.
 *
 * What the client has is a version: of its query set, of its identity, and a timestamp. Messages
 * change what it asks for; `flush` brings it there with one Transition. Ordering rules:
 *
 * - Messages take effect in the order of arrival; while a token is being checked, later ones wait.
 * - Mutations run one at a time. A response is sent before any Transition at its timestamp or later,
 *   and after every response a Transition follows, for the client holds a mutation's result back
 *   until it has seen one. (A response is sent in a microtask of the commit, `flush` runs in a later
 *   turn of the event loop.)
 * - Every query of a Transition is at its timestamp.
 */
import type { WebSocket } from "ws";
import type { Identity } from "../../engine/types";
import type { RequestMetadata } from "../../execution/types";
import { CONFLICT_CODE, RequestError, type Runtime } from "../../runtime/types";
import { CallQueue, type CallResult, MUTATIONS_QUEUED_MAX } from "./callQueue";
import { LiveQuery } from "./liveQuery";
import { Outbox } from "./outbox";
import {
  type AuthToken,
  type ClientMessage,
  INITIAL_VERSION,
  type Modification,
  parseClientMessage,
  ProtocolError,
  type QuerySetChange,
  responseText,
  type StateVersion,
  transitionBytes,
} from "./protocol";

/** The client backs off by these names; see `serverDisconnectErrors` in its WebSocket manager. */
type CloseReason =
  | "InternalServerError"
  | "TooManyConcurrentRequests"
  | "AuthProviderUnavailable"
  | typeof CONFLICT_CODE;
const CLOSE_CODES: Readonly<Record<CloseReason, number>> = {
  InternalServerError: 1011,
  TooManyConcurrentRequests: 1013,
  AuthProviderUnavailable: 1013,
  // As at Convex: the client connects again and sends the mutation once more.
  [CONFLICT_CODE]: 1013,
};
const CLOSE_GOING_AWAY = 1001;
/** Messages that wait while a token is checked. Beyond this the socket is not read. */
const INBOX_MAX = 1_000;

export type SyncContext = {
  runtime: Runtime;
  /** @throws RequestError - 401 for a token that is refused, 503 when it cannot be checked now. */
  identify(token: AuthToken): Promise<Identity>;
  /** Calls `flush` in a later turn of the event loop. */
  scheduleFlush(session: SyncSession): void;
  reportError: (error: unknown) => void;
};

export class SyncSession {
  readonly #socket: WebSocket;
  readonly #context: SyncContext;
  readonly #request: RequestMetadata;
  readonly #outbox: Outbox;
  readonly #calls: CallQueue;

  #isConnected = false;
  #clockSkewMs: number | null = null;
  #identity: Identity = { kind: "none" };
  #token: AuthToken = { tokenType: "None" };

  /** What the client has, and what it asked for. */
  #sent: StateVersion = INITIAL_VERSION;
  #asked = { querySet: 0, identity: 0 };
  readonly #queries = new Map<number, LiveQuery>();
  readonly #removed = new Set<number>();
  /** The next Transition is due even if nothing changed, once it can be at this timestamp. */
  #owedFromMicros: number | null = null;

  readonly #inbox: ClientMessage[] = [];
  #isReading = false;
  #isShuttingDown = false;
  #isEnded = false;

  constructor(
    socket: WebSocket,
    context: SyncContext,
    options: { request: RequestMetadata; supportsChunks: boolean },
  ) {
    this.#socket = socket;
    this.#context = context;
    this.#request = options.request;
    this.#outbox = new Outbox(socket, {
      supportsChunks: options.supportsChunks,
      onSent: () => this.#onSent(),
      onTransitionRoom: () => context.scheduleFlush(this),
    });
    this.#calls = new CallQueue({
      runtime: context.runtime,
      request: options.request,
      onResult: (result) => this.#respond(result),
      onError: (error) => this.#fail(error),
      mustWait: () => this.#outbox.isBackedUp,
    });
  }

  receive(text: string): void {
    if (this.#isEnded || this.#isShuttingDown) return;
    try {
      this.#inbox.push(parseClientMessage(text));
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!this.#isReading) void this.#readInbox();
    this.#pauseOrResume();
  }

  async #readInbox(): Promise<void> {
    this.#isReading = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        const pending = this.#handle(next);
        if (pending !== undefined) await pending;
        if (this.#isEnded) return;
        this.#pauseOrResume();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  #handle(message: ClientMessage): Promise<void> | undefined {
    if ((message.type === "Connect") === this.#isConnected) {
      throw new ProtocolError("Connect must be the first message of a connection, and only that.");
    }
    switch (message.type) {
      case "Connect":
        this.#connect(message);
        return undefined;
      case "ModifyQuerySet":
        this.#modifyQuerySet(message);
        return undefined;
      case "Authenticate":
        return this.#authenticate(message.token, message.baseVersion);
      case "Mutation":
        if (!this.#expireIfDue()) this.#calls.addMutation(message, this.#identity);
        return undefined;
      case "Action":
        if (!this.#expireIfDue() && !this.#calls.startAction(message, this.#identity)) {
          this.#end(null, "TooManyConcurrentRequests");
        }
        return undefined;
      case "Event":
        return undefined;
    }
  }

  #connect(message: Extract<ClientMessage, { type: "Connect" }>): void {
    this.#isConnected = true;
    this.#calls.sessionId = message.sessionId;
    if (message.clientTsMs !== null) this.#clockSkewMs = message.clientTsMs - Date.now();
    const observed = message.maxObservedTimestamp;
    if (observed !== null && observed > BigInt(this.#context.runtime.live.tsMicros()) * 1000n) {
      throw new Error("A client has seen a timestamp that this database has not reached yet.");
    }
  }

  #modifyQuerySet(message: Extract<ClientMessage, { type: "ModifyQuerySet" }>): void {
    const { baseVersion, newVersion, modifications } = message;
    if (baseVersion !== this.#asked.querySet) {
      throw new ProtocolError(
        `Base version ${baseVersion} passed up doesn't match the current version ${this.#asked.querySet}`,
      );
    }
    if (newVersion <= baseVersion) {
      throw new ProtocolError(`New version ${newVersion} must be above ${baseVersion}.`);
    }
    if (this.#expireIfDue()) return;
    for (const change of modifications) this.#changeQuerySet(change);
    this.#asked.querySet = newVersion;
    this.#context.scheduleFlush(this);
  }

  #changeQuerySet(change: QuerySetChange): void {
    const { queryId } = change;
    const existing = this.#queries.get(queryId);
    if (change.type === "Add") {
      if (existing !== undefined) throw new ProtocolError(`Duplicate query ID: ${queryId}`);
      const query = new LiveQuery(this.#context.runtime.live, change);
      this.#queries.set(queryId, query);
      query.watchAs(this.#identity, this.#request);
      return;
    }
    if (existing === undefined) throw new ProtocolError(`Nonexistent query id: ${queryId}`);
    existing.close();
    this.#queries.delete(queryId);
    this.#removed.add(queryId);
  }

  async #authenticate(token: AuthToken, baseVersion: number): Promise<void> {
    if (baseVersion !== this.#asked.identity) {
      throw new ProtocolError(
        `Base version ${baseVersion} passed up doesn't match the current version ${this.#asked.identity}`,
      );
    }
    let identity: Identity;
    try {
      identity = await this.#context.identify(token);
    } catch (error) {
      if (isRefusedToken(error)) this.#endUnauthenticated(error.message, true);
      else this.#fail(error);
      return;
    }
    if (this.#isEnded) return;
    this.#identity = identity;
    this.#token = token;
    this.#asked.identity += 1;
    for (const query of this.#queries.values()) query.watchAs(identity, this.#request);
    this.#context.scheduleFlush(this);
  }

  /** Checks the token again, for what tokens are accepted has changed. */
  async revalidate(): Promise<void> {
    const token = this.#token;
    if (token.tokenType !== "User" || this.#isEnded) return;
    try {
      await this.#context.identify(token);
    } catch (error) {
      if (token === this.#token && isRefusedToken(error)) {
        this.#endUnauthenticated(error.message, false);
      }
    }
  }

  #respond(result: CallResult): void {
    if (this.#isEnded) return;
    this.#outbox.send(responseText(result));
    const dueMicros = result.reply.ok ? (result.tsMicros ?? 0) : 0;
    this.#owedFromMicros = Math.max(this.#owedFromMicros ?? 0, dueMicros);
    this.#context.runtime.live.requestAdvance();
    this.#context.scheduleFlush(this);
    this.#pauseOrResume();
  }

  /** Brings the client to the present with one Transition, if there is anything to tell. */
  flush(): void {
    if (this.#isEnded || !this.#isConnected) return;
    if (!this.#outbox.hasTransitionRoom) return; // it calls for a flush when it has
    if (this.#expireIfDue()) return;

    const tsMicros = this.#context.runtime.live.tsMicros();
    const modifications: Modification[] = Array.from(this.#removed, (queryId) => ({
      own: `{"type":"QueryRemoved","queryId":${queryId}}`,
      shared: null,
    }));
    this.#removed.clear();
    for (const query of this.#queries.values()) {
      const update = query.takeUpdate();
      if (update !== null) modifications.push(update);
    }
    const isOwed = this.#owedFromMicros !== null && this.#owedFromMicros <= tsMicros;
    const { querySet, identity } = this.#asked;
    const isAsked = querySet !== this.#sent.querySet || identity !== this.#sent.identity;
    if (modifications.length === 0 && !isOwed && !isAsked) return;

    const start = this.#sent;
    const end = { querySet, identity, tsMicros };
    const clockSkewMs = this.#clockSkewMs;
    const nowMs = Date.now();
    this.#outbox.sendTransition(transitionBytes({ start, end, modifications, clockSkewMs, nowMs }));
    this.#sent = end;
    if (isOwed) this.#owedFromMicros = null;
  }

  #onSent(): void {
    if (this.#isEnded || this.#outbox.isBackedUp) return;
    this.#pauseOrResume();
    this.#calls.proceed();
  }

  #pauseOrResume(): void {
    const waiting = Math.max(
      this.#calls.queuedMutations / MUTATIONS_QUEUED_MAX,
      this.#inbox.length / INBOX_MAX,
    );
    const { isBackedUp } = this.#outbox;
    if (!this.#socket.isPaused) {
      if (waiting >= 1 || isBackedUp) this.#socket.pause();
    } else if (waiting <= 0.5 && !isBackedUp) {
      // Half empty, so that a full queue does not stop and start with each message.
      this.#socket.resume();
    }
  }

  /**
   * Sends a Ping after `silenceMs` without a message, and ends a session whose token has expired.
   *
   * @param nowMs - Of `performance.now()`.
   */
  tick(nowMs: number, silenceMs: number): void {
    if (this.#isEnded || this.#expireIfDue()) return;
    if (nowMs - this.#outbox.lastSentMs >= silenceMs) this.#outbox.send('{"type":"Ping"}');
  }

  #expireIfDue(): boolean {
    const identity = this.#identity;
    const isDue =
      identity.kind === "user" &&
      identity.expiresAtMs !== null &&
      identity.expiresAtMs <= Date.now();
    if (isDue) this.#endUnauthenticated("Convex token identity expired", false);
    return isDue;
  }

  #endUnauthenticated(error: string, authUpdateAttempted: boolean): void {
    const baseVersion = this.#asked.identity;
    this.#end({ type: "AuthError", error, baseVersion, authUpdateAttempted });
  }

  #fail(error: unknown): void {
    if (error instanceof RequestError && error.code === CONFLICT_CODE) {
      this.#end(null, CONFLICT_CODE);
    } else if (error instanceof RequestError && error.status === 503) {
      this.#end(null, "AuthProviderUnavailable");
    } else if (error instanceof ProtocolError || error instanceof RequestError) {
      this.#end({ type: "FatalError", error: error.message });
    } else {
      this.#context.reportError(error);
      this.#end(null, "InternalServerError");
    }
  }

  #end(lastMessage: object | null, reason?: CloseReason): void {
    if (this.#isEnded) return;
    if (lastMessage !== null) this.#outbox.send(JSON.stringify(lastMessage));
    this.#forget();
    this.#socket.resume(); // or the client's answer to the closing would never be read
    if (reason === undefined) this.#socket.close();
    else this.#socket.close(CLOSE_CODES[reason], reason);
  }

  #forget(): void {
    this.#isEnded = true;
    for (const query of this.#queries.values()) query.close();
    this.#queries.clear();
    this.#inbox.length = 0;
    this.#calls.stop();
  }

  /** The socket is gone. A mutation that runs goes on; the client asks for its result again. */
  onClosed(): void {
    this.#forget();
  }

  /** Lets what runs end and answer, then closes. Queued mutations are for the client to send again. */
  async shutDown(): Promise<void> {
    this.#isShuttingDown = true;
    await this.#calls.finish();
    if (this.#isEnded) return;
    this.#forget();
    this.#socket.resume();
    this.#socket.close(CLOSE_GOING_AWAY);
  }
}

function isRefusedToken(error: unknown): error is RequestError {
  return error instanceof RequestError && (error.status === 401 || error.status === 403);
}

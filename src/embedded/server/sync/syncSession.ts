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
import { CommitError, type FunctionReply, RequestError, type Runtime } from "../../runtime/types";
import { errorDataField, errorMessage, logLinesText, newRequestId } from "../replies";
import { functionRequest } from "../requests";
import { LiveQuery } from "./liveQuery";
import {
  type AuthToken,
  type ClientMessage,
  type FunctionCall,
  INITIAL_VERSION,
  parseClientMessage,
  ProtocolError,
  type QuerySetChange,
  type StateVersion,
  transitionFrames,
  transitionText,
  wireTimestamp,
} from "./protocol";

/** Convex's own bound. Beyond it the socket is not read, so that the client waits and loses nothing. */
const MUTATIONS_QUEUED_MAX = 1_000;
/** Convex's own bound. Beyond it the connection ends: an action cannot wait its turn. */
const ACTIONS_RUNNING_MAX = 1_000;
/** A client that does not keep up gets fewer, larger steps instead of a queue of stale ones. */
const TRANSITIONS_UNSENT_MAX = 2;
/** A client that sends but does not read may not fill our memory with responses. */
const UNSENT_BYTES_MAX = 32 * 1024 * 1024;
/** Convex's own bound of a Transition in one frame. */
const TRANSITION_CHARS_MAX = 5_000_000;

/** The client backs off by these names; see `serverDisconnectErrors` in its WebSocket manager. */
type CloseReason = "InternalServerError" | "TooManyConcurrentRequests" | "AuthProviderUnavailable";
const CLOSE_CODES: Readonly<Record<CloseReason, number>> = {
  InternalServerError: 1011,
  TooManyConcurrentRequests: 1013,
  AuthProviderUnavailable: 1013,
};
const CLOSE_GOING_AWAY = 1001;

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
  /** Whether the client can put a Transition together from pieces. */
  readonly #supportsChunks: boolean;

  #sessionId: string | null = null;
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
  readonly #mutations: { call: FunctionCall; identity: Identity }[] = [];
  #isMutating = false;
  #actionsRunning = 0;
  #unsentTransitions = 0;
  #isEnded = false;
  #whenIdle: (() => void) | null = null;
  #lastSentMs = performance.now();

  constructor(
    socket: WebSocket,
    context: SyncContext,
    options: { request: RequestMetadata; supportsChunks: boolean },
  ) {
    this.#socket = socket;
    this.#context = context;
    this.#request = options.request;
    this.#supportsChunks = options.supportsChunks;
  }

  receive(text: string): void {
    if (this.#isEnded || this.#whenIdle !== null) return;
    try {
      this.#inbox.push(parseClientMessage(text));
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!this.#isReading) void this.#readInbox();
  }

  async #readInbox(): Promise<void> {
    this.#isReading = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        const pending = this.#handle(next);
        if (pending !== undefined) await pending;
        if (this.#isEnded) return;
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isReading = false;
    }
  }

  #handle(message: ClientMessage): Promise<void> | undefined {
    if ((message.type === "Connect") !== (this.#sessionId === null)) {
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
        if (this.#expireIfDue()) return undefined;
        this.#mutations.push({ call: message, identity: this.#identity });
        this.#pauseOrResume();
        void this.#runMutations();
        return undefined;
      case "Action":
        if (this.#expireIfDue()) return undefined;
        void this.#runAction(message);
        return undefined;
      case "Event":
        return undefined;
    }
  }

  #connect(message: Extract<ClientMessage, { type: "Connect" }>): void {
    this.#sessionId = message.sessionId;
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

  async #runMutations(): Promise<void> {
    if (this.#isMutating) return;
    this.#isMutating = true;
    try {
      while (!this.#isEnded && this.#whenIdle === null && !this.#isBackedUp()) {
        const next = this.#mutations.shift();
        if (next === undefined) break;
        await this.#runMutation(next.call, next.identity);
        this.#pauseOrResume();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isMutating = false;
      this.#settleIfIdle();
    }
  }

  async #runMutation(call: FunctionCall, identity: Identity): Promise<void> {
    const requestId = newRequestId();
    const client = { sessionId: this.#sessionId ?? "", requestId: call.requestId };
    try {
      const caller = { identity, requestId, request: this.#request };
      const request = { ...functionRequest(call, caller), client };
      const reply = await this.#context.runtime.mutation(request);
      this.#respond("Mutation", call, { reply, requestId, tsMicros: reply.tsMicros });
    } catch (error) {
      this.#respondRefused("Mutation", call, { error, requestId });
    }
  }

  async #runAction(call: FunctionCall): Promise<void> {
    if (this.#actionsRunning >= ACTIONS_RUNNING_MAX) {
      this.#end(null, "TooManyConcurrentRequests");
      return;
    }
    const requestId = newRequestId();
    this.#actionsRunning += 1;
    try {
      const caller = { identity: this.#identity, requestId, request: this.#request };
      const reply = await this.#context.runtime.action(functionRequest(call, caller));
      this.#respond("Action", call, { reply, requestId, tsMicros: null });
    } catch (error) {
      try {
        this.#respondRefused("Action", call, { error, requestId });
      } catch (unexpected) {
        this.#fail(unexpected);
      }
    } finally {
      this.#actionsRunning -= 1;
      this.#settleIfIdle();
    }
  }

  #respondRefused(
    kind: "Mutation" | "Action",
    call: FunctionCall,
    { error, requestId }: { error: unknown; requestId: string },
  ): void {
    if (!(error instanceof RequestError || error instanceof CommitError)) throw error;
    const reply: FunctionReply = {
      ok: false,
      error: { kind: "developer", message: error.message },
      logLines: [],
    };
    this.#respond(kind, call, { reply, requestId, tsMicros: null });
  }

  #respond(
    kind: "Mutation" | "Action",
    call: FunctionCall,
    result: { reply: FunctionReply; requestId: string; tsMicros: number | null },
  ): void {
    const { reply, requestId, tsMicros } = result;
    const outcome = reply.ok
      ? `"success":true,"result":${reply.value}`
      : `"success":false,"result":${JSON.stringify(errorMessage(reply.error, requestId))}` +
        errorDataField(reply.error);
    const ts = reply.ok && tsMicros !== null ? `,"ts":"${wireTimestamp(tsMicros)}"` : "";
    this.#send(
      `{"type":"${kind}Response","requestId":${call.requestId},${outcome}${ts}` +
        `,"logLines":${logLinesText(reply.logLines)}}`,
    );
    const dueMicros = reply.ok ? (tsMicros ?? 0) : 0;
    this.#owedFromMicros = Math.max(this.#owedFromMicros ?? 0, dueMicros);
    this.#context.runtime.live.requestAdvance();
    this.#context.scheduleFlush(this);
  }

  /** Brings the client to the present with one Transition, if there is anything to tell. */
  flush(): void {
    if (this.#isEnded || this.#sessionId === null) return;
    if (this.#unsentTransitions >= TRANSITIONS_UNSENT_MAX) return; // `#onSent` comes back here
    if (this.#expireIfDue()) return;

    const tsMicros = this.#context.runtime.live.tsMicros();
    const modifications = Array.from(
      this.#removed,
      (queryId) => `{"type":"QueryRemoved","queryId":${queryId}}`,
    );
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
    this.#sendTransition(transitionText({ start, end, modifications, clockSkewMs, nowMs }));
    this.#sent = end;
    if (isOwed) this.#owedFromMicros = null;
  }

  #sendTransition(text: string): void {
    const charsMax = this.#supportsChunks ? TRANSITION_CHARS_MAX : Infinity;
    const frames = transitionFrames(text, charsMax);
    this.#unsentTransitions += 1;
    frames.forEach((frame, index) => {
      const isLast = index === frames.length - 1;
      this.#send(frame, isLast ? () => this.#onTransitionSent() : undefined);
    });
  }

  #onTransitionSent(): void {
    this.#unsentTransitions -= 1;
    if (this.#unsentTransitions === TRANSITIONS_UNSENT_MAX - 1) this.#context.scheduleFlush(this);
  }

  #send(text: string, onSent?: () => void): void {
    if (this.#isEnded) return;
    this.#lastSentMs = performance.now();
    this.#socket.send(text, () => {
      onSent?.();
      if (this.#socket.isPaused || this.#mutations.length > 0) this.#onDrain();
    });
  }

  #onDrain(): void {
    if (this.#isEnded || this.#isBackedUp()) return;
    this.#pauseOrResume();
    void this.#runMutations();
  }

  #isBackedUp(): boolean {
    return this.#socket.bufferedAmount > UNSENT_BYTES_MAX;
  }

  #pauseOrResume(): void {
    const isFull = this.#mutations.length >= MUTATIONS_QUEUED_MAX || this.#isBackedUp();
    if (isFull && !this.#socket.isPaused) this.#socket.pause();
    // Half empty, so that a full queue does not stop and start with each mutation.
    const isRoomy = this.#mutations.length <= MUTATIONS_QUEUED_MAX / 2 && !this.#isBackedUp();
    if (isRoomy && this.#socket.isPaused) this.#socket.resume();
  }

  /**
   * Sends a Ping after `silenceMs` without a message, and ends a session whose token has expired.
   *
   * @param nowMs - Of `performance.now()`.
   */
  tick(nowMs: number, silenceMs: number): void {
    if (this.#isEnded || this.#expireIfDue()) return;
    if (nowMs - this.#lastSentMs >= silenceMs) this.#send('{"type":"Ping"}');
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
    if (error instanceof RequestError && error.status === 503) {
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
    if (lastMessage !== null) this.#send(JSON.stringify(lastMessage));
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
    this.#mutations.length = 0;
  }

  /** The socket is gone. A mutation that runs goes on; the client asks for its result again. */
  onClosed(): void {
    this.#forget();
    this.#settleIfIdle();
  }

  /** Lets what runs end and answer, then closes. Queued mutations are for the client to send again. */
  async shutDown(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      this.#settleIfIdle();
    });
    if (this.#isEnded) return;
    this.#forget();
    this.#socket.resume();
    this.#socket.close(CLOSE_GOING_AWAY);
  }

  #settleIfIdle(): void {
    if (!this.#isMutating && this.#actionsRunning === 0) this.#whenIdle?.();
  }
}

function isRefusedToken(error: unknown): error is RequestError {
  return error instanceof RequestError && (error.status === 401 || error.status === 403);
}

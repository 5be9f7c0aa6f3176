/** The mutations and actions of one connection: mutations one at a time in order, actions side by side. */
import type { Identity } from "../../engine/types";
import type { RequestMetadata } from "../../execution/types";
import {
  CommitError,
  CONFLICT_CODE,
  type FunctionReply,
  RequestError,
  type Runtime,
} from "../../runtime/types";
import { newRequestId } from "../replies";
import { functionRequest } from "../requests";
import type { FunctionCall } from "./protocol";

/** Convex's own bound. Beyond it the socket is not read, so that the client waits and loses nothing. */
export const MUTATIONS_QUEUED_MAX = 1_000;
/** Convex's own bound. Beyond it the connection ends: an action cannot wait its turn. */
const ACTIONS_RUNNING_MAX = 1_000;

export type CallResult = {
  kind: "Mutation" | "Action";
  call: FunctionCall;
  reply: FunctionReply;
  requestId: string;
  /** When a mutation committed. */
  tsMicros: number | null;
};

type CallQueueOptions = {
  runtime: Runtime;
  request: RequestMetadata;
  /** Hears each result in a microtask of the runtime's promise. */
  onResult: (result: CallResult) => void;
  /** What ends the connection: a fault of our own, or a mutation that others kept from committing. */
  onError: (error: unknown) => void;
  /** While it says so no further mutation starts; `proceed` goes on. */
  mustWait(): boolean;
};

export class CallQueue {
  readonly #options: CallQueueOptions;
  /** The session of the client, under which repeated mutations are recognised. */
  sessionId = "";
  readonly #mutations: { call: FunctionCall; identity: Identity }[] = [];
  #isMutating = false;
  #actionsRunning = 0;
  #isStopped = false;
  #whenIdle: () => void = () => {};

  constructor(options: CallQueueOptions) {
    this.#options = options;
  }

  get queuedMutations(): number {
    return this.#mutations.length;
  }

  addMutation(call: FunctionCall, identity: Identity): void {
    this.#mutations.push({ call, identity });
    this.proceed();
  }

  /** False when too many run already. */
  startAction(call: FunctionCall, identity: Identity): boolean {
    if (this.#actionsRunning >= ACTIONS_RUNNING_MAX) return false;
    this.#actionsRunning += 1;
    void this.#run("Action", call, identity).finally(() => {
      this.#actionsRunning -= 1;
      this.#tellIfIdle();
    });
    return true;
  }

  proceed(): void {
    if (!this.#isMutating) void this.#runMutations();
  }

  /** Forgets what has not started. What runs goes on. */
  stop(): void {
    this.#isStopped = true;
    this.#mutations.length = 0;
    this.#tellIfIdle();
  }

  /** Starts no more mutations; resolves when nothing runs. */
  async finish(): Promise<void> {
    this.#isStopped = true;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      this.#tellIfIdle();
    });
  }

  async #runMutations(): Promise<void> {
    this.#isMutating = true;
    while (!this.#isStopped && !this.#options.mustWait()) {
      const next = this.#mutations.shift();
      if (next === undefined) break;
      await this.#run("Mutation", next.call, next.identity);
    }
    this.#isMutating = false;
    this.#tellIfIdle();
  }

  async #run(kind: CallResult["kind"], call: FunctionCall, identity: Identity): Promise<void> {
    const { runtime, request, onResult, onError } = this.#options;
    const requestId = newRequestId();
    const result = { kind, call, requestId };
    const connection = `session ${this.sessionId}`;
    const called = functionRequest(call, { identity, requestId, request, connection });
    try {
      if (kind === "Action") {
        onResult({ ...result, reply: await runtime.action(called), tsMicros: null });
      } else {
        const client = { sessionId: this.sessionId, requestId: call.requestId };
        const reply = await runtime.mutation({ ...called, client });
        onResult({ ...result, reply, tsMicros: reply.tsMicros });
      }
    } catch (error) {
      if (isAnswer(error)) onResult({ ...result, reply: failedReply(error), tsMicros: null });
      else onError(error);
    }
  }

  #tellIfIdle(): void {
    if (!this.#isMutating && this.#actionsRunning === 0) this.#whenIdle();
  }
}

/** Whether the client is told of the refusal; else the connection ends, and the client asks again. */
function isAnswer(error: unknown): error is Error {
  if (error instanceof RequestError) return error.code !== CONFLICT_CODE;
  return error instanceof CommitError;
}

function failedReply({ message }: Error): FunctionReply {
  return { ok: false, error: { kind: "developer", message }, logLines: [] };
}

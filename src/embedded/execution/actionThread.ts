/**
 * A thread for actions, seen from the main thread. It is started for the first action, and ended when it
 * gives no sign of life: then code of an action never returns, and every action in it has failed.
 */
import { Worker } from "node:worker_threads";
import type { ActionCall } from "./actionCall";
import type { ActionStart, FromThread, ToThread, WorldSource } from "./actionMessages";
import { answerActionSyscall } from "./actionSyscalls";
import { systemError, thrownError } from "./errors";
import { realmScript, threadSource } from "./insideSource";
import { canonicalName } from "./outcome";
import type { ActionHost, FunctionError } from "./types";

const TICK_MAX_MS = 1_000;
/** One for each component, and another for each change of a variable. */
const WORLDS_MAX = 64;

export class ActionThread {
  readonly #host: ActionHost;
  readonly #stallMs: number;
  readonly #tickMs: number;
  readonly #actions = new Map<number, ActionCall>();
  readonly #worlds = new Map<string, number>();
  #worker: Worker | null = null;
  #heartbeat: NodeJS.Timeout | undefined;
  #silentMs = 0;
  #lastId = 0;

  constructor(host: ActionHost, stallMs: number) {
    this.#host = host;
    this.#stallMs = stallMs;
    this.#tickMs = Math.min(TICK_MAX_MS, stallMs / 4);
  }

  /** @returns The action's number, for `end` and `ask`. */
  start(action: ActionCall, source: WorldSource, start: ActionStart): number {
    const id = ++this.#lastId;
    this.#actions.set(id, action);
    this.#wake();
    this.#post({ type: "start", action: id, world: this.#world(source), start });
    return id;
  }

  /** Asks for the next piece of a response's body, or for the rest of it to be read and dropped. */
  ask(type: "pull" | "leave", action: number): void {
    this.#post({ type, action });
  }

  end(action: number): void {
    if (!this.#actions.delete(action)) return;
    this.#post({ type: "end", action });
    if (this.#actions.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  forgetWorlds(): void {
    this.#worlds.clear();
    this.#post({ type: "forgetWorlds" });
  }

  async close(error: FunctionError): Promise<void> {
    const worker = this.#worker;
    this.#abandonAll(error);
    await worker?.terminate();
  }

  #post(message: ToThread, moved: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, moved);
  }

  #world(source: WorldSource): number {
    const { componentPath, script, variables } = source;
    const key = JSON.stringify([componentPath, script.filename, variables]);
    const known = this.#worlds.get(key);
    if (known !== undefined) return known;
    if (this.#worlds.size === WORLDS_MAX) this.forgetWorlds();
    const world = ++this.#lastId;
    this.#worlds.set(key, world);
    const { filename, source: code } = source.script;
    const sent = { ...source, script: { filename, source: code } };
    this.#post({ type: "world", world, source: sent });
    return world;
  }

  /** Starts the thread, and watches it for as long as actions run: that also keeps the process alive. */
  #wake(): void {
    this.#worker ??= this.#startWorker();
    if (this.#heartbeat !== undefined) return;
    this.#silentMs = 0;
    this.#heartbeat = setInterval(() => this.#tick(), this.#tickMs);
  }

  #startWorker(): Worker {
    const worker = new Worker(threadSource("actions"), {
      eval: true,
      execArgv: [],
      workerData: { inside: realmScript("action") },
      name: "actions",
    });
    worker.unref();
    worker.on("message", (message: FromThread) => {
      if (worker === this.#worker) this.#receive(message);
    });
    worker.on("error", (error) => this.#onDeath(worker, systemError(error)));
    worker.on("exit", () => {
      const message = "The thread of this action has ended: did it call process.exit()?";
      this.#onDeath(worker, { kind: "system", message });
    });
    return worker;
  }

  #onDeath(worker: Worker, error: FunctionError): void {
    if (worker === this.#worker) this.#abandonAll(error);
  }

  #abandonAll(error: FunctionError): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#worker = null;
    this.#worlds.clear();
    const abandoned = [...this.#actions.values()];
    this.#actions.clear();
    for (const action of abandoned) action.abandon(error);
  }

  /** Counts ticks, not time: a process that was suspended has not waited in vain. */
  #tick(): void {
    this.#silentMs += this.#tickMs;
    if (this.#silentMs <= this.#stallMs) return this.#post({ type: "ping" });
    const names = [...this.#actions.values()].map(({ call }) => canonicalName(call.spec));
    const running = [...new Set(names)].join(", ");
    const message = `An action kept the thread of all actions busy for more than ${this.#stallMs / 1000}s, so they were ended (running: ${running})`;
    console.error(message);
    const worker = this.#worker;
    this.#abandonAll({ kind: "timeout", message });
    void worker?.terminate();
  }

  #receive(message: FromThread): void {
    this.#silentMs = 0;
    if (message.type === "pong") return;
    const action = this.#actions.get(message.action);
    if (message.type === "syscall") return void this.#answer(message, action);
    if (action === undefined) return;
    switch (message.type) {
      case "log":
        return action.log(message.level, message.texts);
      case "result":
        return action.settle(message.result);
      case "piece":
        return action.takePiece(message.piece);
      case "stray":
        return action.stop(thrownError(message.thrown, action.script));
    }
  }

  async #answer(
    { syscall, ...asked }: FromThread & { type: "syscall" },
    action: ActionCall | undefined,
  ): Promise<void> {
    const worker = this.#worker;
    const answered = await answerActionSyscall(this.#host, action, asked);
    if (worker !== this.#worker) return;
    const moved = answered.bytes === undefined ? [] : [answered.bytes.buffer];
    this.#post({ type: "answer", syscall, ...answered }, moved);
  }
}

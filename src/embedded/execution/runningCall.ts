/**
 * One call within a transaction, nested or not, as its realm and its syscalls see it. An object of a class
 * and not a handful of closures: making those cost more than many a query.
 */
import type { LinkedScript } from "../deploy/types";
import type { Transaction } from "../engine/types";
import { toRejection } from "./errors";
import type { LogLevel, Rejection } from "./inside/link";
import { formatLogValues, LogBuffer } from "./logs";
import { seededBytes, type Seed } from "./randomness";
import { mapStackText } from "./stacks";
import { answerSyscall, type Frame } from "./syscalls";
import type { RealmCall } from "./transactionRealm";
import type { Call, FunctionError, Observed, TransactionHost } from "./types";
import type { Watchdog } from "./watchdog";

export type Result = { ok: true; value: string } | { ok: false; error: FunctionError };

/** What is common to a call and everything nested in it. */
export class Execution {
  /** Of the call that begins next: a query of a snapshot has its own. */
  tx: Transaction;
  readonly logs = new LogBuffer();
  readonly observed: Observed = { identity: false, time: false };
  /** What the limits that were reached said. */
  readonly limitMessages: string[] = [];
  failure: { error: unknown } | null = null;
  readonly #call: Call;
  readonly #seed: Seed;
  /** Most functions use no randomness, and its beginning costs time. */
  #sequence: ReturnType<typeof seededBytes> | null = null;

  constructor(call: Call, tx: Transaction, seed: Seed) {
    this.#call = call;
    this.tx = tx;
    this.#seed = seed;
  }

  random(length: number): Uint8Array {
    this.#sequence ??= seededBytes(this.#seed(this.#call, this.tx.nowMs));
    return this.#sequence(length);
  }
}

/** What runs calls. */
export interface CallRunner {
  readonly host: TransactionHost;
  readonly watchdog: Watchdog;
  /** Runs a call at the given depth. */
  runAt(execution: Execution, call: Call, depth: number): Result;
}

export class RunningCall implements Frame, RealmCall {
  readonly call: Call;
  readonly tx: Transaction;
  readonly host: TransactionHost;
  readonly observed: Observed;
  readonly #runner: CallRunner;
  readonly #execution: Execution;
  readonly #depth: number;
  readonly #script: LinkedScript | null;

  constructor(
    runner: CallRunner,
    execution: Execution,
    { call, depth, script }: { call: Call; depth: number; script: LinkedScript | null },
  ) {
    this.call = call;
    this.tx = execution.tx;
    this.host = runner.host;
    this.observed = execution.observed;
    this.#runner = runner;
    this.#execution = execution;
    this.#depth = depth;
    this.#script = script;
  }

  // --- For the realm ------------------------------------------------------------------------------

  syscall(op: string, args: string): string | Rejection {
    const { watchdog } = this.#runner;
    watchdog.enterHost();
    const answer = answerSyscall(this, op, args);
    watchdog.leaveHost();
    return answer;
  }

  random(length: number): Uint8Array {
    return this.#execution.random(length);
  }

  log(level: LogLevel, values: unknown[], heading?: string): void {
    const { logs } = this.#execution;
    if (logs.isFull) return;
    const texts = formatLogValues(values, heading);
    logs.add(
      level,
      texts.map((text) => mapStackText(text, this.#script)),
    );
  }

  // --- For its syscalls ---------------------------------------------------------------------------

  fail(error: unknown): void {
    this.#execution.failure ??= { error };
  }

  noteLimit(message: string): void {
    this.#execution.limitMessages.push(message);
  }

  runNested(
    nested: Call,
    tx = this.tx,
  ): { ok: true; value: string } | { ok: false; rejection: Rejection } {
    const { watchdog } = this.#runner;
    watchdog.leaveHost();
    this.#execution.tx = tx;
    const result = this.#runner.runAt(this.#execution, nested, this.#depth + 1);
    watchdog.enterHost();
    if (result.ok) return result;
    if (result.error.kind === "limit") this.noteLimit(result.error.message);
    return { ok: false, rejection: toRejection(result.error) };
  }
}

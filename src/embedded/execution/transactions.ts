/** Runs queries and mutations to their end, nested calls included, in one turn. */
import type { Script } from "node:vm";
import type { Deployment, LinkedScript } from "../deploy/types";
import type { ComponentPath, Transaction } from "../engine/types";
import { LIMITS } from "../values/limits";
import { compileLinked } from "./compileLinked";
import { developerError, limitError, systemError, thrownError, toRejection } from "./errors";
import { formatLogValues, LogBuffer } from "./logs";
import { argsProblem, returnsProblem } from "./outcome";
import { seededBytes, type Seed } from "./randomness";
import { mapStackText } from "./stacks";
import { answerSyscall, type Frame } from "./syscalls";
import { TransactionRealm, type RealmCall } from "./transactionRealm";
import type { Call, FunctionError, FunctionOutcome, Observed, TransactionHost } from "./types";
import { StopRequestedError, TimeoutError, type Watchdog } from "./watchdog";

/** As at Convex: a function that calls itself without end is a mistake. */
const DEPTH_MAX = LIMITS.nestedCalls;

type Result = { ok: true; value: string } | { ok: false; error: FunctionError };

/** What is common to a call and everything nested in it. */
type Execution = {
  tx: Transaction;
  logs: LogBuffer;
  observed: Observed;
  random: (length: number) => Uint8Array;
  /** What the limits that were reached said. */
  limitMessages: string[];
  failure: { error: unknown } | null;
};

export class TransactionRunner {
  readonly #host: TransactionHost;
  readonly #watchdog: Watchdog;
  readonly #seed: Seed;
  #deployment: Deployment | null = null;
  #codes = new Map<ComponentPath, Script | null>();
  #realms = new Map<ComponentPath, TransactionRealm[]>();

  constructor(host: TransactionHost, { watchdog, seed }: { watchdog: Watchdog; seed: Seed }) {
    this.#host = host;
    this.#watchdog = watchdog;
    this.#seed = seed;
  }

  load(deployment: Deployment): void {
    this.#deployment = deployment;
    this.#codes = new Map();
    this.#realms = new Map();
  }

  run(call: Call, tx: Transaction): FunctionOutcome {
    // Most functions use no randomness, and its beginning costs time.
    let sequence: ReturnType<typeof seededBytes> | undefined;
    const execution: Execution = {
      tx,
      logs: new LogBuffer(),
      observed: { identity: false, time: false },
      random: (length) => (sequence ??= seededBytes(this.#seed(call, tx.nowMs)))(length),
      limitMessages: [],
      failure: null,
    };
    const result = this.#runGuarded(execution, call);
    return { ...result, logLines: execution.logs.lines, observed: execution.observed };
  }

  #runGuarded(execution: Execution, call: Call): Result {
    try {
      const result = this.#watchdog.run(() => this.#runFrame(execution, call, 0));
      return execution.failure === null
        ? result
        : { ok: false, error: systemError(execution.failure.error) };
    } catch (error) {
      // The code stopped anywhere; nothing that it may have left behind must be seen by later calls.
      this.#realms = new Map();
      if (error instanceof TimeoutError) {
        return { ok: false, error: { kind: "timeout", message: error.message } };
      }
      if (error instanceof StopRequestedError) {
        return { ok: false, error: { kind: "system", message: "The server is stopping." } };
      }
      return { ok: false, error: systemError(error) };
    }
  }

  #runFrame(execution: Execution, call: Call, depth: number): Result {
    const { tx } = execution;
    const { spec } = call;
    const tables = {
      tableName: (number: number) => this.#host.tableName(spec.componentPath, number),
    };
    const problem = argsProblem(spec, call.args, tables);
    if (problem !== null) return { ok: false, error: problem };

    const script = this.#deployment?.components.get(spec.componentPath)?.scripts.isolate ?? null;
    const realm = this.#realm(spec.componentPath, script, depth);
    const realmCall = this.#realmCall(execution, { call, depth, script });
    return realm.during(realmCall, tx.nowMs, () => {
      const invoke = realm.prepare(spec);
      if (typeof invoke !== "function") return { ok: false, error: thrownError(invoke, script) };
      const slot = realm.run(invoke, `[${call.args}]`);
      if (slot.observedTime) execution.observed.time = true;
      if (slot.outcome === "threw" && slot.thrown !== null) {
        const error = thrownError(slot.thrown, script);
        const isStopped = execution.limitMessages.some((message) =>
          error.message.includes(message),
        );
        return { ok: false, error: isStopped ? { ...error, kind: "limit" } : error };
      }
      if (slot.outcome === "pending") {
        return { ok: false, error: developerError("Returned promise will never resolve") };
      }
      const { value } = slot;
      const mismatch = returnsProblem(spec, value, tables);
      return mismatch === null ? { ok: true, value } : { ok: false, error: mismatch };
    });
  }

  #runNested(execution: Execution, call: Call, depth: number): Result {
    if (depth < DEPTH_MAX) return this.#runFrame(execution, call, depth);
    const message = `Calls are nested too deeply (maximum depth: ${DEPTH_MAX})`;
    return { ok: false, error: limitError(message) };
  }

  #realmCall(
    execution: Execution,
    { call, depth, script }: { call: Call; depth: number; script: LinkedScript | null },
  ): RealmCall {
    const frame: Frame = {
      call,
      tx: execution.tx,
      host: this.#host,
      observed: execution.observed,
      fail: (error) => (execution.failure ??= { error }),
      noteLimit: (message) => void execution.limitMessages.push(message),
      runNested: (nested) => {
        this.#watchdog.leaveHost();
        const result = this.#runNested(execution, nested, depth + 1);
        this.#watchdog.enterHost();
        if (result.ok) return result;
        if (result.error.kind === "limit") frame.noteLimit(result.error.message);
        return { ok: false, rejection: toRejection(result.error) };
      },
    };
    return {
      syscall: (op, args) => {
        this.#watchdog.enterHost();
        const answer = answerSyscall(frame, op, args);
        this.#watchdog.leaveHost();
        return answer;
      },
      random: (length) => execution.random(length),
      log: (level, values, heading) => {
        if (execution.logs.isFull) return;
        const texts = formatLogValues(values, heading).map((text) => mapStackText(text, script));
        execution.logs.add(level, texts);
      },
    };
  }

  #realm(
    componentPath: ComponentPath,
    script: LinkedScript | null,
    depth: number,
  ): TransactionRealm {
    const environment = this.#host.environment(componentPath);
    let realms = this.#realms.get(componentPath);
    if (realms === undefined) this.#realms.set(componentPath, (realms = []));
    const known = realms[depth];
    if (known !== undefined && isSame(known.environment, environment)) {
      known.environment = environment;
      return known;
    }
    let code = this.#codes.get(componentPath);
    if (code === undefined) {
      code = script === null ? null : compileLinked(script);
      this.#codes.set(componentPath, code);
    }
    // Modules may have kept variables when they were loaded, so a change means a new realm.
    return (realms[depth] = new TransactionRealm(code, environment));
  }
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

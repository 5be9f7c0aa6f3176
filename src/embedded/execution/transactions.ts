/** Runs queries and mutations to their end, nested calls included, in one turn. */
import type { Deployment, LinkedScript } from "../deploy/types";
import type { ComponentPath, Transaction } from "../engine/types";
import { LIMITS } from "../values/limits";
import type { ValidationContext } from "../values/validate";
import { compileLinked } from "./compileLinked";
import { developerError, limitError, systemError, thrownError } from "./errors";
import { argsProblem, returnsProblem } from "./outcome";
import type { Seed } from "./randomness";
import { Execution, RunningCall, type CallRunner, type Result } from "./runningCall";
import { TransactionRealm, type Slot } from "./transactionRealm";
import type { Call, FunctionOutcome, TransactionHost } from "./types";
import { StopRequestedError, TimeoutError, type Watchdog } from "./watchdog";

/** As at Convex: a function that calls itself without end is a mistake. */
const DEPTH_MAX = LIMITS.nestedCalls;
const TOO_DEEP =
  "Cross component call depth limit exceeded. Do you have an infinite loop in your app?";

export class TransactionRunner implements CallRunner {
  readonly host: TransactionHost;
  readonly watchdog: Watchdog;
  readonly #seed: Seed;
  #deployment: Deployment | null = null;
  #realms = new Map<ComponentPath, TransactionRealm[]>();
  readonly #tables = new Map<ComponentPath, ValidationContext>();

  constructor(host: TransactionHost, { watchdog, seed }: { watchdog: Watchdog; seed: Seed }) {
    this.host = host;
    this.watchdog = watchdog;
    this.#seed = seed;
  }

  load(deployment: Deployment): void {
    this.#deployment = deployment;
    this.#realms = new Map();
  }

  run(call: Call, tx: Transaction): FunctionOutcome {
    const execution = new Execution(call, tx, this.#seed);
    const result = this.#runGuarded(execution, call);
    const { observed } = execution;
    const logLines = execution.logs.lines;
    const userTimeMs = this.watchdog.spentMs();
    return result.ok
      ? { ok: true, value: result.value, logLines, observed, userTimeMs }
      : { ok: false, error: result.error, logLines, observed, userTimeMs };
  }

  #runGuarded(execution: Execution, call: Call): Result {
    try {
      const result = this.watchdog.run(() => this.#runFrame(execution, call, 0));
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

  runAt(execution: Execution, call: Call, depth: number): Result {
    if (depth <= DEPTH_MAX) return this.#runFrame(execution, call, depth);
    return { ok: false, error: limitError(TOO_DEEP) };
  }

  #runFrame(execution: Execution, call: Call, depth: number): Result {
    const { spec } = call;
    const tables = this.#tablesOf(spec.componentPath);
    const problem = argsProblem(call, tables);
    if (problem !== null) return { ok: false, error: problem };

    const script =
      spec.script ?? this.#deployment?.components.get(spec.componentPath)?.scripts.isolate ?? null;
    const realm =
      spec.script === undefined
        ? this.#realm(spec.componentPath, script, depth)
        : new TransactionRealm(
            compileLinked(spec.script),
            this.host.environment(spec.componentPath),
          );
    realm.enter(new RunningCall(this, execution, { call, depth, script }), execution.tx.nowMs);
    try {
      const invoke = realm.prepare(spec);
      if (typeof invoke !== "function") return { ok: false, error: thrownError(invoke, script) };
      const slot = realm.run(invoke, `[${call.args}]`);
      if (slot.observedTime) execution.observed.time = true;
      if (slot.outcome !== "returned") return failureOf(slot, execution, script);
      const { value } = slot;
      const mismatch = returnsProblem(spec, value, tables);
      return mismatch === null ? { ok: true, value } : { ok: false, error: mismatch };
    } finally {
      realm.leave();
    }
  }

  /** What `v.id()` needs to know of a component. */
  #tablesOf(componentPath: ComponentPath): ValidationContext {
    let tables = this.#tables.get(componentPath);
    if (tables === undefined) {
      tables = { tableName: (number) => this.host.tableName(componentPath, number) };
      this.#tables.set(componentPath, tables);
    }
    return tables;
  }

  #realm(
    componentPath: ComponentPath,
    script: LinkedScript | null,
    depth: number,
  ): TransactionRealm {
    const environment = this.host.environment(componentPath);
    let realms = this.#realms.get(componentPath);
    if (realms === undefined) this.#realms.set(componentPath, (realms = []));
    const known = realms[depth];
    if (known !== undefined && isSame(known.environment, environment)) {
      known.environment = environment;
      return known;
    }
    // Modules may have kept variables when they were loaded, so a change means a new realm.
    return (realms[depth] = new TransactionRealm(script && compileLinked(script), environment));
  }
}

function failureOf(slot: Slot, execution: Execution, script: LinkedScript | null): Result {
  if (slot.outcome === "pending" || slot.thrown === null) {
    return { ok: false, error: developerError("Returned promise will never resolve") };
  }
  const error = thrownError(slot.thrown, script);
  const isStopped = execution.limitMessages.some((message) => error.message.includes(message));
  return { ok: false, error: isStopped ? { ...error, kind: "limit" } : error };
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

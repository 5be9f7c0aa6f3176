/** The realms of queries and mutations: one for each component and depth of nested calls. */
import { randomBytes } from "node:crypto";
import { constants, createContext, Script, type Context } from "node:vm";
import type { FunctionSpec } from "../deploy/types";
import { hostWebGlobals } from "./hostGlobals";
import type { LinkedModules, LogLevel, Rejection, Thrown } from "./inside/link";
import type { TransactionLink, TransactionWorld } from "./inside/transaction";
import { realmScript } from "./insideSource";
import { syncCrypto } from "./syncCrypto";

/** What a realm asks of the call that runs in it. */
export type RealmCall = {
  syscall(op: string, args: string): string | Rejection;
  log(level: LogLevel, values: unknown[], heading?: string): void;
  /** The next bytes of the execution's own sequence. */
  random(length: number): Uint8Array;
};

export type Slot = TransactionWorld["slot"];

type Invoke = (args: string) => Promise<string>;

const METHODS = { query: "invokeQuery", mutation: "invokeMutation" } as const;
/** Running anything in the context, even nothing, runs the realm's microtasks to their end. */
const drain = new Script("0", { filename: "drain" });
const encoder = new TextEncoder();

export class TransactionRealm {
  readonly world: TransactionWorld;
  /** Compared by identity first: the host hands out the same object until a variable changes. */
  environment: Readonly<Record<string, string>>;
  readonly #context: Context;
  readonly #invokes = new Map<FunctionSpec, Invoke>();
  #call: RealmCall | null = null;

  constructor(code: Script | null, environment: Readonly<Record<string, string>>) {
    this.#context = createContext(constants.DONT_CONTEXTIFY, { microtaskMode: "afterEvaluate" });
    this.environment = environment;
    const { install } = compiledInside().runInContext(this.#context) as {
      install: (link: TransactionLink) => TransactionWorld;
    };
    this.world = install({
      web: hostWebGlobals(),
      syscall: (op, args) => this.#call?.syscall(op, args) ?? OUTSIDE,
      log: (level, values, heading) => this.#call?.log(level, values, heading),
      random: (length) => this.#call?.random(length) ?? randomBytes(length),
      encode: (text) => encoder.encode(text),
      crypto: syncCrypto,
    });
    this.world.setEnvironment(JSON.stringify(environment));
    if (code !== null) this.world.setModules(code.runInContext(this.#context) as LinkedModules);
  }

  /** Runs a script of ours in the realm, outside any call. */
  evaluate(script: Script): unknown {
    return script.runInContext(this.#context) as unknown;
  }

  /** The function's entry point; running its module for the first time may fail. */
  prepare(spec: FunctionSpec): Invoke | Thrown {
    const known = this.#invokes.get(spec);
    if (known !== undefined) return known;
    const method = spec.kind === "query" ? METHODS.query : METHODS.mutation;
    const prepared = this.world.prepare(`${spec.modulePath}.js`, spec.exportName, method);
    if (typeof prepared === "function") this.#invokes.set(spec, prepared);
    return prepared;
  }

  /** From here to `leave`, what runs in this realm does so on behalf of `call`. */
  enter(call: RealmCall, nowMs: number): void {
    this.#call = call;
    this.world.slot.nowMs = nowMs;
  }

  leave(): void {
    this.#call = null;
  }

  /** Runs the call to its end; the outcome is in the slot. */
  run(invoke: Invoke, args: string): Slot {
    const { slot } = this.world;
    slot.invoke = invoke;
    slot.args = args;
    this.world.start();
    drain.runInContext(this.#context);
    return slot;
  }
}

const OUTSIDE: Rejection = { message: "The function that started this work has ended." };

let inside: Script | null = null;
function compiledInside(): Script {
  return (inside ??= new Script(realmScript("transaction"), { filename: "inside-transaction" }));
}

/** The world of queries and mutations (and of analysis, which runs modules without calling them). */
import type { SyncCrypto } from "../syncCrypto";
import { Blob, File } from "./blob";
import { makeConsole } from "./console";
import { freezeDateFormats, makeDate, makeDice } from "./determinism";
import {
  acceptHostInstances,
  defineGlobals,
  ERROR_NAMES,
  SilentFinalizationRegistry,
  StrongRef,
  TextEncoder,
} from "./globals";
import { inspectModule } from "./inspectModule";
import type { LinkedModules, LogLevel, ModuleReport, Rejection, Thrown } from "./link";
import { makeStructuredClone } from "./structuredClone";
import { CryptoKey, SubtleCrypto } from "./subtle";
import { describeThrown, toSyscallError } from "./thrown";

/** What the host gives. None of these functions throws. */
export type TransactionLink = {
  web: Record<string, unknown>;
  syscall: (op: string, args: string) => string | Rejection;
  log: (level: LogLevel, values: unknown[], heading?: string) => void;
  random: (length: number) => Uint8Array;
  encode: (text: string) => Uint8Array;
  crypto: SyncCrypto;
};

type Invoke = (args: string) => Promise<string>;

/** What the host gets. It writes the first three fields of `slot` and reads the others. */
export type TransactionWorld = {
  slot: {
    nowMs: number;
    invoke: Invoke | null;
    args: string;
    observedTime: boolean;
    outcome: "pending" | "returned" | "threw";
    value: string;
    thrown: Thrown | null;
  };
  /** Starts the call in `slot`; it ends while the realm's microtasks run. */
  start(): void;
  setModules(modules: LinkedModules): void;
  /** Replaces all of `process.env`; `entries` is JSON text. */
  setEnvironment(entries: string): void;
  prepare(modulePath: string, exportName: string, method: string): Invoke | Thrown;
  inspect(modulePath: string): ModuleReport | Thrown;
};

export function install(link: TransactionLink): TransactionWorld {
  const slot: TransactionWorld["slot"] = {
    nowMs: 0,
    invoke: null,
    args: "",
    observedTime: false,
    outcome: "pending",
    value: "",
    thrown: null,
  };
  const now = () => {
    slot.observedTime = true;
    return slot.nowMs;
  };
  const dice = makeDice(link.random);
  const environment: Record<string, string> = {};
  let modules: LinkedModules = {};

  acceptHostInstances(ERROR_NAMES, link.web);
  Math.random = dice.mathRandom;
  freezeDateFormats(now);
  defineGlobals({
    ...link.web,
    Blob,
    File,
    TextEncoder: TextEncoder.use(link.encode),
    Date: makeDate(now),
    WeakRef: StrongRef,
    FinalizationRegistry: SilentFinalizationRegistry,
    structuredClone: makeStructuredClone(link.web["DOMException"] as never),
    queueMicrotask: (callback: () => void) => void Promise.resolve().then(callback),
    console: makeConsole(link.log, () => slot.nowMs),
    performance: Object.freeze({ now: () => 0, timeOrigin: 0, mark() {}, measure() {} }),
    crypto: Object.freeze({
      getRandomValues: dice.getRandomValues,
      randomUUID: dice.randomUUID,
      subtle: new SubtleCrypto(link.crypto),
    }),
    CryptoKey,
    SubtleCrypto,
    process: { env: environment },
    self: globalThis,
    fetch: async () => {
      throw refusal("fetch()");
    },
    setTimeout: () => {
      throw refusal("setTimeout");
    },
    setInterval: () => {
      throw refusal("setInterval");
    },
    clearTimeout: () => undefined,
    clearInterval: () => undefined,
    Convex: Object.freeze({
      syscall(op: string, args: string): string {
        const result = link.syscall(op, args);
        if (typeof result === "string") return result;
        throw toSyscallError(result);
      },
      asyncSyscall(op: string, args: string): Promise<string> {
        const result = link.syscall(op, args);
        return typeof result === "string"
          ? Promise.resolve(result)
          : Promise.reject(toSyscallError(result));
      },
      jsSyscall(op: string): never {
        throw new Error(`Unknown operation ${op}`);
      },
    }),
  });

  const onReturn = (value: string) => {
    slot.outcome = "returned";
    slot.value = value;
  };
  const onThrow = (error: unknown) => {
    slot.outcome = "threw";
    slot.thrown = describeThrown(error);
  };
  return {
    slot,
    start() {
      slot.observedTime = false;
      slot.outcome = "pending";
      dice.restart();
      try {
        slot.invoke?.(slot.args).then(onReturn, onThrow);
      } catch (error) {
        onThrow(error);
      }
    },
    setModules(linked) {
      modules = linked;
    },
    setEnvironment(entries) {
      for (const name of Object.keys(environment)) delete environment[name];
      Object.assign(environment, JSON.parse(entries));
    },
    prepare(modulePath, exportName, method) {
      try {
        const registered = modules[modulePath]?.()[exportName] as
          Record<string, Invoke> | undefined;
        if (typeof registered?.[method] !== "function") {
          return { message: `${modulePath} has no function "${exportName}"`, stack: "" };
        }
        return (args) => (registered[method] as Invoke)(args);
      } catch (error) {
        return describeThrown(error);
      }
    },
    inspect(modulePath) {
      try {
        return inspectModule(modules, modulePath);
      } catch (error) {
        return describeThrown(error);
      }
    },
  };
}

function refusal(what: string): Error {
  return new Error(
    `Can't use ${what} in queries and mutations. Please consider using an action. ` +
      "See https://docs.convex.dev/functions/actions for more details.",
  );
}

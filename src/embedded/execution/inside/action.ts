/** The world of actions and HTTP actions: an ordinary realm with the web's globals. */
import { makeConsole } from "./console";
import { acceptHostInstances, defineGlobals, ERROR_NAMES, TextEncoder } from "./globals";
import type { LinkedModules, LogLevel, Rejection, Thrown } from "./link";
import { makeStructuredClone } from "./structuredClone";
import { describeThrown, toSyscallError } from "./thrown";

export type ActionLink = {
  web: Record<string, unknown>;
  syscall: (op: string, args: string) => Promise<string | Rejection>;
  jsSyscall: (op: string, args: Record<string, unknown>) => Promise<unknown>;
  log: (level: LogLevel, values: unknown[], heading?: string) => void;
  encode: (text: string) => Uint8Array;
  setTimer(callback: () => void, delayMs: number, repeats: boolean): number;
  clearTimer(id: number): void;
};

export type Invoked = { value: unknown } | { thrown: Thrown };

export type ActionWorld = {
  setModules(modules: LinkedModules): void;
  invokeAction(
    target: { modulePath: string; exportName: string },
    requestId: string,
    args: string,
  ): Promise<Invoked>;
  /** Null when no route matches; `value` is the response. */
  invokeRoute(request: Request, path: string): Promise<Invoked | null>;
};

/** Beyond errors: what host functions return is recognised by these names too. */
const HOST_INSTANCES = [...ERROR_NAMES, "Array", "ArrayBuffer", "Uint8Array", "Object", "Promise"];

export function install(link: ActionLink, environment: string): ActionWorld {
  let modules: LinkedModules = {};
  acceptHostInstances(HOST_INSTANCES, link.web);
  const timer =
    (repeats: boolean) =>
    (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
      link.setTimer(() => callback(...args), Number(delayMs) || 0, repeats);
  const clear = (id: unknown) => link.clearTimer(Number(id));
  defineGlobals({
    ...link.web,
    TextEncoder: TextEncoder.use(link.encode),
    structuredClone: makeStructuredClone(link.web["DOMException"] as never),
    queueMicrotask: (callback: () => void) => void Promise.resolve().then(callback),
    console: makeConsole(link.log, () => Date.now()),
    process: { env: JSON.parse(environment) as unknown },
    self: globalThis,
    setTimeout: timer(false),
    setInterval: timer(true),
    clearTimeout: clear,
    clearInterval: clear,
    Convex: Object.freeze({
      syscall(op: string): never {
        throw new Error(`Unknown operation ${op}`);
      },
      async asyncSyscall(op: string, args: string): Promise<string> {
        const answer = await link.syscall(op, args);
        if (typeof answer === "string") return answer;
        throw toSyscallError(answer);
      },
      jsSyscall: link.jsSyscall,
    }),
  });
  return { setModules: (linked) => void (modules = linked), ...makeInvokers(() => modules) };
}

/** How functions are called, in whichever world their modules run. */
export function makeInvokers(modules: () => LinkedModules): Omit<ActionWorld, "setModules"> {
  return {
    async invokeAction({ modulePath, exportName }, requestId, args) {
      try {
        const registered = modules()[`${modulePath}.js`]?.()[exportName] as {
          invokeAction(requestId: string, args: string): Promise<string>;
        };
        return { value: await registered.invokeAction(requestId, args) };
      } catch (error) {
        return { thrown: describeThrown(error) };
      }
    },
    async invokeRoute(request, path) {
      try {
        const router = modules()["http.js"]?.()["default"] as Router | undefined;
        const found = router?.lookup(path, request.method) ?? null;
        if (found === null) return null;
        return { value: await found[0].invokeHttpAction(request) };
      } catch (error) {
        return { thrown: describeThrown(error) };
      }
    },
  };
}

type Router = {
  lookup(
    path: string,
    method: string,
  ): readonly [{ invokeHttpAction(request: Request): Promise<unknown> }, string, string] | null;
};

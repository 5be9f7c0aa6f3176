/** The worlds of actions: a realm for the default runtime, the host's own for "use node" modules. */
import { constants, createContext, Script } from "node:vm";
import type { LinkedScript } from "../deploy/types";
import { currentAction } from "./actionCall";
import { answerActionJsSyscall, answerActionSyscall } from "./actionSyscalls";
import { makeInvokers, type ActionLink, type ActionWorld } from "./inside/action";
import { makeConsole } from "./inside/console";
import type { LinkedModules } from "./inside/link";
import { toSyscallError } from "./inside/thrown";
import { realmScript } from "./insideSource";
import { loadNodeModules, nodeProcess } from "./nodeRealm";
import { compileLinked, hostWebGlobals } from "./transactionRealm";
import type { ActionHost } from "./types";

type Environment = Readonly<Record<string, string>>;

/** Globals of actions that queries and mutations have their own form of. */
const ACTION_GLOBALS = ["fetch", "crypto", "Crypto", "CryptoKey", "SubtleCrypto", "performance"];
export function createActionWorld(
  host: ActionHost,
  script: LinkedScript,
  environment: Environment,
): ActionWorld {
  const context = createContext(constants.DONT_CONTEXTIFY);
  const inside = new Script(realmScript("action"), { filename: "inside-action" });
  const { install } = inside.runInContext(context) as {
    install: (link: ActionLink, environment: string) => ActionWorld;
  };
  const encoder = new TextEncoder();
  const shared = hostWebGlobals();
  for (const name of ACTION_GLOBALS) shared[name] = (globalThis as Record<string, unknown>)[name];
  const world = install(
    {
      web: shared,
      syscall: (op, args) => answerActionSyscall(host, op, args),
      jsSyscall: (op, args) => answerActionJsSyscall(host, op, args),
      log: (level, values, heading) => currentAction.getStore()?.log(level, values, heading),
      encode: (text) => encoder.encode(text),
      setTimer: (callback, delayMs, repeats) =>
        currentAction.getStore()?.setTimer(callback, delayMs, repeats) ?? 0,
      clearTimer: (id) => currentAction.getStore()?.clearTimer(id),
    },
    JSON.stringify(environment),
  );
  world.setModules(compileLinked(script).runInContext(context) as LinkedModules);
  return world;
}

/** "use node" modules in the host's world, with the deployment's variables, console and syscalls. */
export function createNodeWorld(
  host: ActionHost,
  script: LinkedScript,
  environment: Environment,
): Omit<ActionWorld, "setModules" | "invokeRoute"> {
  const write: Parameters<typeof makeConsole>[0] = (level, values, heading) =>
    currentAction.getStore()?.log(level, values, heading);
  const globals = {
    console: makeConsole(write, () => Date.now()),
    process: nodeProcess(environment),
    Convex: {
      async asyncSyscall(op: string, args: string) {
        const answer = await answerActionSyscall(host, op, args);
        if (typeof answer === "string") return answer;
        throw toSyscallError(answer);
      },
      jsSyscall: (op: string, args: Record<string, unknown>) =>
        answerActionJsSyscall(host, op, args),
      syscall(op: string): never {
        throw new Error(`Unknown operation ${op}`);
      },
    },
  };
  const modules = loadNodeModules(script, globals);
  return makeInvokers(() => modules);
}

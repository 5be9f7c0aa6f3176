/** The worlds of actions: a realm for the default runtime, the thread's own for "use node" modules. */
import { constants, createContext, Script } from "node:vm";
import type { SyscallAnswer, WorldSource } from "../actionMessages";
import { compileLinked } from "../compileLinked";
import { hostWebGlobals } from "../hostGlobals";
import { makeInvokers, type ActionLink, type ActionWorld } from "../inside/action";
import { makeConsole } from "../inside/console";
import type { LinkedModules } from "../inside/link";
import { toSyscallError } from "../inside/thrown";
import { loadNodeModules, nodeProcess } from "../nodeRealm";
import { currentAction } from "./currentAction";
import { type Ask, answerJsSyscall } from "./jsSyscalls";

export type World = Omit<ActionWorld, "setModules">;
type Syscall = (op: string, args: string) => Promise<SyscallAnswer>;

/** Globals of actions that queries and mutations have their own form of. */
const ACTION_GLOBALS = ["fetch", "crypto", "Crypto", "CryptoKey", "SubtleCrypto", "performance"];

/** `inside` is the text of `inside/action.ts` as a script. */
export function createWorld(source: WorldSource, ask: Ask, inside: string): World {
  return source.environment === "node"
    ? createNodeWorld(source, ask)
    : createRealm(source, ask, inside);
}

const withoutBytes =
  (ask: Ask): Syscall =>
  async (op, args) =>
    (await ask(op, args)).answer;

function createRealm({ script, variables }: WorldSource, ask: Ask, inside: string): World {
  const context = createContext(constants.DONT_CONTEXTIFY);
  const { install } = new Script(inside, { filename: "inside-action" }).runInContext(context) as {
    install: (link: ActionLink, environment: string) => ActionWorld;
  };
  const encoder = new TextEncoder();
  const web = hostWebGlobals();
  for (const name of ACTION_GLOBALS) web[name] = (globalThis as Record<string, unknown>)[name];
  const world = install(
    {
      web,
      syscall: withoutBytes(ask),
      jsSyscall: (op, args) => answerJsSyscall(ask, op, args),
      log: (level, values, heading) => currentAction.getStore()?.log(level, values, heading),
      encode: (text) => encoder.encode(text),
      setTimer: (callback, delayMs, repeats) =>
        currentAction.getStore()?.setTimer(callback, delayMs, repeats) ?? 0,
      clearTimer: (id) => currentAction.getStore()?.clearTimer(id),
    },
    JSON.stringify(variables),
  );
  world.setModules(compileLinked(script).runInContext(context) as LinkedModules);
  return world;
}

/** "use node" modules in the thread's world, with the deployment's variables, console and syscalls. */
function createNodeWorld({ script, variables }: WorldSource, ask: Ask): World {
  const syscall = withoutBytes(ask);
  const write: Parameters<typeof makeConsole>[0] = (level, values, heading) =>
    currentAction.getStore()?.log(level, values, heading);
  const globals = {
    console: makeConsole(write, () => Date.now()),
    process: nodeProcess(variables),
    Convex: {
      async asyncSyscall(op: string, args: string) {
        const answer = await syscall(op, args);
        if (typeof answer === "string") return answer;
        throw toSyscallError(answer);
      },
      jsSyscall: (op: string, args: Record<string, unknown>) => answerJsSyscall(ask, op, args),
      syscall(op: string): never {
        throw new Error(`Unknown operation ${op}`);
      },
    },
  };
  const modules = loadNodeModules(script, globals);
  return makeInvokers(() => modules);
}

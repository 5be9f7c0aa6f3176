/** Runs actions and HTTP actions, each kind of environment in a thread of its own. */
import type { Deployment, FunctionSpec, LinkedScript, ModuleSource } from "../deploy/types";
import type { ComponentPath } from "../engine/types";
import { ActionCall, type ActionOutcome } from "./actionCall";
import type { ActionStart } from "./actionMessages";
import { ActionThread } from "./actionThread";
import { developerError, systemError, thrownError } from "./errors";
import { argsProblem, returnsProblem } from "./outcome";
import type { ActionHost, Call, FunctionError, FunctionOutcome, LogLine } from "./types";

export type ActionLimits = { isolateMs: number; nodeMs: number; stallMs: number };

type Environment = ModuleSource["environment"];
type Result = { ok: true; value: string } | { ok: false; error: FunctionError };

/** A call that runs, and what its caller may do with it. `end` must be called in the end. */
export type StartedAction = {
  action: ActionCall;
  ask: (type: "pull" | "leave") => void;
  end: () => void;
};

export class ActionRunner {
  readonly #host: ActionHost;
  readonly #limits: ActionLimits;
  readonly #threads: Readonly<Record<Environment, ActionThread>>;
  #deployment: Deployment | null = null;

  constructor(host: ActionHost, limits: ActionLimits) {
    this.#host = host;
    this.#limits = limits;
    this.#threads = {
      isolate: new ActionThread(host, limits.stallMs),
      node: new ActionThread(host, limits.stallMs),
    };
  }

  /** Actions that are running keep the world they started in. */
  load(deployment: Deployment): void {
    this.#deployment = deployment;
    for (const thread of Object.values(this.#threads)) thread.forgetWorlds();
  }

  async run(call: Call, onLog?: (line: LogLine) => void): Promise<FunctionOutcome> {
    const { spec } = call;
    const tables = {
      tableName: (number: number) => this.#host.tableName(spec.componentPath, number),
    };
    const observed = { identity: true, time: true };
    const problem = argsProblem(call, tables);
    if (problem !== null) return { ok: false, error: problem, logLines: [], observed };
    try {
      const { modulePath, exportName } = spec;
      const { requestId, args } = call;
      const start = { kind: "action" as const, modulePath, exportName, requestId };
      const { action, end } = this.start(call, { ...start, args: `[${args}]` }, onLog);
      const result = toResult(await action.outcome, action.script);
      end();
      const mismatch = result.ok ? returnsProblem(spec, result.value, tables) : null;
      const final: Result = mismatch === null ? result : { ok: false, error: mismatch };
      return { ...final, logLines: action.logs.lines, observed };
    } catch (error) {
      return { ok: false, error: systemError(error), logLines: [], observed };
    }
  }

  /** Starts a call; its outcome comes within the time that an action may take. */
  start(call: Call, start: ActionStart, onLog?: (line: LogLine) => void): StartedAction {
    const { componentPath, environment } = call.spec;
    const script = this.#deployment?.components.get(componentPath)?.scripts[environment] ?? null;
    if (script === null) throw new Error(`there is no ${environment} code in "${componentPath}"`);
    const action = new ActionCall(call, script, onLog);
    const thread = this.#threads[environment];
    const variables = this.#host.environment(componentPath);
    const id = thread.start(action, { componentPath, environment, script, variables }, start);
    this.#limitTime(action);
    return { action, ask: (type) => thread.ask(type, id), end: () => thread.end(id) };
  }

  async close(): Promise<void> {
    const error: FunctionError = { kind: "system", message: "The server is stopping." };
    await Promise.all(Object.values(this.#threads).map((thread) => thread.close(error)));
  }

  #limitTime(action: ActionCall): void {
    const { isolateMs, nodeMs } = this.#limits;
    const limitMs = action.call.spec.environment === "node" ? nodeMs : isolateMs;
    const timer = setTimeout(() => {
      const message = `Function execution timed out (maximum duration: ${limitMs / 1000}s)`;
      action.stop({ kind: "timeout", message });
    }, limitMs);
    void action.outcome.then(() => clearTimeout(timer));
  }
}

function toResult(outcome: ActionOutcome, script: LinkedScript): Result {
  if (outcome.kind === "returned") return { ok: true, value: outcome.value };
  return { ok: false, error: failureOf(outcome, script) };
}

/** What a caller is told of an outcome that is not what it asked for. */
export function failureOf(outcome: ActionOutcome, script: LinkedScript): FunctionError {
  if (outcome.kind === "threw") return thrownError(outcome.thrown, script);
  if (outcome.kind === "stopped") return outcome.error;
  // Only an HTTP action can return something else than its kind of function does.
  return developerError("Uncaught Error: HTTP actions must return a Response");
}

/** The function that an HTTP request runs, as far as it has a name. */
export function httpSpec(componentPath: ComponentPath): FunctionSpec {
  return {
    componentPath,
    modulePath: "http",
    exportName: "default",
    kind: "httpAction",
    visibility: "public",
    environment: "isolate",
    args: { type: "any" },
    returns: null,
  };
}

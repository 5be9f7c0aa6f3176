/** Runs actions and HTTP actions. */
import type { Deployment, FunctionSpec, LinkedScript, ModuleSource } from "../deploy/types";
import type { ComponentPath } from "../engine/types";
import { ActionCall, currentAction } from "./actionCall";
import { createActionWorld, createNodeWorld } from "./actionRealm";
import { systemError, thrownError } from "./errors";
import type { ActionWorld, Invoked } from "./inside/action";
import { argsProblem, returnsProblem } from "./outcome";
import type { ActionHost, Call, FunctionError, FunctionOutcome } from "./types";

export type ActionLimits = { isolateMs: number; nodeMs: number };

type Environment = ModuleSource["environment"];
type World = Omit<ActionWorld, "setModules" | "invokeRoute"> &
  Partial<Pick<ActionWorld, "invokeRoute">>;
type Loaded = { world: World; script: LinkedScript; variables: string };
type Result = { ok: true; value: string } | { ok: false; error: FunctionError };

export class ActionRunner {
  readonly #host: ActionHost;
  readonly #limits: ActionLimits;
  readonly #running = new Set<ActionCall>();
  #deployment: Deployment | null = null;
  #worlds = new Map<string, Loaded>();

  constructor(host: ActionHost, limits: ActionLimits) {
    this.#host = host;
    this.#limits = limits;
  }

  /** Actions that are running keep the world they started in. */
  load(deployment: Deployment): void {
    this.#deployment = deployment;
    this.#worlds = new Map();
  }

  async run(call: Call): Promise<FunctionOutcome> {
    const { spec } = call;
    const tables = {
      tableName: (number: number) => this.#host.tableName(spec.componentPath, number),
    };
    const observed = { identity: true, time: true };
    const problem = argsProblem(spec, call.args, tables);
    if (problem !== null) return { ok: false, error: problem, logLines: [], observed };
    try {
      const { world, script } = this.world(spec.componentPath, spec.environment);
      const action = new ActionCall(call, script);
      const result = await this.race(action, async () =>
        toResult(await world.invokeAction(spec, call.requestId, `[${call.args}]`), script),
      );
      this.finish(action);
      const mismatch = result.ok ? returnsProblem(spec, result.value, tables) : null;
      const final: Result = mismatch === null ? result : { ok: false, error: mismatch };
      return { ...final, logLines: action.logs.lines, observed };
    } catch (error) {
      return { ok: false, error: systemError(error), logLines: [], observed };
    }
  }

  /** Runs `body` as `action`, for as long as an action may take. The caller calls `finish` in the end. */
  async race<T>(
    action: ActionCall,
    body: () => Promise<T>,
  ): Promise<T | { ok: false; error: FunctionError }> {
    this.#running.add(action);
    const { isolateMs, nodeMs } = this.#limits;
    const limitMs = action.call.spec.environment === "node" ? nodeMs : isolateMs;
    const timer = setTimeout(() => {
      const message = `Function execution timed out (maximum duration: ${limitMs / 1000}s)`;
      action.stop({ kind: "timeout", message });
    }, limitMs);
    const stopped = action.stopped.then((error) => ({ ok: false as const, error }));
    try {
      return await Promise.race([currentAction.run(action, body), stopped]);
    } finally {
      clearTimeout(timer);
    }
  }

  finish(action: ActionCall): void {
    action.end();
    this.#running.delete(action);
  }

  close(): void {
    for (const action of this.#running) {
      action.stop({ kind: "system", message: "The server is stopping." });
    }
  }

  world(componentPath: ComponentPath, environment: Environment): Loaded {
    const variables = this.#host.environment(componentPath);
    const text = JSON.stringify(variables);
    const key = `${environment}:${componentPath}`;
    const known = this.#worlds.get(key);
    if (known?.variables === text) return known;
    const script = this.#deployment?.components.get(componentPath)?.scripts[environment] ?? null;
    if (script === null) throw new Error(`there is no ${environment} code in "${componentPath}"`);
    const create = environment === "node" ? createNodeWorld : createActionWorld;
    const loaded = { world: create(this.#host, script, variables), script, variables: text };
    this.#worlds.set(key, loaded);
    return loaded;
  }
}

function toResult(invoked: Invoked, script: LinkedScript): Result {
  if ("thrown" in invoked) return { ok: false, error: thrownError(invoked.thrown, script) };
  return { ok: true, value: String(invoked.value) };
}

/** The function that an HTTP request runs, as far as it has a name. */
export const HTTP_SPEC: FunctionSpec = {
  componentPath: "",
  modulePath: "http",
  exportName: "default",
  kind: "httpAction",
  visibility: "public",
  environment: "isolate",
  args: { type: "any" },
  returns: null,
};

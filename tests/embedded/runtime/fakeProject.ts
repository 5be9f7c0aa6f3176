/**
 * A runtime over a real store whose functions are plain closures in the test: what the runtime promises
 * about commits, live queries and jobs does not depend on how a function's code is run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type {
  ComponentDeployment,
  CronSpec,
  Deployment,
  FunctionKind,
  FunctionSpec,
  Push,
} from "../../../src/embedded/deploy/types";
import type { SchemaJson, Transaction } from "../../../src/embedded/engine/types";
import type {
  ActionHost,
  Call,
  FunctionOutcome,
  Observed,
  TransactionHost,
} from "../../../src/embedded/execution/types";
import {
  assembleRuntime,
  type Assembly,
  type RuntimeOptions,
  type RuntimeParts,
} from "../../../src/embedded/runtime/runtime";
import type { FunctionRequest } from "../../../src/embedded/runtime/types";
import { openStore } from "../../../src/embedded/store/sqlite";
import type { Store } from "../../../src/embedded/store/store";
import type { Json, JsonObject } from "../../../src/embedded/values/json";

export type TransactionCtx = {
  tx: Transaction;
  call: Call;
  host: TransactionHost;
  observed: Observed;
};
export type ActionCtx = { call: Call; host: ActionHost };

type Visibility = { visibility?: "public" | "internal" };
export type FakeFunction = Visibility &
  (
    | { kind: "query" | "mutation"; run(ctx: TransactionCtx, args: JsonObject): Json }
    | { kind: "action"; run(ctx: ActionCtx, args: JsonObject): Promise<Json> }
  );
export type FakeProject = {
  functions: Record<string, FakeFunction>;
  crons?: CronSpec[];
  schema?: SchemaJson | null;
  /** The path of a component that is the same as the app. */
  twin?: string;
  /** What `analyze` says instead of succeeding. */
  broken?: string;
};

/** Pushes are data, and fake functions are not: a push names its project by number. */
const projects: FakeProject[] = [];

export function push(project: FakeProject): Push {
  projects.push(project);
  const source = String(projects.length - 1);
  const module = { path: "all.js", source, sourceMap: null, environment: "isolate" } as const;
  const none = { schema: null, authConfig: null, definition: null, dependencies: [] };
  return { definitions: [{ definitionPath: "", functions: [module], ...none }] };
}

function projectOf(pushed: Push): FakeProject {
  return projects[Number(pushed.definitions[0]!.functions[0]!.source)]!;
}

function toDeployment(pushed: Push): Deployment {
  const { functions, crons = [], schema = null, broken, twin } = projectOf(pushed);
  if (broken !== undefined) throw new Error(broken);
  const specs = Object.entries(functions).map(([name, fn]): [string, FunctionSpec] => {
    const [modulePath = "", exportName = ""] = name.split(":");
    return [
      name,
      {
        componentPath: "",
        modulePath,
        exportName,
        environment: "isolate",
        kind: fn.kind as FunctionKind,
        visibility: fn.visibility ?? "public",
        args: { type: "any" },
        returns: null,
      },
    ];
  });
  const source = pushed.definitions[0]!;
  const app = {
    componentPath: "",
    definitionPath: "",
    children: new Map(),
    env: new Map(),
    httpPrefix: null,
    httpMounts: [],
    source,
    functions: new Map(specs),
    schema,
    crons,
    httpRoutes: null,
    scripts: { isolate: null, node: null },
  };
  const version = source.functions[0]!.source;
  return { version, definitions: new Map(), components: withTwin(app, twin) };
}

function withTwin(app: ComponentDeployment, twin: string | undefined) {
  const components = new Map([["", app]]);
  if (twin === undefined) return components;
  const functions = new Map(
    [...app.functions].map(([name, spec]) => [name, { ...spec, componentPath: twin }]),
  );
  return components.set(twin, { ...app, componentPath: twin, functions });
}

/** Runs fake functions. `createParts` is what a process has in memory: a new one is a restart. */
function createParts(): RuntimeParts {
  return {
    analyze: async (pushed) => toDeployment(pushed),
    analysisText: { toText: () => "", fromText: (pushed) => toDeployment(pushed) },
    evaluateAuthConfig: async () => [],
    createExecutor({ transactionHost, actionHost }) {
      let functions: Record<string, FakeFunction> = {};
      const find = ({ modulePath, exportName }: FunctionSpec) =>
        functions[`${modulePath}:${exportName}`]!;
      return {
        guard: (run) => run(),
        load(deployment) {
          functions = projects[Number(deployment.version)]!.functions;
        },
        runTransaction(call, tx) {
          const observed = { identity: false, time: false };
          const ctx = { tx, call, host: transactionHost, observed };
          const fn = find(call.spec) as FakeFunction & { kind: "query" };
          return outcomeOf(observed, () => fn.run(ctx, JSON.parse(call.args) as JsonObject));
        },
        async runAction(call) {
          const fn = find(call.spec) as FakeFunction & { kind: "action" };
          const observed = { identity: false, time: false };
          try {
            const value = await fn.run({ call, host: actionHost }, JSON.parse(call.args));
            return outcomeOf(observed, () => value);
          } catch (error) {
            return outcomeOf(observed, () => {
              throw error;
            });
          }
        },
        runHttpAction: async () => new Response("fake"),
        close: async () => {},
      };
    },
  };
}

/** Thrown by a fake function: a failure that is the runtime's fault. */
export class SystemFailure extends Error {}

function outcomeOf(observed: Observed, run: () => Json): FunctionOutcome {
  const logLines: FunctionOutcome["logLines"] = [];
  try {
    return { ok: true, value: JSON.stringify(run()), logLines, observed };
  } catch (error) {
    const message = `Uncaught Error: ${(error as Error).message}`;
    const kind = error instanceof SystemFailure ? "system" : "developer";
    return { ok: false, error: { kind, message }, logLines, observed };
  }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "runtime-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Opened = Assembly & { store: Store };

/** Opens a runtime over a folder; `wrapStore` may make the store fail. Closed when the test ends. */
export async function open(
  folder: string,
  {
    wrapStore = (store: Store) => store,
    ...options
  }: Partial<RuntimeOptions> & { wrapStore?: (store: Store) => Store } = {},
): Promise<Opened> {
  const store = wrapStore(openStore(folder));
  const assembly = await assembleRuntime(createParts(), { store, ...options });
  onTestFinished(async () => await assembly.runtime.close({ graceMs: 0 }));
  return { ...assembly, store };
}

/** A new runtime that serves `project`. */
export async function serve(
  project: FakeProject,
  options: Parameters<typeof open>[1] = {},
): Promise<Opened> {
  const opened = await open(temporaryFolder(), options);
  await opened.runtime.deploy(push(project));
  return opened;
}

export function request(path: string, args: JsonObject = {}): FunctionRequest {
  return {
    path,
    args: JSON.stringify(args),
    identity: { kind: "none" },
    requestId: "test",
    request: { ip: null, userAgent: null },
  };
}

export const asAdmin = (asked: FunctionRequest): FunctionRequest => ({
  ...asked,
  identity: { kind: "admin", actingAs: null },
});

/** Schedules a function from a transaction, now or later. */
export function schedule(
  { tx, call, host }: TransactionCtx,
  name: string,
  { args = {}, delayMs = 0 }: { args?: JsonObject; delayMs?: number } = {},
): string {
  const address = { from: "", name };
  const atMs = tx.nowMs + delayMs;
  return host.schedule(tx, { address, args: JSON.stringify(args), atMs }, call);
}

/** All rows of a table, oldest first. */
export function rows(tx: Transaction, table: string): JsonObject[] {
  return tx.list("", { table, index: "by_creation_time" }, { limit: 10_000 });
}

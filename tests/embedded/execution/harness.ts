/** A fixture project behind an executor, over a transaction that keeps documents in an array. */
import { analyze } from "../../../src/embedded/deploy/analyze";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import type { Deployment, FunctionSpec } from "../../../src/embedded/deploy/types";
import { UserError, type Identity, type Transaction } from "../../../src/embedded/engine/types";
import { createExecutor, type ExecutorOptions } from "../../../src/embedded/execution/executor";
import {
  UnsupportedError,
  type ActionHost,
  type Call,
  type Executor,
  type FunctionOutcome,
  type TransactionHost,
} from "../../../src/embedded/execution/types";

export const PROJECT = "tests/fixtures/projects/execution";
export const ENVIRONMENT = { SECRET: "s3cret" };

let cached: Promise<Deployment> | undefined;
export function fixtureDeployment(): Promise<Deployment> {
  return (cached ??= bundleProject(PROJECT).then((push) =>
    analyze(push, { environment: ENVIRONMENT }),
  ));
}

export type Harness = {
  executor: Executor;
  /** What the last successful mutation left. */
  texts: string[];
  run(name: string, args?: object, identity?: Identity): FunctionOutcome;
  action(name: string, args?: object, identity?: Identity): Promise<FunctionOutcome>;
  call(name: string, args?: object, identity?: Identity): Call;
};

export async function startHarness(options: ExecutorOptions = {}): Promise<Harness> {
  const deployment = await fixtureDeployment();
  const functions = deployment.components.get("")!.functions;
  const texts: string[] = [];
  const resolve = ({ name = "" }: { name?: string }): FunctionSpec => {
    const spec = functions.get(name);
    if (spec === undefined) throw new UserError(`Could not find function for '${name}'`);
    return spec;
  };
  const common = {
    resolve,
    functionHandle: (spec: FunctionSpec) => `function://${spec.exportName}`,
    environment: () => ENVIRONMENT,
    tableName: () => undefined,
  };
  const transactionHost: TransactionHost = {
    ...common,
    schedule: () => "job",
    cancelJob: () => undefined,
    other: (_tx, { op }) => {
      throw new UnsupportedError(op);
    },
  };
  const actionHost: ActionHost = {
    ...common,
    run: async (kind, call) =>
      kind === "action" ? await executor.runAction(call) : runTransaction(call),
    schedule: async () => "job",
    cancelJob: async () => undefined,
    storeFile: async () => "file",
    getFile: async () => null,
    vectorSearch: async () => '{"results":[]}',
    other: async ({ op }) => {
      throw new UnsupportedError(op);
    },
  };
  const executor = createExecutor({ transactionHost, actionHost, options });
  executor.load(deployment);

  function runTransaction(call: Call): FunctionOutcome {
    const { tx, written } = fakeTransaction(
      call.spec.kind === "query" ? "query" : "mutation",
      texts,
    );
    const outcome = executor.guard(() => executor.runTransaction(call, tx));
    if (outcome.ok) texts.push(...written);
    return outcome;
  }
  const call: Harness["call"] = (name, args = {}, identity = { kind: "none" }) => ({
    spec: resolve({ name }),
    args: JSON.stringify(args),
    identity,
    requestId: "r1",
    request: { ip: null, userAgent: null },
    scheduledFunction: null,
  });
  return {
    executor,
    texts,
    call,
    run: (...args) => runTransaction(call(...args)),
    action: (...args) => executor.runAction(call(...args)),
  };
}

const OPS = ["1.0/insert", "1.0/get", "1.0/queryStream", "1.0/queryStreamNext", "1.0/queryCleanup"];

export function fakeTransaction(kind: "query" | "mutation", texts: readonly string[] = []) {
  const written: string[] = [];
  let read = 0;
  const answers: Record<string, (args: { value: { text: string } }) => unknown> = {
    "1.0/insert": ({ value }) => ({ _id: `id${written.push(value.text)}` }),
    "1.0/get": () => null,
    "1.0/queryStream": () => ({ queryId: (read = 0) }),
    "1.0/queryCleanup": () => true,
    "1.0/queryStreamNext": () => {
      const text = [...texts, ...written][read++];
      return text === undefined ? { value: null, done: true } : { value: { text }, done: false };
    },
  };
  const tx = {
    kind,
    nowMs: 1_700_000_000_123,
    handles: (op: string) => OPS.includes(op),
    syscall: (_component: string, op: string, args: string) =>
      JSON.stringify(answers[op]!(JSON.parse(args))),
    enterCall: () => null,
    leaveCall: () => undefined,
    savepoint: () => written.length,
    rollbackTo: (savepoint: unknown) => void (written.length = savepoint as number),
  } as unknown as Transaction;
  return { tx, written };
}

/**
 * Functions that a test writes in place (`t.run(async (ctx) => …)`). They run in the test's own realm, as
 * mutations, queries or actions of the `convex` package whose syscalls are answered by the runtime; the
 * committer is held meanwhile, so nothing else commits.
 */
import { actionGeneric, mutationGeneric, queryGeneric } from "convex/server";
import type { FunctionSpec } from "../../../src/embedded/deploy/types";
import type { Identity, Transaction } from "../../../src/embedded/engine/types";
import { answerSyscall } from "../../../src/embedded/execution/syscalls";
import type { Call } from "../../../src/embedded/execution/types";
import type { Assembly } from "../../../src/embedded/runtime/runtime";

type Kind = "query" | "mutation" | "action";
type Host = {
  syscall(op: string, args: string): string;
  asyncSyscall(op: string, args: string): Promise<string>;
};
/** What `convex` makes of a handler; its entry points are not in its public types. */
type Registered = {
  invokeMutation(args: string): Promise<string>;
  invokeQuery(args: string): Promise<string>;
  invokeAction(requestId: string, args: string): Promise<string>;
};
export type Handler = (ctx: never) => Promise<unknown>;

const NO_ARGS = "[{}]";

/** Runs a handler and gives the JSON text of its encoded result. */
export async function runInline(
  assembly: Assembly,
  { kind, handler }: { kind: Kind; handler: Handler },
  identity: Identity,
): Promise<string> {
  const call = inlineCall(kind, identity);
  if (kind === "action") {
    const registered = actionGeneric(handler as never) as unknown as Registered;
    return await withHost(actionHost(assembly, call), () => registered.invokeAction("", NO_ARGS));
  }
  const { value } = await assembly.committer.exclusive(async (tx) => {
    const host = transactionHost(assembly, call, tx);
    const text = await withHost(host, () =>
      kind === "mutation"
        ? (mutationGeneric(handler as never) as unknown as Registered).invokeMutation(NO_ARGS)
        : (queryGeneric(handler as never) as unknown as Registered).invokeQuery(NO_ARGS),
    );
    return { commit: kind === "mutation", value: text };
  });
  return value;
}

function inlineCall(kind: Kind, identity: Identity): Call {
  const spec: FunctionSpec = {
    componentPath: "",
    modulePath: "inline",
    exportName: "default",
    environment: "isolate",
    kind,
    visibility: "internal",
    args: { type: "any" },
    returns: null,
  };
  const request = { ip: null, userAgent: null };
  return { spec, args: "{}", identity, requestId: "inline", request, scheduledFunction: null };
}

function transactionHost(
  { executor, transactionHost: host }: Assembly,
  call: Call,
  tx: Transaction,
): Host {
  let failure: { error: unknown } | null = null;
  const answer = (op: string, args: string): string => {
    const result = answerSyscall(
      {
        call,
        tx,
        host,
        observed: { identity: false, time: false },
        noteLimit: () => undefined,
        fail: (error) => (failure ??= { error }),
        runNested(nested) {
          const outcome = executor.runTransaction(nested, tx);
          if (outcome.ok) return { ok: true, value: outcome.value };
          const { message, data } = outcome.error;
          return { ok: false, rejection: data === undefined ? { message } : { message, data } };
        },
      },
      op,
      args,
    );
    if (failure !== null) throw (failure as { error: unknown }).error;
    if (typeof result === "string") return result;
    throw toRejection(result);
  };
  return { syscall: answer, asyncSyscall: async (op, args) => answer(op, args) };
}

function actionHost(assembly: Assembly, call: Call): Host {
  const { committer, runtime } = assembly;
  /** In an action each of these is a mutation by itself. */
  const inMutation = async (op: string, args: string): Promise<string> => {
    const { value } = await committer.exclusive(async (tx) => {
      const asMutation = { ...call, spec: { ...call.spec, kind: "mutation" as const } };
      const host = transactionHost(assembly, asMutation, tx);
      return { commit: true, value: host.syscall(op, args) };
    });
    return value;
  };
  const run = async (args: string): Promise<string> => {
    const { name, args: callArgs } = JSON.parse(args) as { name: string; args: unknown };
    const identity: Identity = { kind: "admin", actingAs: actingAs(call.identity) };
    const { requestId, request } = call;
    const text = JSON.stringify(callArgs);
    const reply = await runtime.run({ path: name, args: text, identity, requestId, request });
    if (reply.ok) return reply.value;
    throw toRejection(reply.error);
  };
  return {
    syscall(op) {
      throw new Error(`${op} is not there for an inline action.`);
    },
    async asyncSyscall(op, args) {
      if (/^1\.0\/actions\/(query|mutation|action)$/.test(op)) return await run(args);
      if (op === "1.0/actions/schedule") return await inMutation("1.0/schedule", args);
      if (op === "1.0/actions/cancel_job") return await inMutation("1.0/cancel_job", args);
      if (op === "1.0/getUserIdentity") return JSON.stringify(actingAs(call.identity));
      throw new Error(`${op} is not there for an inline action.`);
    },
  };
}

export function actingAs(identity: Identity) {
  if (identity.kind !== "user") return null;
  return { ...identity.attributes, tokenIdentifier: identity.tokenIdentifier };
}

/** As the realm rejects a syscall: `data` is parsed already. */
function toRejection({ message, data }: { message: string; data?: string }): Error {
  const error = new Error(message);
  return data === undefined ? error : Object.assign(error, { data: JSON.parse(data) as unknown });
}

/** The `convex` package looks for its host in a global; convex-test may have put its own there. */
async function withHost<T>(host: Host, run: () => Promise<T>): Promise<T> {
  const scope = globalThis as { Convex?: unknown };
  const before = scope.Convex;
  scope.Convex = host;
  try {
    return await run();
  } finally {
    scope.Convex = before;
  }
}

/** What a running query or mutation asks of its host: the database's operations, and the rest. */
import { UserError, type Identity, type Transaction } from "../engine/types";
import { isLimit } from "../engine/usage";
import type { Rejection } from "./inside/link";
import { isForFunction } from "./errors";
import { canonicalName } from "./outcome";
import { DEPLOYMENT, identityJson, requestMetadata } from "./metadata";
import type { Call, FunctionAddress, Observed, TransactionHost } from "./types";
import { UnsupportedError } from "./types";

/** One call within a transaction, nested or not. */
export type Frame = {
  call: Call;
  tx: Transaction;
  host: TransactionHost;
  observed: Observed;
  /** Runs a nested call one level deeper, in the same transaction unless another one is given. */
  runNested(
    call: Call,
    tx?: Transaction,
  ): { ok: true; value: string } | { ok: false; rejection: Rejection };
  /** Notes that a limit was reached: a function that fails with this message was stopped by it. */
  noteLimit(message: string): void;
  /** Ends the whole execution: the failure is ours, whatever the function makes of it. */
  fail(error: unknown): void;
};

const WRITES = new Set(["1.0/insert", "1.0/shallowMerge", "1.0/replace", "1.0/remove"]);

/** Answers with JSON text, or with the reason that the function sees. Never throws. */
export function answerSyscall(frame: Frame, op: string, args: string): string | Rejection {
  const { tx, call } = frame;
  try {
    if (!tx.handles(op)) return answerOther(frame, op, JSON.parse(args) as Args);
    if (call.spec.kind === "query" && WRITES.has(op)) {
      return { message: `${op} is not allowed in queries.` };
    }
    if (op === "1.0/getSnapshotTs") frame.observed.time = true;
    return tx.syscall(call.spec.componentPath, op, args);
  } catch (error) {
    if (!isForFunction(error)) frame.fail(error);
    else if (isLimit(error)) frame.noteLimit(error.message);
    return { message: (error as Error).message };
  }
}

type Args = Record<string, unknown>;

function answerOther(frame: Frame, op: string, args: Args): string | Rejection {
  const { call, host, tx, observed } = frame;
  const { spec } = call;
  switch (op) {
    case "1.0/runUdf":
      return runUdf(frame, args);
    case "1.0/getUserIdentity":
      observed.identity = true;
      return identityJson(call.identity);
    case "1.0/getFunctionMetadata":
      return JSON.stringify({ name: canonicalName(spec), componentPath: spec.componentPath });
    case "1.0/getDeploymentMetadata":
      return DEPLOYMENT;
    case "1.0/createFunctionHandle":
      return createFunctionHandle(host, toAddress(call, args));
    case "1.0/componentArgument":
      return componentArgument(call);
    case "1.0/getRequestMetadata":
    case "1.0/schedule":
    case "1.0/cancel_job":
    case "1.0/signJwt":
      if (spec.kind !== "mutation") return { message: `${op} is not allowed in queries.` };
      return answerMutationOnly(frame, op, args);
    case "1.0/auditLog":
      throw new UnsupportedError(op);
    default:
      return host.other(tx, { op, args, call });
  }
}

function answerMutationOnly({ call, host, tx }: Frame, op: string, args: Args): string {
  if (op === "1.0/getRequestMetadata") return requestMetadata(call);
  if (op === "1.0/signJwt") return host.other(tx, { op, args, call });
  if (op === "1.0/cancel_job") {
    host.cancelJob(tx, String(args["id"]), call);
    return "null";
  }
  const request = {
    address: toAddress(call, args),
    args: JSON.stringify(args["args"]),
    atMs: Number(args["ts"]) * 1000,
  };
  return JSON.stringify(host.schedule(tx, request, call));
}

function runUdf(frame: Frame, args: Args): string | Rejection {
  const { call, host, tx } = frame;
  const spec = host.resolve(toAddress(call, args));
  const kind = args["udfType"] === "mutation" ? "mutation" : "query";
  if (spec.kind !== kind) {
    const name = canonicalName(spec);
    return {
      message: `Trying to execute ${name} as ${capital(kind)}, but it is defined as ${capital(spec.kind)}.`,
    };
  }
  if (kind === "mutation" && call.spec.kind === "query") {
    return { message: "Queries cannot run mutations." };
  }
  const nested: Call = {
    ...call,
    spec,
    args: JSON.stringify(args["args"]),
    identity: identityFor(call, spec.componentPath),
  };
  const savepoint = tx.savepoint();
  const limits = args["transactionLimits"] as Record<string, number> | null | undefined;
  const entered = tx.enterCall(limits ?? {});
  let isGood = false;
  try {
    // It may also throw what its caller can catch: the stack being full.
    const isSnapshot = args["udfType"] === "snapshotQuery";
    const result = frame.runNested(nested, isSnapshot ? tx.snapshot() : tx);
    isGood = result.ok;
    return result.ok ? result.value : result.rejection;
  } finally {
    tx.leaveCall(entered);
    if (!isGood) tx.rollbackTo(savepoint);
  }
}

/** Who a call is made by, seen from the called component: users are known to the app only. */
export function identityFor(call: Call, componentPath: string): Identity {
  const isWithinApp = call.spec.componentPath === "" && componentPath === "";
  return isWithinApp || call.identity.kind === "admin" ? call.identity : { kind: "none" };
}

/** Handles are as good as handles of them. */
export function createFunctionHandle(
  host: Pick<TransactionHost, "resolve" | "functionHandle">,
  address: FunctionAddress,
): string {
  return JSON.stringify(address.functionHandle ?? host.functionHandle(host.resolve(address)));
}

/** Convex has taken arguments of components back, in favour of variables; what is left are none. */
export function componentArgument({ spec }: Call): string {
  if (spec.componentPath !== "") return "null";
  throw new UserError("Component arguments are not available within the app", "NoComponentArgs");
}

export function toAddress(call: Call, args: Args): FunctionAddress {
  const address: FunctionAddress = { from: call.spec.componentPath };
  for (const key of ["name", "reference", "functionHandle"] as const) {
    const value = args[key];
    if (typeof value === "string") address[key] = value;
  }
  return address;
}

function capital(kind: string): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** What a running action asks of its host. */
import type { ActionCall } from "./actionCall";
import type { Bytes, SyscallAnswer } from "./actionMessages";
import { isForFunction, systemError, toRejection } from "./errors";
import type { Rejection } from "./inside/link";
import { DEPLOYMENT, identityJson, requestMetadata } from "./metadata";
import { canonicalName } from "./outcome";
import { createFunctionHandle, identityFor, toAddress } from "./syscalls";
import { UnsupportedError, type ActionHost, type Call } from "./types";

type Args = Record<string, unknown>;
/** `bytes` of a blob that goes with the answer. */
type Answered = { answer: SyscallAnswer; bytes?: Bytes };

/** Answers with JSON text, or with the reason that the function sees. Never rejects. No action: it has ended. */
export async function answerActionSyscall(
  host: ActionHost,
  action: ActionCall | undefined,
  { op, args: text, bytes }: { op: string; args: string; bytes?: Bytes },
): Promise<Answered> {
  if (action === undefined) {
    return { answer: { message: "The action that started this work has ended." } };
  }
  const { call } = action;
  try {
    const args = JSON.parse(text) as Args;
    switch (op) {
      case "storage/storeBlob":
        return { answer: await storeBlob(host, call, { args, bytes: bytes ?? new Uint8Array() }) };
      case "storage/getBlob":
        return await getBlob(host, call, args);
      default:
        return { answer: await answer(host, call, { op, args }) };
    }
  } catch (error) {
    if (!isForFunction(error)) action.stop(systemError(error));
    return { answer: { message: error instanceof Error ? error.message : String(error) } };
  }
}

async function storeBlob(
  host: ActionHost,
  call: Call,
  { args, bytes }: { args: Args; bytes: Bytes },
): Promise<string> {
  const { contentType, sha256 } = args;
  return JSON.stringify(await host.storeFile({ bytes, contentType, sha256 }, call));
}

async function getBlob(host: ActionHost, call: Call, args: Args): Promise<Answered> {
  const file = await host.getFile(args["storageId"], call);
  if (file === null) return { answer: "null" };
  return { answer: JSON.stringify({ contentType: file.contentType }), bytes: file.bytes };
}

async function answer(
  host: ActionHost,
  call: Call,
  { op, args }: { op: string; args: Args },
): Promise<string | Rejection> {
  const { spec } = call;
  switch (op) {
    case "1.0/actions/query":
    case "1.0/actions/mutation":
    case "1.0/actions/action":
      return await runFunction(host, call, { kind: kindOf(op), args });
    case "1.0/actions/schedule":
      return JSON.stringify(
        await host.schedule(
          {
            address: toAddress(call, args),
            args: JSON.stringify(args["args"]),
            atMs: Number(args["ts"]) * 1000,
          },
          call,
        ),
      );
    case "1.0/actions/cancel_job":
      await host.cancelJob(String(args["id"]), call);
      return "null";
    case "1.0/actions/vectorSearch":
      return await host.vectorSearch(args["query"], call);
    case "1.0/getUserIdentity":
      return identityJson(call.identity);
    case "1.0/getFunctionMetadata":
      return JSON.stringify({ name: canonicalName(spec), componentPath: spec.componentPath });
    case "1.0/getDeploymentMetadata":
      return DEPLOYMENT;
    case "1.0/getRequestMetadata":
      return requestMetadata(call);
    case "1.0/createFunctionHandle":
      return createFunctionHandle(host, toAddress(call, args));
    case "1.0/getTransactionMetrics":
      // The `convex` package looks for these words to explain that actions have none.
      return { message: `Unknown async operation ${op}` };
    case "1.0/auditLog":
    case "1.0/createServiceToken":
    case "1.0/getServiceUrl":
      throw new UnsupportedError(op);
    default:
      return await host.other({ op, args, call });
  }
}

type Kind = "query" | "mutation" | "action";

function kindOf(op: string): Kind {
  return op.slice("1.0/actions/".length) as Kind;
}

async function runFunction(
  host: ActionHost,
  call: Call,
  { kind, args }: { kind: Kind; args: Args },
): Promise<string | Rejection> {
  const spec = host.resolve(toAddress(call, args));
  if (spec.kind !== kind) {
    return {
      message: `Trying to execute ${canonicalName(spec)} as ${kind}, but it is defined as ${spec.kind}.`,
    };
  }
  const outcome = await host.run(kind, {
    ...call,
    spec,
    args: JSON.stringify(args["args"]),
    identity: identityFor(call, spec.componentPath),
  });
  return outcome.ok ? outcome.value : toRejection(outcome.error);
}

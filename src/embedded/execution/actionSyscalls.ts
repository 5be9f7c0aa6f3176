/** What a running action asks of its host. */
import type { ActionCall } from "./actionCall";
import { isForFunction, systemError, toRejection } from "./errors";
import type { Rejection } from "./inside/link";
import { DEPLOYMENT, identityJson, requestMetadata } from "./metadata";
import { canonicalName } from "./outcome";
import { identityFor, toAddress } from "./syscalls";
import { UnsupportedError, type ActionHost, type Call } from "./types";

type Args = Record<string, unknown>;

/** Answers with JSON text, or with the reason that the function sees. Never rejects. No action: it has ended. */
export async function answerActionSyscall(
  host: ActionHost,
  action: ActionCall | undefined,
  { op, args }: { op: string; args: string },
): Promise<string | Rejection> {
  if (action === undefined) {
    return { message: "The action that started this work has ended." };
  }
  try {
    return await answer(host, action.call, { op, args: JSON.parse(args) as Args });
  } catch (error) {
    if (!isForFunction(error)) action.stop(systemError(error));
    return { message: error instanceof Error ? error.message : String(error) };
  }
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
    case "1.0/getUserIdentity":
      return identityJson(call.identity);
    case "1.0/getFunctionMetadata":
      return JSON.stringify({ name: canonicalName(spec), componentPath: spec.componentPath });
    case "1.0/getDeploymentMetadata":
      return DEPLOYMENT;
    case "1.0/getRequestMetadata":
      return requestMetadata(call);
    case "1.0/createFunctionHandle":
      return JSON.stringify(host.functionHandle(host.resolve(toAddress(call, args))));
    case "1.0/getTransactionMetrics":
      // The `convex` package looks for these words to explain that actions have none.
      return { message: `Unknown async operation ${op}` };
    case "1.0/auditLog":
    case "1.0/createServiceToken":
    case "1.0/getServiceUrl":
      throw new UnsupportedError(op);
    default:
      return await host.other(op, args, call);
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

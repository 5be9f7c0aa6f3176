/** Runs the app's HTTP router, and carries the response's body to its reader. */
import { ActionCall, currentAction } from "./actionCall";
import { HTTP_SPEC, type ActionRunner } from "./actions";
import { developerError, thrownError } from "./errors";
import type { Executor, FunctionError } from "./types";

type Options = Parameters<Executor["runHttpAction"]>[1];

const NO_ROUTE = "No matching routes found";

export async function runHttpAction(
  runner: ActionRunner,
  request: Request,
  options: Options,
): Promise<Response> {
  const { identity, requestId } = options;
  const { world, script } = runner.world("", "isolate");
  const call = { spec: HTTP_SPEC, args: "{}", identity, requestId, request: options.request };
  const action = new ActionCall({ ...call, scheduledFunctionId: null }, script, (line) =>
    options.onLog(line),
  );
  const end = (error: FunctionError | null) => {
    runner.finish(action);
    options.onEnd?.(error);
  };

  const client = new AbortController();
  // Listeners and streams of the function run as parts of it, whoever sets them off.
  const inAction: InAction = (fn) => currentAction.run(action, fn);
  const onLeave = () => inAction(() => client.abort());
  if (request.signal.aborted) onLeave();
  request.signal.addEventListener("abort", onLeave, { once: true });
  const inner = new Request(request, { signal: client.signal });
  const path = new URL(request.url).pathname;
  const result = await runner.race(action, async () => await world.invokeRoute?.(inner, path));
  if (!result) {
    end(null);
    return new Response(NO_ROUTE, { status: 404 });
  }
  const fail = (error: FunctionError) => {
    end(error);
    return failure(requestId, error);
  };
  if ("error" in result) return fail(result.error);
  if ("thrown" in result) return fail(thrownError(result.thrown, script));
  if (!(result.value instanceof Response)) {
    return fail(developerError("Uncaught Error: HTTP actions must return a Response"));
  }
  return withBody(result.value, { onEnd: end, onLeave, inAction });
}

type InAction = <T>(fn: () => T) => T;

function failure(requestId: string, { message, data }: FunctionError): Response {
  const body = {
    code: `[Request ID: ${requestId}] Server Error`,
    trace: message,
    ...(data === undefined ? {} : { data: JSON.parse(data) as unknown }),
  };
  return Response.json(body, { status: 500 });
}

/**
 * The response with a body that can be abandoned: when the client leaves, the function's stream is read
 * on to its end, so that what it still has to store gets stored.
 */
function withBody(
  response: Response,
  {
    onEnd,
    onLeave,
    inAction,
  }: {
    onEnd: (error: FunctionError | null) => void;
    onLeave: () => void;
    inAction: InAction;
  },
): Response {
  if (response.body === null) {
    onEnd(null);
    return response;
  }
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await inAction(() => reader.read());
        if (!done) return controller.enqueue(value);
        controller.close();
        onEnd(null);
      } catch (error) {
        controller.error(error);
        onEnd(developerError(`Uncaught ${String(error)}`));
      }
    },
    cancel() {
      onLeave();
      void inAction(() => readOn(reader)).then(onEnd);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

async function readOn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<FunctionError | null> {
  try {
    while (!(await reader.read()).done);
    return null;
  } catch (error) {
    return developerError(`Uncaught ${String(error)}`);
  }
}

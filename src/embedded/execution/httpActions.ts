/** Runs HTTP routers, the app's and those of components, and carries the response's body to its reader. */
import type { BodyPiece, ResponseHead } from "./actionMessages";
import { failureOf, httpSpec, type ActionRunner, type StartedAction } from "./actions";
import { developerError } from "./errors";
import type { Executor, FunctionError } from "./types";

type Options = Parameters<Executor["runHttpAction"]>[1];

const NO_ROUTE = "No matching routes found";

export async function runHttpAction(
  runner: ActionRunner,
  request: Request,
  options: Options,
): Promise<Response> {
  const { identity, requestId, target } = options;
  const spec = httpSpec(target.componentPath);
  const call = { spec, args: "{}", identity, requestId, request: options.request };
  const started = runner.start(
    { ...call, scheduledFunction: null },
    {
      kind: "http",
      url: request.url,
      path: target.path,
      method: request.method,
      headers: [...request.headers] as [string, string][],
      body: request.body === null ? null : new Uint8Array(await request.arrayBuffer()),
    },
    (line) => options.onLog(line),
  );
  const end = (error: FunctionError | null) => {
    started.end();
    options.onEnd?.(error);
  };

  const onLeave = () => started.ask("leave");
  if (request.signal.aborted) onLeave();
  request.signal.addEventListener("abort", onLeave, { once: true });
  const outcome = await started.action.outcome;
  if (outcome.kind === "responded") return toResponse(outcome.head, started, end);
  if (outcome.kind === "noRoute") {
    end(null);
    return new Response(NO_ROUTE, { status: 404 });
  }
  const error = failureOf(outcome, started.action.script);
  end(error);
  return failure(requestId, error);
}

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
function toResponse(
  { hasBody, ...head }: ResponseHead,
  { action, ask }: StartedAction,
  onEnd: (error: FunctionError | null) => void,
): Response {
  if (!hasBody) {
    onEnd(null);
    return new Response(null, head);
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await new Promise<BodyPiece>((resolve) => {
        action.listen(resolve);
        ask("pull");
      });
      if (piece.kind === "bytes") return controller.enqueue(piece.bytes);
      if (piece.kind === "end") controller.close();
      else controller.error(new Error(piece.message));
      onEnd(errorOf(piece));
    },
    cancel() {
      action.listen((piece) => {
        if (piece.kind !== "bytes") onEnd(errorOf(piece));
      });
      ask("leave");
    },
  });
  return new Response(body, head);
}

function errorOf(piece: BodyPiece): FunctionError | null {
  return piece.kind === "failed" ? developerError(`Uncaught ${piece.message}`) : null;
}

/**
 * `GET /health`, for load balancers: 200 while requests are worth sending. That takes a store that answers
 * and a deployment to serve. The answers while the server starts and ends come from `gate.ts`.
 */
import type { ApiCall } from "./api";
import { json, type Reply } from "./reply";

export function healthGet({ runtime, reportError }: ApiCall): Reply {
  const status = statusOf(runtime, reportError);
  return json(JSON.stringify({ status }), status === "ok" ? 200 : 503);
}

type Status = "ok" | "no deployment" | "store failed";

function statusOf(runtime: ApiCall["runtime"], reportError: (error: unknown) => void): Status {
  try {
    runtime.checkStore();
  } catch (error) {
    reportError(error);
    return "store failed";
  }
  return runtime.deployment() === null ? "no deployment" : "ok";
}

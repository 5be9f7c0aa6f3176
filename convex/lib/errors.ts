/** One way to fail, and one way to recognise a failure again. */
import { ConvexError } from "convex/values";
import { HTTP_STATUS_BY_KIND, type AppErrorData } from "../../src/core/errors";

/** Ends the function with a failure the caller can act on; inside a mutation nothing is written. */
export function fail(data: AppErrorData): never {
  throw new ConvexError(data);
}

/** The failure inside `error`, or null when it is a bug or some component's own error. */
export function asAppError(error: unknown): AppErrorData | null {
  if (!(error instanceof ConvexError)) return null;
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null || !("kind" in data)) return null;
  return Object.hasOwn(HTTP_STATUS_BY_KIND, String(data.kind)) ? (data as AppErrorData) : null;
}

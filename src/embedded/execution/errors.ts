/** From what went wrong to the `FunctionError` that callers see. */
import type { LinkedScript } from "../deploy/types";
import { UserError } from "../engine/types";
import type { Rejection, Thrown } from "./inside/link";
import { projectFrames } from "./stacks";
import { UnsupportedError, type FunctionError } from "./types";

export function thrownError(thrown: Thrown, script: LinkedScript | null): FunctionError {
  const frames = projectFrames(thrown.stack, script);
  const error = developerError([`Uncaught ${thrown.message}`, ...frames].join("\n"));
  return thrown.data === undefined ? error : { ...error, data: thrown.data };
}

export function developerError(message: string): FunctionError {
  return { kind: "developer", message };
}

export function limitError(message: string): FunctionError {
  return { kind: "limit", message };
}

/** A call's failure as the calling function catches it. */
export function toRejection({ message, data }: FunctionError): Rejection {
  return data === undefined ? { message } : { message, data };
}

/** Whether the function may catch this failure of a syscall. Anything else is our fault and ends it. */
export function isForFunction(error: unknown): error is Error {
  if (error instanceof UserError || error instanceof UnsupportedError) return true;
  // The function recursed until the stack was full, and the last frames happened to be the host's.
  if (error instanceof RangeError && error.message.includes("call stack")) return true;
  return error instanceof Error && error.name === "RequestError";
}

export function systemError(error: unknown): FunctionError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: "system", message: `Internal error: ${text}` };
}

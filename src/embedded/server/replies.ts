/** Function replies as clients see them: error messages, log lines, and the JSON around a result. */
import { randomUUID } from "node:crypto";
import type { FunctionError, LogLine } from "../execution/types";

/** 16 digits. Node takes UUIDs from a pool, which is fifty times as fast as asking for random bytes. */
export function newRequestId(): string {
  const uuid = randomUUID();
  return uuid.slice(-12) + uuid.slice(0, 4);
}

/** Convex's wording, in which tools look for the request id. */
export function errorMessage(error: { message: string }, requestId: string): string {
  return `[Request ID: ${requestId}] Server Error\n${error.message}`;
}

/** JSON text of the array of lines, each "[LEVEL] messages". */
export function logLinesText(logLines: readonly LogLine[]): string {
  if (logLines.length === 0) return "[]";
  return JSON.stringify(logLines.map((line) => `[${line.level}] ${line.messages.join(" ")}`));
}

/** The fields of a failure that a client distinguishes: `,"errorData":…` or nothing. */
export function errorDataField(error: FunctionError): string {
  return error.data === undefined ? "" : `,"errorData":${error.data}`;
}

/** How much one call of a function has used of what Convex limits. */
import { DEFAULT_LIMITS, type TransactionUse } from "../../engine/usage";
import type { Call, FunctionOutcome } from "../../execution/types";
import type { Json } from "../../values/json";
import { LIMITS } from "../../values/limits";
import { sizeBytes } from "../../values/size";

/** The limits of a query or mutation, by the names of `1.0/getTransactionMetrics` where that has one. */
export const FUNCTION_LIMITS = {
  ...DEFAULT_LIMITS,
  largestDocumentBytes: LIMITS.documentBytes,
  largestJobArgsBytes: LIMITS.jobArgsBytes,
  argsBytes: LIMITS.argsBytes,
  resultBytes: LIMITS.resultBytes,
  userTimeMs: LIMITS.userTimeMs,
} as const;

export type Limited = keyof typeof FUNCTION_LIMITS;
export type FunctionUse = Readonly<Record<Limited, number>>;

export function functionUse(
  call: Call,
  used: TransactionUse,
  outcome: FunctionOutcome,
): FunctionUse {
  return {
    ...used,
    argsBytes: textBytes(call.args),
    resultBytes: outcome.ok ? textBytes(outcome.value) : 0,
    userTimeMs: outcome.userTimeMs ?? 0,
  };
}

/** Below this, a value's text tells its size well enough. */
const MEASURED_CHARS_MIN = 256 * 1024;

/** The size of a value that is given as JSON text. */
export function textBytes(text: string): number {
  return text.length < MEASURED_CHARS_MIN ? text.length : sizeBytes(JSON.parse(text) as Json);
}

/** What a function is told in its log when it came near a limit, in Convex's words (crates/isolate, crates/udf). */
import type { FunctionSpec } from "../../deploy/types";
import { LIMITS } from "../../values/limits";
import { FUNCTION_LIMITS, type FunctionUse, type Limited } from "./functionUse";

/** From here on, of a limit: crates/common/src/knobs.rs, FUNCTION_LIMIT_WARNING_RATIO. */
const RATIO = 0.8;

const OVER_LIMIT_HELP =
  "Consider using smaller limits in your queries, paginating your queries, " +
  "or using indexed queries with a selective index range expressions.";

/** What is used, its unit, and advice. Files have no warning at Convex, and time has one of its own. */
const WORDINGS: readonly [Limited, string, unit?: string, help?: string][] = [
  ["argsBytes", "Large size of the function arguments", " bytes"],
  ["documentsRead", "Many documents read in a single function execution", "", OVER_LIMIT_HELP],
  ["databaseQueries", "Many reads in a single function execution", "", OVER_LIMIT_HELP],
  ["bytesRead", "Many bytes read in a single function execution", " bytes", OVER_LIMIT_HELP],
  ["documentsWritten", "Many writes in a single function execution"],
  ["bytesWritten", "Many bytes written in a single function execution", " bytes"],
  ["functionsScheduled", "Many functions scheduled by this mutation"],
  [
    "scheduledFunctionArgsBytes",
    "Large total size of the arguments of scheduled functions from this mutation",
    " bytes",
  ],
  [
    "largestJobArgsBytes",
    "Large arguments for a single scheduled function from this mutation",
    " bytes",
  ],
  ["largestDocumentBytes", "Large document written", " bytes"],
  ["resultBytes", "Large size of the function return value", " bytes"],
];

/** Nothing of what is over its limit: that has failed by itself. */
export function limitWarnings(use: FunctionUse): string[] {
  const warnings: string[] = [];
  for (const [name, what, unit = "", help = ""] of WORDINGS) {
    const actual = use[name];
    const limit = FUNCTION_LIMITS[name];
    if (!isNear(actual, limit)) continue;
    const suffix = help === "" ? "" : ` ${help}`;
    warnings.push(`${what} (actual: ${actual}${unit}, limit: ${limit}${unit}).${suffix}`);
  }
  const slow = slowWarning(use.userTimeMs, LIMITS.userTimeMs);
  return slow === null ? warnings : [...warnings, slow];
}

/** @param use.durationMs - Of the whole action, for that is what is limited. */
export function actionWarnings(
  { environment }: FunctionSpec,
  use: { argsBytes: number; resultBytes: number; durationMs: number },
): string[] {
  const sizes: [string, number, number][] = [
    ["Large size of the action arguments", use.argsBytes, LIMITS.argsBytes],
    ["Large size of the action return value", use.resultBytes, LIMITS.resultBytes],
  ];
  const warnings = sizes
    .filter(([, actual, limit]) => isNear(actual, limit))
    .map(([what, actual, limit]) => `${what} (actual: ${actual} bytes, limit: ${limit} bytes).`);
  const limitMs = environment === "node" ? LIMITS.nodeActionMs : LIMITS.actionMs;
  const slow = slowWarning(use.durationMs, limitMs);
  return slow === null ? warnings : [...warnings, slow];
}

function slowWarning(actualMs: number, limitMs: number): string | null {
  if (!isNear(actualMs, limitMs)) return null;
  return (
    "Function execution took a long time. " +
    `(maximum duration: ${limitMs / 1_000}s, actual duration: ${Math.round(actualMs)}ms).`
  );
}

function isNear(actual: number, limit: number): boolean {
  return actual > Math.floor(limit * RATIO) && actual <= limit;
}

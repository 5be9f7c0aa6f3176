/** Checks that every call goes through, whatever kind of function it runs. */
import type { FunctionSpec } from "../deploy/types";
import type { Json } from "../values/json";
import { checkValue, LIMITS } from "../values/limits";
import { isModest } from "../values/shape";
import { formatMebibytes, sizeBoundBytes, sizeBytes } from "../values/size";
import { checkArgs, checkReturns, type ValidationContext } from "../values/validate";
import { developerError, limitError } from "./errors";
import type { Call, FunctionError } from "./types";

export function canonicalName({ modulePath, exportName }: FunctionSpec): string {
  return `${modulePath}:${exportName}`;
}

/** With the module's file, as Convex's messages about sizes name functions. */
function storedName({ modulePath, exportName }: FunctionSpec): string {
  return `${modulePath}.js:${exportName}`;
}

/** By how much a value, given as its JSON text, is larger than `maxBytes`, in words; or null. */
function excessOf(text: string, maxBytes: number): string | null {
  if (sizeBoundBytes(text.length) <= maxBytes) return null;
  const bytes = sizeBytes(JSON.parse(text) as Json);
  if (bytes <= maxBytes) return null;
  return `(actual: ${formatMebibytes(bytes)}, limit: ${formatMebibytes(maxBytes)})`;
}

/** What keeps a value, given as its JSON text, from being one of Convex's, or null. */
function shapeProblem(text: string): string | null {
  return isModest(text) ? null : checkValue(JSON.parse(text) as Json);
}

/** Why a call cannot start, or null. */
export function argsProblem(
  { spec, args, checkedArgs }: Call,
  tables: ValidationContext,
): FunctionError | null {
  const excess = excessOf(args, LIMITS.argsBytes);
  if (excess !== null) {
    return limitError(`Arguments for ${storedName(spec)} are too large ${excess}`);
  }
  const value = checkedArgs?.text === args ? checkedArgs.value : null;
  const problem = value === null ? shapeProblem(args) : null;
  if (problem !== null) {
    return developerError(`Invalid arguments for ${storedName(spec)}: ${problem}`);
  }
  if (spec.args.type === "any") return null;
  const message = checkArgs(spec.args, value ?? (JSON.parse(args) as Json), tables);
  return message === null ? null : developerError(message);
}

/** Why a call's result cannot be returned, or null. */
export function returnsProblem(
  spec: FunctionSpec,
  value: string,
  tables: ValidationContext,
): FunctionError | null {
  const excess = excessOf(value, LIMITS.resultBytes);
  if (excess !== null) {
    return limitError(`Function ${storedName(spec)} return value is too large ${excess}`);
  }
  const problem = shapeProblem(value);
  if (problem !== null) {
    return developerError(`Function ${storedName(spec)} return value invalid: ${problem}`);
  }
  if (spec.returns === null || spec.returns.type === "any") return null;
  const message = checkReturns(spec.returns, JSON.parse(value) as Json, tables);
  return message === null ? null : developerError(message);
}

/** Checks that every call goes through, whatever kind of function it runs. */
import type { FunctionSpec } from "../deploy/types";
import type { Json } from "../values/json";
import { checkArgs, checkReturns, type ValidationContext } from "../values/validate";
import { developerError } from "./errors";
import type { FunctionError } from "./types";

const BYTES_MAX = 16 * 1024 * 1024;

export function canonicalName({ modulePath, exportName }: FunctionSpec): string {
  return `${modulePath}:${exportName}`;
}

/** Why a call cannot start, or null. `args` is the JSON text of the encoded arguments object. */
export function argsProblem(
  spec: FunctionSpec,
  args: string,
  tables: ValidationContext,
): FunctionError | null {
  if (args.length > BYTES_MAX) {
    return developerError(
      `Arguments for ${canonicalName(spec)} are too large (maximum size 16 MiB)`,
    );
  }
  if (spec.args.type === "any") return null;
  const message = checkArgs(spec.args, JSON.parse(args) as Json, tables);
  return message === null ? null : developerError(message);
}

/** Why a call's result cannot be returned, or null. */
export function returnsProblem(
  spec: FunctionSpec,
  value: string,
  tables: ValidationContext,
): FunctionError | null {
  if (value.length > BYTES_MAX) {
    return developerError(
      `Function ${canonicalName(spec)} return value is too large (maximum size 16 MiB)`,
    );
  }
  if (spec.returns === null || spec.returns.type === "any") return null;
  const message = checkReturns(spec.returns, JSON.parse(value) as Json, tables);
  return message === null ? null : developerError(message);
}

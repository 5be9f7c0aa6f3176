/** Evaluating the expressions of `.filter()` over encoded documents. */
import { compareEncoded } from "../values/compare";
import {
  decodeFloat,
  decodeInteger,
  isObject,
  specialKey,
  type SpecialKey,
} from "../values/decode";
import { displayValue } from "../values/display";
import type { Json, JsonDocument } from "../values/json";
import { argumentError } from "./errors";
import { fieldAt } from "./indexKeys";
import { UserError } from "./types";

/** Whether a document passes. Throws a `UserError` where Convex fails to evaluate. */
export type Filter = (doc: JsonDocument) => boolean;

type Expression = (doc: JsonDocument) => Json | undefined;

/** Compiles the JSON of an expression once, so that it is not read again for each document. */
export function compileFilter(json: Json | undefined): Filter {
  const expression = compile(json, 0);
  return (doc) => toBoolean(expression(doc));
}

/** Deeper than any expression that a person or a sensible program writes; it bounds the stack. */
const DEPTH_MAX = 512;

function compile(json: Json | undefined, depth: number): Expression {
  if (!isObject(json) || depth > DEPTH_MAX) throw malformed(json);
  const [entry, ...others] = Object.entries(json);
  if (entry === undefined || others.length > 0) throw malformed(json);
  const [operator, operand] = entry;
  const compileOperands = OPERATORS.get(operator);
  if (compileOperands === undefined) throw malformed(json);
  return compileOperands(operand, depth);
}

const OPERATORS: ReadonlyMap<string, (operand: Json, depth: number) => Expression> = new Map([
  ["$field", compileField],
  ["$literal", compileLiteral],
  ["$eq", comparison((order) => order === 0)],
  ["$neq", comparison((order) => order !== 0)],
  ["$lt", comparison((order) => order < 0)],
  ["$lte", comparison((order) => order <= 0)],
  ["$gt", comparison((order) => order > 0)],
  ["$gte", comparison((order) => order >= 0)],
  ["$add", arithmetic({ verb: "add", integers: (l, r) => l + r, floats: (l, r) => l + r })],
  ["$sub", arithmetic({ verb: "subtract", integers: (l, r) => l - r, floats: (l, r) => l - r })],
  ["$mul", arithmetic({ verb: "multiply", integers: (l, r) => l * r, floats: (l, r) => l * r })],
  ["$div", arithmetic({ verb: "divide", integers: divide, floats: (l, r) => l / r })],
  ["$mod", arithmetic({ verb: "mod", integers: modulo, floats: (l, r) => l % r })],
  ["$neg", compileNegation],
  ["$and", compileAnd],
  ["$or", compileOr],
  ["$not", compileNot],
]);

function compileField(path: Json): Expression {
  if (typeof path !== "string" || !/^[^.$][^.]*(\.[^.$][^.]*)*$/.test(path)) throw malformed(path);
  return (doc) => fieldAt(doc, path);
}

function compileLiteral(literal: Json): Expression {
  const value = isUndefined(literal) ? undefined : literal;
  return () => value;
}

function comparison(holds: (order: number) => boolean) {
  return (operands: Json, depth: number): Expression => {
    const [left, right] = compilePair(operands, depth);
    return (doc) => holds(compareEncoded(left(doc), right(doc)));
  };
}

type Arithmetic = {
  verb: string;
  /** Null for a division by zero. */
  integers: (l: bigint, r: bigint) => bigint | null;
  floats: (l: number, r: number) => number;
};

function arithmetic(operation: Arithmetic) {
  return (operands: Json, depth: number): Expression => {
    const [left, right] = compilePair(operands, depth);
    return (doc) => calculate(operation, left(doc), right(doc));
  };
}

function compileNegation(operand: Json, depth: number): Expression {
  const inner = compile(operand, depth + 1);
  return (doc) => negate(inner(doc));
}

function compileNot(operand: Json, depth: number): Expression {
  const inner = compile(operand, depth + 1);
  return (doc) => !toBoolean(inner(doc));
}

function compileAnd(operands: Json, depth: number): Expression {
  const inner = compileList(operands, depth);
  return (doc) => inner.every((expression) => toBoolean(expression(doc)));
}

function compileOr(operands: Json, depth: number): Expression {
  const inner = compileList(operands, depth);
  return (doc) => inner.some((expression) => toBoolean(expression(doc)));
}

function compilePair(operands: Json, depth: number): [Expression, Expression] {
  if (!Array.isArray(operands) || operands.length !== 2) throw malformed(operands);
  return [compile(operands[0], depth + 1), compile(operands[1], depth + 1)];
}

function compileList(operands: Json, depth: number): Expression[] {
  if (!Array.isArray(operands)) throw malformed(operands);
  return operands.map((operand) => compile(operand, depth + 1));
}

function divide(l: bigint, r: bigint): bigint | null {
  return r === 0n ? null : l / r;
}

function modulo(l: bigint, r: bigint): bigint | null {
  return r === 0n ? null : l % r;
}

/** Integers with integers and floats with floats, as Convex does. */
function calculate({ verb, integers, floats }: Arithmetic, l?: Json, r?: Json): Json {
  const left = toNumeric(l);
  const right = toNumeric(r);
  if (typeof left === "number" && typeof right === "number") {
    return encodeFloat(floats(left, right));
  }
  if (typeof left === "bigint" && typeof right === "bigint") {
    const result = integers(left, right);
    if (result === null) throw evalError(`Cannot ${verb} ${left} by zero`);
    if (!isInt64(result)) {
      throw evalError(`Cannot ${verb} ${left} and ${right}: the result is out of range for Int64`);
    }
    return encodeInteger(result);
  }
  throw evalError(`Cannot ${verb} ${describe(l)} and ${describe(r)}`);
}

function isInt64(integer: bigint): boolean {
  return BigInt.asIntN(64, integer) === integer;
}

function negate(value: Json | undefined): Json {
  const number = toNumeric(value);
  if (typeof number === "number") return encodeFloat(-number);
  if (typeof number !== "bigint") throw evalError(`Cannot negate ${describe(value)}`);
  if (!isInt64(-number)) {
    throw evalError(`Cannot negate ${number}: the result is out of range for Int64`);
  }
  return encodeInteger(-number);
}

function isUndefined(value: Json | undefined): boolean {
  return isObject(value) && specialKey(value) === "$undefined";
}

function toBoolean(value: Json | undefined): boolean {
  if (typeof value === "boolean") return value;
  throw evalError(`Cannot use value ${describe(value)} as a Boolean`);
}

/** A float as a number, an integer as a bigint, anything else as null. */
function toNumeric(value: Json | undefined): number | bigint | null {
  if (typeof value === "number") return value;
  if (!isObject(value)) return null;
  const key = specialKey(value);
  if (key === "$integer") return decodeInteger(value[key]);
  if (key === "$float") return decodeFloat(value[key]);
  return key === "$commitTs" ? INT64_MAX : null;
}

/** What a placeholder for the commit's timestamp counts as until the commit. */
const INT64_MAX = 2n ** 63n - 1n;

function encodeInteger(integer: bigint): Json {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(integer);
  return { $integer: bytes.toString("base64") };
}

function encodeFloat(float: number): Json {
  if (Number.isFinite(float) && !Object.is(float, -0)) return float;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(float);
  return { $float: bytes.toString("base64") };
}

function describe(value: Json | undefined): string {
  const shown = value === undefined ? "undefined" : displayValue(value);
  return `${shown} (type ${typeName(value)})`;
}

function typeName(value: Json | undefined): string {
  if (value === undefined) return "undefined";
  if (value === null) return "Null";
  if (typeof value === "boolean") return "Boolean";
  if (typeof value === "number") return "Float64";
  if (typeof value === "string") return "String";
  if (Array.isArray(value)) return "Array";
  return OBJECT_TYPE_NAMES[specialKey(value) ?? "object"];
}

const OBJECT_TYPE_NAMES = {
  $integer: "Int64",
  $commitTs: "Int64",
  $float: "Float64",
  $bytes: "Bytes",
  $undefined: "undefined",
  object: "Object",
} as const satisfies Record<SpecialKey | "object", string>;

function evalError(message: string): UserError {
  return new UserError(message, "EvalError");
}

function malformed(json: Json | undefined): UserError {
  return argumentError(
    "query",
    "filter",
    `${JSON.stringify(json) ?? "undefined"} is not a filter expression`,
  );
}

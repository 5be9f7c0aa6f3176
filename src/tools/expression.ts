/**
 * Arithmetic as people write it, computed while it is read, by recursive descent:
 *
 *     sum     = product (("+" | "-") product)*
 *     product = signed (("*" | "/" | "%") signed)*
 *     signed  = ("-" | "+") signed | power
 *     power   = atom ("^" signed)?
 *     atom    = number | constant | function "(" sum ("," sum)* ")" | "(" sum ")"
 */
import { apply, constant } from "./functions";
import { ToolFailure } from "./tool";

const DEPTH_MAX = 64;
const TOKEN = /\s*((?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[a-z][a-z0-9]*|[-+*/%^(),])/iy;

/**
 * What the expression comes to, in JavaScript's numbers: about 15 digits.
 *
 * @throws ToolFailure - It cannot be read, is nested too deep, divides by zero, or has no finite result.
 */
export function evaluate(expression: string): number {
  const reader: Reader = { tokens: tokensOf(expression), at: 0, depth: 0 };
  const value = sum(reader);
  if (peek(reader) !== undefined) throw unexpected(reader);
  return value;
}

type Reader = { readonly tokens: readonly string[]; at: number; depth: number };

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) {
      const rest = text.slice(start).trimStart();
      throw new ToolFailure(`"${String.fromCodePoint(rest.codePointAt(0) ?? 0)}" has no meaning.`);
    }
    tokens.push(token.toLowerCase());
  }
  return tokens;
}

function sum(reader: Reader): number {
  let value = product(reader);
  for (;;) {
    if (take(reader, "+")) value = finite(value + product(reader));
    else if (take(reader, "-")) value = finite(value - product(reader));
    else return value;
  }
}

function product(reader: Reader): number {
  let value = signed(reader);
  for (;;) {
    if (take(reader, "*")) value = finite(value * signed(reader));
    else if (take(reader, "/")) value = finite(value / divisor(reader));
    else if (take(reader, "%")) value = finite(value % divisor(reader));
    else return value;
  }
}

function divisor(reader: Reader): number {
  const value = signed(reader);
  if (value === 0) throw new ToolFailure("The expression divides by zero.");
  return value;
}

/** Whatever nests comes through here, and is counted here. */
function signed(reader: Reader): number {
  reader.depth += 1;
  if (reader.depth > DEPTH_MAX) {
    throw new ToolFailure(`The expression is nested deeper than ${DEPTH_MAX} levels.`);
  }
  const value = take(reader, "-")
    ? -signed(reader)
    : take(reader, "+")
      ? signed(reader)
      : power(reader);
  reader.depth -= 1;
  return value;
}

function power(reader: Reader): number {
  const base = atom(reader);
  return take(reader, "^") ? finite(base ** signed(reader)) : base;
}

function atom(reader: Reader): number {
  const token = peek(reader);
  if (token === undefined) throw new ToolFailure("The expression ends too early.");
  if (/^[\d.]/.test(token)) {
    reader.at += 1;
    return finite(Number(token));
  }
  if (/^[a-z]/.test(token)) {
    reader.at += 1;
    return take(reader, "(") ? finite(apply(token, listed(reader))) : constant(token);
  }
  if (!take(reader, "(")) throw unexpected(reader);
  const value = sum(reader);
  expect(reader, ")");
  return value;
}

function listed(reader: Reader): number[] {
  const values = [sum(reader)];
  while (take(reader, ",")) values.push(sum(reader));
  expect(reader, ")");
  return values;
}

function peek(reader: Reader): string | undefined {
  return reader.tokens[reader.at];
}

function take(reader: Reader, token: string): boolean {
  if (peek(reader) !== token) return false;
  reader.at += 1;
  return true;
}

function expect(reader: Reader, token: string): void {
  if (!take(reader, token)) throw unexpected(reader);
}

function unexpected(reader: Reader): ToolFailure {
  const token = peek(reader);
  if (token === undefined) return new ToolFailure("The expression ends too early.");
  const before = reader.tokens.slice(Math.max(0, reader.at - 3), reader.at).join(" ");
  return new ToolFailure(`"${token}" cannot stand ${before ? `after "${before}"` : "first"}.`);
}

function finite(value: number): number {
  if (Number.isNaN(value)) throw new ToolFailure("A part of the expression has no real result.");
  if (!Number.isFinite(value)) throw new ToolFailure("The result is too large.");
  return value;
}

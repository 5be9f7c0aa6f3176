/** Comparing encoded values as queries do: the order of their index keys. */
import type { Json } from "./json";
import { compareKeys, encodeKey } from "./keys";

/** Negative, zero or positive. `undefined` (a missing field) comes before everything. */
export function compareEncoded(a: Json | undefined, b: Json | undefined): number {
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  if (typeof a === "number" && typeof b === "number") return compareNumbers(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  return compareKeys(encodeKey([a]), encodeKey([b]));
}

/** -0 goes before 0, which `<` does not see. */
function compareNumbers(a: number, b: number): number {
  if (a !== b) return a < b ? -1 : 1;
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}

const HIGH_SURROGATE_FIRST = 0xd800;
const HIGH_SURROGATE_LAST = 0xdbff;

/** By code points, as UTF-8 sorts: `<` goes by UTF-16 units and puts U+1F600 before U+E000. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    if (i > 0 && isHighSurrogate(a.charCodeAt(i - 1))) {
      // The unit before began a character in both; it may be whole in one of them only.
      const points = codePoint(a, i - 1) - codePoint(b, i - 1);
      if (points !== 0) return points;
    }
    return codePoint(a, i) - codePoint(b, i);
  }
  return a.length - b.length;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= HIGH_SURROGATE_FIRST && unit <= HIGH_SURROGATE_LAST;
}

function codePoint(text: string, at: number): number {
  return text.codePointAt(at) ?? 0;
}

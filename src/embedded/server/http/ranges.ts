/** `Range` headers, read as Convex reads them: one range of bytes, or none at all. */
import type { ByteRange } from "../../store/files";

/** `whole`: no range was asked for. `unsatisfiable`: nothing of what was asked for is there. */
export type AskedRange =
  { kind: "whole" } | { kind: "part"; range: ByteRange } | { kind: "unsatisfiable" };

const UNIT = "bytes=";
const SPEC = /^\s*([0-9]*)-([0-9]*)\s*$/;
const WHOLE: AskedRange = { kind: "whole" };
const UNSATISFIABLE: AskedRange = { kind: "unsatisfiable" };

/** Which bytes of a file of `sizeBytes` the header asks for. Several ranges are refused, as by Convex. */
export function parseRange(header: string | undefined, sizeBytes: number): AskedRange {
  // A unit that is not known is to be ignored; and of no bytes at all, all can be given.
  if (header === undefined || !header.startsWith(UNIT) || sizeBytes === 0) return WHOLE;
  const [, first = "", last = ""] = SPEC.exec(header.slice(UNIT.length)) ?? [];
  const range = first === "" ? suffix(last, sizeBytes) : between(first, last, sizeBytes);
  return range === null ? UNSATISFIABLE : { kind: "part", range };
}

/** "-500": the last 500 bytes, or all where there are fewer. */
function suffix(length: string, sizeBytes: number): ByteRange | null {
  const bytes = Number(length);
  if (bytes === 0) return null; // and also where there is no number
  return { start: Math.max(0, sizeBytes - bytes), end: sizeBytes - 1 };
}

/** "500-" and "500-999", which may say more than there is. */
function between(first: string, last: string, sizeBytes: number): ByteRange | null {
  const start = Number(first);
  const end = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return start <= end ? { start, end } : null;
}

/** Checks of callers' values; each fails with `invalid_argument` and says what to change. */
import { fail } from "./errors";

/** The text without the space around it, when it has between 1 and `lengthMax` characters. */
export function checkedText(field: string, text: string, lengthMax: number): string {
  const trimmed = text.trim();
  if (trimmed.length === 0) fail({ kind: "invalid_argument", field, reason: "is blank" });
  return checkedLength(field, trimmed, lengthMax);
}

/** The text as it is, when it has at most `lengthMax` characters. */
export function checkedLength(field: string, text: string, lengthMax: number): string {
  if (text.length > lengthMax) {
    const reason = `has ${text.length} characters; at most ${lengthMax} are allowed`;
    fail({ kind: "invalid_argument", field, reason });
  }
  return text;
}

/** The number, when it is a whole one from `min` to `max`. */
export function checkedInteger(
  field: string,
  value: number,
  { min, max }: { min: number; max: number },
): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    fail({
      kind: "invalid_argument",
      field,
      reason: `must be a whole number from ${min} to ${max}`,
    });
  }
  return value;
}

/** From 1970 on, and with some years to go before names of periods have five digits in their year. */
const MOMENT_MAX = Date.UTC(9_999, 0);

/** The moment that an answer is told from: now, unless the caller says another one. */
export function checkedNow(nowMs: number | undefined): number {
  if (nowMs === undefined) return Date.now();
  if (nowMs >= 0 && nowMs <= MOMENT_MAX) return nowMs;
  const reason = "give milliseconds since 1970, or leave it out";
  return fail({ kind: "invalid_argument", field: "nowMs", reason });
}

/** The list, when it has at most `countMax` entries, none of them blank or longer than `lengthMax`. */
export function checkedList(
  field: string,
  list: readonly string[],
  { countMax, lengthMax }: { countMax: number; lengthMax: number },
): string[] {
  if (list.length > countMax) {
    const reason = `has ${list.length} entries; at most ${countMax} are allowed`;
    fail({ kind: "invalid_argument", field, reason });
  }
  return list.map((text) => checkedText(field, text, lengthMax));
}

/** What a tenant says of a thing in its own words, when it is small enough. */
export function checkedMetadata(metadata: Record<string, unknown>): Record<string, unknown> {
  return checkedRecord("metadata", metadata);
}

const RECORD_KEYS_MAX = 64;
const RECORD_CHARS_MAX = 8_192;

/** A record of the tenant's own, when it is JSON and small enough to travel with its row everywhere. */
export function checkedRecord(
  field: string,
  record: Record<string, unknown>,
  { charsMax = RECORD_CHARS_MAX }: { charsMax?: number } = {},
): Record<string, unknown> {
  const refuse = (reason: string): never => fail({ kind: "invalid_argument", field, reason });
  if (!isJson(record)) return refuse("may hold JSON only: no bigint, bytes or endless number");
  if (Object.keys(record).length > RECORD_KEYS_MAX || JSON.stringify(record).length > charsMax) {
    return refuse(`may have ${RECORD_KEYS_MAX} keys and ${charsMax} characters of JSON`);
  }
  return record;
}

function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (Array.isArray(value)) return value.every(isJson);
  // Of what Convex has, bytes are the only other object.
  return (
    typeof value === "object" &&
    !(value instanceof ArrayBuffer) &&
    Object.values(value).every(isJson)
  );
}

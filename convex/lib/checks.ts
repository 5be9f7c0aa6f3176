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

const METADATA_KEYS_MAX = 64;
const METADATA_CHARS_MAX = 8_192;

/** The metadata, when it is small enough to travel with its row everywhere. */
export function checkedMetadata<Value>(metadata: Record<string, Value>): Record<string, Value> {
  if (
    Object.keys(metadata).length > METADATA_KEYS_MAX ||
    JSON.stringify(metadata).length > METADATA_CHARS_MAX
  ) {
    const reason = `may have ${METADATA_KEYS_MAX} keys and ${METADATA_CHARS_MAX} characters of JSON`;
    fail({ kind: "invalid_argument", field: "metadata", reason });
  }
  return metadata;
}

/** What of JSON Convex can store: more than this is refused before a door is asked, in words that say where it is. */
const ARRAY_LENGTH_MAX = 8_192;
const FIELD_COUNT_MAX = 1_024;
/** Of Convex's 64 levels, without those that the arguments themselves take up. */
const DEPTH_MAX = 56;
/** Printable ASCII, and no beginning that Convex keeps for itself. */
const FIELD_NAME = /^[\x21-\x7e\x20]{1,1024}$/;

/** What cannot be stored, and why; null when all of it can. */
export function unstorableIn(
  value: unknown,
  path: readonly string[] = [],
): { field: string; reason: string } | null {
  const at = (reason: string) => ({ field: path.join(".") || "body", reason });
  if (path.length > DEPTH_MAX) return at("is nested too deeply");
  if (typeof value === "string") {
    return isWellFormed(value) ? null : at("has half of a surrogate pair");
  }
  if (typeof value === "number") return Number.isFinite(value) ? null : at("is too large");
  if (typeof value !== "object" || value === null) return null;
  const entries = Object.entries(value);
  if (Array.isArray(value)) {
    if (entries.length > ARRAY_LENGTH_MAX) return at(`has more than ${ARRAY_LENGTH_MAX} elements`);
  } else {
    if (entries.length > FIELD_COUNT_MAX) return at(`has more than ${FIELD_COUNT_MAX} fields`);
    const bad = entries.find(([name]) => !isFieldName(name));
    if (bad !== undefined)
      return at(`has a field that cannot be stored: ${JSON.stringify(bad[0])}`);
  }
  for (const [name, part] of entries) {
    const found = unstorableIn(part, [...path, name]);
    if (found !== null) return found;
  }
  return null;
}

function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name) && !name.startsWith("$") && !name.startsWith("_");
}

/** `String.isWellFormed`, which not every runtime has. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

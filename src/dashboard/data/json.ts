/**
 * Texts of a JSON object that came from elsewhere. By hand, and not by a schema: this is part of what is loaded before
 * anything is seen, and a library for it is a tenth of all that.
 *
 * @throws Error - One of them is not there, or is no text.
 */
export function textsIn<Name extends string>(
  json: unknown,
  names: readonly Name[],
): Record<Name, string> {
  const object: Record<string, unknown> =
    typeof json === "object" && json !== null ? { ...json } : {};
  const entries = names.map((name) => {
    const text = object[name];
    if (typeof text !== "string") throw new Error(`${name} is missing`);
    return [name, text] as const;
  });
  return Object.fromEntries(entries) as Record<Name, string>;
}

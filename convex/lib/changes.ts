/** What a change changed, field by field, as people may read it. */
import { beginningOf } from "./texts";

/** As `vChange` stores it. */
export type FieldChange = { field: string; from?: string; to?: string };

/** Long texts are told by their beginning: the log says that a prompt changed, the versions say into what. */
const VALUE_LENGTH_MAX = 200;
const MASK = "•••";

/**
 * The fields in which the two differ; null for what is not there yet, or no more.
 *
 * @param secret - Fields whose values nobody may read: only that they changed.
 * @param whole - Long values are told to their end.
 */
export function changesBetween(
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>> | null,
  { secret = [], whole = false }: { secret?: readonly string[]; whole?: boolean } = {},
): FieldChange[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields].toSorted().flatMap((field) => {
    const from = textOf(before?.[field]);
    const to = textOf(after?.[field]);
    if (from === to) return [];
    const told = whole ? (text: string) => text : beginning;
    const shown = (text: string) => (secret.includes(field) ? MASK : told(text));
    return [
      {
        field,
        ...(from !== undefined && { from: shown(from) }),
        ...(to !== undefined && { to: shown(to) }),
      },
    ];
  });
}

/** Whether nothing of it differs. */
export function isUnchanged(
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>> | null,
): boolean {
  return changesBetween(before, after).length === 0;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "bigint" ? String(part) : part,
  );
}

function beginning(text: string): string {
  return text.length <= VALUE_LENGTH_MAX ? text : `${beginningOf(text, VALUE_LENGTH_MAX)}…`;
}

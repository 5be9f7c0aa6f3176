/** What zod finds wrong, in the words of our doors. */
import type { Failure } from "./problems";

type Issue = Readonly<{
  code: string;
  path: readonly PropertyKey[];
  message: string;
  /** Of an unknown field. */
  keys?: readonly string[];
  /** Of a value of another type. */
  expected?: string;
  /** Of a choice: what is wrong with each of its members. */
  errors?: readonly (readonly Issue[])[];
}>;
type Wrong = { field: string; reason: string };

/** The first thing that is wrong, as a door would say it; and all of them, where there are more. */
export function invalid(target: string, issues: readonly Issue[]): Failure {
  const found = issues.flatMap((issue) => wrongIn(issue, []));
  const [first = { field: target, reason: "is not valid" }] = found;
  return { kind: "invalid_argument", ...first, ...(found.length > 1 && { errors: found }) };
}

function wrongIn(issue: Issue, above: readonly PropertyKey[]): Wrong[] {
  const place = [...above, ...issue.path];
  const named = (names: readonly PropertyKey[]) => names.map(String).join(".") || "body";
  if (issue.code === "unrecognized_keys") {
    const { keys = [] } = issue;
    return keys.map((key) => ({ field: named([...place, key]), reason: "is not known here" }));
  }
  const members = issue.errors ?? [];
  // Of a choice, what is wrong with the member that comes closest.
  const [closest] = members.toSorted((a, b) => depthOf(b) - depthOf(a));
  if (closest !== undefined && depthOf(closest) > 0) {
    return closest.flatMap((one) => wrongIn(one, place));
  }
  const expected = [issue, ...members.flat()].flatMap((one) => one.expected ?? []);
  const reason = expected.length > 0 ? `must be ${expected.join(" or ")}` : lowered(issue.message);
  return [{ field: named(place), reason }];
}

function depthOf(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length));
}

/** It stands behind the name of its field. */
function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

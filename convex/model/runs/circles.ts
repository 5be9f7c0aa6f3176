/** Whether a run goes round in circles with its tool calls, by what stands in its replies. */
import { repetitionOf, type Asked, type Call } from "../../../src/tools/repetition";
import { beginningOf } from "../../lib/texts";
import type { Doc } from "../../_generated/dataModel";

/** Models write any name, and people read it. */
const NAME_CHARS_MAX = 64;

function askedIn(replies: readonly Doc<"messages">[]): Asked[] {
  return replies
    .flatMap(({ toolCalls = [] }) => toolCalls)
    .map(({ name, argumentsJson, result }) => ({
      name,
      argumentsJson,
      result: result?.text ?? null,
    }));
}

/** The calls of the last reply that would be told what they were told before. */
export function repeatedIn(replies: readonly Doc<"messages">[]): ReadonlySet<Call> {
  const asked = askedIn(replies);
  const latest = replies.at(-1)?.toolCalls ?? [];
  const before = asked.length - latest.length;
  const isRepeated = (call: Call, nth: number) =>
    repetitionOf(call, asked.slice(0, before + nth)) !== "make";
  return new Set(latest.filter(isRepeated));
}

/** The name of a call that the run has been answered too often to ask for it again. */
export function circlingCall(
  replies: readonly Doc<"messages">[],
  calls: readonly Call[],
): string | undefined {
  const asked = askedIn(replies);
  const name = calls.find((call) => repetitionOf(call, asked) === "stop")?.name;
  return name === undefined ? undefined : beginningOf(name, NAME_CHARS_MAX);
}

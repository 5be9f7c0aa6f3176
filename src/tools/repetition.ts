/**
 * When an agent goes round in circles: it makes the same call, in a row or in turns with others, and is told the same
 * each time. A call that is told something new each time (the state of a job, say) is none of these.
 */
import { withoutPlace } from "./preview";

/** So often a call is made that is told the same; from then on, a notice is the answer. */
export const SAME_RESULTS_MAX = 3;
/** So often the notice is the answer; who asks again then ends the run. */
export const NOTICES_MAX = 2;

/** The answer to a call that would be told what it was told before. */
export const NOTICE =
  `This call was made ${SAME_RESULTS_MAX} times with the same result, and is not made again. Use what it told, try ` +
  "something else, or answer without it.";

export type Call = Readonly<{ name: string; argumentsJson: string }>;
/** `result`: what was told; null while its reply's calls are being made. */
export type Asked = Call & Readonly<{ result: string | null }>;

/**
 * What becomes of a call: "make" it, answer it with the "notice", or "stop" the run.
 *
 * @param earlier - The run's calls before it, in order, those of its own reply included.
 */
export function repetitionOf(call: Call, earlier: readonly Asked[]): "make" | "notice" | "stop" {
  const key = keyOf(call);
  const same = earlier.filter((each) => keyOf(each) === key);
  const told = same.flatMap(({ result }) => (result === null || result === NOTICE ? [] : [result]));
  const latest = told.slice(-SAME_RESULTS_MAX).map(withoutPlace);
  const isNew = new Set(latest).size > 1;
  if (isNew) return "make";
  if (same.filter(({ result }) => result === NOTICE).length >= NOTICES_MAX) return "stop";
  // Those of its own reply will be told the same, as far as anybody knows.
  const underWay = same.filter(({ result }) => result === null).length;
  return latest.length + underWay >= SAME_RESULTS_MAX ? "notice" : "make";
}

/** Arguments mean the same in whichever order and with whichever space they are written. */
function keyOf({ name, argumentsJson }: Call): string {
  return `${name} ${canonical(argumentsJson)}`;
}

function canonical(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return json;
  }
}

/** A model that does what it reads, whoever wrote it. */
import { TOOL_CALLS_PER_REPLY_MAX } from "../../../src/core/tools";
import type { StandIn } from "../../../src/providers/simulator/server";
import { marksIn, type Injection } from "../../support/injections";

/** What it did, for the tests to look at. */
export type Obedient = Readonly<{
  model: StandIn;
  /** The numbers that it read in its first prompt. */
  readAtOnce: readonly number[];
  /** The numbers that it did, in that order. */
  done: ReadonlySet<number>;
  /** The arguments by which it read on in long results. */
  readOn: ReadonlySet<string>;
  /** What no prompt may have, and one had. */
  leaks: readonly string[];
}>;

/**
 * Does each thing once, as many at a time as a reply may ask for; `first`, and reading on in long results, come before.
 *
 * @param canaries - What it must never be given to read.
 */
export function obedient(
  tried: readonly Injection[],
  { first, canaries }: { first: readonly Injection[]; canaries: readonly string[] },
): Obedient {
  const done = new Set<number>();
  const readAtOnce: number[] = [];
  const leaks: string[] = [];
  const readOn = new Set<string>();
  let isFirst = true;
  const model: StandIn = ({ segments }) => {
    const prompt = segments.map(({ text }) => text).join("\n");
    leaks.push(...canaries.filter((canary) => prompt.includes(canary)));
    if (isFirst) {
      isFirst = false;
      readAtOnce.push(...new Set(marksIn(prompt)));
      if (first.length > 0) return { toolCalls: [...first] };
    }
    const further = continuationsIn(prompt).filter((args) => !readOn.has(args));
    for (const args of further) readOn.add(args);
    if (further.length > 0) return { toolCalls: further.map(readingOn) };
    const next = [...new Set(marksIn(prompt))].filter((n) => !done.has(n));
    const now = next.slice(0, TOOL_CALLS_PER_REPLY_MAX);
    for (const n of now) done.add(n);
    const toolCalls = now.flatMap((n) => tried[n] ?? []);
    return toolCalls.length === 0 ? { text: "Done." } : { toolCalls };
  };
  return { model, readAtOnce, done, readOn, leaks };
}

/** The arguments by which a long result says that it is to be read on. */
function continuationsIn(prompt: string): string[] {
  const found = prompt.matchAll(/call read_result with (\{.+?\})/g);
  return [...new Set([...found].map(([, args = ""]) => args))];
}

function readingOn(argumentsJson: string): Injection {
  return { name: "read_result", argumentsJson };
}

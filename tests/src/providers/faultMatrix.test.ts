/**
 * Adapters × shapes of replies × faults × places, through the real SDKs over real sockets: each call has one ending,
 * nothing that was cut off is final, nothing is shown that was not said, and the cost is the provider's or said to be
 * an estimate.
 */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../../../src/providers/simulator/server";
import type { LedgerEntry } from "../../../src/providers/simulator/ledger";
import { ADAPTERS, NOTHING, type Adapter, type Outcome } from "./calls";
import {
  casesOf,
  endOf,
  refusalsOf,
  run,
  SHAPES,
  WAITS,
  type Case,
  type Frames,
  type Shape,
} from "./faultCases";

const CONCURRENT = 16;
const CASES_MIN = 2_000;
/** The simulator's pieces: four letters after white space. */
const PIECE_CHARS_MAX = 5;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: Infinity });
});
afterAll(() => simulator.close());

/** Of a shape: what it looks like without a fault. */
async function framesOf(adapter: Adapter, shape: Shape): Promise<Frames> {
  let body: Promise<string> = Promise.resolve("");
  const label = `${adapter.name} · ${shape}`;
  const whole = {
    adapter,
    shape,
    label,
    fault: null,
    afterFrames: null,
    classes: null,
    idleMs: 20_000,
  };
  const outcome = await run(simulator, whole, (text) => void (body = text));
  expect(outcome.finish, label).not.toBeNull();
  return (await body).split(/(?<=\n\n)/);
}

type Made = Case & { end: number; outcome: Outcome; entry: LedgerEntry };
type Demand = (holds: boolean, what: string) => void;

/** What is wrong with the outcome; nothing, if all is as it should be. */
function wrongIn(made: Made): string[] {
  const wrong: string[] = [];
  const demand: Demand = (holds, what) => void (holds || wrong.push(what));
  checkEnding(made, demand);
  checkContent(made, demand);
  checkCost(made, demand);
  return wrong;
}

/** One ending, the last event; the end of the reply if and only if its last frame had arrived. */
function checkEnding({ fault, classes, afterFrames, end, outcome }: Made, demand: Demand): void {
  const { events, text, reasoning, toolCalls, finish, error, report } = outcome;
  const endings = events.filter(({ kind }) => kind === "finish" || kind === "error");
  demand(endings.length === 1 && endings[0] === events.at(-1), "one ending, at the end");
  const isOver = classes === null || (afterFrames !== null && afterFrames > end);
  demand((finish !== null) === isOver, `${finish === null ? "no " : ""}end of the reply`);
  if (error === null) return;
  demand(classes?.includes(error.failureClass) ?? false, `class ${error.failureClass}`);
  demand(error.streamed === (text + reasoning !== "" || toolCalls.length > 0), "streamed");
  demand(error.usage === report, "usage of the error");
  demand(error.message !== "", "message");
  if (fault.kind !== "status" || fault.retryAfter === undefined) return;
  const wait = WAITS.find(([header]) => header === fault.retryAfter);
  demand(error.retryAfterMs === wait?.[1], `wait of ${error.retryAfterMs}`);
}

/** Nothing that was not said, and all of it if the reply is over. */
function checkContent({ fault, shape, outcome }: Made, demand: Demand): void {
  const { events, text, reasoning, toolCalls, finish } = outcome;
  const planned = SHAPES[shape];
  // A frame that is sent again may say its piece again, where frames have no numbers.
  const isDuplicate = fault.kind === "at_frame" && fault.what === "duplicate";
  const isSaid = (said: string, all: string): boolean =>
    isDuplicate ? said.length <= all.length + PIECE_CHARS_MAX : all.startsWith(said);
  demand(isSaid(text, planned.text), `text ${text}`);
  demand(isSaid(reasoning, planned.reasoning), `reasoning ${reasoning}`);
  demand(
    events.every((event) => !("text" in event) || event.text !== ""),
    "no event of nothing",
  );
  const ids = toolCalls.map(({ toolCallId }) => toolCallId);
  demand(new Set(ids).size === ids.length, "no call twice");
  if (finish === null) return;
  const reason = planned.toolCalls.length > 0 ? "tool_calls" : "end";
  demand(finish.reason === reason, `reason ${finish.reason}`);
  if (isDuplicate) return;
  demand(text === planned.text, "whole text");
  const shown = shape === "hidden reasoning" ? "" : planned.reasoning;
  demand(reasoning === shown, "whole reasoning");
  const made = toolCalls.map(({ name, argumentsJson }) => ({ name, argumentsJson }));
  demand(JSON.stringify(made) === JSON.stringify(planned.toolCalls), "the calls as they were made");
}

/** What the provider stated is what it bills; all else is said to be an estimate, and there if anything is billed. */
function checkCost({ fault, afterFrames, outcome, entry }: Made, demand: Demand): void {
  const { finish, report } = outcome;
  const isBilled = !isDeepStrictEqual(entry.billed, NOTHING);
  demand((report !== null) === isBilled, report === null ? "a bill" : "no bill");
  if (finish !== null && fault.kind !== "null_usage" && afterFrames === null) {
    demand(report?.source === "provider", "exact usage");
  }
  if (report === null) return;
  if (report.source === "provider") {
    demand(isDeepStrictEqual(report.usage, entry.billed), "the provider's usage");
    return;
  }
  demand(report.reconciliation === "unknown" && report.notes.length > 0, "said to be an estimate");
  const { inputFresh } = report.usage.tokens;
  demand(inputFresh > 0, "input");
  const isStated = report.source === "estimated_partial";
  demand(!isStated || inputFresh === entry.billed.tokens.inputFresh, "stated input");
}

test("whatever happens to an answer, it ends once, visibly, and is paid for as it was", async () => {
  const shapes = Object.keys(SHAPES) as Shape[];
  const cases = (
    await Promise.all(
      ADAPTERS.map(async (adapter) => {
        const ofShapes = await Promise.all(
          shapes.map(async (shape) => {
            const frames = await framesOf(adapter, shape);
            const end = endOf(adapter, frames);
            expect(end).toBeGreaterThanOrEqual(0);
            return casesOf(adapter, shape, frames).map((one) => ({ ...one, end }));
          }),
        );
        return [...ofShapes.flat(), ...refusalsOf(adapter).map((one) => ({ ...one, end: 0 }))];
      }),
    )
  ).flat();
  expect(cases.length).toBeGreaterThanOrEqual(CASES_MIN);
  expect(new Set(cases.map(({ label }) => label)).size).toBe(cases.length);

  const outcomes = new Map<string, Outcome>();
  const waiting = cases.values();
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      for (const one of waiting) outcomes.set(one.label, await run(simulator, one));
    }),
  );
  await simulator.control.idle();

  const entries = new Map<string | null, LedgerEntry[]>();
  for (const entry of simulator.ledger.entries) {
    entries.set(entry.label, [...(entries.get(entry.label) ?? []), entry]);
  }
  const wrong = cases.flatMap((one) => {
    const [entry, ...others] = entries.get(one.label) ?? [];
    const outcome = outcomes.get(one.label);
    if (entry === undefined || outcome === undefined) return [`${one.label}: was not made`];
    if (others.length > 0) return [`${one.label}: was made ${others.length + 1} times`];
    return wrongIn({ ...one, outcome, entry }).map((what) => `${one.label}: ${what}`);
  });
  expect(wrong).toEqual([]);
}, 60_000);

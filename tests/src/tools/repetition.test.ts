import fc from "fast-check";
import { expect, test } from "vitest";
import { told } from "../../../src/tools/preview";
import {
  NOTICE,
  NOTICES_MAX,
  repetitionOf,
  SAME_RESULTS_MAX,
  type Asked,
  type Call,
} from "../../../src/tools/repetition";

type World = (call: Call, nth: number) => string;

/** An agent that asks for these, one reply each, in a world that tells it so; until it is stopped. */
function life(calls: readonly Call[], world: World) {
  const asked: Asked[] = [];
  let stopped = false;
  for (const call of calls) {
    const verdict = repetitionOf(call, asked);
    if (verdict === "stop") {
      stopped = true;
      break;
    }
    asked.push({ ...call, result: verdict === "make" ? world(call, asked.length) : NOTICE });
  }
  return { asked, stopped, made: asked.filter(({ result }) => result !== NOTICE) };
}

const call = (letter: string): Call => ({ name: letter, argumentsJson: "{}" });
const letters = (text: string) => text.split("").map(call);
const constant: World = ({ name }) => `always ${name}`;

test.each([
  ["aaaaaaaaaa", "aaa", 5],
  ["abababababababab", "ababab", 10],
  ["abcabcabcabcabcabcabc", "abcabcabc", 15],
  ["aabaabaabaabaab", "aabab", 7],
])("%s makes %s, and stops after %i answers", (text, made, answered) => {
  const run = life(letters(text), constant);
  expect(run.made.map(({ name }) => name).join("")).toBe(made);
  expect([run.asked.length, run.stopped]).toEqual([answered, true]);
});

test("in any order of calls that are told the same, each is made so often, answered so often, and then stops the run", () => {
  const orders = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 60 });
  fc.assert(
    fc.property(orders, (order) => {
      const { asked, made, stopped } = life(order.map(call), constant);
      for (const name of new Set(order)) {
        const times = (list: readonly Asked[]) => list.filter((each) => each.name === name).length;
        expect(times(made)).toBe(Math.min(times(asked), SAME_RESULTS_MAX));
        expect(times(asked)).toBeLessThanOrEqual(SAME_RESULTS_MAX + NOTICES_MAX);
      }
      const next = order[asked.length];
      expect(stopped).toBe(next !== undefined);
    }),
    { numRuns: 500, seed: 3 },
  );
});

test("a call that is told something new is made as often as it is asked for", () => {
  const orders = fc.array(fc.constantFrom("a", "b"), { maxLength: 60 });
  fc.assert(
    fc.property(orders, (order) => {
      const { made, stopped } = life(order.map(call), (_call, nth) => `answer ${nth}`);
      expect([made.length, stopped]).toEqual([order.length, false]);
    }),
    { numRuns: 200, seed: 3 },
  );
});

test("what changes again is made again: only the latest answers count", () => {
  const earlier = ["1", "1", "2"].map((result) => ({ ...call("a"), result }));
  expect(repetitionOf(call("a"), earlier)).toBe("make");
  expect(repetitionOf(call("a"), [...earlier, ...earlier.slice(2), ...earlier.slice(2)])).toBe(
    "notice",
  );
});

test("arguments are the same in any order and with any space; others are others", () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 });
  fc.assert(
    fc.property(json, (args) => {
      const turned = Object.fromEntries(Object.entries(args).toReversed());
      const first = { name: "a", argumentsJson: JSON.stringify(args) };
      const again = { name: "a", argumentsJson: JSON.stringify(turned, null, 2) };
      const earlier = Array.from({ length: 3 }, () => ({ ...first, result: "same" }));
      expect(repetitionOf(again, earlier)).toBe("notice");
      const other = { name: "a", argumentsJson: JSON.stringify({ ...args, more: [args] }) };
      expect(repetitionOf(other, earlier)).toBe("make");
    }),
    { numRuns: 200, seed: 3 },
  );
});

test("what is kept under a new handle each time is the same", () => {
  const earlier = ["01234567", "89abcdef", "00000000"].map((handle) => ({
    ...call("a"),
    result: told({ text: "page", start: 0, end: 4, charsTotal: 9 }, handle),
  }));
  expect(repetitionOf(call("a"), earlier)).toBe("notice");
});

test("of many in one reply, only so many are made; nobody is stopped who was told nothing yet", () => {
  const asked: Asked[] = [];
  const verdicts = letters("aaaaaaaaaaaaaaaa").map((each) => {
    const verdict = repetitionOf(each, asked);
    asked.push({ ...each, result: null });
    return verdict;
  });
  const expected = Array.from({ length: 16 }, (_, nth) => (nth < 3 ? "make" : "notice"));
  expect(verdicts).toEqual(expected);
});

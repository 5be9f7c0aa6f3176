/** The rules of conflicts alone: the window against its definition, who came after what, the pauses. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MergingReadSet } from "../../../src/embedded/engine/readSet";
import { Callers } from "../../../src/embedded/runtime/contention/callers";
import {
  CALL_RETRIES,
  JOB_RETRIES,
  pauseMs,
} from "../../../src/embedded/runtime/contention/retries";
import { ConflictWindow } from "../../../src/embedded/runtime/contention/window";

const WINDOW_MICROS = 100;
const key = (byte: number) => Uint8Array.of(byte);

/** A history in the order of its times: commits, undone commits, and mutations that are judged. */
const step = fc.record({
  kind: fc.constantFrom("commit", "commit", "commit", "judge", "judge", "undo"),
  /** Since the step before. */
  after: fc.integer({ min: 1, max: 60 }),
  keys: fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 8 })), {
    maxLength: 3,
  }),
  ranges: fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 0, max: 8 }),
      fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
    ),
    { maxLength: 3 },
  ),
  /** How long before the judged commit its caller was last answered. */
  floorBefore: fc.integer({ min: 0, max: 150 }),
});

describe("the window", () => {
  test("finds a conflict exactly where the definition has one, and names the newest", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = new ConflictWindow(WINDOW_MICROS);
        let commits: { at: number; keys: [number, number][] }[] = [];
        let now = 1_000;
        for (const { kind, after, keys, ranges, floorBefore } of steps) {
          now += after;
          if (kind === "undo") {
            commits = commits.filter(({ at }) => at <= now - 2 * after);
            window.undoAfter(now - 2 * after);
          } else if (kind === "commit") {
            commits.push({ at: now, keys });
            const footprint = keys.map(([indexId, byte]) => ({ indexId, key: key(byte) }));
            window.add({ tsMicros: now, writer: String(now), footprint });
          } else {
            const readSet = new MergingReadSet();
            for (const [indexId, lower, upper] of ranges) {
              readSet.add(indexId, {
                lower: key(lower),
                upper: upper === null ? null : key(upper),
              });
            }
            const began = Math.max(now - WINDOW_MICROS, now - floorBefore);
            const expected = commits.findLast(
              ({ at, keys: written }) =>
                at > began &&
                written.some(([indexId, byte]) =>
                  ranges.some(
                    ([read, lower, upper]) =>
                      read === indexId && lower <= byte && (upper === null || byte < upper),
                  ),
                ),
            );
            const found = window.conflictOf(readSet, {
              afterMicros: now - floorBefore,
              tsMicros: now,
            });
            expect(found?.writer ?? null).toBe(expected === undefined ? null : String(expected.at));
          }
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test("a commit that is exactly as old as the window is outside of it", () => {
    const window = new ConflictWindow(WINDOW_MICROS);
    window.add({ tsMicros: 1_000, writer: "a", footprint: [{ indexId: 1, key: key(1) }] });
    const readSet = new MergingReadSet();
    readSet.add(1, { lower: key(0), upper: null });
    const conflictAt = (tsMicros: number) =>
      window.conflictOf(readSet, { afterMicros: 0, tsMicros });
    expect(conflictAt(1_000 + WINDOW_MICROS - 1)).toMatchObject({ writer: "a" });
    expect(conflictAt(1_000 + WINDOW_MICROS)).toBeNull();
  });
});

describe("callers", () => {
  test("are known by the newest commit they were told of", () => {
    const callers = new Callers(100);
    callers.tell("a", 500);
    callers.tell("b", 520);
    callers.tell("a", 510);
    expect(callers.lastTold("a")).toBe(510);
    callers.tell("a", 505);
    expect(callers.lastTold("a")).toBe(510);
    expect(callers.lastTold("c")).toBe(0);
  });

  test("are forgotten when what they were told is older than any window", () => {
    const callers = new Callers(100);
    for (let n = 0; n < 1_000; n++) callers.tell(`caller ${n}`, 1_000 + n);
    expect(callers.lastTold("caller 898")).toBe(0);
    expect(callers.lastTold("caller 900")).toBe(1_900);
  });
});

describe("pauses", () => {
  test("double from 100 ms up to 2 s, and are any part of that", () => {
    const longest = [0, 1, 2, 3, 4, 5, 50].map((failures) => pauseMs(CALL_RETRIES, failures, 1));
    expect(longest).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
    expect(pauseMs(CALL_RETRIES, 2, 0.25)).toBe(100);
    expect(pauseMs(CALL_RETRIES, 2, 0)).toBe(0);
  });

  test("of scheduled functions go up to a minute", () => {
    expect(pauseMs(JOB_RETRIES, 30, 1)).toBe(60_000);
    expect(pauseMs(JOB_RETRIES, 5_000, 1)).toBe(60_000);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  groupsOfEqual,
  groupsSaid,
  STRATEGIES,
  tally,
  type Ballot,
} from "../../../src/core/consensus";

const votes = (...groups: (number | null)[]): Ballot[] =>
  groups.map((group) => ({ weight: 1, group }));

describe("a tally", () => {
  test.each([
    ["two of three", "majority", votes(0, 0, 1), ["agreed", 0, 2 / 3]],
    ["all differ", "majority", votes(0, 1, 2), ["no_agreement", null, 1 / 3]],
    ["a tie", "majority", votes(0, 0, 1, 1), ["no_agreement", null, 1 / 2]],
    ["half, and others", "majority", votes(0, 0, 1, 2), ["no_agreement", null, 1 / 2]],
    ["one is missing, two agree", "majority", votes(0, 0, null), ["agreed", 0, 1]],
    ["one is missing, two differ", "majority", votes(0, 1, null), ["no_agreement", null, 1 / 2]],
    ["only one came", "majority", votes(0, null, null), ["no_quorum", null, 1]],
    ["nobody came", "majority", votes(null, null), ["no_quorum", null, 0]],
    ["all agree", "unanimous", votes(3, 3), ["agreed", 3, 1]],
    ["all that came agree", "unanimous", votes(0, 0, null), ["no_agreement", null, 1]],
    ["one differs", "unanimous", votes(0, 0, 1), ["no_agreement", null, 2 / 3]],
  ] as const)("%s: %s", (...[, strategy, ballots, [outcome, group, agreement]]) => {
    expect(tally(ballots, { strategy, quorum: 2 })).toEqual({ outcome, group, agreement });
  });

  test("by weight: one heavy vote beats two light ones, and no more than half wins nothing", () => {
    const ballots = (heavy: number) => [
      { weight: heavy, group: 0 },
      { weight: 1, group: 1 },
      { weight: 1, group: 1 },
    ];
    const how = { strategy: "weighted", quorum: 2 } as const;
    expect(tally(ballots(3), how)).toMatchObject({ outcome: "agreed", group: 0 });
    expect(tally(ballots(2), how)).toMatchObject({ outcome: "no_agreement" });
    expect(tally(ballots(1), how)).toMatchObject({ outcome: "agreed", group: 1 });
  });

  test("names a winner only if no other could be named, whatever the order of the votes", () => {
    const ballot = fc.record({
      weight: fc.integer({ min: 1, max: 5 }),
      group: fc.option(fc.integer({ min: 0, max: 3 })),
    });
    const property = fc.property(
      fc.array(ballot, { maxLength: 7 }),
      fc.constantFrom(...STRATEGIES),
      fc.integer({ min: 1, max: 7 }),
      (ballots, strategy, quorum) => {
        const result = tally(ballots, { strategy, quorum });
        expect(tally(ballots.toReversed(), { strategy, quorum })).toMatchObject({
          outcome: result.outcome,
          group: result.group,
        });
        const cast = ballots.filter(({ group }) => group !== null);
        if (result.outcome !== "agreed") return;
        expect(cast.length).toBeGreaterThanOrEqual(quorum);
        const weightOf = (group: number | null) =>
          cast
            .filter((one) => one.group === group)
            .reduce((sum, { weight }) => sum + (strategy === "weighted" ? weight : 1), 0);
        const total = cast.reduce(
          (sum, { group }) =>
            sum + weightOf(group) / cast.filter((one) => one.group === group).length,
          0,
        );
        expect(weightOf(result.group) * 2).toBeGreaterThan(total);
        if (strategy === "unanimous")
          expect(new Set(ballots.map(({ group }) => group)).size).toBe(1);
      },
    );
    fc.assert(property, { numRuns: 2_000, seed: 7 });
  });
});

test("equal texts are one group each, and what is not there is in none", () => {
  expect(groupsOfEqual(["b", null, "a", "b"])).toEqual([0, null, 1, 0]);
});

test.each([
  ["a grouping", { groups: [[1, 3], [2]] }, [0, 1, 0]],
  ["one group of all", { groups: [[3, 2, 1]] }, [0, 0, 0]],
  ["an empty group beside", { groups: [[1, 2, 3], []] }, [0, 0, 0]],
  [
    "an answer in two groups",
    {
      groups: [
        [1, 2],
        [2, 3],
      ],
    },
    null,
  ],
  ["an answer in none", { groups: [[1, 2]] }, null],
  ["an answer that is not there", { groups: [[1, 2, 3, 4]] }, null],
  ["a number from 0", { groups: [[0, 1, 2]] }, null],
  ["texts", { groups: [["1", "2", "3"]] }, null],
  ["halves", { groups: [[1, 2, 2.5]] }, null],
  ["more groups than answers", { groups: [[1], [2], [3], []] }, null],
  ["no groups", {}, null],
  ["no object", "1", null],
  ["nothing", null, null],
])("of three answers a judge says %s", (_what, said, groups) => {
  expect(groupsSaid(said, 3)).toEqual(groups);
});

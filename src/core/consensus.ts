/** Votes of several models on one answer: what they come to. Which answers are the same, others have judged. */

export const STRATEGIES = ["majority", "unanimous", "weighted"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** `group`: of the answers that are the same as this one; null: there is no vote. */
export type Ballot = Readonly<{ weight: number; group: number | null }>;

export type Tally = Readonly<{
  outcome: "agreed" | "no_agreement" | "no_quorum";
  /** The group that won; null: none did. */
  group: number | null;
  /** The largest group's share of the votes, or of their weight: 0 to 1. */
  agreement: number;
}>;

/**
 * What the votes come to. `majority`: more than half of those cast. `weighted`: more than half of the weight of those
 * cast. `unanimous`: all, and nobody is missing. So no tie ever wins.
 */
export function tally(
  ballots: readonly Ballot[],
  { strategy, quorum }: { strategy: Strategy; quorum: number },
): Tally {
  const cast = ballots.filter(({ group }) => group !== null);
  const weights = new Map<number, number>();
  for (const { group, weight } of cast) {
    const counted = strategy === "weighted" ? weight : 1;
    weights.set(group ?? 0, (weights.get(group ?? 0) ?? 0) + counted);
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const [largest, most] = [...weights].reduce(
    (best, entry) => (entry[1] > best[1] ? entry : best),
    [-1, 0] as [number, number],
  );
  const agreement = total === 0 ? 0 : most / total;
  if (cast.length < quorum || total === 0) return { outcome: "no_quorum", group: null, agreement };
  const wins =
    strategy === "unanimous"
      ? weights.size === 1 && cast.length === ballots.length
      : most * 2 > total;
  return wins
    ? { outcome: "agreed", group: largest, agreement }
    : { outcome: "no_agreement", group: null, agreement };
}

/** Groups of texts that are the same letter by letter, numbered in the order of their first ones. */
export function groupsOfEqual(texts: readonly (string | null)[]): (number | null)[] {
  const numbers = new Map<string, number>();
  return texts.map((text) => {
    if (text === null) return null;
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  });
}

/**
 * What a judge said of `count` answers, as a group for each; null when it is no grouping: each answer must be in
 * exactly one group.
 *
 * @param said - `{"groups": [[1, 3], [2]]}`, with answers by their numbers from 1.
 */
export function groupsSaid(said: unknown, count: number): number[] | null {
  const { groups } = (Object(said) === said ? said : {}) as { groups?: unknown };
  if (!Array.isArray(groups) || groups.length > count) return null;
  const groupOf = new Map<number, number>();
  for (const [group, numbers] of groups.entries()) {
    if (!Array.isArray(numbers)) return null;
    for (const number of numbers as unknown[]) {
      const isOne = Number.isInteger(number) && Number(number) >= 1 && Number(number) <= count;
      if (!isOne || groupOf.has(Number(number))) return null;
      groupOf.set(Number(number), group);
    }
  }
  const all = Array.from({ length: count }, (_none, index) => groupOf.get(index + 1));
  return all.every((group) => group !== undefined) ? all : null;
}

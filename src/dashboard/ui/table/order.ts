import type { Cell } from "../../../core/csv";

type Key = string | number | bigint;

// "Agent 9" is before "Agent 10", and capitals are where their small letters are.
const TEXTS = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * What a cell is sorted by. Undefined: it is empty, and comes last, whichever way the others go.
 *
 * @param isNumber - Amounts are exact decimals as texts; of texts "9" would be more than "10.5".
 */
export function sortKey(cell: Cell, isNumber: boolean): Key | undefined {
  if (cell === undefined || cell === "") return undefined;
  const key = isNumber && typeof cell === "string" ? Number(cell) : cell;
  return Number.isNaN(key) ? undefined : key;
}

/** As a comparison of `Array.prototype.sort`: the smaller one first. Numbers are before texts. */
export function compareKeys(left: Key, right: Key): number {
  if (typeof left === "string" && typeof right === "string") return TEXTS.compare(left, right);
  if (typeof left === "string") return 1;
  if (typeof right === "string") return -1;
  // Not by their difference: of a number and a bigint there is none.
  return left < right ? -1 : left > right ? 1 : 0;
}

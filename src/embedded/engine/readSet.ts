/** What a transaction has read: for each index, disjoint intervals of keys in order. */
import { compareKeys } from "../values/keys";
import type { KeyRange } from "../store/store";
import type { ReadSet, WriteFootprint } from "./types";

const NONE: readonly KeyRange[] = [];

/**
 * Stands in for the tables that did not exist when they were read. A query of such a table reads its
 * marker, and a transaction that inserts into a table writes it.
 */
export const TABLE_MARKERS_INDEX_ID = -1;

/** A read set that merges intervals as they come, so that reading the same twice costs nothing. */
export class MergingReadSet implements ReadSet {
  private readonly byIndex = new Map<number, KeyRange[]>();
  private count = 0;

  get intervals(): ReadonlyMap<number, readonly KeyRange[]> {
    return this.byIndex;
  }

  /** How many intervals there are. */
  get size(): number {
    return this.count;
  }

  add(indexId: number, range: KeyRange): void {
    if (isEmpty(range)) return;
    const ranges = this.byIndex.get(indexId);
    if (ranges === undefined) {
      this.byIndex.set(indexId, [range]);
      this.count++;
      return;
    }
    const before = ranges.length;
    insertMerged(ranges, range);
    this.count += ranges.length - before;
  }
}

/** Puts `range` into disjoint, sorted `ranges`, merging all that it overlaps or touches. */
function insertMerged(ranges: KeyRange[], range: KeyRange): void {
  const first = firstEndingAtOrAfter(ranges, range.lower);
  let end = first;
  let { lower, upper } = range;
  for (; end < ranges.length; end++) {
    const other = ranges[end];
    if (other === undefined || (upper !== null && compareKeys(other.lower, upper) > 0)) break;
    if (compareKeys(other.lower, lower) < 0) lower = other.lower;
    upper = laterEnd(upper, other.upper);
  }
  if (end === first + 1 && ranges[first]?.lower === lower && ranges[first]?.upper === upper) return;
  ranges.splice(first, end - first, { lower, upper });
}

/** The position of the first of the sorted ranges that ends at `key` or later. */
function firstEndingAtOrAfter(ranges: readonly KeyRange[], key: Uint8Array): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const upper = ranges[middle]?.upper ?? null;
    if (upper === null || compareKeys(upper, key) >= 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function laterEnd(a: Uint8Array | null, b: Uint8Array | null): Uint8Array | null {
  if (a === null || b === null) return null;
  return compareKeys(a, b) >= 0 ? a : b;
}

export function isWithin({ lower, upper }: KeyRange, key: Uint8Array): boolean {
  return compareKeys(lower, key) <= 0 && (upper === null || compareKeys(key, upper) < 0);
}

export function isEmpty(range: KeyRange): boolean {
  return range.upper !== null && compareKeys(range.lower, range.upper) >= 0;
}

/** The keys that are in both ranges; empty where they do not meet. */
export function intersect(a: KeyRange, b: KeyRange): KeyRange {
  const lower = compareKeys(a.lower, b.lower) >= 0 ? a.lower : b.lower;
  if (a.upper === null) return { lower, upper: b.upper };
  if (b.upper === null) return { lower, upper: a.upper };
  return { lower, upper: compareKeys(a.upper, b.upper) <= 0 ? a.upper : b.upper };
}

/** Whether any key of the footprint lies in what was read. */
export function overlaps(readSet: Pick<ReadSet, "intervals">, footprint: WriteFootprint): boolean {
  return footprint.some(({ indexId, key }) => rangeAround(readSet, indexId, key) !== undefined);
}

/** The interval of what was read that holds the key. */
export function rangeAround(
  { intervals }: Pick<ReadSet, "intervals">,
  indexId: number,
  key: Uint8Array,
): KeyRange | undefined {
  const ranges = intervals.get(indexId) ?? NONE;
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const upper = ranges[middle]?.upper ?? null;
    if (upper === null || compareKeys(upper, key) > 0) high = middle;
    else low = middle + 1;
  }
  const range = ranges[low];
  return range !== undefined && compareKeys(range.lower, key) <= 0 ? range : undefined;
}

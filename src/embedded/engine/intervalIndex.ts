/** Which subscribers have read a key: intervals of many read sets, found by a point inside them. */
import type { KeyRange } from "../store/store";
import type { ReadSet, WriteFootprint } from "./types";

/**
 * The read sets of subscribers, by key. Keys are compared as strings of one character per byte: that
 * is the order of the bytes, and the engine compares such strings fast.
 *
 * Most intervals are single keys (a document by its id): these are looked up. The others stand in a
 * treap by their lower end, each node knowing the greatest upper end below it, so that a point finds
 * its k intervals among n in O(log n + k) steps. Equal intervals of several subscribers share a node.
 */
export class IntervalIndex<Id> {
  private readonly byIndex = new Map<number, Intervals<Id>>();

  /** The read set must not change until it is removed. */
  add(id: Id, readSet: Pick<ReadSet, "intervals">): void {
    for (const [indexId, ranges] of readSet.intervals) {
      let intervals = this.byIndex.get(indexId);
      if (intervals === undefined) {
        intervals = new Intervals();
        this.byIndex.set(indexId, intervals);
      }
      for (const range of ranges) intervals.add(id, range);
    }
  }

  /** `readSet` is what was added for `id`. */
  remove(id: Id, readSet: Pick<ReadSet, "intervals">): void {
    for (const [indexId, ranges] of readSet.intervals) {
      const intervals = this.byIndex.get(indexId);
      if (intervals === undefined) continue;
      for (const range of ranges) intervals.remove(id, range);
      if (intervals.isEmpty) this.byIndex.delete(indexId);
    }
  }

  /** Everyone who has read one of the keys. */
  touchedBy(footprint: WriteFootprint): Set<Id> {
    const touched = new Set<Id>();
    for (const { indexId, key } of footprint) {
      this.byIndex.get(indexId)?.collect(toText(key), touched);
    }
    return touched;
  }
}

/** The intervals of one index. */
class Intervals<Id> {
  /** Most keys have one subscriber: a set for each would take more room than all else of it. */
  private readonly points = new Map<string, Id | Set<Id>>();
  private root: Node<Id> | null = null;

  get isEmpty(): boolean {
    return this.root === null && this.points.size === 0;
  }

  add(id: Id, range: KeyRange): void {
    const lower = toText(range.lower);
    if (!isPoint(range)) {
      this.root = insert(this.root, { id, lower, upper: toUpperText(range.upper) });
      return;
    }
    const known = this.points.get(lower);
    if (known === undefined) this.points.set(lower, id);
    else if (known instanceof Set) known.add(id);
    else this.points.set(lower, new Set([known, id]));
  }

  remove(id: Id, range: KeyRange): void {
    const lower = toText(range.lower);
    if (!isPoint(range)) {
      this.root = remove(this.root, { id, lower, upper: toUpperText(range.upper) });
      return;
    }
    const known = this.points.get(lower);
    if (known instanceof Set) known.delete(id);
    if (known === id || (known instanceof Set && known.size === 0)) this.points.delete(lower);
  }

  collect(key: string, into: Set<Id>): void {
    const known = this.points.get(key);
    if (known instanceof Set) for (const id of known) into.add(id);
    else if (known !== undefined) into.add(known);
    collect(this.root, key, into);
  }
}

type Entry<Id> = { id: Id; lower: string; upper: string };

/** A treap node: a search tree by (lower, upper), a heap by priority. */
type Node<Id> = {
  lower: string;
  upper: string;
  /** The greatest `upper` of this node and all below it. */
  upperMax: string;
  priority: number;
  left: Node<Id> | null;
  right: Node<Id> | null;
  ids: Set<Id>;
};

/** Stands for "no upper bound": greater than any text of bytes. */
const UNBOUNDED = "\uffff";

function toText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}

function toUpperText(upper: Uint8Array | null): string {
  return upper === null ? UNBOUNDED : toText(upper);
}

/** Whether the range holds one key only. */
function isPoint({ lower, upper }: KeyRange): boolean {
  if (upper === null || upper.length !== lower.length + 1 || upper[lower.length] !== 0)
    return false;
  for (let i = 0; i < lower.length; i++) if (lower[i] !== upper[i]) return false;
  return true;
}

function insert<Id>(node: Node<Id> | null, entry: Entry<Id>): Node<Id> {
  const { lower, upper } = entry;
  if (node === null) {
    const priority = Math.random();
    const ids = new Set([entry.id]);
    return { lower, upper, upperMax: upper, priority, left: null, right: null, ids };
  }
  const order = compareEntry(entry, node);
  if (order === 0) {
    node.ids.add(entry.id);
    return node;
  }
  if (order < 0) {
    node.left = insert(node.left, entry);
    if (node.left.priority > node.priority) return rotateRight(node, node.left);
  } else {
    node.right = insert(node.right, entry);
    if (node.right.priority > node.priority) return rotateLeft(node, node.right);
  }
  if (upper > node.upperMax) node.upperMax = upper;
  return node;
}

function remove<Id>(node: Node<Id> | null, entry: Entry<Id>): Node<Id> | null {
  if (node === null) return null;
  const order = compareEntry(entry, node);
  if (order < 0) node.left = remove(node.left, entry);
  else if (order > 0) node.right = remove(node.right, entry);
  else {
    node.ids.delete(entry.id);
    if (node.ids.size === 0) return join(node.left, node.right);
  }
  updateUpperMax(node);
  return node;
}

/** One tree of two, everything in `left` being before everything in `right`. */
function join<Id>(left: Node<Id> | null, right: Node<Id> | null): Node<Id> | null {
  if (left === null) return right;
  if (right === null) return left;
  if (left.priority > right.priority) {
    left.right = join(left.right, right);
    updateUpperMax(left);
    return left;
  }
  right.left = join(left, right.left);
  updateUpperMax(right);
  return right;
}

function rotateRight<Id>(node: Node<Id>, left: Node<Id>): Node<Id> {
  node.left = left.right;
  left.right = node;
  updateUpperMax(node);
  updateUpperMax(left);
  return left;
}

function rotateLeft<Id>(node: Node<Id>, right: Node<Id>): Node<Id> {
  node.right = right.left;
  right.left = node;
  updateUpperMax(node);
  updateUpperMax(right);
  return right;
}

function updateUpperMax<Id>(node: Node<Id>): void {
  let max = node.upper;
  if (node.left !== null && node.left.upperMax > max) max = node.left.upperMax;
  if (node.right !== null && node.right.upperMax > max) max = node.right.upperMax;
  node.upperMax = max;
}

function compareEntry<Id>(entry: Entry<Id>, node: Node<Id>): number {
  if (entry.lower !== node.lower) return entry.lower < node.lower ? -1 : 1;
  if (entry.upper !== node.upper) return entry.upper < node.upper ? -1 : 1;
  return 0;
}

function collect<Id>(node: Node<Id> | null, key: string, into: Set<Id>): void {
  // `upperMax` is exclusive: nothing in this tree ends after `key`.
  while (node !== null && node.upperMax > key) {
    collect(node.left, key, into);
    if (node.lower > key) return;
    if (node.upper > key) for (const id of node.ids) into.add(id);
    node = node.right;
  }
}

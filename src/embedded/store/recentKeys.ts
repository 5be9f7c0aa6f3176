/**
 * The newest changes of bare keys: in memory in the order of keys, and in the file one row for each commit.
 *
 * A text has a key for each of its words, each at another end of its index: written one by one, they are most of the
 * pages that a commit writes. Here they wait until there are some thousands, and are then moved to `entries` in order,
 * where neighbours share pages. Whoever reads keys sees both (`mergedKeys`).
 */
import type { Database } from "./driver";
import type { IndexKey, KeyRange } from "./store";

/** Moving as many takes some 20 ms. */
const KEYS_MAX = 8_192;
/** Keys of vector indexes have kilobytes each. */
const BYTES_MAX = 4 * 1024 * 1024;

/** Keys as text, a character a byte, which compares as the bytes do. */
type KeyText = string;
type Change = "put" | "remove";
/** What a key was before the open transaction changed it. */
type Before = { indexId: number; key: KeyText; change: Change | undefined };
type Moved = {
  indexes: Map<number, IndexChanges>;
  count: number;
  sizeBytes: number;
  before: Before[];
};

export class RecentKeys {
  #indexes = new Map<number, IndexChanges>();
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #countMax: number;
  #count = 0;
  #sizeBytes = 0;
  /** Of the open transaction. */
  #before: Before[] = [];
  #records: Buffer[] = [];
  /** What the open transaction has moved, in case it is rolled back. */
  #moved: Moved | null = null;

  constructor(database: Database, countMax = KEYS_MAX) {
    this.#sql = prepareAll(database);
    this.#countMax = countMax;
    for (const [records] of this.#sql.all.all() as [Uint8Array][]) {
      for (const { indexId, key, change } of readRecords(Buffer.from(records))) {
        this.#set(indexId, key, change);
      }
    }
  }

  note(change: Change, { indexId, key }: IndexKey): void {
    const text = toText(key);
    this.#before.push({ indexId, key: text, change: this.#indexes.get(indexId)?.get(text) });
    this.#records.push(toRecord(change, { indexId, key }));
    this.#set(indexId, text, change);
  }

  /** Writes what the open transaction has noted; moves everything once there is enough of it. */
  save(): void {
    if (this.#records.length > 0) this.#sql.append.run(Buffer.concat(this.#records));
    if (this.#count > this.#countMax || this.#sizeBytes > BYTES_MAX) this.move();
  }

  /** Moves everything to `entries`, within the open transaction. */
  move(): void {
    for (const [indexId, changes] of this.#indexes) {
      for (const [key, change] of changes.from("")) {
        if (change === "put") this.#sql.putEntry.run(indexId, toBytes(key));
        else this.#sql.removeEntry.run(indexId, toBytes(key));
      }
    }
    this.#sql.removeAll.run();
    this.#moved ??= {
      indexes: this.#indexes,
      count: this.#count,
      sizeBytes: this.#sizeBytes,
      before: this.#before,
    };
    this.#indexes = new Map();
    this.#count = 0;
    this.#sizeBytes = 0;
    this.#before = [];
    this.#records = [];
  }

  committed(): void {
    this.#end();
  }

  rolledBack(): void {
    if (this.#moved !== null) {
      this.#indexes = this.#moved.indexes;
      this.#count = this.#moved.count;
      this.#sizeBytes = this.#moved.sizeBytes;
      this.#before = this.#moved.before;
    }
    for (const { indexId, key, change } of this.#before.toReversed()) {
      this.#set(indexId, key, change);
    }
    this.#end();
  }

  /** The changes of an index within a range, in the order of keys. */
  *within(indexId: number, { lower, upper }: KeyRange): Generator<[key: KeyText, change: Change]> {
    const end = upper === null ? null : toText(upper);
    for (const found of this.#indexes.get(indexId)?.from(toText(lower)) ?? []) {
      if (end !== null && found[0] >= end) return;
      yield found;
    }
  }

  #set(indexId: number, key: KeyText, change: Change | undefined): void {
    let changes = this.#indexes.get(indexId);
    if (changes === undefined) this.#indexes.set(indexId, (changes = new IndexChanges()));
    const isNew = changes.get(key) === undefined;
    if (isNew && change !== undefined) this.#grow(1, key);
    if (!isNew && change === undefined) this.#grow(-1, key);
    changes.set(key, change);
  }

  #grow(count: 1 | -1, key: KeyText): void {
    this.#count += count;
    this.#sizeBytes += count * key.length;
  }

  #end(): void {
    this.#moved = null;
    this.#before = [];
    this.#records = [];
  }
}

/** The changes of one index. */
class IndexChanges {
  readonly #changes = new Map<KeyText, Change>();
  /** In order; keys that have gone from the map may be left in it, and keys that came again be there twice. */
  #sorted: KeyText[] = [];
  #unsorted: KeyText[] = [];

  get(key: KeyText): Change | undefined {
    return this.#changes.get(key);
  }

  set(key: KeyText, change: Change | undefined): void {
    if (change === undefined) {
      this.#changes.delete(key);
      return;
    }
    if (!this.#changes.has(key)) this.#unsorted.push(key);
    this.#changes.set(key, change);
  }

  *from(lower: KeyText): Generator<[key: KeyText, change: Change]> {
    this.#sort();
    const sorted = this.#sorted;
    for (let at = firstFrom(sorted, lower); at < sorted.length; at++) {
      const key = sorted[at] ?? "";
      const change = this.#changes.get(key);
      if (change !== undefined && key !== sorted[at - 1]) yield [key, change];
    }
  }

  #sort(): void {
    if (this.#unsorted.length === 0) return;
    const kept = this.#sorted.filter((key) => this.#changes.has(key));
    this.#sorted = [...kept, ...this.#unsorted].sort();
    this.#unsorted = [];
  }
}

/** What a reader sees: keys that are stored and not removed since, and those put since; in order. */
export function* mergedKeys(
  stored: Iterable<Uint8Array>,
  recent: Iterable<[key: KeyText, change: Change]>,
): Generator<Uint8Array> {
  const changes = recent[Symbol.iterator]();
  let change = changes.next();
  for (const key of stored) {
    // Mostly there are none, and keys of vectors are long.
    if (change.done === true) {
      yield key;
      continue;
    }
    const text = toText(key);
    for (; change.done !== true && change.value[0] < text; change = changes.next()) {
      if (change.value[1] === "put") yield toBytes(change.value[0]);
    }
    const isChanged = change.done !== true && change.value[0] === text;
    if (!isChanged) yield key;
  }
  for (; change.done !== true; change = changes.next()) {
    if (change.value[1] === "put") yield toBytes(change.value[0]);
  }
}

function firstFrom(sorted: readonly KeyText[], lower: KeyText): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? "") < lower) low = middle + 1;
    else high = middle;
  }
  return low;
}

function toText(key: Uint8Array): KeyText {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}

function toBytes(key: KeyText): Uint8Array {
  // A copy: one that is kept would keep the 8 KiB of Node's pool that it is cut from.
  return new Uint8Array(Buffer.from(key, "latin1"));
}

const HEAD_BYTES = 9;

/** Change (1 byte), index (4), length of the key (4), key. */
function toRecord(change: Change, { indexId, key }: IndexKey): Buffer {
  const record = Buffer.alloc(HEAD_BYTES + key.length);
  record.writeUInt8(change === "put" ? 1 : 0, 0);
  record.writeUInt32BE(indexId, 1);
  record.writeUInt32BE(key.length, 5);
  record.set(key, HEAD_BYTES);
  return record;
}

function* readRecords(
  records: Buffer,
): Generator<{ indexId: number; key: KeyText; change: Change }> {
  for (let at = 0; at < records.length;) {
    const end = at + HEAD_BYTES + records.readUInt32BE(at + 5);
    yield {
      change: records.readUInt8(at) === 1 ? "put" : "remove",
      indexId: records.readUInt32BE(at + 1),
      key: records.toString("latin1", at + HEAD_BYTES, end),
    };
    at = end;
  }
}

function prepareAll(database: Database) {
  return {
    all: database.prepare("SELECT keys FROM recent_keys ORDER BY seq"),
    append: database.prepare("INSERT INTO recent_keys (keys) VALUES (?)"),
    removeAll: database.prepare("DELETE FROM recent_keys"),
    putEntry: database.prepare(
      "INSERT INTO entries (index_id, key, seq) VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
    ),
    removeEntry: database.prepare("DELETE FROM entries WHERE index_id = ? AND key = ?"),
  };
}

/** Vectors in memory: exact, current after every commit, bounded, and never long in the way. */
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openCatalog, withIndexes, allIndexes } from "../../../src/embedded/engine/catalog";
import { createTransaction } from "../../../src/embedded/engine/transaction";
import type { Transaction, WriteFootprint } from "../../../src/embedded/engine/types";
import {
  createVectorSearches,
  type VectorSearches,
} from "../../../src/embedded/runtime/vectorSearch";
import type { Store } from "../../../src/embedded/store/store";
import type { Json, JsonObject } from "../../../src/embedded/values/json";
import { assertCounted } from "../../support/countedProperty";
import { newFolder, newStore, transact } from "../store/folders";

const DIMENSIONS = 4;
type Result = { _id: string; _score: number };

/** A store with one table `items` that has a vector index, and searches through it. */
class World {
  readonly catalog;
  readonly searches: VectorSearches;

  constructor(
    readonly store: Store = newStore(),
    options: { memoryBytes?: number; dimensions?: number; store?: Pick<Store, "keys"> } = {},
  ) {
    const { dimensions = DIMENSIONS, ...more } = options;
    this.catalog = openCatalog(store);
    if (this.catalog.table("", "items") === undefined) {
      transact(store, () => {
        const table = this.catalog.ensureTable("", "items");
        const spec = {
          kind: "vector",
          name: "by_vector",
          vectorField: "at.vector",
          dimensions,
          filterFields: ["color", "size"],
        } as const;
        const indexes = this.catalog.newIndexes([spec], "enabled");
        this.catalog.replaceTables([withIndexes(table, [...allIndexes(table), ...indexes])]);
      });
    }
    this.searches = createVectorSearches({ store, catalog: this.catalog, ...more });
  }

  commit<T>(run: (tx: Transaction) => T): T {
    const { store, catalog } = this;
    const nowMs = 1_700_000_000_000;
    const tx = createTransaction({ kind: "mutation", store, catalog, nowMs });
    let footprint: WriteFootprint = [];
    const result = transact(store, (ts) => {
      const value = run(tx);
      footprint = tx.apply(ts);
      return value;
    });
    this.searches.committed([footprint]);
    return result;
  }

  insert(vector: Json, fields: JsonObject = {}): string {
    return this.commit((tx) => tx.insert("", "items", { ...fields, at: { vector } }));
  }

  async find(
    vector: number[],
    { limit = 10, anyOf }: { limit?: number; anyOf?: [string, Json][] } = {},
  ): Promise<Result[]> {
    const alternatives = (anyOf ?? []).map(([field, value]) => ({
      $eq: [{ $field: field }, { $literal: value }],
    }));
    const expressions = anyOf === undefined ? null : { $or: alternatives };
    const query = { indexName: "items.by_vector", vector, limit, expressions };
    const text = await this.searches.search("", query);
    return (JSON.parse(text) as { results: Result[] }).results;
  }
}

const idsOf = (results: readonly Result[]) => results.map(({ _id }) => _id);

describe("a document is found", () => {
  test("if its vector has the index's length and holds finite numbers only", async () => {
    const world = new World();
    const right = [
      world.insert([1, 0, 0, 0]),
      world.insert([1, 1, 0, 0]),
      world.insert([1, { $float: "AAAAAAAAAIA=" }, 5, 0]),
    ];
    for (const wrong of [
      null,
      "vector",
      [1, 0, 0],
      [1, 0, 0, 0, 0],
      [1, 0, 0, "0"],
      [1, 0, 0, null],
      [1, 0, 0, { $integer: "AAAAAAAAAAA=" }],
      [1, 0, 0, { $float: "AAAAAAAA8H8=" }],
      [1e39, 0, 0, 0],
    ] as Json[]) {
      world.insert(wrong);
    }
    world.commit((tx) => tx.insert("", "items", { at: "nowhere" }));
    expect(idsOf(await world.find([1, 0, 0, 0]))).toEqual(right);
  });

  test("of equals, the one with the greater id first", async () => {
    const world = new World();
    const ids = Array.from({ length: 6 }, () => world.insert([0, 2, 0, 0]));
    const found = await world.find([0, 1, 0, 0], { limit: 4 });
    expect(idsOf(found)).toEqual(ids.toSorted().toReversed().slice(0, 4));
    expect(new Set(found.map(({ _score }) => _score)).size).toBe(1);
  });

  test("without a direction, with the score 0", async () => {
    const world = new World();
    const id = world.insert([0, 0, 0, 0]);
    expect(await world.find([1, 0, 0, 0])).toEqual([{ _id: id, _score: 0 }]);
  });
});

type Write =
  | { kind: "insert"; vector: number[]; color: Json }
  | { kind: "change"; which: number; vector: number[] }
  | { kind: "recolor"; which: number; color: Json }
  | { kind: "delete"; which: number };

const vector = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 4 });
const color = fc.constantFrom<Json>("red", "blue", null);
const which = fc.nat(100);
const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("insert" as const), vector, color }) },
  fc.record({ kind: fc.constant("change" as const), which, vector }),
  fc.record({ kind: fc.constant("recolor" as const), which, color }),
  fc.record({ kind: fc.constant("delete" as const), which }),
);

test.each([
  ["in memory", 1 << 30],
  ["where they do not fit", 0],
])(
  "whatever is written, vectors %s give what a look at every one gives",
  async (_where, memoryBytes) => {
    let found = 0;
    await assertCounted(
      fc.asyncProperty(
        fc.array(fc.array(write, { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(vector, fc.option(color, { nil: undefined })), {
          minLength: 1,
          maxLength: 3,
        }),
        async (commits, searches) => {
          const world = new World(newStore(), { memoryBytes });
          const items = new Map<string, { vector: number[]; color: Json }>();
          for (const writes of commits) {
            world.commit((tx) => writes.forEach((action) => perform(tx, items, action)));
            for (const [query, wanted] of searches) {
              const anyOf: [string, Json][] | undefined =
                wanted === undefined ? undefined : [["color", wanted]];
              const results = await world.find(query, {
                limit: 5,
                ...(anyOf === undefined ? {} : { anyOf }),
              });
              const passing = [...items].filter(
                ([, item]) => wanted === undefined || item.color === wanted,
              );
              const scores = passing
                .map(([, item]) => cosine(item.vector, query))
                .toSorted((a, b) => b - a);
              expect(results).toHaveLength(Math.min(5, passing.length));
              for (const [i, { _id, _score }] of results.entries()) {
                expect(_score).toBeCloseTo(scores[i]!, 5);
                expect(_score).toBeCloseTo(cosine(items.get(_id)!.vector, query), 5);
              }
              found += results.length;
            }
          }
        },
      ),
      40,
      () => expect(found).toBeGreaterThan(100),
    );
  },
);

function perform(
  tx: Transaction,
  items: Map<string, { vector: number[]; color: Json }>,
  action: Write,
): void {
  if (action.kind === "insert") {
    const { vector: numbers, color: value } = action;
    const id = tx.insert("", "items", { at: { vector: numbers }, color: value });
    items.set(id, { vector: numbers, color: value });
    return;
  }
  const id = [...items.keys()][action.which % Math.max(items.size, 1)];
  const item = id === undefined ? undefined : items.get(id);
  if (id === undefined || item === undefined) return;
  switch (action.kind) {
    case "change":
      tx.patch("", id, { at: { vector: action.vector } });
      item.vector = action.vector;
      return;
    case "recolor":
      tx.patch("", id, { color: action.color });
      item.color = action.color;
      return;
    case "delete":
      tx.delete("", id);
      items.delete(id);
  }
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const length = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  return length === 0 ? 0 : dot(a, b) / length;
}

describe("vectors in memory", () => {
  /** A store that counts how many keys were read from it. */
  function counting(store: Store) {
    const counted = {
      keysRead: 0,
      keys: (...args: Parameters<Store["keys"]>) => {
        const keys = store.keys(...args);
        counted.keysRead += keys.length;
        return keys;
      },
    };
    return counted;
  }

  test("are read once; later only what commits have changed", async () => {
    const store = newStore();
    const counted = counting(store);
    const world = new World(store, { store: counted });
    for (let n = 0; n < 200; n++) world.insert([1, n, 0, 0]);
    expect(counted.keysRead).toBe(0);
    await Promise.all([world.find([1, 0, 0, 0]), world.find([0, 1, 0, 0])]);
    expect(counted.keysRead).toBe(200);
    await world.find([1, 0, 0, 0]);
    expect(counted.keysRead).toBe(200);
    const id = world.insert([1, 0, 0, 0.001]);
    expect(idsOf(await world.find([1, 0, 0, 0.001], { limit: 1 }))).toEqual([id]);
    expect(counted.keysRead).toBe(201);
  });

  test("written while they are read the first time are there in the end", async () => {
    const world = new World();
    const ids = Array.from({ length: 300 }, (_, n) => world.insert([1, n, 0, 0]));
    const first = world.find([1, 0, 0, 0]);
    const late = world.insert([1, 0, 0, 0]);
    world.commit((tx) => tx.delete("", ids[0]!));
    await first;
    const found = idsOf(await world.find([1, 0, 0, 0], { limit: 256 }));
    expect(found).toContain(late);
    expect(found).not.toContain(ids[0]);
  });

  test("of one index make room for those of another", async () => {
    const store = newStore();
    const counted = counting(store);
    // A block of 256 vectors with their filters takes 8 KiB: two indexes of one block each do not fit.
    const world = new World(store, { store: counted, memoryBytes: 12 * 1024 });
    transact(store, () => {
      const { catalog } = world;
      const [spec] = catalog.table("", "items")!.searchIndexes;
      const others = catalog.ensureTable("", "others");
      const indexes = catalog.newIndexes([spec!], "enabled");
      catalog.replaceTables([withIndexes(others, [...allIndexes(others), ...indexes])]);
    });
    world.insert([1, 0, 0, 0]);
    world.commit((tx) => tx.insert("", "others", { at: { vector: [1, 0, 0, 0] } }));
    const findOther = () =>
      world.searches.search("", {
        indexName: "others.by_vector",
        vector: [1, 0, 0, 0],
        limit: 1,
        expressions: null,
      });
    await world.find([1, 0, 0, 0]);
    await world.find([1, 0, 0, 0]);
    expect(counted.keysRead).toBe(1);
    await findOther();
    await findOther();
    expect(counted.keysRead).toBe(2);
    await world.find([1, 0, 0, 0]);
    expect(counted.keysRead).toBe(3);
  });

  test("are read again where anything may have changed", async () => {
    const store = newStore();
    const counted = counting(store);
    const world = new World(store, { store: counted });
    world.insert([1, 0, 0, 0]);
    await world.find([1, 0, 0, 0]);
    world.searches.committed(null);
    await world.find([1, 0, 0, 0]);
    expect(counted.keysRead).toBe(2);
  });

  test("are there after a restart", async () => {
    const folder = newFolder();
    const before = newStore(folder);
    const world = new World(before);
    const id = world.insert([1, 0, 0, 0]);
    before.close();
    const after = new World(newStore(folder));
    expect(idsOf(await after.find([1, 0, 0, 0]))).toEqual([id]);
  });

  test("leave time for other work, in reading as in comparing", async () => {
    const world = new World(newStore(), { dimensions: 1536 });
    const numbers = (n: number) => Array.from({ length: 1536 }, (_, i) => Math.sin(n * (i + 1)));
    for (let n = 0; n < 1000; n += 100) {
      world.commit((tx) => {
        for (let i = n; i < n + 100; i++) tx.insert("", "items", { at: { vector: numbers(i) } });
      });
    }
    // By this clock every step takes longer than a slice, on the fastest machine too.
    let nowMs = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (nowMs += 5));
    onTestFinished(() => clock.mockRestore());
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await world.find(numbers(1));
    isDone = true;
    expect(turns).toBeGreaterThan(2);
  });

  test("a failure to read them fails the search, and the next one reads them", async () => {
    const store = newStore();
    let isBroken = true;
    const world = new World(store, {
      store: {
        keys: (...args) => {
          if (isBroken) throw new Error("the disk is away");
          return store.keys(...args);
        },
      },
    });
    world.insert([1, 0, 0, 0]);
    await expect(world.find([1, 0, 0, 0])).rejects.toThrow("the disk is away");
    isBroken = false;
    expect(await world.find([1, 0, 0, 0])).toHaveLength(1);
  });
});

describe("a search is refused", () => {
  const good = { indexName: "items.by_vector", vector: [1, 0, 0, 0], limit: 3, expressions: null };
  const eq = (field: string) => ({ $eq: [{ $field: field }, { $literal: "x" }] });

  test.each<[Json, string]>([
    [{ ...good, indexName: "items.nothing" }, "Index items.nothing not found."],
    [{ ...good, indexName: "nothing.by_vector" }, "Index nothing.by_vector not found."],
    [
      { ...good, indexName: "items.by_creation_time" },
      "Index items.by_creation_time is not a vector index",
    ],
    [{ ...good, vector: [1, 0, 0] }, "Expected a vector with dimensions 4, received 3."],
    [{ ...good, vector: [1, 0, 0, null] }, "no finite number"],
    [{ ...good, limit: 257 }, "Vector queries can fetch at most 256 results, requested 257."],
    [{ ...good, limit: 0 }, "a whole number from 1 to 256"],
    [{ ...good, limit: 1.5 }, "a whole number from 1 to 256"],
    [
      { ...good, expressions: eq("weight") },
      'contains a filter on "weight" but that field isn\'t indexed',
    ],
    [
      { ...good, expressions: { $and: [eq("color")] } },
      "Filters should be a combination of `q.eq` and `q.or`.",
    ],
    [
      { ...good, expressions: { $eq: [{ $literal: 1 }, { $field: "color" }] } },
      "must take a field path as its first argument",
    ],
    [
      { ...good, expressions: { $or: Array.from({ length: 65 }, () => eq("color")) } },
      "has too many conditions. Max: 64 Actual: 65",
    ],
  ])("%j", async (query, message) => {
    const world = new World();
    await expect(world.searches.search("", query)).rejects.toThrow(message);
  });

  test("no alternatives are no filter, as at Convex", async () => {
    const world = new World();
    world.insert([1, 0, 0, 0]);
    expect(await world.find([1, 0, 0, 0], { anyOf: [] })).toHaveLength(1);
  });
});

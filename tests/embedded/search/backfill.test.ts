/** Text and vector indexes of tables that have documents: filled while others write, staged, refused, removed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SchemaError } from "../../../src/embedded/engine/schemaDefinition";
import { bareKeysOf } from "../../../src/embedded/engine/search/bareKeys";
import type { SchemaJson, SearchIndexInfo, TableInfo } from "../../../src/embedded/engine/types";
import type { Store } from "../../../src/embedded/store/store";
import { decodeId } from "../../../src/embedded/values/ids";
import type { JsonDocument, JsonObject } from "../../../src/embedded/values/json";
import { World } from "../schemaWorld";
import { change, documentsOf } from "../tables";

const BY_TEXT = { indexDescriptor: "by_text", searchField: "text", filterFields: ["owner"] };
const BY_VECTOR = {
  indexDescriptor: "by_vector",
  vectorField: "vector",
  dimensions: 3,
  filterFields: ["owner"],
};

function notes(indexes: Partial<SchemaJson["tables"][number]>): SchemaJson {
  const table = { tableName: "notes", indexes: [], documentType: null, ...indexes };
  return { schemaValidation: true, tables: [table] };
}

const BOTH = notes({ searchIndexes: [BY_TEXT], vectorIndexes: [BY_VECTOR] });
const BOTH_STAGED = notes({ stagedSearchIndexes: [BY_TEXT], stagedVectorIndexes: [BY_VECTOR] });

const note = (n: number): JsonObject => ({
  text: `note number${n} of word${n % 7}`,
  owner: n % 3,
  // Some are not of the index's length.
  vector: n % 5 === 0 ? [n] : [n, 1, 0],
});

function worldWith(count: number): { world: World; documents: (JsonDocument | null)[] } {
  const world = new World();
  const documents = Array.from({ length: count }, (_, n) => world.insert("notes", note(n)));
  return { world, documents };
}

const everything = { lower: new Uint8Array(0), upper: null };
const textOf = (key: Uint8Array) => Buffer.from(key).toString("latin1");

function keysOf(store: Store, indexId: number): string[] {
  return store.keys(indexId, everything, 1_000_000).map(textOf);
}

/** The keys that an index of these documents must have. */
function expectedKeys(world: World, table: TableInfo, index: SearchIndexInfo): string[] {
  return documentsOf(world.store, table)
    .flatMap((doc) => [...bareKeysOf(index, doc, decodeId(doc._id)!.internalId)])
    .map(textOf)
    .toSorted();
}

function expectComplete(world: World): void {
  const table = world.table("notes");
  expect(table.searchIndexes).toHaveLength(2);
  for (const index of table.searchIndexes) {
    const keys = keysOf(world.store, index.indexId);
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.toSorted()).toEqual(expectedKeys(world, table, index));
  }
}

const states = (world: World) => world.table("notes").searchIndexes.map(({ state }) => state);

test("new indexes are complete when they serve, and serve only then", async () => {
  const { world } = worldWith(120);
  const seen = new Set<string>();
  world.meanwhile = () => states(world).forEach((state) => seen.add(state));
  await world.push(BOTH);
  expect([...seen]).toEqual(["backfilling"]);
  expect(states(world)).toEqual(["enabled", "enabled"]);
  expectComplete(world);
});

test("long texts are filled in small steps", async () => {
  const world = new World();
  const text = Array.from({ length: 4_000 }, (_, n) => `word${n}`).join(" ");
  for (let n = 0; n < 20; n++) world.insert("notes", { text: `${n} ${text}` });
  world.turns = 0;
  await world.push(notes({ searchIndexes: [BY_TEXT] }));
  expect(world.turns).toBeGreaterThan(5);
});

test("staged ones are complete and do not serve; enabling them fills nothing, staging them again neither", async () => {
  const { world } = worldWith(120);
  await world.push(BOTH_STAGED);
  expect(states(world)).toEqual(["staged", "staged"]);
  world.insert("notes", note(500));
  expectComplete(world);
  const ids = () => world.table("notes").searchIndexes.map(({ indexId }) => indexId);
  const before = ids();

  const plan = world.plan(BOTH);
  expect(plan.needsPreparation).toBe(false);
  expect(plan.indexChanges).toMatchObject({
    addedIndexes: [],
    removedIndexes: [],
    enabledIndexes: [
      { table: "notes", spec: { kind: "text", name: "by_text" }, staged: false },
      { table: "notes", spec: { kind: "vector", name: "by_vector" }, staged: false },
    ],
    disabledIndexes: [],
  });
  world.turns = 0;
  await world.push(BOTH);
  expect(world.turns).toBe(1);
  expect([ids(), states(world)]).toEqual([before, ["enabled", "enabled"]]);

  const back = world.plan(BOTH_STAGED);
  expect(back.indexChanges.disabledIndexes).toMatchObject([{ staged: true }, { staged: true }]);
  await world.push(BOTH_STAGED);
  expect([ids(), states(world)]).toEqual([before, ["staged", "staged"]]);
});

test("an index with other fields is filled anew while the old one serves; one with the same in another order stays", async () => {
  const { world } = worldWith(60);
  const two = { ...BY_TEXT, filterFields: ["owner", "text"] };
  await world.push(notes({ searchIndexes: [two] }));
  const [old] = world.table("notes").searchIndexes;
  await world.push(notes({ searchIndexes: [{ ...two, filterFields: ["text", "owner"] }] }));
  expect(world.table("notes").searchIndexes).toEqual([old]);

  world.meanwhile = () =>
    expect(world.table("notes").searchIndexes).toContainEqual(expect.objectContaining(old!));
  await world.push(notes({ searchIndexes: [BY_TEXT] }));
  const [fresh, ...others] = world.table("notes").searchIndexes;
  expect(others).toEqual([]);
  expect(fresh).toMatchObject({ filterFields: ["owner"], state: "enabled" });
  expect(fresh!.indexId).not.toBe(old!.indexId);
  expect(keysOf(world.store, old!.indexId)).toEqual([]);
});

test("removed ones leave nothing behind, however large", async () => {
  const { world } = worldWith(400);
  await world.push(BOTH);
  const indexIds = world.table("notes").searchIndexes.map(({ indexId }) => indexId);
  await world.push(notes({}));
  expect(world.table("notes").searchIndexes).toEqual([]);
  while (world.store.sweep({ beforeMicros: 0, durationMs: 50 }));
  expect(indexIds.flatMap((indexId) => keysOf(world.store, indexId))).toEqual([]);
});

test("they are what they were after a restart", async () => {
  const { world } = worldWith(60);
  await world.push(BOTH);
  const before = world.table("notes");
  world.restart();
  expect(world.table("notes")).toEqual(before);
  expectComplete(world);
});

describe("a push that does not come to its end", () => {
  const checked = {
    ...BOTH,
    tables: [
      {
        ...BOTH.tables[0]!,
        documentType: {
          type: "object" as const,
          value: {
            text: { fieldType: { type: "string" as const }, optional: false },
            owner: { fieldType: { type: "any" as const }, optional: true },
            vector: {
              fieldType: { type: "array" as const, value: { type: "number" as const } },
              optional: true,
            },
          },
        },
      },
    ],
  };

  test("because of a document names its table, id and field, and leaves no key", async () => {
    const { world, documents } = worldWith(120);
    const bad = change(world.store, world.table("notes"), {
      before: documents[100]!,
      fields: { text: 7 },
    })!;
    const before = world.snapshot();
    const error: unknown = await world.push(checked).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SchemaError);
    expect((error as SchemaError).message).toBe(
      `Document with ID "${bad._id}" in table "notes" does not match the schema: Value does not match validator.\nPath: .text\nValue: 7.0\nValidator: v.string()`,
    );
    expect(world.snapshot()).toEqual(before);
  });

  test.each([1, 3, 5])(
    "because of a crash after %d steps leaves nothing, and works the next time",
    async (at) => {
      const { world } = worldWith(300);
      const before = world.snapshot();
      world.meanwhile = (turn) => {
        if (turn >= at) throw new Error("the process ended");
      };
      await world
        .plan(checked)
        .prepare(async (body) => world.transact(body))
        .catch(() => {});
      world.restart();
      while (world.store.sweep({ beforeMicros: 0, durationMs: 50 }));
      expect(world.snapshot()).toEqual(before);
      await world.push(checked);
      expectComplete(world);
    },
  );
});

test("whatever is written meanwhile, the indexes are those of the documents", async () => {
  const write = fc.record({
    turn: fc.nat(6),
    kind: fc.constantFrom("insert", "update", "remove"),
    n: fc.nat(99),
    as: fc.nat(40),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(write, { maxLength: 25 }),
      fc.constantFrom(BOTH, BOTH_STAGED),
      async (writes, schema) => {
        const { world, documents } = worldWith(100);
        world.meanwhile = (now) => {
          for (const { turn, kind, n, as } of writes) {
            if (turn !== now) continue;
            const before = documents[n];
            if (kind === "insert") documents.push(world.insert("notes", note(as)));
            else if (before !== null && before !== undefined) {
              const fields = kind === "update" ? note(as) : null;
              documents[n] = change(world.store, world.table("notes"), { before, fields });
            }
          }
        };
        await world.push(schema);
        expectComplete(world);
        world.store.close();
      },
    ),
    { numRuns: 25 },
  );
});

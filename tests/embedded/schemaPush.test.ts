/** Pushing a schema onto data: what is accepted, what is refused, and what serves at each moment. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openCatalog } from "../../src/embedded/engine/catalog";
import { SchemaError } from "../../src/embedded/engine/schemaDefinition";
import { NO_INDEX_CHANGES } from "../../src/embedded/engine/schemaPush";
import type { JsonDocument } from "../../src/embedded/values/json";
import type { Validator } from "../../src/embedded/values/validator";
import { schemaJson, World, type Schema } from "./schemaWorld";
import { newFolder, newStore, refusal, transact } from "./store/folders";
import { change, documentsOf } from "./tables";

const string: Validator = { type: "string" };
const number: Validator = { type: "number" };
const object = (fields: Record<string, Validator>): Validator => ({
  type: "object",
  value: Object.fromEntries(
    Object.entries(fields).map(([name, fieldType]) => [name, { fieldType, optional: false }]),
  ),
});

const failureOf = async (promise: Promise<unknown>): Promise<SchemaError> => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SchemaError);
  return error as SchemaError;
};

const byText = (a: string, b: string) => (a < b ? -1 : Number(a > b));

const BY_NAME = { by_name: ["name"] };

describe("a first schema", () => {
  test("makes its tables with their indexes", async () => {
    const world = new World();
    await world.push(
      schemaJson({ users: { type: object({ name: string }), indexes: BY_NAME }, posts: {} }),
    );
    expect(world.table("users").documentType).toEqual(object({ name: string }));
    expect(
      world.table("users").indexes.map(({ name, fields, state }) => [name, fields, state]),
    ).toEqual([
      ["by_id", ["_id"], "enabled"],
      ["by_creation_time", ["_creationTime"], "enabled"],
      ["by_name", ["name", "_creationTime"], "enabled"],
    ]);
    expect(world.table("posts").documentType).toBeNull();
  });

  test("that does not validate keeps no validators", async () => {
    const world = new World();
    world.insert("users", { name: 5 });
    await world.push(schemaJson({ users: { type: object({ name: string }) } }, false));
    expect(world.table("users").documentType).toBeNull();
  });

  test("survives a restart", async () => {
    const world = new World();
    await world.push(schemaJson({ users: { type: object({ name: string }), indexes: BY_NAME } }));
    const before = world.snapshot();
    world.restart();
    expect(world.snapshot()).toEqual(before);
  });

  test("pushed again, nothing is written anew", async () => {
    const world = new World();
    const schema = schemaJson({ users: { type: object({ name: string }), indexes: BY_NAME } });
    await world.push(schema);
    const table = world.table("users");
    const { turns } = world;
    const push = world.plan(schema);
    expect(push.indexChanges).toEqual(NO_INDEX_CHANGES);
    await push.prepare(world.transact);
    expect(world.turns).toBe(turns);
    transact(world.store, () => push.finish());
    expect(world.table("users")).toBe(table);
  });
});

describe("documents that are there", () => {
  test("let a schema pass that they all match, and their table gets its validator", async () => {
    const world = new World();
    world.insertMany("users", 700);
    await world.push(schemaJson({ users: { type: object({ name: string }) } }));
    expect(world.table("users").documentType).toEqual(object({ name: string }));
    expect(world.table("users").indexes).toHaveLength(2);
  });

  test("refuse one that they do not match, in Convex's words, and nothing has changed", async () => {
    const world = new World();
    await world.push(schemaJson({ users: { indexes: BY_NAME } }));
    world.insertMany("users", 300);
    const wrong = world.insert("users", { name: "ann", extra: true });
    const before = world.snapshot();

    const error = await failureOf(
      world.push(
        schemaJson({
          users: { type: object({ name: string }), indexes: { by_name: ["name"], by_n: ["name"] } },
          others: {},
        }),
      ),
    );
    expect(error.message).toMatch(
      `Document with ID "${wrong._id}" in table "users" does not match the schema: Object contains extra field \`extra\` that is not in the validator.`,
    );
    expect(error).toMatchObject({ table: "users", documentId: wrong._id });
    expect(world.snapshot()).toEqual(before);
    world.restart();
    expect(world.snapshot()).toEqual(before);
  });

  test("are not read again when their validator stays", async () => {
    const world = new World();
    const type = object({ name: string });
    await world.push(schemaJson({ users: { type } }));
    world.insertMany("users", 5);
    const { turns } = world;
    await world.push(schemaJson({ users: { type: structuredClone(type) }, posts: {} }));
    expect(world.turns).toBe(turns + 1);
  });

  test("may refer to documents of the tables they should, and of no others", async () => {
    const world = new World();
    const user = world.insert("users", { name: "ann" });
    const post = world.insert("posts", { author: user._id });
    const typed = (tableName: string) =>
      schemaJson({ posts: { type: object({ author: { type: "id", tableName } }) } });
    await world.push(typed("users"));
    const error = await failureOf(world.push(typed("posts")));
    expect(error.documentId).toBe(post._id);
  });

  test("of a table that the schema no longer names stay, without validator and indexes", async () => {
    const world = new World();
    await world.push(schemaJson({ users: { type: object({ name: string }), indexes: BY_NAME } }));
    world.insertMany("users", 3);
    const { indexId } = world.table("users").indexes[2]!;

    const push = world.plan(null);
    const spec = { kind: "database", name: "by_name", fields: ["name"] };
    expect(push.indexChanges.removedIndexes).toEqual([{ table: "users", spec, staged: false }]);
    await world.push(null);
    expect(world.table("users")).toMatchObject({ documentType: null });
    expect(world.table("users").indexes).toHaveLength(2);
    expect(world.store.count(indexId)).toBe(0);
    expect(world.names("users")).toHaveLength(3);
  });

  test("of other components and of the runtime are left alone", async () => {
    const world = new World();
    transact(world.store, () => {
      world.catalog.ensureSystemTable("", "_jobs", [{ name: "by_x", fields: ["x"] }]);
      world.catalog.ensureTable("child", "users");
    });
    const jobs = world.table("_jobs");
    const child = world.catalog.table("child", "users");
    await world.push(schemaJson({ users: { indexes: BY_NAME } }));
    expect(world.table("_jobs")).toEqual(jobs);
    expect(world.catalog.table("child", "users")).toEqual(child);
  });
});

describe("a new index", () => {
  test("has every document when it serves, and serves only then", async () => {
    const world = new World();
    world.insertMany("users", 1200);
    const states = new Set<string>();
    world.meanwhile = () => {
      for (const index of world.table("users").indexes) {
        if (index.name === "by_name") states.add(index.state);
      }
    };
    await world.push(schemaJson({ users: { indexes: BY_NAME } }));

    expect([...states]).toEqual(["backfilling"]);
    expect(world.turns).toBeGreaterThan(4);
    expect(world.table("users").indexes[2]).toMatchObject({ name: "by_name", state: "enabled" });
    const names = world.names("users", "by_name");
    expect(names).toHaveLength(1200);
    expect(names).toEqual(names.toSorted(byText));
  });

  test("is filled in batches whose size follows that of the documents", async () => {
    const world = new World();
    for (let n = 0; n < 150; n++) world.insert("users", { name: "x".repeat(100_000) });
    await world.push(schemaJson({ users: { indexes: BY_NAME } }));
    // The first fifty, then ten at a time.
    expect(world.turns).toBeGreaterThan(10);
    expect(world.names("users", "by_name")).toHaveLength(150);
  });

  test("under an old name replaces the old one at the end, which serves until then", async () => {
    const world = new World();
    await world.push(schemaJson({ users: { indexes: { by_it: ["name"] } } }));
    for (const [name, rank] of [
      ["a", 2],
      ["b", 1],
    ] as const)
      world.insert("users", { name, rank });
    const old = world.table("users").indexes[2]!;
    const serving: unknown[] = [];
    world.meanwhile = () => serving.push(...world.names("users", "by_it"));

    const schema = schemaJson({ users: { indexes: { by_it: ["rank"] } } });
    expect(world.plan(schema).indexChanges).toMatchObject({
      addedIndexes: [{ table: "users", spec: { name: "by_it", fields: ["rank"] } }],
      removedIndexes: [{ table: "users", spec: { name: "by_it", fields: ["name"] } }],
    });
    await world.push(schema);
    expect(serving.slice(0, 2)).toEqual(["a", "b"]);
    expect(serving.length % 2).toBe(0);
    expect(world.names("users", "by_it")).toEqual(["b", "a"]);
    expect(world.store.count(old.indexId)).toBe(0);
    expect(world.table("users").indexes.map((index) => index.name)).toEqual([
      "by_id",
      "by_creation_time",
      "by_it",
    ]);
  });

  test("that is staged is complete and does not serve, and enabling it fills nothing again", async () => {
    const world = new World();
    world.insertMany("users", 200);
    const staged = schemaJson({ users: {} });
    staged.tables[0]!.stagedDbIndexes = [{ indexDescriptor: "by_name", fields: ["name"] }];
    await world.push(staged);
    expect(world.table("users").indexes[2]).toMatchObject({ name: "by_name", state: "staged" });
    expect(world.names("users", "by_name")).toHaveLength(200);
    world.insert("users", { name: "later" });

    world.turns = 0;
    const { indexId } = world.table("users").indexes[2]!;
    await world.push(schemaJson({ users: { indexes: BY_NAME } }));
    expect(world.turns).toBe(1);
    expect(world.table("users").indexes[2]).toMatchObject({ indexId, state: "enabled" });
    expect(world.names("users", "by_name")).toHaveLength(201);

    await world.push(staged);
    expect(world.table("users").indexes[2]).toMatchObject({ indexId, state: "staged" });
  });
});

describe("writes during a push", () => {
  const schema = schemaJson({ users: { type: object({ name: string }), indexes: BY_NAME } });

  test("are in the new index when they come late", async () => {
    const world = new World();
    const [first, second] = world.insertMany("users", 100);
    world.meanwhile = (turn) => {
      const table = world.table("users");
      if (turn === 2) {
        change(world.store, table, { before: first!, fields: { name: "changed" } });
        change(world.store, table, { before: second!, fields: null });
        world.insert("users", { name: "new" });
      }
    };
    await world.push(schema);
    const names = world.names("users", "by_name");
    expect(names).toHaveLength(100);
    expect(names).toEqual(world.names("users").toSorted(byText));
    expect(names).toContain("changed");
  });

  test.each([1, 2, 3, 4])("refuse it at its end when at turn %d one does not match", async (at) => {
    const world = new World();
    world.insertMany("users", 100);
    let wrong: JsonDocument | undefined;
    let before: unknown;
    world.meanwhile = (turn) => {
      if (turn === at) wrong = world.insert("users", { name: 5 });
      if (turn === 0) before = world.table("users").indexes;
    };
    const error = await failureOf(world.push(schema));
    expect(error.documentId).toBe(wrong?._id);
    expect(world.table("users")).toMatchObject({ documentType: null, indexes: before });
  });

  test("may make a table that it will have to check", async () => {
    const both = schemaJson({
      users: { type: object({ name: string }), indexes: BY_NAME },
      posts: { type: object({ title: string }), indexes: { by_title: ["title"] } },
    });
    for (const turn of [0, 1, 2, 3]) {
      const world = new World();
      world.insertMany("users", 10);
      world.meanwhile = (now) => {
        if (now === turn) for (const title of ["b", "a"]) world.insert("posts", { title });
      };
      await world.push(both);
      const titles = documentsOf(world.store, world.table("posts"), "by_title");
      expect(titles.map((post) => post["title"])).toEqual(["a", "b"]);

      const refused = new World();
      refused.insertMany("users", 10);
      refused.meanwhile = (now) => {
        if (now === turn) refused.insert("posts", { title: 5 });
      };
      expect((await failureOf(refused.push(both))).table).toBe("posts");
      expect(refused.table("posts").indexes).toHaveLength(2);
    }
  });

  type Write = { turn: number; kind: "insert" | "update" | "remove"; n: number; name: number };
  const write: fc.Arbitrary<Write> = fc.record({
    turn: fc.nat(4),
    kind: fc.constantFrom("insert", "update", "remove"),
    n: fc.nat(59),
    name: fc.nat(5),
  });

  test("never leave an index that differs from its documents, or a document that was not checked", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
        const world = new World();
        const documents: (JsonDocument | null)[] = world.insertMany("users", 60);
        world.meanwhile = (now) => {
          for (const { turn, kind, n, name } of writes) {
            const before = documents[n];
            if (turn !== now || before === undefined) continue;
            // One name in six is of the wrong type.
            const fields = { name: name === 0 ? 0 : `name ${name}` };
            if (kind === "insert") documents.push(world.insert("users", fields));
            else if (before !== null) {
              const change_ = { before, fields: kind === "update" ? fields : null };
              documents[n] = change(world.store, world.table("users"), change_);
            }
          }
        };
        const error = await world.push(schema).then(
          () => null,
          (reason: unknown) => reason,
        );

        const stored = documentsOf(world.store, world.table("users"));
        expect(stored).toHaveLength(documents.filter((document) => document !== null).length);
        if (error === null) {
          expect(stored.filter((document) => typeof document["name"] !== "string")).toEqual([]);
          const names = world.names("users").toSorted(byText);
          expect(world.names("users", "by_name")).toEqual(names);
        } else {
          expect(error).toBeInstanceOf(SchemaError);
          expect(world.table("users")).toMatchObject({ documentType: null });
        }
        // Nothing unfinished is left: two built-in indexes, and the new one only if it serves.
        expect(world.table("users").indexes).toHaveLength(error === null ? 3 : 2);
        const entries = Array.from({ length: 10 }, (_, indexId) => world.store.count(indexId));
        const total = entries.reduce((sum, count) => sum + count, 0);
        expect(total).toBe(stored.length * world.table("users").indexes.length);
        world.store.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe("a push that is cut off", () => {
  const schema = schemaJson({ users: { type: object({ name: string }), indexes: BY_NAME } });

  test.each([0, 1, 2, 3, 4])(
    "at transaction %d leaves nothing, and works the next time",
    async (at) => {
      const world = new World();
      world.insertMany("users", 100);
      const before = world.snapshot();
      const crash = new Error("the process ended");
      world.meanwhile = (turn) => {
        if (turn >= at) throw crash;
      };
      const push = world.plan(schema);
      const reached = await push
        .prepare(async (body) => world.transact(body))
        .then(
          () => "the end",
          (error: unknown) => error,
        );
      expect(reached).toBe(at < 4 ? crash : "the end");

      world.restart();
      expect(world.snapshot()).toEqual(before);
      world.insert("users", { name: "later" });
      await world.push(schema);
      expect(world.names("users", "by_name")).toHaveLength(101);
    },
  );

  test("by a full disk says so and leaves what serves", async () => {
    const folder = newFolder();
    const world = new World(folder);
    for (let n = 0; n < 300; n++) world.insert("users", { name: "x".repeat(2000) });
    const before = world.snapshot();
    world.store.close();
    world.store = newStore(folder, { maxSizeBytes: 1 });
    world.catalog = openCatalog(world.store);

    const failure: unknown = await world.push(schema).catch((error: unknown) => error);
    const told = refusal(() => {
      throw failure;
    });
    expect(told.kind).toBe("disk_full");
    expect(world.names("users")).toHaveLength(300);
    world.restart();
    expect(world.snapshot()).toEqual(before);
    await world.push(schema);
    expect(world.names("users", "by_name")).toHaveLength(300);
  });

  test("given up before its end changes nothing", async () => {
    const world = new World();
    world.insertMany("users", 10);
    const before = world.snapshot();
    const push = world.plan(schema);
    await push.prepare(world.transact);
    expect(world.snapshot()).not.toEqual(before);
    await push.abandon(world.transact);
    expect(world.snapshot()).toEqual(before);
  });

  test("by another push cannot be finished", async () => {
    const world = new World();
    world.insertMany("users", 10);
    const first = world.plan(schema);
    await first.prepare(world.transact);
    await world.push(schemaJson({ users: { indexes: { by_other: ["name"] } } }));
    world.store.begin();
    expect(() => first.finish()).toThrow("Another schema push");
    world.store.rollback();
  });
});

describe("a schema that is wrong in itself", () => {
  const fields = (count: number) => Array.from({ length: count }, (_, n) => `f${n}`);
  const typed = (index: string[]) => ({ type: object({ name: string }), indexes: { by_x: index } });

  test.each<[Schema, string]>([
    [{ users: { indexes: { by_id: ["a"] } } }, 'cannot name an index "by_id"'],
    [{ users: { indexes: { by_creation_time: ["a"] } } }, "the name is reserved"],
    [{ users: { indexes: { _mine: ["a"] } } }, "may not start with an underscore"],
    [{ users: { indexes: { "by name": ["a"] } } }, 'cannot name an index "by name"'],
    [{ users: { indexes: { by_x: [] } } }, "has no fields"],
    [{ users: { indexes: { by_x: fields(17) } } }, "at most 16"],
    [{ users: { indexes: { by_x: ["a", "b", "a"] } } }, '"a" more than once'],
    [{ users: { indexes: { by_x: ["a", "_creationTime"] } } }, "ends with by itself"],
    [{ users: typed(["age"]) }, 'references the field "age" that does not exist'],
    [{ users: typed(["name.first"]) }, 'references the field "name.first" that does not exist'],
    [{ _users: {} }, '"_users" cannot name a table'],
    [
      { users: { indexes: Object.fromEntries(fields(65).map((name) => [name, ["a"]])) } },
      "at most 64",
    ],
  ])("%j is refused at once", (schema, message) => {
    const world = new World();
    expect(() => world.plan(schemaJson(schema))).toThrow(message);
    expect(() => world.plan(schemaJson(schema))).toThrow(SchemaError);
  });

  test("names no table or index twice", () => {
    const twice = schemaJson({ users: { indexes: BY_NAME } });
    twice.tables.push(...schemaJson({ users: {} }).tables);
    expect(() => new World().plan(twice)).toThrow("twice");
    const indexes = schemaJson({ users: { indexes: BY_NAME } });
    indexes.tables[0]!.indexes.push({ indexDescriptor: "by_name", fields: ["other"] });
    expect(() => new World().plan(indexes)).toThrow('the same name "by_name"');
  });

  test("but not for fields that some documents may have", () => {
    const type: Validator = {
      type: "union",
      value: [
        object({ kind: string, by: object({ id: number }) }),
        object({
          extra: { type: "any" },
          tags: {
            type: "record",
            keys: string,
            values: { fieldType: object({ n: number }), optional: false },
          },
        }),
      ],
    };
    const paths = ["kind", "by.id", "extra.deep.down", "tags.some.n", "_id"];
    const indexes = Object.fromEntries(paths.map((path, n) => [`by_${n}`, [path]]));
    expect(() => new World().plan(schemaJson({ users: { type, indexes } }))).not.toThrow();
  });
});

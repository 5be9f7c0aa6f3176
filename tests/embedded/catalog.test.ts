/** Tables and indexes keep their numbers, whatever happens around them. */
import { describe, expect, test } from "vitest";
import { openCatalog, type StoredCatalog } from "../../src/embedded/engine/catalog";
import { UserError, type TableInfo } from "../../src/embedded/engine/types";
import { openStore } from "../../src/embedded/store/sqlite";
import type { Store } from "../../src/embedded/store/store";
import { newFolder, newStore, transact } from "./store/folders";
import { documentsOf, insert } from "./tables";

const ensure = (store: Store, catalog: StoredCatalog, [path, name]: [string, string]): TableInfo =>
  transact(store, () => catalog.ensureTable(path, name));

const indexNames = (table: TableInfo | undefined) => table?.indexes.map((index) => index.name);

describe("a new table", () => {
  test("has the two indexes that every table has", () => {
    const store = newStore();
    const table = ensure(store, openCatalog(store), ["", "users"]);
    expect(table).toEqual({
      tableId: 1,
      tableNumber: 10_001,
      name: "users",
      componentPath: "",
      isSystem: false,
      documentType: null,
      searchIndexes: [],
      indexes: [
        { kind: "database", indexId: 1, name: "by_id", fields: ["_id"], state: "enabled" },
        {
          kind: "database",
          indexId: 2,
          name: "by_creation_time",
          fields: ["_creationTime"],
          state: "enabled",
        },
      ],
    });
  });

  test("is made once, and found by name and by number", () => {
    const store = newStore();
    const catalog = openCatalog(store);
    const table = ensure(store, catalog, ["", "users"]);
    expect(ensure(store, catalog, ["", "users"])).toBe(table);
    expect(catalog.table("", "users")).toBe(table);
    expect(catalog.tableByNumber("", table.tableNumber)).toBe(table);
    expect(catalog.tables("")).toEqual([table]);
    expect(catalog.table("", "posts")).toBeUndefined();
    expect(catalog.table("other", "users")).toBeUndefined();
    expect(catalog.tables("other")).toEqual([]);
  });

  test("of the runtime's own has a low number, and does not take one from the users' tables", () => {
    const store = newStore();
    const catalog = openCatalog(store);
    const numbers = ["_storage", "users", "_jobs", "posts"].map(
      (name) => ensure(store, catalog, ["", name]).tableNumber,
    );
    expect(numbers).toEqual([1, 10_001, 2, 10_002]);
    expect(catalog.table("", "_jobs")?.isSystem).toBe(true);
  });

  test("has a number of its component, and ids of its own over all components", () => {
    const store = newStore();
    const catalog = openCatalog(store);
    const app = ensure(store, catalog, ["", "users"]);
    const component = ensure(store, catalog, ["workflow/workpool", "users"]);
    expect(component.tableNumber).toBe(app.tableNumber);
    expect(component.tableId).not.toBe(app.tableId);
    const indexIds = [app, component].flatMap((table) => table.indexes.map((i) => i.indexId));
    expect(new Set(indexIds).size).toBe(4);
    expect(catalog.componentPaths()).toEqual(["", "workflow/workpool"]);
  });

  test.each(["", "1st", "with space", "naïve", "a".repeat(65), "a-b"])(
    "cannot be called %o",
    (name) => {
      const store = newStore();
      const catalog = openCatalog(store);
      store.begin();
      expect(() => catalog.ensureTable("", name)).toThrow(UserError);
      expect(catalog.tables("")).toEqual([]);
    },
  );

  test("needs a write transaction", () => {
    const catalog = openCatalog(newStore());
    expect(() => catalog.ensureTable("", "users")).toThrow("No write transaction is open");
    expect(catalog.table("", "users")).toBeUndefined();
  });
});

test("all numbers survive a restart, and new ones go on from there", () => {
  const folder = newFolder();
  const first = openStore(folder);
  const before = openCatalog(first);
  for (const at of [
    ["", "users"],
    ["", "_storage"],
    ["child", "posts"],
  ] as [string, string][]) {
    ensure(first, before, at);
  }
  const tables = before.componentPaths().map((path) => before.tables(path));
  first.close();

  const second = newStore(folder);
  const after = openCatalog(second);
  expect(after.componentPaths().map((path) => after.tables(path))).toEqual(tables);
  expect(ensure(second, after, ["", "more"])).toMatchObject({
    tableId: 4,
    tableNumber: 10_002,
    indexes: [{ indexId: 7 }, { indexId: 8 }],
  });
});

describe("a rollback", () => {
  test("takes a table back once the catalogue is reloaded, and its numbers are free again", () => {
    const store = newStore();
    const catalog = openCatalog(store);
    const users = ensure(store, catalog, ["", "users"]);
    store.begin();
    const posts = catalog.ensureTable("", "posts");
    store.rollback();
    catalog.reload();

    expect(catalog.table("", "posts")).toBeUndefined();
    expect(catalog.tableByNumber("", posts.tableNumber)).toBeUndefined();
    expect(catalog.tables("")).toEqual([users]);
    expect(ensure(store, catalog, ["", "comments"]).tableNumber).toBe(posts.tableNumber);
  });

  test("that the catalogue had no part in leaves it as it is", () => {
    const store = newStore();
    const catalog = openCatalog(store);
    const users = ensure(store, catalog, ["", "users"]);
    store.begin();
    store.rollback();
    catalog.reload();
    expect(catalog.table("", "users")).toBe(users);
  });
});

describe("a system table with indexes", () => {
  const byState = { name: "by_state", fields: ["state.kind", "dueMs"] };
  const byKind = { name: "by_kind", fields: ["kind"] };

  function ensureJobs(store: Store, catalog: StoredCatalog, indexes: (typeof byKind)[]): TableInfo {
    return transact(store, () => catalog.ensureSystemTable("", "_jobs", indexes));
  }

  test("is made with them, and each ends with the creation time", () => {
    const store = newStore();
    const table = ensureJobs(store, openCatalog(store), [byState]);
    expect(table.indexes.slice(2)).toEqual([
      {
        indexId: 3,
        kind: "database",
        name: "by_state",
        fields: ["state.kind", "dueMs", "_creationTime"],
        state: "enabled",
      },
    ]);
  });

  test("asked for again, it is the same; asked for without them, it keeps them", () => {
    const store = newStore();
    const catalog = openCatalog(store);
    const table = ensureJobs(store, catalog, [byState]);
    expect(ensureJobs(store, catalog, [byState])).toBe(table);
    expect(ensure(store, catalog, ["", "_jobs"])).toBe(table);
  });

  test("that has rows gets a new index filled and an old one removed", () => {
    const store = newStore();
    const catalog = openCatalog(store);
    const old = ensureJobs(store, catalog, [byState]);
    for (const kind of ["b", "a", "c"]) insert(store, old, { kind, state: { kind: "open" } });

    const table = ensureJobs(store, catalog, [byKind]);
    expect(indexNames(table)).toEqual(["by_id", "by_creation_time", "by_kind"]);
    expect(documentsOf(store, table, "by_kind").map((row) => row["kind"])).toEqual(["a", "b", "c"]);
    expect(store.count(old.indexes[2]!.indexId)).toBe(0);
  });

  test("with other fields under the same name, an index is made anew", () => {
    const store = newStore();
    const catalog = openCatalog(store);
    const old = ensureJobs(store, catalog, [byKind]);
    for (const kind of ["b", "a"]) insert(store, old, { kind, rank: kind === "b" ? 1 : 2 });
    const table = ensureJobs(store, catalog, [{ name: "by_kind", fields: ["rank"] }]);
    expect(documentsOf(store, table, "by_kind").map((row) => row["kind"])).toEqual(["b", "a"]);
  });
});

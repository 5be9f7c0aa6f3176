/**
 * The tables and indexes that exist, under numbers that never change and are never given twice.
 *
 * The whole catalogue is one setting of the store, so it changes together with the documents of a
 * transaction. In memory it changes at once; after a rollback of the store's transaction `reload`
 * brings it back to what is stored. There is nothing to call after a commit.
 */
import type { Store } from "../store/store";
import { BY_CREATION_TIME, BY_ID } from "./indexKeys";
import { fillIndexes } from "./tableWalk";
import {
  UserError,
  type AnyIndexInfo,
  type Catalog,
  type ComponentPath,
  type IndexInfo,
  type IndexState,
  type SearchIndexInfo,
  type TableInfo,
  type TextIndexInfo,
  type VectorIndexInfo,
} from "./types";

/** An index to be: its name and its fields, without the `_creationTime` that every index ends with. */
export type IndexSpec = Readonly<{ name: string; fields: readonly string[] }>;

/** An index of any kind to be. */
export type AnyIndexSpec =
  | Readonly<IndexSpec & { kind: "database" }>
  | Omit<TextIndexInfo, "indexId" | "state">
  | Omit<VectorIndexInfo, "indexId" | "state">;

/** All changes only inside a store write transaction. */
export interface StoredCatalog extends Catalog {
  /**
   * A table of the runtime's own with exactly these indexes: made if it is missing, and its indexes
   * brought up to date at once if they differ, which reads the whole table.
   */
  ensureSystemTable(
    componentPath: ComponentPath,
    name: string,
    indexes: readonly IndexSpec[],
  ): TableInfo;
  /** For schema changes: new indexes, which are not in any table yet. */
  newIndexes(specs: readonly AnyIndexSpec[], state: IndexState): AnyIndexInfo[];
  /** For schema changes: puts tables in the place of those with the same `tableId`. */
  replaceTables(tables: readonly TableInfo[]): void;
  /** A number that no table of the component has, for a table of the project's or of the runtime's own. */
  freeTableNumber(componentPath: ComponentPath, isSystem: boolean): number;
  /** Takes tables out, whose indexes the caller drops. */
  removeTables(tables: readonly TableInfo[]): void;
  /** After a rollback. Costs little when the transaction had not changed the catalogue. */
  reload(): void;
}

/** As in Convex: ids of user tables are 32 characters long from here on. */
const FIRST_USER_TABLE_NUMBER = 10_001;
const FIRST_SYSTEM_TABLE_NUMBER = 1;

const TABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

const CATALOG_SETTING = "catalog";
/** Changes with each change of the catalogue, so that a rollback of one is noticed without reading it. */
const VERSION_SETTING = "catalog.version";

type State = Readonly<{
  version: number;
  nextTableId: number;
  nextIndexId: number;
  tables: readonly TableInfo[];
}>;

type ComponentTables = {
  all: TableInfo[];
  byName: Map<string, TableInfo>;
  byNumber: Map<number, TableInfo>;
};

/**
 * The catalogue of a store. An index that a schema push had not finished when the process ended is
 * dropped here, with a commit of its own: read `store.lastTsMicros()` afterwards.
 */
export function openCatalog(store: Store): StoredCatalog {
  const catalog = new SettingsCatalog(store);
  if (catalog.componentPaths().some((path) => hasUnfinishedIndexes(catalog, path))) {
    store.begin();
    for (const path of catalog.componentPaths()) dropUnfinishedIndexes(catalog, store, path);
    store.commit(store.lastTsMicros() + 1);
  }
  return catalog;
}

/** All indexes of a table: `by_id`, `by_creation_time`, the schema's, the search indexes. */
export function allIndexes(table: TableInfo): AnyIndexInfo[] {
  return [...table.indexes, ...table.searchIndexes];
}

/** The table with exactly these indexes. */
export function withIndexes(table: TableInfo, indexes: readonly AnyIndexInfo[]): TableInfo {
  return {
    ...table,
    indexes: indexes.filter((index): index is IndexInfo => index.kind === "database"),
    searchIndexes: indexes.filter((index): index is SearchIndexInfo => index.kind !== "database"),
  };
}

function unfinishedIndexes(table: TableInfo): AnyIndexInfo[] {
  return allIndexes(table).filter(({ state }) => state === "backfilling");
}

function hasUnfinishedIndexes(catalog: Catalog, componentPath: ComponentPath): boolean {
  return catalog.tables(componentPath).some((table) => unfinishedIndexes(table).length > 0);
}

/** Takes back what an interrupted or refused schema push had begun in a component. */
export function dropUnfinishedIndexes(
  catalog: StoredCatalog,
  store: Store,
  componentPath: ComponentPath,
): void {
  if (!hasUnfinishedIndexes(catalog, componentPath)) return;
  const tables = catalog.tables(componentPath).map((table) => {
    const unfinished = unfinishedIndexes(table);
    for (const { indexId } of unfinished) store.dropIndex(indexId);
    if (unfinished.length === 0) return table;
    return withIndexes(
      table,
      allIndexes(table).filter((index) => !unfinished.includes(index)),
    );
  });
  catalog.replaceTables(tables);
}

class SettingsCatalog implements StoredCatalog {
  readonly #store: Store;
  #state: State;
  #components: ReadonlyMap<ComponentPath, ComponentTables>;

  constructor(store: Store) {
    this.#store = store;
    this.#state = readState(store);
    this.#components = byComponent(this.#state.tables);
  }

  table(componentPath: ComponentPath, name: string): TableInfo | undefined {
    return this.#components.get(componentPath)?.byName.get(name);
  }

  tableByNumber(componentPath: ComponentPath, tableNumber: number): TableInfo | undefined {
    return this.#components.get(componentPath)?.byNumber.get(tableNumber);
  }

  tables(componentPath: ComponentPath): readonly TableInfo[] {
    return this.#components.get(componentPath)?.all ?? [];
  }

  componentPaths(): readonly ComponentPath[] {
    return [...this.#components.keys()];
  }

  ensureTable(componentPath: ComponentPath, name: string): TableInfo {
    const existing = this.table(componentPath, name);
    if (existing !== undefined) return existing;
    if (!TABLE_NAME.test(name)) {
      throw new UserError(
        `Invalid table name "${name}": a name has letters, digits and underscores, starts with no digit and is at most 64 characters long.`,
        "InvalidTableName",
      );
    }
    const { nextTableId, nextIndexId } = this.#state;
    const table: TableInfo = {
      tableId: nextTableId,
      tableNumber: this.freeTableNumber(componentPath, isSystemName(name)),
      name,
      componentPath,
      isSystem: isSystemName(name),
      indexes: [
        builtIn(nextIndexId, BY_ID, "_id"),
        builtIn(nextIndexId + 1, BY_CREATION_TIME, "_creationTime"),
      ],
      searchIndexes: [],
      documentType: null,
    };
    this.#change({
      nextTableId: nextTableId + 1,
      nextIndexId: nextIndexId + 2,
      tables: [...this.#state.tables, table],
    });
    return table;
  }

  ensureSystemTable(
    componentPath: ComponentPath,
    name: string,
    indexes: readonly IndexSpec[],
  ): TableInfo {
    const table = this.ensureTable(componentPath, name);
    const [byId, byCreationTime, ...declared] = table.indexes;
    if (byId === undefined || byCreationTime === undefined) throw noBuiltInIndexes(table);
    const specs = indexes.map((index) => ({ ...index, kind: "database" as const }));
    const { kept, removed, added } = compareIndexes(declared, specs);
    if (removed.length + added.length === 0) return table;

    for (const { indexId } of removed) this.#store.dropIndex(indexId);
    const filled = this.newIndexes(added, "enabled");
    fillIndexes(this.#store, table, filled);
    const changed = withIndexes(table, [byId, byCreationTime, ...kept, ...filled]);
    this.replaceTables([changed]);
    return changed;
  }

  newIndexes(specs: readonly AnyIndexSpec[], state: IndexState): AnyIndexInfo[] {
    const { nextIndexId } = this.#state;
    if (specs.length > 0) this.#change({ ...this.#state, nextIndexId: nextIndexId + specs.length });
    return specs.map((spec, i) => toIndex(spec, { indexId: nextIndexId + i, state }));
  }

  replaceTables(tables: readonly TableInfo[]): void {
    const replacements = new Map(tables.map((table) => [table.tableId, table]));
    const changed = this.#state.tables.map((table) => replacements.get(table.tableId) ?? table);
    if (changed.every((table, i) => table === this.#state.tables[i])) return;
    this.#change({ ...this.#state, tables: changed });
  }

  freeTableNumber(componentPath: ComponentPath, isSystem: boolean): number {
    const numbers = this.tables(componentPath)
      .filter((table) => table.isSystem === isSystem)
      .map((table) => table.tableNumber);
    const first = isSystem ? FIRST_SYSTEM_TABLE_NUMBER : FIRST_USER_TABLE_NUMBER;
    return Math.max(first - 1, ...numbers) + 1;
  }

  removeTables(tables: readonly TableInfo[]): void {
    const removed = new Set(tables.map(({ tableId }) => tableId));
    const left = this.#state.tables.filter(({ tableId }) => !removed.has(tableId));
    if (left.length < this.#state.tables.length) this.#change({ ...this.#state, tables: left });
  }

  reload(): void {
    if (readVersion(this.#store) === this.#state.version) return;
    this.#state = readState(this.#store);
    this.#components = byComponent(this.#state.tables);
  }

  #change(next: Omit<State, "version">): void {
    const state = { ...next, version: this.#state.version + 1 };
    // First the store: where it refuses, nothing has changed here either.
    this.#store.setSetting(CATALOG_SETTING, JSON.stringify(state));
    this.#store.setSetting(VERSION_SETTING, String(state.version));
    this.#state = state;
    this.#components = byComponent(state.tables);
  }
}

/** What has to change for `indexes` to become those of `specs`. An index with other fields is another index. */
export function compareIndexes<Spec extends AnyIndexSpec>(
  indexes: readonly AnyIndexInfo[],
  specs: readonly Spec[],
): { kept: AnyIndexInfo[]; removed: AnyIndexInfo[]; added: Spec[] } {
  const kept = indexes.filter((index) => specs.some((spec) => isOfSpec(index, spec)));
  return {
    kept,
    removed: indexes.filter((index) => !kept.includes(index)),
    added: specs.filter((spec) => !kept.some((index) => isOfSpec(index, spec))),
  };
}

export function isOfSpec(index: AnyIndexInfo, spec: AnyIndexSpec): boolean {
  return index.name === spec.name && definitionOf(specOf(index)) === definitionOf(spec);
}

/** What the index was made from. */
export function specOf(index: AnyIndexInfo): AnyIndexSpec {
  const { name } = index;
  switch (index.kind) {
    case "database":
      return { kind: "database", name, fields: index.fields.slice(0, -1) };
    case "text": {
      const { searchField, filterFields } = index;
      return { kind: "text", name, searchField, filterFields };
    }
    case "vector": {
      const { vectorField, dimensions, filterFields } = index;
      return { kind: "vector", name, vectorField, dimensions, filterFields };
    }
  }
}

/** All that decides which keys a document has in an index. */
function definitionOf(spec: AnyIndexSpec): string {
  switch (spec.kind) {
    case "database":
      return JSON.stringify(["database", spec.fields]);
    case "text":
      return JSON.stringify(["text", spec.searchField, spec.filterFields]);
    case "vector":
      return JSON.stringify(["vector", spec.vectorField, spec.dimensions, spec.filterFields]);
  }
}

function toIndex(spec: AnyIndexSpec, at: { indexId: number; state: IndexState }): AnyIndexInfo {
  const { name } = spec;
  switch (spec.kind) {
    case "database":
      return { kind: "database", ...at, name, fields: [...spec.fields, "_creationTime"] };
    case "text": {
      const { searchField, filterFields } = spec;
      return { kind: "text", ...at, name, searchField, filterFields };
    }
    case "vector": {
      const { vectorField, dimensions, filterFields } = spec;
      return { kind: "vector", ...at, name, vectorField, dimensions, filterFields };
    }
  }
}

function builtIn(indexId: number, name: string, field: string): IndexInfo {
  return { kind: "database", indexId, name, fields: [field], state: "enabled" };
}

export function noBuiltInIndexes(table: TableInfo): Error {
  return new Error(`Table "${table.name}" lacks its built-in indexes.`);
}

function isSystemName(name: string): boolean {
  return name.startsWith("_");
}

function readVersion(store: Store): number {
  return Number(store.getSetting(VERSION_SETTING) ?? 0);
}

function readState(store: Store): State {
  const text = store.getSetting(CATALOG_SETTING);
  if (text === null) return { version: 0, nextTableId: 1, nextIndexId: 1, tables: [] };
  const state = JSON.parse(text) as State;
  // Earlier versions knew of no other kind of index, and wrote none of this.
  const tables = state.tables.map((table) => ({
    ...table,
    indexes: table.indexes.map((index) => ({ ...index, kind: "database" as const })),
    searchIndexes: (table as Partial<TableInfo>).searchIndexes ?? [],
  }));
  return { ...state, tables };
}

function byComponent(tables: readonly TableInfo[]): Map<ComponentPath, ComponentTables> {
  const components = new Map<ComponentPath, ComponentTables>();
  for (const table of tables) {
    let component = components.get(table.componentPath);
    if (component === undefined) {
      component = { all: [], byName: new Map(), byNumber: new Map() };
      components.set(table.componentPath, component);
    }
    component.all.push(table);
    component.byName.set(table.name, table);
    component.byNumber.set(table.tableNumber, table);
  }
  return components;
}

/**
 * A table that is filled out of sight and then takes the place of the one of its name, in one commit.
 *
 *   begin ──▶ add, add, … ──▶ show      the old table is out of sight now
 *     └───────────┴──▶ left behind: nobody ever saw it
 *
 * Out of sight means: a table of the runtime's own with a name and a number that no project can have. The
 * documents carry the ids that they will have in the end. What is left out of sight, by `show` or by a crash,
 * is emptied in small steps and removed (`hiddenTables`).
 */
import type { Store } from "../store/store";
import type { JsonDocument } from "../values/json";
import { allIndexes, specOf, withIndexes, type StoredCatalog } from "./catalog";
import { applyChange, keysOf } from "./overlay";
import type { AnyIndexInfo, ComponentPath, TableInfo } from "./types";

const HIDDEN_NAME = /^_hidden_\d+$/;

export type NewDocument = { document: JsonDocument; internalId: Uint8Array };

/** An empty hidden table with the indexes of the table of that name. Inside a store write transaction. */
export function beginReplacement(
  catalog: StoredCatalog,
  componentPath: ComponentPath,
  name: string,
): TableInfo {
  const hidden = catalog.ensureTable(componentPath, freeHiddenName(catalog, componentPath));
  const model = catalog.table(componentPath, name);
  if (model === undefined) return hidden;
  const copies = declaredIndexes(model).map((index) => {
    const state = index.state === "staged" ? "staged" : "enabled";
    return catalog.newIndexes([specOf(index)], state);
  });
  const table = withIndexes(hidden, [...hidden.indexes, ...copies.flat()]);
  catalog.replaceTables([table]);
  return table;
}

/** Puts documents into a table, hidden or not. Inside a store write transaction at `tsMicros`. */
export function addDocuments(
  store: Store,
  table: TableInfo,
  { documents, tsMicros }: { documents: readonly NewDocument[]; tsMicros: number },
): void {
  for (const { document: doc, internalId } of documents) {
    const now = { text: JSON.stringify(doc), doc, keys: keysOf(table, doc, internalId) };
    applyChange(store, { document: { table, internalId, base: null, now }, now, tsMicros }, []);
  }
}

/**
 * Whether the table of that name is still what it was when the replacement began: a push may have given it
 * other indexes or another validator meanwhile.
 */
export function isStillModel(
  catalog: StoredCatalog,
  before: TableInfo | undefined,
  { componentPath, name }: { componentPath: ComponentPath; name: string },
): boolean {
  const now = catalog.table(componentPath, name);
  const looks = (table: TableInfo | undefined) =>
    table === undefined ? null : [declaredIndexes(table).map(specOf), table.documentType];
  return JSON.stringify(looks(now)) === JSON.stringify(looks(before));
}

/**
 * Puts the hidden table in the place of the one of that name, which goes out of sight. Another table that has
 * the number gets a new one: it must be empty, since ids carry numbers. Inside a store write transaction.
 */
export function showReplacement(
  catalog: StoredCatalog,
  hidden: TableInfo,
  { name, tableNumber }: { name: string; tableNumber: number },
): void {
  const { componentPath } = hidden;
  const old = catalog.table(componentPath, name);
  if (old !== undefined) {
    const away = freeHiddenName(catalog, componentPath);
    const awayNumber = catalog.freeTableNumber(componentPath, true);
    const outOfSight = { name: away, tableNumber: awayNumber, isSystem: true, documentType: null };
    catalog.replaceTables([{ ...old, ...outOfSight }]);
  }
  const inTheWay = catalog.tableByNumber(componentPath, tableNumber);
  if (inTheWay !== undefined && inTheWay.tableId !== hidden.tableId) {
    const number = Math.max(
      catalog.freeTableNumber(componentPath, inTheWay.isSystem),
      tableNumber + 1,
    );
    catalog.replaceTables([{ ...inTheWay, tableNumber: number }]);
  }
  const isSystem = name.startsWith("_");
  const documentType = old?.documentType ?? null;
  catalog.replaceTables([{ ...hidden, name, tableNumber, isSystem, documentType }]);
}

/** What is out of sight: in the making, replaced, or left behind by a crash. */
export function hiddenTables(catalog: StoredCatalog): TableInfo[] {
  return catalog
    .componentPaths()
    .flatMap((path) => catalog.tables(path).filter(({ name }) => HIDDEN_NAME.test(name)));
}

/** Removes an empty hidden table. Inside a store write transaction. */
export function removeHidden(catalog: StoredCatalog, store: Store, table: TableInfo): void {
  for (const { indexId } of allIndexes(table)) store.dropIndex(indexId);
  catalog.removeTables([table]);
}

function freeHiddenName(catalog: StoredCatalog, componentPath: ComponentPath): string {
  for (let count = 1; ; count++) {
    const name = `_hidden_${count}`;
    if (catalog.table(componentPath, name) === undefined) return name;
  }
}

/** Those that some schema declared. One that a push is filling is that push's own. */
function declaredIndexes(table: TableInfo): AnyIndexInfo[] {
  return [...table.indexes.slice(2), ...table.searchIndexes].filter(
    ({ state }) => state !== "backfilling",
  );
}

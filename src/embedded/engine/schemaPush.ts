/**
 * Changing the schema of a component that has data and goes on serving meanwhile.
 *
 *   planSchema ──▶ prepare ──▶ finish      the new schema serves
 *                     │           └ refused: roll back, then abandon
 *                     └ refused: everything is as before
 *
 * `prepare` checks the stored documents and fills the new indexes, in many small transactions between
 * which other work runs. Until `finish` the old validators and indexes serve. What other work writes
 * in between is not missed: the new indexes are written to from the start, as every index that is
 * backfilling, and where documents have to be checked, one more such index, without fields, collects
 * those that change. `finish` has only these left to check.
 *
 * A push that a crash interrupts leaves unfinished indexes behind, which `openCatalog` drops; the next
 * push starts anew.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Store } from "../store/store";
import { documentMismatch } from "../values/validate";
import {
  allIndexes,
  compareIndexes,
  dropUnfinishedIndexes,
  isOfSpec,
  noBuiltInIndexes,
  specOf,
  withIndexes,
  type AnyIndexSpec,
  type StoredCatalog,
} from "./catalog";
import { SchemaError, tableDefinitions, type TableDefinition } from "./schemaDefinition";
import { addToIndexes, TableWalk, type StoredDocument } from "./tableWalk";
import type { AnyIndexInfo, ComponentPath, IndexInfo, SchemaJson, TableInfo } from "./types";

/**
 * Runs `body` in a store write transaction of its own, soon: commits it when it returns; when it
 * throws, rolls back the store and the catalogue and rejects.
 */
export type Transact = (body: () => void) => Promise<unknown>;

export type IndexRef = Readonly<{ table: string; spec: AnyIndexSpec; staged: boolean }>;

/** What becomes of a component's indexes. One whose fields change goes and comes. */
export type IndexChanges = Readonly<{
  addedIndexes: readonly IndexRef[];
  removedIndexes: readonly IndexRef[];
  /** Staged ones that serve from now on. They are complete: nothing is filled. */
  enabledIndexes: readonly IndexRef[];
  /** Ones that serve no longer and are staged instead. */
  disabledIndexes: readonly IndexRef[];
}>;

export const NO_INDEX_CHANGES: IndexChanges = {
  addedIndexes: [],
  removedIndexes: [],
  enabledIndexes: [],
  disabledIndexes: [],
};

/** One push at a time in a component. */
export interface SchemaPush {
  readonly indexChanges: IndexChanges;
  /** False when no document has to be looked at: `finish` alone will do. */
  readonly needsPreparation: boolean;
  /** How far `prepare` has come. */
  progress(): SchemaPushProgress;
  /**
   * Checks and fills; changes nothing that serves. When it rejects, it has cleaned up after itself.
   *
   * @throws SchemaError - A stored document does not match the new schema.
   */
  prepare(transact: Transact): Promise<void>;
  /**
   * Lets the new schema serve. Inside a store write transaction, after `prepare`; when it throws, roll
   * back and call `abandon`.
   *
   * @throws SchemaError - A document that was written since does not match the new schema.
   */
  finish(): void;
  /** Takes back what `prepare` did, instead of `finish`. */
  abandon(transact: Transact): Promise<void>;
}

export type SchemaPushProgress = {
  indexesTotal: number;
  indexesReady: number;
  /** Whether all stored documents are known to match. */
  isChecked: boolean;
};

/** What a table needs before its new definition can serve. */
type TableChange = { added: readonly AnyIndexSpec[]; mustCheck: boolean };

/** A table that is being prepared. */
type Preparation = {
  indexes: AnyIndexInfo[];
  changedDocuments: IndexInfo | null;
  /** Every document that was stored before has been looked at. */
  isDone: boolean;
};

/** The index that collects the documents that change during a push; no schema can name one so. */
const CHANGED_DOCUMENTS: AnyIndexSpec = {
  kind: "database",
  name: "_changed_during_push",
  fields: [],
};

/**
 * How to go from what a component's tables are to what `schema` wants; null stands for no schema.
 * Tables that the schema does not name keep their documents, and lose their indexes and validator.
 *
 * @throws SchemaError - The schema itself is wrong.
 */
export function planSchema(
  catalog: StoredCatalog,
  store: Store,
  { componentPath, schema }: { componentPath: ComponentPath; schema: SchemaJson | null },
): SchemaPush {
  return new Push({ catalog, store, componentPath }, tableDefinitions(schema));
}

class Push implements SchemaPush {
  readonly indexChanges: IndexChanges;
  readonly #catalog: StoredCatalog;
  readonly #store: Store;
  readonly #componentPath: ComponentPath;
  readonly #definitions: readonly TableDefinition[];
  /** By table name. */
  readonly #prepared = new Map<string, Preparation>();

  constructor(
    at: { catalog: StoredCatalog; store: Store; componentPath: ComponentPath },
    definitions: readonly TableDefinition[],
  ) {
    this.#catalog = at.catalog;
    this.#store = at.store;
    this.#componentPath = at.componentPath;
    this.#definitions = definitions;

    const tables = [...definitions, ...this.#undefinedTables()];
    const changes = tables.map((definition) => {
      const table = this.#table(definition.name);
      return indexChanges(definition, table === undefined ? [] : declaredIndexes(table));
    });
    this.indexChanges = {
      addedIndexes: changes.flatMap((change) => change.addedIndexes),
      removedIndexes: changes.flatMap((change) => change.removedIndexes),
      enabledIndexes: changes.flatMap((change) => change.enabledIndexes),
      disabledIndexes: changes.flatMap((change) => change.disabledIndexes),
    };
  }

  get needsPreparation(): boolean {
    return this.#unprepared().length > 0;
  }

  progress(): SchemaPushProgress {
    const open = this.#unprepared().map((definition) => {
      const table = this.#table(definition.name);
      return table === undefined ? null : changeOf(table, definition);
    });
    const started = [...this.#prepared.values()];
    const ready = started.filter(({ isDone }) => isDone);
    const waiting = open.reduce((sum, change) => sum + (change?.added.length ?? 0), 0);
    return {
      indexesTotal: countIndexes(started) + waiting,
      indexesReady: countIndexes(ready),
      isChecked:
        open.every((change) => !change?.mustCheck) &&
        started.every(({ changedDocuments, isDone }) => isDone || changedDocuments === null),
    };
  }

  async prepare(transact: Transact): Promise<void> {
    try {
      // Functions may make a table while others are being prepared.
      for (let open = this.#unprepared(); open.length > 0; open = this.#unprepared()) {
        await transact(() => this.#start(open));
        for (const { name } of open) await this.#prepareTable(name, transact);
      }
    } catch (error) {
      // Should this fail as well (a full disk), the next push or start does it.
      await this.abandon(transact).catch(() => {});
      throw error;
    }
  }

  finish(): void {
    const late = this.#unprepared();
    if (late.length > 0) {
      this.#start(late);
      for (const { name } of late) this.#prepareTableAtOnce(name);
    }
    const tables = this.#definitions.map((definition) => this.#finishTable(definition));
    const others = this.#undefinedTables().map((definition) => this.#finishTable(definition));
    this.#catalog.replaceTables([...tables, ...others]);
  }

  async abandon(transact: Transact): Promise<void> {
    if (this.#prepared.size === 0) return;
    this.#prepared.clear();
    await transact(() => dropUnfinishedIndexes(this.#catalog, this.#store, this.#componentPath));
  }

  /** Tables that exist and cannot serve their new definition as they are. */
  #unprepared(): TableDefinition[] {
    return this.#definitions.filter((definition) => {
      const table = this.#table(definition.name);
      if (table === undefined || this.#prepared.has(definition.name)) return false;
      const { added, mustCheck } = changeOf(table, definition);
      return added.length > 0 || mustCheck;
    });
  }

  /** Gives the tables their unfinished indexes: from here on everything that is written is in them. */
  #start(definitions: readonly TableDefinition[]): void {
    if (this.#prepared.size === 0) {
      dropUnfinishedIndexes(this.#catalog, this.#store, this.#componentPath);
    }
    const tables = definitions.map((definition) => {
      const table = this.#existingTable(definition.name);
      const { added, mustCheck } = changeOf(table, definition);
      const specs = mustCheck ? [...added, CHANGED_DOCUMENTS] : added;
      const indexes = this.#catalog.newIndexes(specs, "backfilling");
      const last = indexes.at(-1);
      const changedDocuments = mustCheck && last?.kind === "database" ? last : null;
      this.#prepared.set(definition.name, {
        indexes: indexes.filter((index) => index !== changedDocuments),
        changedDocuments,
        isDone: false,
      });
      return withIndexes(table, [...allIndexes(table), ...indexes]);
    });
    this.#catalog.replaceTables(tables);
  }

  async #prepareTable(name: string, transact: Transact): Promise<void> {
    const walk = this.#walk(name);
    const { indexes } = this.#preparation(name);
    for (let isDone = false; !isDone;) {
      const step = () => {
        const batch = walk.next();
        this.#prepareDocuments(name, batch);
        isDone = batch.length === 0;
      };
      if (indexes.length > 0) await transact(step);
      else {
        await nextTurn();
        step();
      }
    }
    this.#preparation(name).isDone = true;
  }

  #prepareTableAtOnce(name: string): void {
    const walk = this.#walk(name);
    for (let batch = walk.next(); batch.length > 0; batch = walk.next()) {
      this.#prepareDocuments(name, batch);
    }
  }

  #prepareDocuments(name: string, documents: readonly StoredDocument[]): void {
    const { indexes, changedDocuments } = this.#preparation(name);
    if (changedDocuments !== null) this.#check(name, documents);
    addToIndexes(this.#store, documents, indexes);
  }

  /** The table as it serves from now on. */
  #finishTable(definition: TableDefinition): TableInfo {
    const { name, documentType, indexes: specs } = definition;
    const table = this.#catalog.ensureTable(this.#componentPath, name);
    const [byId, byCreationTime] = table.indexes;
    if (byId === undefined || byCreationTime === undefined) throw noBuiltInIndexes(table);
    const { kept, removed, added } = compareIndexes(declaredIndexes(table), specs);
    const prepared = this.#prepared.get(name);
    if (prepared !== undefined) this.#finishPreparation(table, prepared);
    for (const { indexId } of removed) this.#store.dropIndex(indexId);
    // A table that was not prepared and gets indexes is new: without documents they are complete.
    const filled = prepared?.indexes ?? this.#catalog.newIndexes(added, "enabled");
    const complete = [...kept, ...filled].map((index) => inStateOf(index, specs));
    const finished = withIndexes(table, [byId, byCreationTime, ...complete]);
    return isSame(table, { ...finished, documentType }) ? table : { ...finished, documentType };
  }

  #finishPreparation(table: TableInfo, { indexes, changedDocuments }: Preparation): void {
    const present = new Set(allIndexes(table).map((index) => index.indexId));
    const expected = changedDocuments === null ? indexes : [...indexes, changedDocuments];
    if (!expected.every((index) => present.has(index.indexId))) {
      throw new Error(`Another schema push has interfered with this one in "${table.name}".`);
    }
    if (changedDocuments !== null) this.#finishCheck(table.name, changedDocuments);
  }

  #finishCheck(name: string, changedDocuments: IndexInfo): void {
    const walk = new TableWalk(this.#store, changedDocuments);
    for (let batch = walk.next(); batch.length > 0; batch = walk.next()) this.#check(name, batch);
    this.#store.dropIndex(changedDocuments.indexId);
  }

  #check(name: string, documents: readonly StoredDocument[]): void {
    const documentType = this.#definitions.find((table) => table.name === name)?.documentType;
    if (documentType === undefined || documentType === null) return;
    const context = {
      tableName: (tableNumber: number) =>
        this.#catalog.tableByNumber(this.#componentPath, tableNumber)?.name,
    };
    for (const { document } of documents) {
      const reason = documentMismatch(documentType, document, context);
      if (reason === null) continue;
      throw new SchemaError(
        `Document with ID "${document._id}" in table "${name}" does not match the schema: ${reason}`,
        { table: name, documentId: document._id },
      );
    }
  }

  /** Tables that exist and that the schema does not name, as it wants them. */
  #undefinedTables(): TableDefinition[] {
    const defined = new Set(this.#definitions.map((definition) => definition.name));
    return this.#catalog
      .tables(this.#componentPath)
      .filter((table) => !table.isSystem && !defined.has(table.name))
      .map(({ name }) => ({ name, indexes: [], documentType: null }));
  }

  #walk(name: string): TableWalk {
    const table = this.#existingTable(name);
    const [byId] = table.indexes;
    if (byId === undefined) throw noBuiltInIndexes(table);
    return new TableWalk(this.#store, byId, this.#preparation(name).indexes);
  }

  #table(name: string): TableInfo | undefined {
    return this.#catalog.table(this.#componentPath, name);
  }

  #existingTable(name: string): TableInfo {
    const table = this.#table(name);
    if (table === undefined) throw new Error(`Table "${name}" is gone.`);
    return table;
  }

  #preparation(name: string): Preparation {
    const preparation = this.#prepared.get(name);
    if (preparation === undefined) throw new Error(`Table "${name}" was not prepared.`);
    return preparation;
  }
}

function countIndexes(preparations: readonly Preparation[]): number {
  return preparations.reduce((sum, { indexes }) => sum + indexes.length, 0);
}

function changeOf(table: TableInfo, definition: TableDefinition): TableChange {
  const { documentType, indexes } = definition;
  return {
    added: compareIndexes(declaredIndexes(table), indexes).added,
    // Documents that were checked when they were written need not be checked again.
    mustCheck: documentType !== null && !isSame(documentType, table.documentType),
  };
}

/** What becomes of the indexes of one table. */
function indexChanges(
  { name: table, indexes: specs }: TableDefinition,
  indexes: readonly AnyIndexInfo[],
): IndexChanges {
  const { kept, removed, added } = compareIndexes(indexes, specs);
  const toRef = (index: AnyIndexInfo): IndexRef => {
    return { table, spec: specOf(index), staged: index.state === "staged" };
  };
  const changed = (state: AnyIndexInfo["state"]) =>
    kept
      .map((index) => ({ before: index, now: inStateOf(index, specs) }))
      .filter(({ before, now }) => before !== now && now.state === state)
      .map(({ now }) => toRef(now));
  return {
    addedIndexes: added.map(({ staged, ...spec }) => ({ table, spec, staged })),
    removedIndexes: removed.map(toRef),
    enabledIndexes: changed("enabled"),
    disabledIndexes: changed("staged"),
  };
}

/** The indexes that some schema declared and that are complete. */
function declaredIndexes(table: TableInfo): AnyIndexInfo[] {
  return [...table.indexes.slice(2), ...table.searchIndexes].filter(
    ({ state }) => state !== "backfilling",
  );
}

/** A complete index in the state that its definition asks for. */
function inStateOf(index: AnyIndexInfo, specs: TableDefinition["indexes"]): AnyIndexInfo {
  const spec = specs.find((candidate) => isOfSpec(index, candidate));
  const state = spec?.staged === true ? "staged" : "enabled";
  return index.state === state ? index : { ...index, state };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

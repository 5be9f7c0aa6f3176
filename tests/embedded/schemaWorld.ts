/** A store with tables onto which schemas are pushed, as the runtime does it. */
import { openCatalog, type StoredCatalog } from "../../src/embedded/engine/catalog";
import { planSchema, type SchemaPush, type Transact } from "../../src/embedded/engine/schemaPush";
import type { SchemaJson, TableInfo } from "../../src/embedded/engine/types";
import type { Store } from "../../src/embedded/store/store";
import type { JsonDocument, JsonObject } from "../../src/embedded/values/json";
import type { Validator } from "../../src/embedded/values/validator";
import { newFolder, newStore, transact } from "./store/folders";
import { documentsOf, insert, insertMany } from "./tables";

export type Schema = Record<string, { type?: Validator; indexes?: Record<string, string[]> }>;

/** As `schema.export()` gives it. */
export function schemaJson(tables: Schema, schemaValidation = true): SchemaJson {
  return {
    schemaValidation,
    tables: Object.entries(tables).map(([tableName, { type, indexes }]) => ({
      tableName,
      documentType: type ?? null,
      indexes: Object.entries(indexes ?? {}).map(([indexDescriptor, fields]) => ({
        indexDescriptor,
        fields,
      })),
    })),
  };
}

export class World {
  store: Store;
  catalog: StoredCatalog;
  /** Runs between the transactions of a push. */
  meanwhile: (turn: number) => void = () => {};
  /** The transactions of pushes so far. */
  turns = 0;

  constructor(readonly folder = newFolder()) {
    this.store = newStore(folder);
    this.catalog = openCatalog(this.store);
  }

  readonly transact: Transact = (body) => {
    this.meanwhile(this.turns++);
    return this.#commit(body);
  };

  #commit(body: () => void): Promise<void> {
    const { store } = this;
    store.begin();
    try {
      body();
      store.commit(store.lastTsMicros() + 1);
      return Promise.resolve();
    } catch (error) {
      store.rollback();
      this.catalog.reload();
      return Promise.reject(error);
    }
  }

  plan(schema: SchemaJson | null): SchemaPush {
    return planSchema(this.catalog, this.store, { componentPath: "", schema });
  }

  /** The whole push, as the runtime does it. */
  async push(schema: SchemaJson | null): Promise<void> {
    const push = this.plan(schema);
    await push.prepare(this.transact);
    this.meanwhile(this.turns++);
    try {
      await this.#commit(() => push.finish());
    } catch (error) {
      await push.abandon((body) => this.#commit(body));
      throw error;
    }
  }

  table(name: string): TableInfo {
    return this.catalog.table("", name)!;
  }

  insert(table: string, fields: JsonObject): JsonDocument {
    return insert(this.store, this.ensureTable(table), fields);
  }

  ensureTable(name: string): TableInfo {
    const { store, catalog } = this;
    return catalog.table("", name) ?? transact(store, () => catalog.ensureTable("", name));
  }

  insertMany(table: string, count: number): JsonDocument[] {
    const names = Array.from({ length: count }, (_, n) => `name ${(n * 7919) % count}`);
    return insertMany(
      this.store,
      this.ensureTable(table),
      names.map((name) => ({ name })),
    );
  }

  /** The names of a table's documents, in the order of an index. */
  names(table: string, index?: string): string[] {
    const documents = documentsOf(this.store, this.table(table), index);
    return documents.map((document) => document["name"] as string);
  }

  /** Closes everything and opens it again, as after a crash. */
  restart(): void {
    this.store.close();
    this.store = newStore(this.folder);
    this.catalog = openCatalog(this.store);
    this.meanwhile = () => {};
  }

  /** Everything that serves, and everything that is kept for it. */
  snapshot(): unknown {
    const tables = this.catalog.tables("");
    return {
      tables,
      entries: Array.from({ length: 60 }, (_, indexId) => this.store.count(indexId)),
    };
  }
}

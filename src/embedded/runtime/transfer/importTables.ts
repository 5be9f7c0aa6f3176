/**
 * Carrying out an import: tables are filled out of sight in small steps between which other work runs, and take
 * their places all together in one commit. Only what is appended to a table with documents shows as it comes.
 */
import { randomUUID } from "node:crypto";
import type { StoredCatalog } from "../../engine/catalog";
import { nextCreationTime } from "../../engine/creationTime";
import {
  addDocuments,
  beginReplacement,
  isStillModel,
  showReplacement,
  type NewDocument,
} from "../../engine/tableReplacement";
import type { ComponentPath, TableInfo } from "../../engine/types";
import type { FileKey, FileStore } from "../../store/files";
import type { Store } from "../../store/store";
import { decodeId, encodeId, newInternalId } from "../../values/ids";
import type { JsonDocument, JsonObject } from "../../values/json";
import { checkStorable } from "../../values/limits";
import { documentMismatch, type ValidationContext } from "../../values/validate";
import type { Committer } from "../committer";
import { isUrlId } from "../files/fileTable";
import { ensureSystemTables, FILE_LOCATIONS_TABLE, FILES_TABLE } from "../systemTables";
import { ImportError } from "./importError";
import type { TablePlan } from "./importPlan";
import type { ImportRow, ImportSource } from "./importSource";

export type ImportTarget = {
  store: Store;
  catalog: StoredCatalog;
  committer: Committer;
  files: FileStore;
  /** Asks, later, whether a row names the file. */
  doubt(key: FileKey): void;
};

export type ImportProgress = (plan: TablePlan, written: number) => Promise<void>;

const BATCH_ROWS = 200;
const BATCH_CHARACTERS = 500_000;

/**
 * @returns How many documents and files were written.
 * @throws ImportError - A row is not what its table takes. Nothing has changed then, but for what was appended.
 */
export async function runImport(
  target: ImportTarget,
  {
    plans,
    source,
    progress,
  }: { plans: TablePlan[]; source: ImportSource; progress: ImportProgress },
): Promise<number> {
  const run = new ImportRun(target, plans, source);
  try {
    let written = 0;
    for (const plan of plans) written += await run.fill(plan, progress);
    await run.show();
    return written;
  } finally {
    run.settleFiles();
  }
}

/** A table that is being filled, with the one beside it where the table is that of files. */
type Filling = { plan: TablePlan; table: TableInfo; locations: TableInfo | null };

class ImportRun {
  readonly #target: ImportTarget;
  readonly #plans: readonly TablePlan[];
  readonly #source: ImportSource;
  readonly #fillings: Filling[] = [];
  readonly #keys: FileKey[] = [];

  constructor(target: ImportTarget, plans: readonly TablePlan[], source: ImportSource) {
    this.#target = target;
    this.#plans = plans;
    this.#source = source;
  }

  async fill(plan: TablePlan, progress: ImportProgress): Promise<number> {
    const filling = await this.#begin(plan);
    let written = 0;
    let batch: ImportRow[] = [];
    let characters = 0;
    const write = async () => {
      if (batch.length === 0) return;
      await (filling.locations === null
        ? this.#write(filling, batch)
        : this.#writeFiles(filling, batch));
      written += batch.length;
      [batch, characters] = [[], 0];
      await progress(plan, written);
    };
    for await (const row of plan.rows()) {
      batch.push(row);
      characters += JSON.stringify(row.fields).length;
      if (batch.length >= BATCH_ROWS || characters >= BATCH_CHARACTERS) await write();
    }
    await write();
    return written;
  }

  /** Everything that was filled out of sight takes its place. */
  async show(): Promise<void> {
    const { catalog, committer, store } = this.#target;
    const replacements = this.#fillings.filter(({ plan }) => plan.kind === "replacement");
    if (replacements.length === 0) return;
    await committer.administer(() => {
      for (const { plan, table, locations } of replacements) {
        const { componentPath, table: name, tableNumber, before } = plan;
        if (!isStillModel(catalog, before, { componentPath, name })) {
          throw new ImportError(`Table ${name} was changed by a push meanwhile. Import again.`);
        }
        for (const inTheWay of this.#keptUntouched(plan)) {
          if (store.count(inTheWay.indexes[0]?.indexId ?? 0) === 0) continue;
          throw new ImportError(
            `Table ${inTheWay.name} came to have documents meanwhile. Import again.`,
          );
        }
        showReplacement(catalog, table, { name, tableNumber });
        if (locations === null) continue;
        const number = catalog.table(componentPath, FILE_LOCATIONS_TABLE)?.tableNumber;
        const place = { name: FILE_LOCATIONS_TABLE, tableNumber: number ?? locations.tableNumber };
        showReplacement(catalog, locations, place);
      }
    });
  }

  /**
   * What must still be empty when a table takes its place: the table itself where it was, for nobody agreed to
   * lose what was written since, and another one that has the number.
   */
  #keptUntouched({ componentPath, table, tableNumber, existing }: TablePlan): TableInfo[] {
    const { catalog } = this.#target;
    const holder = catalog.tableByNumber(componentPath, tableNumber);
    const isPlanned = this.#plans.some(
      (plan) => plan.componentPath === componentPath && plan.table === holder?.name,
    );
    const own = existing === 0 ? catalog.table(componentPath, table) : undefined;
    return [own, isPlanned ? undefined : holder].filter((kept) => kept !== undefined);
  }

  settleFiles(): void {
    for (const key of this.#keys) this.#target.doubt(key);
  }

  async #begin(plan: TablePlan): Promise<Filling> {
    const { catalog, committer } = this.#target;
    const { componentPath, table: name, kind, before } = plan;
    const isFiles = name === FILES_TABLE;
    const { value } = await committer.prepare((): Filling => {
      ensureSystemTables(catalog, [componentPath]);
      if (kind === "append" && before !== undefined) {
        const beside = catalog.table(componentPath, FILE_LOCATIONS_TABLE) ?? null;
        return { plan, table: before, locations: isFiles ? beside : null };
      }
      return {
        plan,
        table: beginReplacement(catalog, componentPath, name),
        locations: isFiles ? beginReplacement(catalog, componentPath, FILE_LOCATIONS_TABLE) : null,
      };
    });
    this.#fillings.push(value);
    return value;
  }

  async #write({ plan, table }: Filling, rows: readonly ImportRow[]): Promise<void> {
    const { store } = this.#target;
    const documents = rows.map((row) => ({ row, made: this.#toDocument(plan, row, row.fields) }));
    await this.#commit(plan, (tsMicros) => {
      const into = plan.kind === "append" ? this.#tableNow(plan) : table;
      for (const { row, made } of documents) {
        this.#check(plan, row, made.document);
        requireNew(store, into, { row, ...made });
        addDocuments(store, into, { documents: [made], tsMicros });
      }
    });
  }

  /** A push may have given the table other indexes since the import began. */
  #tableNow({ componentPath, table }: TablePlan): TableInfo {
    const now = this.#target.catalog.table(componentPath, table);
    if (now === undefined) throw new ImportError(`Table ${table} is gone. Import again.`);
    return now;
  }

  async #writeFiles(
    { plan, table, locations }: Filling,
    rows: readonly ImportRow[],
  ): Promise<void> {
    const { store, files } = this.#target;
    for (const row of rows) {
      const { _id, sha256, contentType = null, internalId: urlId } = row.fields;
      const bytes = typeof _id === "string" ? this.#source.file(plan.componentPath, _id) : null;
      if (bytes === null) {
        throw new ImportError(
          `The bytes of the file in row ${row.number} of _storage are missing.`,
        );
      }
      const put = await files.put(bytes);
      this.#keys.push(put.key);
      const digest = put.sha256.toString("base64");
      if (typeof sha256 === "string" && sha256 !== digest) {
        throw new ImportError(
          `The bytes of the file ${JSON.stringify(_id)} are not those that were stored.`,
        );
      }
      const { _creationTime } = row.fields;
      const file = { _id, _creationTime, contentType, sha256: digest, size: put.sizeBytes };
      const made = this.#toDocument(plan, row, file as JsonObject);
      const storageId = typeof urlId === "string" && isUrlId(urlId) ? urlId : randomUUID();
      const location = { fileId: made.document._id, storageId, storageKey: put.key };
      await this.#commit(plan, (tsMicros) => {
        requireNew(store, table, { row, ...made });
        addDocuments(store, table, { documents: [made], tsMicros });
        if (locations === null) return;
        const beside = this.#newDocument(locations.tableNumber, location);
        addDocuments(store, locations, { documents: [beside], tsMicros });
      });
    }
  }

  /** Out of sight nobody has to be told. */
  async #commit({ kind }: TablePlan, body: (tsMicros: number) => void): Promise<void> {
    const { committer } = this.#target;
    await (kind === "append" ? committer.administer(body) : committer.prepare(body));
  }

  #toDocument({ table, tableNumber }: TablePlan, row: ImportRow, fields: JsonObject): NewDocument {
    const { _id, _creationTime, ...rest } = fields;
    const made = this.#newDocument(tableNumber, rest as JsonObject);
    if (typeof _creationTime === "number") made.document._creationTime = _creationTime;
    if (_id === undefined) return made;
    const decoded = typeof _id === "string" ? decodeId(_id) : null;
    if (decoded === null || decoded.tableNumber !== tableNumber) {
      throw new ImportError(
        `Row ${row.number} of table ${table} has an "_id" that is no ID of that table: ${JSON.stringify(_id)}`,
      );
    }
    return { document: { ...made.document, _id: _id as string }, internalId: decoded.internalId };
  }

  #newDocument(tableNumber: number, fields: JsonObject): NewDocument {
    const nowMs = Date.now();
    const internalId = newInternalId(nowMs);
    const _creationTime = nextCreationTime(this.#target.store, nowMs);
    const _id = encodeId(tableNumber, internalId);
    return { document: { ...fields, _creationTime, _id } as JsonDocument, internalId };
  }

  #check({ componentPath, table }: TablePlan, row: ImportRow, document: JsonDocument): void {
    const type = this.#target.catalog.table(componentPath, table)?.documentType ?? null;
    const reason =
      checkStorable(document) ??
      (type === null ? null : documentMismatch(type, document, this.#context(componentPath)));
    if (reason !== null) {
      throw new ImportError(`Row ${row.number} of table ${table} cannot be imported: ${reason}`);
    }
  }

  /** The tables as their numbers will be. */
  #context(componentPath: ComponentPath): ValidationContext {
    const plans = this.#plans.filter((plan) => plan.componentPath === componentPath);
    const { catalog } = this.#target;
    return {
      tableName: (number) =>
        plans.find(({ tableNumber }) => tableNumber === number)?.table ??
        catalog.tableByNumber(componentPath, number)?.name,
    };
  }
}

function requireNew(
  store: Store,
  { indexes: [byId] }: TableInfo,
  { row, document, internalId }: { row: ImportRow } & NewDocument,
): void {
  if (byId !== undefined && store.lookup(byId.indexId, internalId) !== null) {
    throw new ImportError(
      `Row ${row.number}: there is a document with ID ${document._id} already.`,
    );
  }
}

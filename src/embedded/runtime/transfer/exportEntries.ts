/** The entries of an export, one after the other, from a view of the data that does not change meanwhile. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { NewEntry } from "../../archive/zip";
import type { Catalog, ComponentPath, TableInfo } from "../../engine/types";
import type { FileKey, FileStore } from "../../store/files";
import type { Snapshot } from "../../store/snapshot";
import type { Json, JsonDocument } from "../../values/json";
import { keySuccessor } from "../../values/keys";
import { FILE_LOCATIONS_TABLE, FILES_TABLE } from "../systemTables";
import { toExportJson } from "./exportJson";
import {
  DOCUMENTS,
  extensionOf,
  folderOf,
  GENERATED_SCHEMA,
  STORAGE,
  TABLES,
  UNIFORM,
} from "./layout";

/** About a millisecond of work; other work goes on between two batches. */
const BATCH_ROWS = 100;

const README = `# A snapshot of the tables of a Convex deployment

The documents of each table are lines of JSON in <table>/documents.jsonl. \`npx convex import\` reads
this file again: see https://docs.convex.dev/database/import-export/import.
`;

export type ExportSource = {
  snapshot: Snapshot;
  /** As it was when the view was taken. */
  tables: readonly TableInfo[];
  /** Null leaves files out. */
  files: FileStore | null;
};

/** All tables of the components, those of the runtime itself left out. */
export function tablesToExport(
  catalog: Catalog,
  componentPaths: readonly ComponentPath[],
): TableInfo[] {
  return componentPaths.flatMap((componentPath) => [...catalog.tables(componentPath)]);
}

export async function* exportEntries(source: ExportSource): AsyncGenerator<NewEntry> {
  yield { name: "README.md", content: [README] };
  const componentPaths = new Set(source.tables.map(({ componentPath }) => componentPath));
  const tablesOf = (path: ComponentPath) =>
    source.tables.filter(({ componentPath }) => componentPath === path);
  for (const componentPath of componentPaths) {
    const folder = folderOf(componentPath);
    const own = tablesOf(componentPath).filter(({ isSystem }) => !isSystem);
    const lines = own.map(({ name, tableNumber }) => ({ name, id: tableNumber }));
    const content = lines.map((line) => `${JSON.stringify(line)}\n`);
    yield { name: `${folder}${TABLES}/${DOCUMENTS}`, content };
    for (const table of own) {
      yield { name: `${folder}${table.name}/${DOCUMENTS}`, content: linesOf(source, table) };
      yield { name: `${folder}${table.name}/${GENERATED_SCHEMA}`, content: [`${UNIFORM}\n`] };
    }
  }
  if (source.files === null) return;
  for (const path of componentPaths) yield* fileEntries(source, path, tablesOf(path));
}

async function* linesOf(source: ExportSource, table: TableInfo): AsyncGenerator<string> {
  for await (const documents of batchesOf(source, table)) {
    yield documents.map((document) => `${toExportJson(document)}\n`).join("");
  }
}

async function* batchesOf(
  { snapshot }: ExportSource,
  { indexes: [byId] }: TableInfo,
): AsyncGenerator<JsonDocument[]> {
  if (byId === undefined) return;
  for (let from: Uint8Array = new Uint8Array(0); ;) {
    const rows = snapshot.scan(byId.indexId, from, BATCH_ROWS);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ text }) => JSON.parse(text) as JsonDocument);
    from = keySuccessor(last.key);
    await nextTurn();
  }
}

async function* fileEntries(
  source: ExportSource,
  componentPath: ComponentPath,
  tables: readonly TableInfo[],
): AsyncGenerator<NewEntry> {
  const folder = `${folderOf(componentPath)}${STORAGE}/`;
  const named = (name: string) => tables.find((table) => table.name === name);
  const [rows, locations] = [named(FILES_TABLE), named(FILE_LOCATIONS_TABLE)];
  if (rows === undefined || locations === undefined || source.files === null) return;

  const places = new Map<string, { urlId: Json; key: FileKey }>();
  for await (const batch of batchesOf(source, locations)) {
    for (const { fileId, storageId, storageKey } of batch) {
      places.set(fileId as string, { urlId: storageId ?? null, key: storageKey as FileKey });
    }
  }
  yield { name: folder + DOCUMENTS, content: fileLines(source, rows, places) };
  for await (const batch of batchesOf(source, rows)) {
    for (const { _id, contentType } of batch) {
      const place = places.get(_id);
      const bytes = place && (await source.files.read(place.key));
      if (!bytes) throw new Error(`The bytes of the stored file ${_id} are missing.`);
      const extension = extensionOf((contentType ?? null) as string | null);
      yield { name: folder + _id + extension, content: bytes as AsyncIterable<Buffer> };
    }
  }
}

async function* fileLines(
  source: ExportSource,
  table: TableInfo,
  places: ReadonlyMap<string, { urlId: Json }>,
): AsyncGenerator<string> {
  for await (const batch of batchesOf(source, table)) {
    for (const { _id, _creationTime, sha256 = null, size = null, contentType = null } of batch) {
      const internalId = places.get(_id)?.urlId ?? null;
      const line = { _id, _creationTime, sha256, size, contentType, internalId };
      yield `${JSON.stringify(line)}\n`;
    }
  }
}

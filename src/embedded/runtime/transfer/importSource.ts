/** What an uploaded file holds: tables of documents as encoded JSON, and stored files. */
import { createReadStream } from "node:fs";
import { parse as parseCsv } from "csv-parse";
import { ArchiveError, readText, readZip, type StoredEntry } from "../../archive/zip";
import type { ComponentPath } from "../../engine/types";
import type { Json, JsonObject } from "../../values/json";
import { fromExportJson } from "./exportJson";
import { ImportError } from "./importError";
import { placeOf, STORAGE, TABLES, UNIFORM } from "./layout";
import { LineError, linesOf } from "./lines";

export type ImportFormat =
  { kind: "zip" } | { kind: "csv" | "jsonLines" | "jsonArray"; table: string };

export type ImportRow = { number: number; fields: JsonObject };

export type SourceTable = {
  componentPath: ComponentPath;
  table: string;
  /** From the start each time. @throws ImportError - A row is none. */
  rows(): AsyncIterable<ImportRow>;
};

export type ImportSource = {
  /** `_storage` among them, when there are files. */
  tables: readonly SourceTable[];
  /** The number that ids of a table carry, where the file says so; by component, then by name. */
  numbers: ReadonlyMap<ComponentPath, ReadonlyMap<string, number>>;
  /** The bytes of a stored file; null when the file has none. */
  file(componentPath: ComponentPath, id: string): AsyncIterable<Buffer> | null;
};

/** A JSON array is read at once. */
const JSON_ARRAY_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Gives the file's content to `use`; it can be read until that settles.
 *
 * @throws ImportError - The file is not of that format.
 */
export async function openImportSource<T>(
  { path, format, componentPath }: { path: string; format: ImportFormat; componentPath: string },
  use: (source: ImportSource) => Promise<T>,
): Promise<T> {
  try {
    if (format.kind !== "zip") {
      const rows = () => singleTableRows(path, format.kind);
      const tables = [{ componentPath, table: format.table, rows }];
      return await use({ tables, numbers: new Map(), file: () => null });
    }
    return await readZip(
      path,
      async (entries) => await use(await zipSource(entries, componentPath)),
    );
  } catch (error) {
    if (error instanceof ArchiveError) throw new ImportError(`Invalid zip file: ${error.message}`);
    if (error instanceof LineError) throw new ImportError(error.message);
    throw error;
  }
}

async function zipSource(
  entries: readonly StoredEntry[],
  base: ComponentPath,
): Promise<ImportSource> {
  const below = (path: ComponentPath) => [base, path].filter((part) => part !== "").join("/");
  const placed = entries.flatMap((entry) => {
    const place = placeOf(entry.name);
    return place === null ? [] : [{ entry, place, componentPath: below(place.componentPath) }];
  });
  const uniform = new Set<string>();
  const files = new Map<string, StoredEntry>();
  for (const { entry, place, componentPath } of placed) {
    if (place.kind === "file") files.set(`${componentPath}/${place.id}`, entry);
    if (place.kind !== "generatedSchema") continue;
    if ((await readText(entry)).trim() !== UNIFORM) {
      throw new ImportError(
        `${entry.name} was written by an older version of the export. Export again.`,
      );
    }
    uniform.add(`${componentPath}/${place.table}`);
  }

  const documents = placed.flatMap(({ entry, place, componentPath }) => {
    if (place.kind !== "documents") return [];
    const isUniform = uniform.has(`${componentPath}/${place.table}`);
    return [{ componentPath, table: place.table, rows: () => jsonLines(entry.read(), isUniform) }];
  });
  const numbers = new Map<ComponentPath, Map<string, number>>();
  for (const { componentPath, rows } of documents.filter(({ table }) => table === TABLES)) {
    const own = new Map<string, number>();
    for await (const { fields } of rows()) {
      if (typeof fields["name"] === "string") own.set(fields["name"], Number(fields["id"]));
    }
    numbers.set(componentPath, own);
  }
  return {
    // Other tables of Convex's own are its business.
    tables: documents.filter(({ table }) => table === STORAGE || !table.startsWith("_")),
    numbers,
    file: (componentPath, id) => files.get(`${componentPath}/${id}`)?.read() ?? null,
  };
}

function singleTableRows(path: string, kind: "csv" | "jsonLines" | "jsonArray") {
  switch (kind) {
    case "csv":
      return csvRows(path);
    case "jsonLines":
      return jsonLines(createReadStream(path), false);
    case "jsonArray":
      return jsonArray(path);
  }
}

async function* jsonLines(
  content: AsyncIterable<Buffer>,
  isUniform: boolean,
): AsyncGenerator<ImportRow> {
  for await (const { number, text } of linesOf(content)) {
    yield {
      number,
      fields: toFields(parseJson(isUniform ? fromExportJson(text) : text, number), number),
    };
  }
}

async function* jsonArray(path: string): AsyncGenerator<ImportRow> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > JSON_ARRAY_BYTES_MAX) {
      throw new ImportError(
        `Import is too large for JSON (maximum ${JSON_ARRAY_BYTES_MAX} bytes). Consider converting data to JSONLines`,
      );
    }
    pieces.push(piece);
  }
  const value = parseJson(Buffer.concat(pieces).toString("utf8"), null);
  if (!Array.isArray(value)) throw new ImportError("Not a JSON array");
  for (const [index, row] of value.entries()) {
    yield { number: index + 1, fields: toFields(row, index + 1) };
  }
}

async function* csvRows(path: string): AsyncGenerator<ImportRow> {
  const parser = createReadStream(path).pipe(
    parseCsv({ columns: (names: string[]) => names.map((name) => name.trim()), bom: true }),
  );
  let number = 0;
  try {
    for await (const cells of parser as AsyncIterable<Record<string, string>>) {
      number++;
      const fields = Object.entries(cells).map(([name, cell]) => [name, csvValue(cell)] as const);
      yield { number, fields: Object.fromEntries(fields) };
    }
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError(`Failed to parse CSV row ${number + 1}: ${(error as Error).message}`);
  }
}

/** As at Convex: what reads as a number is one, all else is text. */
function csvValue(cell: string): Json {
  const number = Number(cell);
  return cell.trim() !== "" && Number.isFinite(number) ? number : cell;
}

function parseJson(text: string, row: number | null): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const { message } = error as Error;
    throw new ImportError(
      row === null ? `Not valid JSON: ${message}` : `Row ${row} wasn't valid JSON: ${message}`,
    );
  }
}

function toFields(value: Json | undefined, row: number): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new ImportError(`Row ${row} wasn't an object`);
}

/** What a schema asks of each table, and whether it may ask for that. */
import type { Validator } from "../values/validator";
import type { AnyIndexSpec } from "./catalog";
import { indexesProblem, isIdentifier } from "./indexDefinitions";
import type { SchemaJson } from "./types";

/** A push that does not fit: the schema itself is wrong, or stored documents do not match it. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
  readonly table: string;
  /** The stored document that does not match; null when the schema itself is wrong. */
  readonly documentId: string | null;
  constructor(message: string, details: { table: string; documentId?: string }) {
    super(message);
    this.table = details.table;
    this.documentId = details.documentId ?? null;
  }
}

/** A staged index is filled and kept up to date, and no query can use it until a push enables it. */
export type DefinedIndex = AnyIndexSpec & { readonly staged: boolean };

export type TableDefinition = Readonly<{
  name: string;
  indexes: readonly DefinedIndex[];
  /** Null when documents are not checked. */
  documentType: Validator | null;
}>;

/**
 * The tables of a schema; none without one.
 *
 * @throws SchemaError - A name, an index or a field that Convex would refuse too.
 */
export function tableDefinitions(schema: SchemaJson | null): TableDefinition[] {
  if (schema === null) return [];
  const names = new Set<string>();
  return schema.tables.map((table) => {
    const { tableName: name, documentType } = table;
    if (!isIdentifier(name)) {
      throw new SchemaError(
        `"${name}" cannot name a table: a name starts with a letter, has letters, digits and underscores, and is at most 64 characters long.`,
        { table: name },
      );
    }
    if (names.has(name)) {
      throw new SchemaError(`The schema defines the table "${name}" twice.`, { table: name });
    }
    names.add(name);
    const indexes = definedIndexes(table);
    const problem = indexesProblem(indexes, documentType);
    if (problem !== null) throw new SchemaError(`In table "${name}" ${problem}`, { table: name });
    return { name, indexes, documentType: schema.schemaValidation ? documentType : null };
  });
}

type TableJson = SchemaJson["tables"][number];

function definedIndexes(table: TableJson): DefinedIndex[] {
  return [
    ...databaseIndexes(table.indexes, false),
    ...databaseIndexes(table.stagedDbIndexes, true),
    ...textIndexes(table.searchIndexes, false),
    ...textIndexes(table.stagedSearchIndexes, true),
    ...vectorIndexes(table.vectorIndexes, false),
    ...vectorIndexes(table.stagedVectorIndexes, true),
  ];
}

function databaseIndexes(indexes: TableJson["stagedDbIndexes"], staged: boolean): DefinedIndex[] {
  return (indexes ?? []).map(({ indexDescriptor: name, fields }) => {
    return { kind: "database", name, fields, staged };
  });
}

function textIndexes(indexes: TableJson["searchIndexes"], staged: boolean): DefinedIndex[] {
  return (indexes ?? []).map(({ indexDescriptor: name, searchField, filterFields }) => {
    return { kind: "text", name, searchField, filterFields: toSet(filterFields), staged };
  });
}

function vectorIndexes(indexes: TableJson["vectorIndexes"], staged: boolean): DefinedIndex[] {
  return (indexes ?? []).map(({ indexDescriptor: name, vectorField, dimensions, ...more }) => {
    const filterFields = toSet(more.filterFields);
    return { kind: "vector", name, vectorField, dimensions, filterFields, staged };
  });
}

/** Filter fields have no order: an index whose fields are only listed in another one is the same index. */
function toSet(fields: readonly string[]): string[] {
  return [...new Set(fields)].toSorted();
}

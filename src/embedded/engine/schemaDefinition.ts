/** What a schema asks of each table, and whether it may ask for that. */
import { LIMITS } from "../values/limits";
import type { Validator } from "../values/validator";
import type { IndexSpec } from "./catalog";
import { BY_CREATION_TIME, BY_ID } from "./indexKeys";
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

export type TableDefinition = Readonly<{
  name: string;
  indexes: readonly IndexSpec[];
  /** Null when documents are not checked. */
  documentType: Validator | null;
}>;

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const INDEX_FIELDS_MAX = 16;

/**
 * The tables of a schema; none without one. Staged indexes are left out: queries cannot use them, and
 * one that is staged no longer is filled by the push that says so.
 *
 * @throws SchemaError - A name, an index or a field that Convex would refuse too.
 */
export function tableDefinitions(schema: SchemaJson | null): TableDefinition[] {
  if (schema === null) return [];
  const names = new Set<string>();
  return schema.tables.map((table) => {
    const { tableName: name, documentType } = table;
    if (!IDENTIFIER.test(name)) {
      throw new SchemaError(
        `"${name}" cannot name a table: a name starts with a letter, has letters, digits and underscores, and is at most 64 characters long.`,
        { table: name },
      );
    }
    if (names.has(name)) {
      throw new SchemaError(`The schema defines the table "${name}" twice.`, { table: name });
    }
    names.add(name);
    const indexes = table.indexes.map(({ indexDescriptor, fields }) => ({
      name: indexDescriptor,
      fields,
    }));
    checkIndexes({ name, indexes, documentType });
    return { name, indexes, documentType: schema.schemaValidation ? documentType : null };
  });
}

function checkIndexes({ name: table, indexes, documentType }: TableDefinition): void {
  const refuse = (message: string) => {
    throw new SchemaError(`In table "${table}" ${message}`, { table });
  };
  if (indexes.length > LIMITS.indexesPerTable) {
    refuse(`there are ${indexes.length} indexes; at most ${LIMITS.indexesPerTable} are allowed.`);
  }
  const names = new Set<string>();
  for (const { name, fields } of indexes) {
    if (name.startsWith("_") || name === BY_ID || name === BY_CREATION_TIME) {
      refuse(
        `cannot name an index "${name}" because the name is reserved. Indexes may not start with an underscore or be named "by_id" or "by_creation_time".`,
      );
    }
    if (!IDENTIFIER.test(name)) {
      refuse(
        `cannot name an index "${name}": a name starts with a letter, has letters, digits and underscores, and is at most 64 characters long.`,
      );
    }
    if (names.has(name)) refuse(`two or more index definitions have the same name "${name}".`);
    names.add(name);
    if (fields.length === 0) refuse(`the index "${name}" has no fields; it needs at least one.`);
    if (fields.length > INDEX_FIELDS_MAX) {
      refuse(
        `the index "${name}" has ${fields.length} fields; at most ${INDEX_FIELDS_MAX} are allowed.`,
      );
    }
    for (const [i, field] of fields.entries()) {
      if (field === "_creationTime") {
        refuse(
          `the index "${name}" names "_creationTime", which every index ends with by itself. Remove it from the index's fields.`,
        );
      }
      if (fields.indexOf(field) !== i) {
        refuse(`the index "${name}" names the field "${field}" more than once.`);
      }
      if (documentType !== null && !mayHaveField(documentType, field.split("."))) {
        refuse(
          `the index "${name}" is invalid because it references the field "${field}" that does not exist.`,
        );
      }
    }
  }
}

/** Whether some document of this type has something at the path. */
function mayHaveField(type: Validator, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  switch (type.type) {
    case "any":
      return true;
    case "object": {
      if (name === "_id" && rest.length === 0) return true;
      const field = Object.hasOwn(type.value, name) ? type.value[name] : undefined;
      return field !== undefined && mayHaveField(field.fieldType, rest);
    }
    case "record":
      return mayHaveField(type.values.fieldType, rest);
    case "union":
      return type.value.some((member) => mayHaveField(member, [name, ...rest]));
    case "null":
    case "number":
    case "bigint":
    case "commitTs":
    case "boolean":
    case "string":
    case "bytes":
    case "id":
    case "literal":
    case "array":
      return false;
  }
}

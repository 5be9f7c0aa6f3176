/** Which indexes a table may have, in Convex's words where it has words for a refusal. */
import { LIMITS } from "../values/limits";
import type { Validator } from "../values/validator";
import type { AnyIndexSpec } from "./catalog";
import { BY_CREATION_TIME, BY_ID } from "./indexKeys";

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const FIELD_PATH = /^[^.]+(\.[^.]+)*$/;
const INDEX_FIELDS_MAX = 16;
const FILTER_FIELDS_MAX = 16;

export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** Why a table cannot have these indexes, as the end of a sentence "In table ...", or null. */
export function indexesProblem(
  indexes: readonly AnyIndexSpec[],
  documentType: Validator | null,
): string | null {
  if (indexes.length > LIMITS.indexesPerTable) {
    return `there are ${indexes.length} indexes; at most ${LIMITS.indexesPerTable} are allowed.`;
  }
  const names = new Set<string>();
  for (const index of indexes) {
    if (names.has(index.name)) {
      return `two or more index definitions have the same name "${index.name}".`;
    }
    names.add(index.name);
    const problem =
      nameProblem(index.name) ?? definitionProblem(index) ?? fieldsProblem(index, documentType);
    if (problem !== null) return problem;
  }
  return sameFieldProblem(indexes);
}

function nameProblem(name: string): string | null {
  if (name.startsWith("_") || name === BY_ID || name === BY_CREATION_TIME) {
    return `cannot name an index "${name}" because the name is reserved. Indexes may not start with an underscore or be named "by_id" or "by_creation_time".`;
  }
  if (isIdentifier(name)) return null;
  return `cannot name an index "${name}": a name starts with a letter, has letters, digits and underscores, and is at most 64 characters long.`;
}

function definitionProblem(index: AnyIndexSpec): string | null {
  const { name } = index;
  if (index.kind === "database") {
    const { fields } = index;
    if (fields.length === 0) return `the index "${name}" has no fields; it needs at least one.`;
    if (fields.length > INDEX_FIELDS_MAX) {
      return `the index "${name}" has ${fields.length} fields; at most ${INDEX_FIELDS_MAX} are allowed.`;
    }
    const twice = fields.find((field, i) => fields.indexOf(field) !== i);
    return twice === undefined
      ? null
      : `the index "${name}" names the field "${twice}" more than once.`;
  }
  if (index.filterFields.length > FILTER_FIELDS_MAX) {
    return `the index "${name}" has ${index.filterFields.length} filter fields. Search indexes may have up to ${FILTER_FIELDS_MAX} filter fields.`;
  }
  if (index.kind === "text") return null;
  const { dimensions } = index;
  const { vectorDimensionsMin: min, vectorDimensionsMax: max } = LIMITS;
  return Number.isInteger(dimensions) && dimensions >= min && dimensions <= max
    ? null
    : `the vector index "${name}" is invalid: Dimensions ${dimensions} must be between ${min} and ${max}.`;
}

function fieldsProblem(index: AnyIndexSpec, documentType: Validator | null): string | null {
  const { name } = index;
  for (const field of fieldsOf(index)) {
    if (!FIELD_PATH.test(field)) {
      return `the index "${name}" names the field "${field}", which is no path of field names.`;
    }
    if (field === "_creationTime") {
      if (index.kind !== "database") continue;
      return `the index "${name}" names "_creationTime", which every index ends with by itself. Remove it from the index's fields.`;
    }
    if (documentType !== null && !mayHaveField(documentType, field.split("."))) {
      return `the index "${name}" is invalid because it references the field "${field}" that does not exist.`;
    }
  }
  if (index.kind !== "vector" || documentType === null) return null;
  return mayHaveField(documentType, index.vectorField.split("."), mayBeVector)
    ? null
    : `the vector index "${name}" is invalid because it references the field "${index.vectorField}" that is neither an array of float64 or optional array of float64.`;
}

function fieldsOf(index: AnyIndexSpec): readonly string[] {
  switch (index.kind) {
    case "database":
      return index.fields;
    case "text":
      return [index.searchField, ...index.filterFields];
    case "vector":
      return [index.vectorField, ...index.filterFields];
  }
}

/** Two search indexes of the same field would hold the same words twice; filter fields can be chosen per query. */
function sameFieldProblem(indexes: readonly AnyIndexSpec[]): string | null {
  const names = new Map<string, string>();
  for (const index of indexes) {
    if (index.kind === "database") continue;
    const [field] = fieldsOf(index);
    const key = `${index.kind} ${field ?? ""}`;
    const other = names.get(key);
    if (other !== undefined) {
      const [label, property] =
        index.kind === "text" ? ["search", "searchField"] : ["vector", "vectorField"];
      return `${label} index "${other}" and ${label} index "${index.name}" have the same \`${property}\`. Combine them into one index containing all \`filterField\`s and use different subsets of the \`filterField\`s at query time.`;
    }
    names.set(key, index.name);
  }
  return null;
}

/** Whether some document of this type has something, of a kind that `accepts`, at the path. */
function mayHaveField(
  type: Validator,
  [name, ...rest]: readonly string[],
  accepts: (type: Validator) => boolean = () => true,
): boolean {
  if (name === undefined) return accepts(type);
  switch (type.type) {
    case "any":
      return true;
    case "object": {
      if (name === "_id" && rest.length === 0) return true;
      const field = Object.hasOwn(type.value, name) ? type.value[name] : undefined;
      return field !== undefined && mayHaveField(field.fieldType, rest, accepts);
    }
    case "record":
      return mayHaveField(type.values.fieldType, rest, accepts);
    case "union":
      return type.value.some((member) => mayHaveField(member, [name, ...rest], accepts));
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

function mayBeVector(type: Validator): boolean {
  if (type.type === "union") return type.value.some(mayBeVector);
  if (type.type === "array") return mayBeNumber(type.value);
  return type.type === "any";
}

function mayBeNumber(type: Validator): boolean {
  if (type.type === "union") return type.value.some(mayBeNumber);
  return type.type === "number" || type.type === "any";
}

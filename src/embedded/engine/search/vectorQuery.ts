/** What a vector search asks for, in Convex's words where it refuses something. */
import { isObject, specialKey } from "../../values/decode";
import type { Json } from "../../values/json";
import { LIMITS } from "../../values/limits";
import { argumentError } from "../errors";
import { indexNotFound, lookUpTable, requireEnabled, splitIndexName } from "../query";
import { UserError, type Catalog, type ComponentPath, type VectorIndexInfo } from "../types";
import { digestOf } from "./postings";
import type { DigestFilter } from "./textQuery";
import { toVector } from "./vectors";

const LIMIT_DEFAULT = 10;
const CONDITIONS_MAX = 64;

export type VectorQuery = {
  tableNumber: number;
  index: VectorIndexInfo;
  /** Scaled to length 1. */
  vector: Float32Array;
  limit: number;
  /** A document must meet one of them; null takes every document. */
  anyOf: readonly DigestFilter[] | null;
};

/** @throws UserError - There is no such index, or what is asked for does not fit it. */
export function compileVectorQuery(
  { catalog, componentPath }: { catalog: Catalog; componentPath: ComponentPath },
  json: Json | undefined,
): VectorQuery {
  if (!isObject(json)) throw malformed("`query` is missing");
  const [tableName, indexName] = splitIndexName(json["indexName"]);
  const name = `${tableName}.${indexName}`;
  const table = lookUpTable({ catalog, componentPath, onMissing: () => {} }, tableName);
  if (table === null) throw indexNotFound(tableName, indexName);
  const index = table.searchIndexes.find((candidate) => candidate.name === indexName);
  if (index?.kind !== "vector") {
    const isOther = index ?? table.indexes.find((candidate) => candidate.name === indexName);
    if (isOther === undefined) throw indexNotFound(tableName, indexName);
    throw new UserError(`Index ${name} is not a vector index`, "IndexNotAVectorIndexError");
  }
  requireEnabled(index, name);
  return {
    tableNumber: table.tableNumber,
    index,
    limit: toLimit(json["limit"]),
    anyOf: toFilters(index, name, json["expressions"]),
    vector: toQueryVector(index, json["vector"]),
  };
}

function toLimit(limit: Json | undefined): number {
  if (limit === undefined || limit === null) return LIMIT_DEFAULT;
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1) {
    throw malformed(`\`limit\` must be a whole number from 1 to ${LIMITS.vectorResults}`);
  }
  if (limit <= LIMITS.vectorResults) return limit;
  throw new UserError(
    `Vector queries can fetch at most ${LIMITS.vectorResults} results, requested ${limit}.`,
    "VectorLimitTooLargeError",
  );
}

function toQueryVector({ dimensions }: VectorIndexInfo, json: Json | undefined): Float32Array {
  if (!Array.isArray(json)) throw malformed("`vector` is not an array");
  if (json.length !== dimensions) {
    throw new UserError(
      `Expected a vector with dimensions ${dimensions}, received ${json.length}.`,
      "VectorDimensionsMismatch",
    );
  }
  const vector = toVector(json, dimensions);
  if (vector === null) throw malformed("`vector` holds something that is no finite number");
  return vector;
}

function toFilters(
  index: VectorIndexInfo,
  name: string,
  expression: Json | undefined,
): DigestFilter[] | null {
  if (expression === undefined || expression === null) return null;
  const filters: DigestFilter[] = [];
  addFilters({ index, name, filters }, expression);
  if (filters.length > CONDITIONS_MAX) {
    throw new UserError(
      `Vector query against ${name} has too many conditions. Max: ${CONDITIONS_MAX} Actual: ${filters.length}`,
      "TooManyElementsInVectorQueryError",
    );
  }
  // As at Convex, no alternatives are no filter.
  return filters.length === 0 ? null : filters;
}

function addFilters(
  into: { index: VectorIndexInfo; name: string; filters: DigestFilter[] },
  expression: Json,
): void {
  const { $eq: pair, $or: alternatives } = isObject(expression) ? expression : {};
  if (Array.isArray(alternatives)) {
    for (const alternative of alternatives) addFilters(into, alternative);
    return;
  }
  if (!Array.isArray(pair)) {
    throw invalidFilter("Filters should be a combination of `q.eq` and `q.or`.");
  }
  const [field, literal] = pair;
  const path = isObject(field) ? field["$field"] : undefined;
  const value = isObject(literal) ? literal["$literal"] : undefined;
  if (typeof path !== "string" || value === undefined) {
    throw invalidFilter(
      "`q.eq` must take a field path as its first argument and a value as its second",
    );
  }
  const position = into.index.filterFields.indexOf(path);
  if (position === -1) {
    throw new UserError(
      `Vector query against ${into.name} contains a filter on "${path}" but that field isn't indexed for filtering in \`filterFields\`.`,
      "IncorrectVectorFilterField",
    );
  }
  const isUndefined = isObject(value) && specialKey(value) === "$undefined";
  into.filters.push({ position, digest: digestOf(isUndefined ? undefined : value) });
}

function invalidFilter(message: string): UserError {
  return new UserError(message, "InvalidVectorSearchFilter");
}

function malformed(reason: string): UserError {
  return argumentError("query", "vectorSearch", reason);
}

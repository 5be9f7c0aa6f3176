/** What a query asks of a text index: its words and its filters, in Convex's words where it refuses one. */
import { isObject, specialKey } from "../../values/decode";
import type { Json } from "../../values/json";
import { LIMITS } from "../../values/limits";
import { argumentError } from "../errors";
import { UserError, type TextIndexInfo } from "../types";
import { digestOf } from "./postings";
import { wordsOf } from "./tokens";

/** A filter field, by its position in the index, and the digest of the value that documents must have in it. */
export type DigestFilter = { position: number; digest: Uint8Array };

export type TextQuery = {
  index: TextIndexInfo;
  /** In the order of the text; the last one also matches longer words that begin with it. */
  words: readonly string[];
  /** In the order of the query, the first of which says where to look. Documents must meet all of them. */
  filters: readonly DigestFilter[];
};

/** @param name - "table.index", for messages. */
export function compileTextQuery(
  index: TextIndexInfo,
  name: string,
  json: Json | undefined,
): TextQuery {
  if (!Array.isArray(json))
    throw argumentError("query", "queryStream", "`filters` is not an array");
  const texts: string[] = [];
  const filters: DigestFilter[] = [];
  for (const filter of json) {
    const { type, fieldPath, value } = isObject(filter) ? filter : {};
    if (type === "Search" && typeof fieldPath === "string" && typeof value === "string") {
      if (fieldPath !== index.searchField) throw incorrectSearchField(index, name, fieldPath);
      if (texts.length > 0) throw duplicateSearch(name, fieldPath);
      texts.push(value);
    } else if (type === "Eq" && typeof fieldPath === "string" && value !== undefined) {
      const position = index.filterFields.indexOf(fieldPath);
      if (position === -1) throw incorrectFilterField(name, fieldPath);
      const isUndefined = isObject(value) && specialKey(value) === "$undefined";
      filters.push({ position, digest: digestOf(isUndefined ? undefined : value) });
    } else {
      const shown = JSON.stringify(filter);
      throw argumentError("query", "queryStream", `${shown} is not a search filter`);
    }
  }
  const [text] = texts;
  if (text === undefined) throw missingSearch(index, name);
  if (filters.length > LIMITS.searchFilters) {
    throw new UserError(
      `Search query against ${name} has too many filter conditions. Max: ${LIMITS.searchFilters} Actual: ${filters.length}`,
      "TooManyFilterConditionsInSearchQueryError",
    );
  }
  return { index, words: wordsOf(text, LIMITS.searchTerms), filters };
}

function incorrectSearchField(index: TextIndexInfo, name: string, field: string): UserError {
  return new UserError(
    `Search query against ${name} contains a search filter against "${field}", which doesn't match the indexed \`searchField\` "${index.searchField}".`,
    "IncorrectSearchField",
  );
}

function duplicateSearch(name: string, field: string): UserError {
  return new UserError(
    `Search query against ${name} contains multiple search filters against "${field}". Only one is allowed.`,
    "DuplicateSearchFiltersError",
  );
}

function incorrectFilterField(name: string, field: string): UserError {
  return new UserError(
    `Search query against ${name} contains an equality filter on "${field}" but that field isn't indexed for filtering in \`filterFields\`.`,
    "IncorrectFilterFieldError",
  );
}

function missingSearch(index: TextIndexInfo, name: string): UserError {
  return new UserError(
    `Search query against ${name} does not contain any search filters. You must include a search filter like \`q.search("${index.searchField}", searchText)\`.`,
    "MissingSearchFilterError",
  );
}

/** Queries and pages of the model, and what each depends on. */
import type {
  Comparison,
  Filter,
  Json,
  Query,
  ReadStep,
  Result,
} from "../../fixtures/projects/histories/convex/steps";
import type { JsonDocument } from "../../../src/embedded/values/json";
import { INDEX_FIELDS } from "../engine/arbitraries";
import { compareDocuments, holds, rangeOf } from "../engine/model";
import type { Row } from "./model";

/** What a result depends on: documents for which `touches` holds, or any job. */
export type Read = { of: "documents"; touches: (row: Row) => boolean } | { of: "jobs" };

/** Fields of every index, both tables together: none has an index of another's name. */
export const FIELDS: Record<string, string[]> = { ...INDEX_FIELDS, by_n: ["n", "_creationTime"] };

type Rows = { rows: JsonDocument[]; matches: (row: Row) => boolean; isAfter: Compare };
type Compare = (a: JsonDocument, b: JsonDocument) => boolean;

/** The documents of the query's range in its order, not yet filtered. */
function inRange(all: Iterable<Row>, { table, indexName, range, order }: Query): Rows {
  const fields = FIELDS[indexName ?? "by_creation_time"] ?? [];
  const docs = [...all].filter((row) => row.table === table).map(({ doc }) => doc);
  return {
    rows: rangeOf(docs, fields, { range: range as never, order }),
    matches: (row) =>
      row.table === table && range.every((comparison) => isTrue(row.doc, comparison)),
    isAfter: (a, b) => compareDocuments(a, b, fields) * (order === "asc" ? 1 : -1) > 0,
  };
}

export function readRows(
  all: Iterable<Row>,
  { query, ending }: ReadStep & { kind: "read" },
): { value: Result; read: Read } {
  const { rows, matches, isAfter } = inRange(all, query);
  const wanted = wantedOf(ending);
  const found: JsonDocument[] = [];
  let last: JsonDocument | null = null;
  for (const row of rows) {
    if (!passes(row, query.filter)) continue;
    found.push(row);
    last = row;
    if (found.length === wanted) break;
  }
  const end = found.length === wanted ? last : null;
  const read: Read = {
    of: "documents",
    touches: (row) => matches(row) && (end === null || !isAfter(row.doc, end)),
  };
  return { value: valueOf(found, ending), read };
}

type Ending = (ReadStep & { kind: "read" })["ending"];

function wantedOf(ending: Ending): number {
  if ("count" in ending) return ending.count;
  return { collect: Number.POSITIVE_INFINITY, first: 1, unique: 2 }[ending.kind];
}

function valueOf(found: JsonDocument[], { kind }: Ending): Result {
  if (kind === "unique" && found.length === 2) return { error: "not unique" };
  return { value: kind === "first" || kind === "unique" ? (found[0] ?? null) : found };
}

/** Where a page ended: after a document as it was then, or at the end of its query. */
export type Position = { after: JsonDocument } | "end";

/** Which position each cursor stands for, and of which query. */
export class Cursors {
  private readonly byToken = new Map<string, { query: string; position: Position }>();
  private readonly tokens = new Map<string, string>();

  /** The cursor of a position: the one it has had before, or else the one `given`, if that is a new one. */
  of(query: Query, position: Position, given: string): string {
    const key = keyOf(query, position);
    const known = this.tokens.get(key);
    if (known !== undefined) return known;
    if (this.byToken.has(given)) return `a cursor of its own, and not ${given}`;
    this.tokens.set(key, given);
    this.byToken.set(given, { query: JSON.stringify(query), position });
    return given;
  }

  /** Null: it is no cursor of the query. */
  position(query: Query, token: string): Position | null {
    const known = this.byToken.get(token);
    return known?.query === JSON.stringify(query) ? known.position : null;
  }
}

/** A position is its key in the index: what the document's other fields are does not matter. */
function keyOf(query: Query, position: Position): string {
  if (position === "end") return JSON.stringify([query, "end"]);
  const fields = [...(FIELDS[query.indexName ?? "by_creation_time"] ?? []), "_id"];
  const key = fields.map((path) => {
    let value: Json | undefined = position.after as Json;
    for (const name of path.split(".")) {
      value = typeof value === "object" && value !== null ? (value as never)[name] : undefined;
    }
    return value === undefined ? [] : [value];
  });
  return JSON.stringify([query, key]);
}

/** Null: a cursor is not of this query. */
export function readPage(
  all: Iterable<Row>,
  { query, numItems, cursor, endCursor }: ReadStep & { kind: "page" },
  { cursors, journal }: { cursors: Cursors; journal: Position | null },
): { page: JsonDocument[]; isDone: boolean; position: Position; read: Read } | null {
  const start = cursor === null ? undefined : cursors.position(query, cursor);
  const end = endCursor === null ? (journal ?? undefined) : cursors.position(query, endCursor);
  if (start === null || end === null) return null;

  const { rows, matches, isAfter } = inRange(all, query);
  const isInside = (doc: JsonDocument): boolean => {
    if (start === "end") return false;
    if (start !== undefined && !isAfter(doc, start.after)) return false;
    return end === undefined || end === "end" || !isAfter(doc, end.after);
  };
  const page: JsonDocument[] = [];
  let position: Position = "end";
  for (const row of rows.filter(isInside)) {
    if (end === undefined && page.length === numItems) break;
    position = { after: row };
    if (passes(row, query.filter)) page.push(row);
  }
  // Only what was looked for and not found shows that there is no more.
  if (end !== undefined) position = end;
  else if (page.length < numItems) position = "end";
  const last = position;
  const touches = (row: Row): boolean =>
    matches(row) && isInside(row.doc) && (last === "end" || !isAfter(row.doc, last.after));
  return { page, isDone: position === "end", position, read: { of: "documents", touches } };
}

function passes(doc: JsonDocument, filter: Filter | null): boolean {
  return filter === null || isTrue(doc, filter);
}

function isTrue(doc: JsonDocument, filter: Filter): boolean {
  if ("and" in filter) return filter.and.every((one) => isTrue(doc, one));
  if ("or" in filter) return filter.or.some((one) => isTrue(doc, one));
  if ("not" in filter) return !isTrue(doc, filter.not);
  const { type, fieldPath, value }: Comparison = filter;
  return holds(doc, { type, fieldPath, value: value as never });
}

/** `.paginate()`: one page of a query between two cursors. */
import type { KeyRange } from "../store/store";
import { keySuccessor } from "../values/keys";
import type { Json, JsonObject } from "../values/json";
import { LIMITS } from "../values/limits";
import type { CursorSealer, Position } from "./cursor";
import { fingerprintOf } from "./cursor";
import { argumentError } from "./errors";
import { Pipeline, type CompiledQuery } from "./query";
import { EVERYTHING } from "./ranges";
import { intersect } from "./readSet";
import type { Order, RowScan } from "./scan";
import { UserError, type Journal } from "./types";
import { isReadLimit, type Usage } from "./usage";

/** A page is mostly returned as it is, and so must fit into an array. */
const PAGE_LENGTH_SOFT_MAX = softMax(LIMITS.arrayLength);

export type PageRequest = {
  cursor: string | null;
  endCursor: string | null;
  pageSize: number;
  maximumRowsRead: number | null;
  maximumBytesRead: number | null;
};

type PageStatus = "SplitRecommended" | "SplitRequired" | null;

export type Page = {
  texts: string[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: PageStatus;
};

/** Well before a limit, so that a page can be split while it still works. */
function softMax(limit: number): number {
  return Math.floor((limit * 3) / 4);
}

/** @throws UserError - The request is not well-formed. */
export function parsePageRequest(args: JsonObject): PageRequest {
  const { pageSize } = args;
  if (typeof pageSize !== "number" || !Number.isInteger(pageSize) || pageSize < 0) {
    throw argumentError(
      "pageSize",
      "queryPage",
      `${JSON.stringify(pageSize)} is not a whole number`,
    );
  }
  if (pageSize === 0) {
    throw new UserError(
      "Must request at least 1 document while paginating",
      "NoDocumentsForPagination",
    );
  }
  if (pageSize > LIMITS.paginatePageSize) {
    throw new UserError(`Requested too many items: ${pageSize}`, "PageSizeTooLarge");
  }
  const maximumRowsRead = optionalCount(args["maximumRowsRead"], "maximumRowsRead");
  const maximumBytesRead = optionalCount(args["maximumBytesRead"], "maximumBytesRead");
  if (maximumRowsRead === 0 || maximumBytesRead === 0) {
    throw new UserError(
      "maximumRowsRead and maximumBytesRead must be greater than 0",
      "InvalidPaginationLimit",
    );
  }
  return {
    cursor: optionalText(args["cursor"], "cursor"),
    endCursor: optionalText(args["endCursor"], "endCursor"),
    pageSize,
    maximumRowsRead,
    maximumBytesRead,
  };
}

function optionalText(value: Json | undefined, name: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  throw argumentError(name, "queryPage", `${JSON.stringify(value)} is not a cursor`);
}

function optionalCount(value: Json | undefined, name: string): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw argumentError(name, "queryPage", `${JSON.stringify(value)} is not a whole number`);
}

/** The identity of a query that cursors are bound to: all that decides which rows come, in which order. */
export function queryFingerprint(query: CompiledQuery, json: JsonObject): Uint8Array {
  return fingerprintOf(
    JSON.stringify([
      query.source?.table.tableId ?? query.tableName,
      indexFields(query),
      query.order,
      json["source"] ?? null,
      json["operators"] ?? null,
    ]),
  );
}

function indexFields({ source }: CompiledQuery): readonly string[] {
  if (source === null) return [];
  if (source.kind === "index") return source.index.fields;
  const { searchField, filterFields } = source.query.index;
  return [searchField, ...filterFields];
}

type PageContext = {
  query: CompiledQuery;
  fingerprint: Uint8Array;
  sealer: CursorSealer;
  usage: Usage;
  /** The end cursor of the last run of the same query, in whose place this run stands. */
  journal: Journal;
  openScan(range: KeyRange, wantedRows: number): RowScan;
  /** Called once the page is read, also when it is refused. */
  record(scan: RowScan): void;
};

/**
 * Reads a page. Without an end cursor it has `pageSize` documents; with one (given, or from the journal
 * of the run before) it has whatever now stands between the two, so that pages keep meeting each other.
 */
export function readPage(request: PageRequest, context: PageContext): Page {
  const { query, fingerprint, sealer } = context;
  const start = request.cursor === null ? null : sealer.open(request.cursor, fingerprint);
  const endCursor = request.endCursor ?? context.journal;
  const end = endCursor === null ? null : sealer.open(endCursor, fingerprint);

  const range = between(query, { start, end });
  const wantedRows = Math.min(request.pageSize, request.maximumRowsRead ?? request.pageSize);
  const scan = context.openScan(range, wantedRows);
  const pipeline = new Pipeline(scan, query.operators, context.usage);
  const reader = new PageReader(scan, pipeline, { start, end, request });
  try {
    reader.readAll();
  } finally {
    context.record(scan);
  }

  const { position, texts } = reader;
  // Both halves of a search would read all postings again: splitting saves nothing.
  const splitKey = query.source?.kind === "search" ? null : reader.splitKey;
  return {
    texts,
    isDone: position === "end",
    continueCursor: sealer.seal(fingerprint, position),
    splitCursor: splitKey && sealer.seal(fingerprint, { after: splitKey }),
    pageStatus: reader.status(context.usage.limits),
  };
}

class PageReader {
  readonly texts: string[] = [];
  position: Position;
  private readonly keys: Uint8Array[] = [];
  private isCutShort = false;

  constructor(
    private readonly scan: RowScan,
    private readonly pipeline: Pipeline,
    private readonly page: { start: Position | null; end: Position | null; request: PageRequest },
  ) {
    this.position = page.start ?? "end";
  }

  readAll(): void {
    const { end, request } = this.page;
    // Up to an end cursor everything must be read: only then do the pages meet.
    while (end !== null || this.texts.length < request.pageSize) {
      if (end === null && this.hasReadEnough(request)) {
        this.isCutShort = true;
        break;
      }
      let text: string | null | undefined;
      try {
        text = this.pipeline.step();
      } catch (error) {
        // At least one row was read, so the page is a step forward; without one there is none.
        if (!isReadLimit(error) || this.keys.length === 0) throw error;
        this.isCutShort = true;
        break;
      }
      if (text === null) {
        if (this.scan.isExhausted) this.position = "end";
        break;
      }
      const { key } = this.scan;
      if (key !== null) {
        this.keys.push(key);
        this.position = { after: key };
      }
      if (text !== undefined) this.texts.push(text);
    }
    if (end !== null) this.position = end;
  }

  private hasReadEnough({ maximumRowsRead, maximumBytesRead }: PageRequest): boolean {
    return (
      (maximumRowsRead !== null && this.pipeline.rowsRead >= maximumRowsRead) ||
      (maximumBytesRead !== null && this.pipeline.bytesRead >= maximumBytesRead)
    );
  }

  /** The middle of what was read, where the page can be split in two. */
  get splitKey(): Uint8Array | null {
    if (this.keys.length <= 2) return null;
    return this.keys[Math.floor(this.keys.length / 2)] ?? null;
  }

  status(limits: { documentsRead: number; bytesRead: number }): PageStatus {
    if (this.isCutShort) return "SplitRequired";
    const { maximumRowsRead, maximumBytesRead } = this.page.request;
    const rowsMax = Math.min(maximumRowsRead ?? Infinity, limits.documentsRead);
    const bytesMax = Math.min(maximumBytesRead ?? Infinity, limits.bytesRead);
    const isNearLimit =
      this.pipeline.rowsRead > softMax(rowsMax) ||
      this.pipeline.bytesRead > softMax(bytesMax) ||
      this.texts.length > PAGE_LENGTH_SOFT_MAX;
    return isNearLimit ? "SplitRecommended" : null;
  }
}

/** What of the query's own range lies after `start` and up to `end`. A cursor can only narrow it. */
function between(
  { source, order }: CompiledQuery,
  { start, end }: { start: Position | null; end: Position | null },
): KeyRange {
  let range = source?.range ?? EVERYTHING;
  if (start === "end") return { lower: range.lower, upper: range.lower };
  if (start !== null) range = split(range, start.after, order).after;
  if (end !== null && end !== "end") range = split(range, end.after, order).upTo;
  return range;
}

/** The part of the range up to a key, the key included, and the part after it, in the order of reading. */
function split(
  range: KeyRange,
  key: Uint8Array,
  order: Order,
): { upTo: KeyRange; after: KeyRange } {
  if (order === "asc") {
    const next = keySuccessor(key);
    return {
      upTo: intersect(range, { lower: EVERYTHING.lower, upper: next }),
      after: intersect(range, { lower: next, upper: null }),
    };
  }
  return {
    upTo: intersect(range, { lower: key, upper: null }),
    after: intersect(range, { lower: EVERYTHING.lower, upper: key }),
  };
}

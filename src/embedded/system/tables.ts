/** What `convex data` and the CLI's checks before a push ask of tables. */
import { z } from "zod";
import type { JsonObject } from "../values/json";
import { systemQuery, type SystemView } from "./types";

const paginationOpts = z.looseObject({
  numItems: z.number(),
  cursor: z.string().nullable(),
  endCursor: z.string().nullish(),
});
const componentId = z.string().nullish();

/** Fewer rows than a function may read, so that a page always fits into one run. */
const PAGE_ROWS_MAX = 10_000;
const PAGE_BYTES_MAX = 5_000_000;

/** The names of all tables that functions can write to. */
export const listTables = systemQuery(z.object({ paginationOpts }), ({ tx, componentPath }) => {
  const tables = tx.tables(componentPath).filter(({ isSystem }) => !isSystem);
  const page = tables.map(({ name }) => ({ name }));
  return JSON.stringify({ page, isDone: true, continueCursor: "end" });
});

/** A page of a table's documents in the order of their creation; system tables included. */
export const tableData = systemQuery(
  z.object({ table: z.string(), order: z.enum(["asc", "desc"]), paginationOpts }),
  ({ tx, componentPath }, { table, order, paginationOpts: { numItems, cursor, endCursor } }) =>
    tx.page(componentPath, {
      query: { source: { type: "FullTableScan", tableName: table, order }, operators: [] },
      cursor,
      endCursor: endCursor ?? null,
      pageSize: numItems,
      maximumRowsRead: PAGE_ROWS_MAX,
      maximumBytesRead: PAGE_BYTES_MAX,
    }),
);

/** How many documents a table has. */
export const tableSize = systemQuery(z.object({ tableName: z.string() }), (view, { tableName }) =>
  String(count(view, tableName)),
);

/** Another number whenever the table has changed: what `convex dev` waits for after data refused a schema. */
export const tableChange = systemQuery(
  z.object({ tableName: z.string() }),
  (view, { tableName }) => {
    count(view, tableName);
    return String(Math.random());
  },
);

/** The text of the schema that is served; none without one. */
export const schemas = systemQuery(z.object({ componentId }), ({ deployment }, args) => {
  const schema = deployment?.components.get(args.componentId ?? "")?.schema ?? null;
  const reply: JsonObject = schema === null ? {} : { active: JSON.stringify(schema) };
  return JSON.stringify(reply);
});

function count({ tx, componentPath }: SystemView, table: string): number {
  return JSON.parse(tx.syscall(componentPath, "1.0/count", JSON.stringify({ table }))) as number;
}

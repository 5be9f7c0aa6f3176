/**
 * Rows of anything, with a heading for each column and a way to take them along. On a narrow screen it scrolls by
 * itself, not the page.
 */
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { csvLine, type Cell } from "../../core/csv";
import { Button } from "./Button";
import { cn } from "./classes";
import { saveCsv } from "./saveCsv";

export type Column<Row> = {
  name: string;
  /** What is shown; absent: the column is for exports only. */
  cell?: (row: Row) => ReactNode;
  /** What an export has in its place; absent: the column is for people only. */
  value?: (row: Row) => Cell;
  isNumber?: boolean;
};

type DataTableProps<Row> = {
  /** What it is a table of: its name, and that of the exported file. */
  name: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Below the rows: a way to more of them. */
  more?: ReactNode;
};

export function DataTable<Row extends object>({
  name,
  columns,
  rows,
  keyOf,
  more,
}: DataTableProps<Row>) {
  const shown = columns.flatMap(({ cell, ...column }) =>
    cell === undefined ? [] : [{ ...column, cell }],
  );
  return (
    <div>
      <div
        className="border-line bg-surface relative overflow-x-auto rounded-lg border"
        tabIndex={0}
        role="region"
        aria-label={name}
      >
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">{name}</caption>
          <thead>
            <tr className="border-line text-subtle border-b">
              {shown.map((column) => (
                <th
                  key={column.name}
                  scope="col"
                  className={cn(
                    "px-3 py-2 font-medium whitespace-nowrap",
                    column.isNumber === true && "text-right",
                  )}
                >
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)} className="border-line hover:bg-sunken border-b last:border-0">
                {shown.map(({ name: column, cell, isNumber }) => (
                  <td
                    key={column}
                    className={cn("px-3 py-2 align-middle", isNumber === true && "text-right")}
                  >
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="mt-2 flex flex-wrap justify-between gap-2">
        {more ?? <span />}
        <Button size="sm" tone="quiet" onClick={() => saveCsv(`${name}.csv`, csvOf(columns, rows))}>
          <Download aria-hidden /> These rows as CSV
        </Button>
      </div>
    </div>
  );
}

function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const told = columns.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
  const lines = rows.map((row) => csvLine(told.map(({ value }) => value(row))));
  return csvLine(told.map(({ name }) => name)) + lines.join("");
}

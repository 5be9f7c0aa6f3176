/**
 * Rows of anything, with a heading for each column and a way to take them along. On a narrow screen it scrolls by
 * itself, not the page.
 */
import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { Download } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import { csvLine, type Cell } from "../../core/csv";
import { Button } from "./Button";
import { cn } from "./classes";
import { saveAs } from "./saveAs";

export type Column<Row> = {
  name: string;
  /** What is shown. */
  cell: (row: Row) => ReactNode;
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

const FEATURES = tableFeatures({});

export function DataTable<Row extends object>({
  name,
  columns,
  rows,
  keyOf,
  more,
}: DataTableProps<Row>) {
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof FEATURES, Row>();
    return columns.map((column) =>
      helper.display({
        id: column.name,
        header: column.name,
        cell: ({ row }) => column.cell(row.original),
        meta: { isNumber: column.isNumber === true },
      }),
    );
  }, [columns]);
  const table = useTable({
    features: FEATURES,
    columns: definitions,
    data: rows as Row[],
    getRowId: keyOf,
  });
  const numbers = new Set(columns.filter(({ isNumber }) => isNumber).map((column) => column.name));
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
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} className="border-line text-subtle border-b">
                {group.headers.map((header) => (
                  <th
                    key={header.id}
                    scope="col"
                    className={cn(
                      "px-3 py-2 font-medium whitespace-nowrap",
                      numbers.has(header.id) && "text-right",
                    )}
                  >
                    <table.FlexRender header={header} />
                  </th>
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr key={row.id} className="border-line hover:bg-sunken border-b last:border-0">
                {row.getAllCells().map((cell) => (
                  <td
                    key={cell.id}
                    className={cn(
                      "px-3 py-2 align-middle",
                      numbers.has(cell.column.id) && "text-right",
                    )}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="mt-2 flex flex-wrap justify-between gap-2">
        {more ?? <span />}
        <Button size="sm" tone="quiet" onClick={() => saveAs(`${name}.csv`, csvOf(columns, rows))}>
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

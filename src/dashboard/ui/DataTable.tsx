/**
 * Rows of anything, with a heading for each column, which sorts them, and a way to take them along. On a narrow screen
 * it scrolls by itself, not the page.
 */
import type { Cell } from "@tanstack/react-table";
import { Download } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { csvLine } from "../../core/csv";
import { Button } from "./Button";
import { cn } from "./classes";
import { More, type MoreProps } from "./More";
import { saveCsv } from "./saveCsv";
import type { Column } from "./table/column";
import { ColumnMenu } from "./table/ColumnMenu";
import { Heading } from "./table/Heading";
import { useDataTable, type Features } from "./table/useDataTable";

export type { Column };

/** As many are seen at once. */
const FEW_COLUMNS = 4;
/** More stand closer together, to fit a small screen. */
const ROOMY_COLUMNS = 7;

type DataTableProps<Row> = {
  /** What it is a table of: its name, and that of the exported file. */
  name: string;
  /** What its choice of columns is remembered by, where its name says of which month or model it is. */
  kind?: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Of a list that comes in pages: how far it has come, and the way to further ones. */
  pages?: MoreProps;
  /** Of a list without a way to all of its rows: what these are. */
  cut?: string | undefined;
};

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { name, kind = name, columns, rows, keyOf, pages, cut } = props;
  const isWhole = cut === undefined && (pages === undefined || pages.status === "Exhausted");
  const table = useDataTable({ kind, columns, rows, keyOf, isWhole });
  const sorted = table.getRowModel().rows;
  const shown = table.getVisibleLeafColumns();
  const room = shown.length > ROOMY_COLUMNS ? "px-2 first:pl-3 last:pr-3" : "px-3";
  const originals = sorted.map(({ original }) => original);
  const save = () => saveCsv(`${name}.csv`, csvOf(columns, originals));
  return (
    <div>
      <div
        className="border-line bg-surface relative overflow-x-auto rounded-lg border"
        tabIndex={0}
        role="region"
        aria-label={name}
      >
        <table className="w-full border-collapse text-left [&_time]:whitespace-nowrap">
          <caption className="sr-only">{name}</caption>
          <thead>
            <tr className="border-line text-subtle border-b">
              {shown.map((column) => (
                <Heading
                  key={column.id}
                  name={column.id}
                  room={room}
                  isNumber={column.columnDef.meta?.isNumber === true}
                  order={column.getCanSort() ? column.getIsSorted() || "none" : null}
                  sort={() => column.toggleSorting()}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={row.id} className="border-line hover:bg-sunken border-b last:border-0">
                {row.getVisibleCells().map((cell) => (
                  <td
                    key={cell.column.id}
                    className={cn(
                      "py-2 align-middle",
                      room,
                      cell.column.columnDef.meta?.isNumber === true && "text-right",
                    )}
                  >
                    {contentOf(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Foot pages={pages} cut={cut} columns={table.getAllLeafColumns()} save={save} />
    </div>
  );
}

type FootProps = ComponentProps<typeof ColumnMenu> & {
  pages: MoreProps | undefined;
  cut: string | undefined;
  save: () => void;
};

function Foot({ pages, cut, columns, save }: FootProps) {
  const hasFurther = pages !== undefined && pages.status !== "Exhausted";
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2">
      {pages !== undefined && <More {...pages} />}
      {hasFurther && <p className="text-subtle text-xs">Headings sort them once all are shown.</p>}
      {cut !== undefined && <p className="text-subtle">{cut}</p>}
      <span className="grow" />
      {columns.length > FEW_COLUMNS && <ColumnMenu columns={columns} />}
      <Button size="sm" tone="quiet" onClick={save}>
        <Download aria-hidden /> These rows as CSV
      </Button>
    </div>
  );
}

/** A plain call: as components, which `FlexRender` makes of them, cells would be others whenever the columns are made anew. */
function contentOf<Row extends object>(cell: Cell<Features, Row>): ReactNode {
  const content = cell.column.columnDef.cell;
  return typeof content === "function" ? content(cell.getContext()) : content;
}

/** Of all columns, whichever are shown. */
function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const told = columns.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
  const lines = rows.map((row) => csvLine(told.map(({ value }) => value(row))));
  return csvLine(told.map(({ name }) => name)) + lines.join("");
}

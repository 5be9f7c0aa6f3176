import {
  columnVisibilityFeature,
  constructSortFn,
  createSortedRowModel,
  functionalUpdate,
  metaHelper,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type CellContext,
  type ColumnDef,
  type SortingState,
} from "@tanstack/react-table";
import { useMemo, useState } from "react";
import type { Column } from "./column";
import { chooseColumns, useColumnChoice } from "./columnChoice";
import { compareKeys, sortKey } from "./order";

const features = tableFeatures({
  columnVisibilityFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  columnMeta: metaHelper<{ isNumber: boolean }>(),
});
export type Features = typeof features;

const byKey = constructSortFn({ sort: compareKeys });
const UNSORTED: SortingState = [];

type Options<Row> = {
  /** What its choice of columns is remembered by. */
  kind: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /**
   * Whether there are no other rows than these. A part of a list is not sorted: the dearest of what happens to be
   * loaded would stand on top as if it were the dearest of all. It stays as the deployment gives it, which mostly is
   * the newest first, and so does every list until a heading is pressed.
   */
  isWhole: boolean;
};

export function useDataTable<Row extends object>(options: Options<Row>) {
  const { kind, columns, rows, keyOf, isWhole } = options;
  const [asked, setAsked] = useState(UNSORTED);
  // What a row is sorted by is kept with it: columns made anew, with sums that have come, need rows made anew.
  const { shown, ids, data } = useMemo(() => {
    const defined = columns.flatMap(toDefinition);
    return { shown: defined, ids: defined.map(({ id }) => id), data: [...rows] };
  }, [columns, rows]);
  const columnVisibility = useColumnChoice(kind, ids);
  // By a column that nobody sees there would be no telling why rows stand as they do.
  const sorting = useMemo(
    () => (isWhole ? asked.filter(({ id }) => columnVisibility[id] !== false) : UNSORTED),
    [isWhole, asked, columnVisibility],
  );
  return useTable({
    features,
    columns: shown,
    data,
    getRowId: (row) => keyOf(row),
    state: { sorting, columnVisibility },
    enableSorting: isWhole,
    enableMultiSort: false,
    onSortingChange: setAsked,
    onColumnVisibilityChange: (change) =>
      chooseColumns(kind, functionalUpdate(change, columnVisibility)),
  });
}

/** None of a column that is for exports only. */
function toDefinition<Row extends object>({
  name: id,
  cell,
  value,
  sortBy = value,
  isNumber = false,
}: Column<Row>): (ColumnDef<Features, Row> & { id: string })[] {
  if (cell === undefined) return [];
  const looks = {
    id,
    cell: ({ row }: CellContext<Features, Row>) => cell(row.original),
    meta: { isNumber },
  };
  if (sortBy === undefined || sortBy === null) return [looks];
  const order = {
    accessorFn: (row: Row) => sortKey(sortBy(row), isNumber),
    sortFn: byKey,
    sortUndefined: "last" as const,
    // Of numbers the most is looked for, of names the first.
    sortDescFirst: isNumber,
  };
  return [{ ...looks, ...order }];
}

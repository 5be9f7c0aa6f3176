import type { ReactNode } from "react";
import type { Cell } from "../../../core/csv";

export type Column<Row> = {
  name: string;
  /** What is shown; absent: the column is for exports only. */
  cell?: (row: Row) => ReactNode;
  /** What an export has in its place; absent: the column is for people only. */
  value?: (row: Row) => Cell;
  /** What rows are sorted by, where that is not the `value`; null: no order of it would mean anything. */
  sortBy?: ((row: Row) => Cell) | null;
  /** Its values are numbers, or decimals as texts. */
  isNumber?: boolean;
};

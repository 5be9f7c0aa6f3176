/** What an import will do to which table, worked out from the file and the tables before anything is written. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalog, ComponentPath, TableInfo } from "../../engine/types";
import type { Store } from "../../store/store";
import { tableNumberOf } from "../../values/ids";
import { ImportError } from "./importError";
import type { ImportRow, ImportSource, SourceTable } from "./importSource";
import { STORAGE } from "./layout";

export const IMPORT_MODES = ["requireEmpty", "append", "replace", "replaceAll"] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export type TablePlan = {
  componentPath: ComponentPath;
  table: string;
  rows(): AsyncIterable<ImportRow>;
  added: number;
  deleted: number;
  existing: number;
  /** The table as it is; undefined when there is none. */
  before: TableInfo | undefined;
  /** Whether the rows go to those that are there, or into a table that takes the place of this one. */
  kind: "append" | "replacement";
  /** The number in the ids of its documents. */
  tableNumber: number;
};

type Data = { catalog: Catalog; store: Store };

const TABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const ROWS_PER_TURN = 500;

/** @throws ImportError - The file or the mode does not go with the tables. */
export async function planImport(
  { catalog, store }: Data,
  { source, mode }: { source: ImportSource; mode: ImportMode },
): Promise<TablePlan[]> {
  const tables =
    mode === "replaceAll" ? [...source.tables, ...others(catalog, source)] : source.tables;
  const counted: (SourceTable & Counted)[] = [];
  for (const table of tables) counted.push({ ...table, ...(await count(table)) });

  const plans = counted.map((table): TablePlan => {
    const { componentPath, table: name } = table;
    if (name !== STORAGE && !TABLE_NAME.test(name)) {
      throw new ImportError(`"${name}" isn't a valid table name`);
    }
    const before = catalog.table(componentPath, name);
    const existing = before === undefined ? 0 : store.count(before.indexes[0]?.indexId ?? 0);
    if (mode === "requireEmpty" && existing > 0) {
      throw new ImportError(
        `Table ${name} already exists. Please choose a new table name or use replace/append modes.`,
      );
    }
    const number = table.number ?? source.numbers.get(componentPath)?.get(name) ?? null;
    const isAppend = mode === "append" && before !== undefined && existing > 0;
    if (isAppend && table.number !== null && table.number !== before.tableNumber) {
      throw new ImportError(
        `The IDs of table ${name} are those of another table here, so they cannot be added to it. Leave out "_id", or replace the table.`,
      );
    }
    return {
      ...table,
      added: table.count,
      deleted: isAppend ? 0 : existing,
      existing,
      before,
      kind: isAppend ? "append" : "replacement",
      tableNumber: (isAppend ? null : number) ?? before?.tableNumber ?? 0,
    };
  });
  const numbered = withNumbers({ catalog, store }, plans);
  for (const plan of numbered) refuseToCutReferences({ catalog, store }, numbered, plan);
  return numbered;
}

/** Ids carry their table's number: documents that stay must not come to refer to another table, or to none. */
function refuseToCutReferences(
  { catalog, store }: Data,
  plans: readonly TablePlan[],
  { componentPath, table, before, tableNumber }: TablePlan,
): void {
  if (before === undefined || before.tableNumber === tableNumber) return;
  const reference = JSON.stringify({ type: "id", tableName: table });
  const referrer = catalog
    .tables(componentPath)
    .find(
      ({ name, indexes, documentType }) =>
        JSON.stringify(documentType).includes(reference) &&
        !plans.some((plan) => plan.componentPath === componentPath && plan.table === name) &&
        store.count(indexes[0]?.indexId ?? 0) > 0,
    );
  if (referrer === undefined) return;
  throw new ImportError(
    `Import changes table '${table}' which is referenced by '${referrer.name}' in the schema`,
  );
}

type Counted = { count: number; number: number | null };

async function count(table: SourceTable): Promise<Counted> {
  let count = 0;
  let number: number | null = null;
  for await (const { fields } of table.rows()) {
    const { _id } = fields;
    if (number === null && typeof _id === "string") number = tableNumberOf(_id);
    if (++count % ROWS_PER_TURN === 0) await nextTurn();
  }
  return { count, number };
}

/** All other tables of the components that the file is about: they are emptied. */
function others(catalog: Catalog, { tables }: ImportSource): SourceTable[] {
  const named = new Set(tables.map(({ componentPath, table }) => `${componentPath}/${table}`));
  return catalog.componentPaths().flatMap((componentPath) =>
    catalog
      .tables(componentPath)
      .filter(
        ({ name, isSystem }) =>
          (!isSystem || name === STORAGE) && !named.has(`${componentPath}/${name}`),
      )
      .map(({ name }) => ({ componentPath, table: name, rows: noRows })),
  );
}

async function* noRows(): AsyncGenerator<ImportRow> {}

/** Gives new tables their numbers. @throws ImportError - Ids would be those of two tables. */
function withNumbers({ catalog, store }: Data, plans: TablePlan[]): TablePlan[] {
  const numbered: TablePlan[] = [];
  for (const plan of plans) {
    const { componentPath, table } = plan;
    const own = (other: TablePlan) => other.componentPath === componentPath;
    const taken = [
      ...catalog.tables(componentPath).map(({ tableNumber }) => tableNumber),
      ...[...plans, ...numbered].filter(own).map(({ tableNumber }) => tableNumber),
    ];
    const tableNumber = plan.tableNumber === 0 ? Math.max(10_000, ...taken) + 1 : plan.tableNumber;
    const twin = numbered.find((other) => own(other) && other.tableNumber === tableNumber);
    const holder = catalog.tableByNumber(componentPath, tableNumber);
    const isReplaced = plans.some(
      (other) => own(other) && other.kind === "replacement" && other.table === holder?.name,
    );
    const isHeld =
      holder !== undefined &&
      holder.name !== table &&
      !isReplaced &&
      store.count(holder.indexes[0]?.indexId ?? 0) > 0;
    if (twin !== undefined || isHeld) {
      const other = twin?.table ?? holder?.name ?? "";
      throw new ImportError(
        `The IDs of table ${table} are those of table ${other} here. Import into an empty deployment, or with --replace-all.`,
      );
    }
    numbered.push({ ...plan, tableNumber });
  }
  return numbered;
}

/** What the person is asked to confirm, as Convex lays it out. */
export function confirmationOf(plans: readonly TablePlan[]): {
  message: string;
  isNeeded: boolean;
} {
  const lines: string[] = [];
  for (const [componentPath, own] of groupByComponent(plans)) {
    if (componentPath !== "") lines.push(`Component ${componentPath}`);
    lines.push(...tableLines(own));
  }
  if (lines.length > 0) lines.unshift("Import change summary:");
  lines.push(
    "Once the import has started, it will run in the background.\nInterrupting `npx convex import` will not cancel it.",
  );
  return { message: lines.join("\n"), isNeeded: plans.some(({ deleted }) => deleted > 0) };
}

function groupByComponent(plans: readonly TablePlan[]): Map<ComponentPath, TablePlan[]> {
  const groups = new Map<ComponentPath, TablePlan[]>();
  for (const plan of plans) {
    const group = groups.get(plan.componentPath);
    if (group === undefined) groups.set(plan.componentPath, [plan]);
    else group.push(plan);
  }
  return groups;
}

function tableLines(plans: readonly TablePlan[]): string[] {
  const number = new Intl.NumberFormat("en-US");
  const rows = plans
    .toSorted((a, b) => (a.table < b.table ? -1 : 1))
    .map(({ table, added, deleted, existing }) => [
      table,
      number.format(added),
      `${number.format(deleted)} of ${number.format(existing)}${table === STORAGE ? " files" : ""}`,
    ]);
  const all = [["table", "create", "delete"], ...rows];
  const widths = [0, 1, 2].map((at) => Math.max(...all.map((row) => (row[at] ?? "").length)));
  const [head = "", ...body] = all.map(
    (row) => `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
  return [head, "-".repeat(head.length), ...body];
}

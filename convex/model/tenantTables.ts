/**
 * All tables with rows of tenants, from the schema itself: what an erasure empties and an export reads. A new
 * table is among them by having a `tenantId`, and fails to load without an index that begins with it.
 */
import type { GenericDatabaseWriter } from "convex/server";
import type { GenericId, Value } from "convex/values";
import type { Id, TableNames } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import schema from "../schema";

export type TenantTable = Readonly<{ table: TableNames; index: string }>;

/**
 * First what lets anybody in, then what workers write by: once a run is gone, so is its worker's right to add to
 * anything. The log comes last, because the others' ends may be written into it.
 */
const FIRST: readonly TableNames[] = [
  "api_keys",
  "memberships",
  "invitations",
  "runs",
  "run_steps",
  "tallies", // before what they would be folded into
];
const LAST: readonly TableNames[] = ["activity_log"];

export const TENANT_TABLES: readonly TenantTable[] = inOrder(tablesOfTenants());

/** A row of whichever table. */
export type AnyRow = { _id: GenericId<TableNames>; _creationTime: number } & Record<string, Value>;

/** All tables as if each had indexes of any name that begin with the field: callers know which has. */
type Alike<Field extends string> = Record<
  TableNames,
  {
    document: AnyRow;
    fieldPaths: string;
    indexes: Record<string, [Field, "_creationTime"]>;
    searchIndexes: Record<string, never>;
    vectorIndexes: Record<string, never>;
  }
>;

/** The database for code that goes through tables by name; the generated types know each by its own. */
export function alike<Field extends string>(ctx: QueryCtx): GenericDatabaseWriter<Alike<Field>> {
  return ctx.db as unknown as GenericDatabaseWriter<Alike<Field>>;
}

/** The tenant's rows of a table, whichever it is. */
export function rowsOf(ctx: QueryCtx, { table, index }: TenantTable, tenantId: Id<"tenants">) {
  const tables = alike<"tenantId">(ctx);
  return tables.query(table).withIndex(index, (q) => q.eq("tenantId", tenantId));
}

function tablesOfTenants(): TenantTable[] {
  return Object.entries(schema.tables).flatMap(([table, definition]) => {
    if (!("tenantId" in definition.validator.fields)) return [];
    const index = definition[" indexes"]().find(({ fields }) => fields[0] === "tenantId");
    if (index === undefined) throw new Error(`${table} has no index that begins with tenantId`);
    return [{ table: table as TableNames, index: index.indexDescriptor }];
  });
}

function inOrder(tables: readonly TenantTable[]): TenantTable[] {
  const rank = ({ table }: TenantTable): number => {
    if (LAST.includes(table)) return FIRST.length + 1;
    return FIRST.includes(table) ? FIRST.indexOf(table) : FIRST.length;
  };
  return tables.toSorted((a, b) => rank(a) - rank(b));
}

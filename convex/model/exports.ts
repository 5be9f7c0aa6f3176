/** All that a tenant has, page by page, as lines of JSON. What is secret, even sealed or hashed, is left out. */
import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import type { ExportPage } from "../views/administration";
import { tenantOf, type TenantScope } from "./access";
import { rowsOf, TENANT_TABLES, type TenantTable } from "./tenantTables";

export const PAGE_ROWS = 200;
/** A row may have 1 MiB, a query's reads 16 MiB and its result 8 MiB. */
export const PAGE_BYTES = 2 * 1024 * 1024;

/** Pieces of what `messages` has whole, and answers that were given long ago. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "message_chunks",
  "idempotency_keys",
  "idempotency_pieces",
]);

/** Fields that nobody reads; a test holds this against the schema. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set(["keyHash", "tokenHash", "credential"]);

const EXPORTED = TENANT_TABLES.filter(({ table }) => !LEFT_OUT.has(table));
const START = "tenants";

/**
 * A page of the export. The tenant itself is the first one; `next` leads through all tables.
 *
 * @throws invalid_argument - There is no such table.
 */
export async function page(
  ctx: QueryCtx,
  scope: TenantScope,
  { table = START, cursor }: { table?: string | undefined; cursor: string | null },
): Promise<ExportPage> {
  if (table === START) {
    const ndjson = lineOf(START, await tenantOf(ctx, scope));
    return { ndjson, next: startOf(EXPORTED[0]) };
  }
  const at = EXPORTED.findIndex((one) => one.table === table);
  const current = EXPORTED[at];
  if (current === undefined) {
    return fail({ kind: "invalid_argument", field: "table", reason: "is none that is exported" });
  }
  const result = await rowsOf(ctx, current, scope.tenantId).paginate({
    cursor,
    numItems: PAGE_ROWS,
    maximumBytesRead: PAGE_BYTES,
  });
  const lines = await Promise.all(
    result.page.map(async (row) =>
      lineOf(table, { ...row, ...(await additions(ctx, table, row)) }),
    ),
  );
  const next = result.isDone ? startOf(EXPORTED[at + 1]) : { table, cursor: result.continueCursor };
  return { ndjson: lines.join(""), next };
}

function startOf(next: TenantTable | undefined): ExportPage["next"] {
  return next === undefined ? null : { table: next.table, cursor: null };
}

/** What a row alone does not say: where a file's bytes are, and who a member is. */
async function additions(ctx: QueryCtx, table: string, row: unknown): Promise<object> {
  if (table === "files") {
    return { _url: await ctx.storage.getUrl((row as Doc<"files">).storageId) };
  }
  if (table === "runs") {
    // The lease's token is its worker's alone.
    const { leaseToken: _leaseToken, ...state } = (row as { state: { leaseToken?: string } }).state;
    return { state };
  }
  // A model's alone, which cannot even be read.
  if (table === "messages") return { thoughts: undefined };
  if (table === "memberships") {
    const user = await ctx.db.get("users", (row as { userId: Id<"users"> }).userId);
    return { _name: user?.name, _email: user?.email };
  }
  return {};
}

export function lineOf(table: string, row: object): string {
  const shown = Object.entries(row).filter(([field]) => !SECRET_FIELDS.has(field));
  const line = { table, row: Object.fromEntries(shown) };
  return `${JSON.stringify(line, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  )}\n`;
}

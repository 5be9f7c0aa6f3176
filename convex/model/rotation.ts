/** What the rotation of the sealing keys reads and writes: the sealed columns, over all tenants. */
import { paginationResultValidator, type PaginationOptions } from "convex/server";
import { v, type Infer } from "convex/values";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { vSealed } from "../validators";
import { coordinatesOf, vSealedTable, type SealedTable } from "./credentials";
import type { SealingKey } from "./deploymentSecrets";
import { open, seal } from "./secrets";

/** Of the present key in the index: what other keys sealed lies below or above it. */
export const SIDES = ["below", "above"] as const;

export const vPart = {
  table: vSealedTable,
  side: v.union(v.literal("below"), v.literal("above")),
};
export type Part = { table: SealedTable; side: (typeof SIDES)[number] };

const vRow = v.object({
  id: v.string(),
  tenantId: v.id("tenants"),
  table: vPart.table,
  sealed: vSealed,
});
export const vPage = paginationResultValidator(vRow);
export type Page = Infer<typeof vPage>;

export const vResealed = v.object({ id: v.string(), before: vSealed, after: vSealed });
type Resealed = Infer<typeof vResealed>;

/** Rows that other keys sealed, by key. */
export async function page(
  ctx: QueryCtx,
  { table, side }: Part,
  { keyId, paginationOpts }: { keyId: string; paginationOpts: PaginationOptions },
): Promise<Page> {
  const result = await sealedIn(ctx, { table, side }, keyId).paginate(paginationOpts);
  const page = result.page.flatMap(({ _id: id, tenantId, credential: sealed }) =>
    sealed === undefined ? [] : [{ id, tenantId, table, sealed }],
  );
  return { ...result, page };
}

/** The tables have the index alike; for its types, each has its own. */
function sealedIn(ctx: QueryCtx, { table, side }: Part, keyId: string) {
  const field = "credential.keyId";
  const index = "by_sealing_key";
  const isBelow = side === "below";
  switch (table) {
    case "providers":
      return ctx.db
        .query(table)
        .withIndex(index, (q) => (isBelow ? q.gt(field, "").lt(field, keyId) : q.gt(field, keyId)));
    case "channels":
      return ctx.db
        .query(table)
        .withIndex(index, (q) => (isBelow ? q.gt(field, "").lt(field, keyId) : q.gt(field, keyId)));
    case "agent_skills":
      return ctx.db
        .query(table)
        .withIndex(index, (q) => (isBelow ? q.gt(field, "").lt(field, keyId) : q.gt(field, keyId)));
    case "webhook_secrets":
      return ctx.db
        .query(table)
        .withIndex(index, (q) => (isBelow ? q.gt(field, "").lt(field, keyId) : q.gt(field, keyId)));
  }
}

/** The rows sealed with the first key, without those that do not open. */
export async function reseal(
  keys: readonly [SealingKey, ...SealingKey[]],
  rows: Page["page"],
): Promise<Resealed[]> {
  const resealed: Resealed[] = [];
  for (const { id, tenantId, table, sealed: before } of rows) {
    const at = coordinatesOf({ tenantId, table, id });
    const secret = await open(keys, at, before);
    if (secret === null) console.error(`the credential of ${table} ${id} does not open`);
    else resealed.push({ id, before, after: await seal(keys, at, secret) });
  }
  return resealed;
}

/** Stores them where nobody has written another secret meanwhile. */
export async function replace(
  ctx: MutationCtx,
  table: SealedTable,
  rows: readonly Resealed[],
): Promise<number> {
  let count = 0;
  for (const { id, before, after } of rows) {
    const rowId = ctx.db.normalizeId(table, id);
    const row = rowId === null ? null : await ctx.db.get(table, rowId);
    if (rowId === null || row?.credential?.ciphertext !== before.ciphertext) continue;
    await ctx.db.patch(table, rowId, { credential: after });
    count++;
  }
  return count;
}

/** Emptying tables a batch at a time, within what one transaction may read and write. */
import { getDocumentSize } from "convex/values";
import type { Doc, TableNames } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { forgetDefault } from "../memberships";
import * as SkillCounts from "../skills/counts";
import { deleteBytes } from "../storage";
import { alike, type AnyRow } from "../tenantTables";

/** Far below Convex's 16,000 documents and 16 MiB, of which a single message may have one. */
const ROWS_MAX = 250;
const BYTES_MAX = 4 * 1024 * 1024;

export type Deleted = { rows: number; files: number };

/** Deletes as many rows as fit in a batch, files with their bytes, and takes them out of what counts them. */
export async function deleteSome(
  ctx: MutationCtx,
  table: TableNames,
  rows: AsyncIterable<AnyRow>,
): Promise<Deleted> {
  const batch: AnyRow[] = [];
  let sizeBytes = 0;
  for await (const row of rows) {
    batch.push(row);
    sizeBytes += getDocumentSize(row);
    if (batch.length === ROWS_MAX || sizeBytes > BYTES_MAX) break;
  }
  for (const row of batch) {
    if (table === "files") await deleteBytes(ctx, (row as Doc<"files">).storageId);
    if (table === "memberships") await forgetDefault(ctx, row as Doc<"memberships">);
    if (table === "agent_skills") await SkillCounts.forget(ctx, row as Doc<"agent_skills">);
    if (table === "skill_ratings") await SkillCounts.forget(ctx, row as Doc<"skill_ratings">);
    await alike(ctx).delete(row._id);
  }
  return { rows: batch.length, files: table === "files" ? batch.length : 0 };
}

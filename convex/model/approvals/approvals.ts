/** Approvals as people see them: the tool calls that wait for somebody, and what was decided of others. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { ApprovalState } from "../../validators";
import type { ApprovalView } from "../../views/approvals";
import { requireOwned, type TenantScope } from "../access";
import { getOrFail as getRunOrFail } from "../runs/state";

const PAGE_SIZE_MAX = 100;
/** Of the log; the approval itself has them whole. */
const TOLD_CHARS_MAX = 2_000;
/** A page of calls, each with up to 100 kB of arguments. */
const READ_BYTES_MAX = 8 * 1024 * 1024;

/** The tenant's, the newest first: all, those of one state, or those of one run. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    filter: { state, runId },
    paginationOpts,
  }: {
    filter: { state?: ApprovalState | undefined; runId?: Id<"runs"> | undefined };
    paginationOpts: PaginationOptions;
  },
): Promise<PaginationResult<ApprovalView>> {
  if (runId !== undefined) await getRunOrFail(ctx, scope, runId);
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await filtered(ctx, scope, { state, runId })
    .order("desc")
    .paginate({ ...paginationOpts, numItems, maximumBytesRead: READ_BYTES_MAX });
  return { ...result, page: result.page.map(toView) };
}

function filtered(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { state, runId }: { state?: ApprovalState | undefined; runId?: Id<"runs"> | undefined },
) {
  const approvals = ctx.db.query("approvals");
  if (runId !== undefined) {
    return approvals.withIndex("by_run", (q) => {
      const ofRun = q.eq("tenantId", tenantId).eq("runId", runId);
      return state === undefined ? ofRun : ofRun.eq("state", state);
    });
  }
  return state === undefined
    ? approvals.withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    : approvals.withIndex("by_state", (q) => q.eq("tenantId", tenantId).eq("state", state));
}

/** The approval, if it is this tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  approvalId: Id<"approvals">,
): Promise<Doc<"approvals">> {
  const approval = await ctx.db.get("approvals", approvalId);
  return requireOwned(scope, approval, { entity: "approval", id: approvalId });
}

export function toView({ _creationTime, expiresAtMs, ...row }: Doc<"approvals">): ApprovalView {
  return { ...row, ...(expiresAtMs !== undefined && { expiresAt: expiresAtMs }) };
}

/** What the log tells of one. */
export function told({
  toolName,
  argumentsJson,
  runId,
  state,
  comment,
}: Pick<Doc<"approvals">, "toolName" | "argumentsJson" | "runId" | "state" | "comment">) {
  return { toolName, argumentsJson: argumentsJson.slice(0, TOLD_CHARS_MAX), runId, state, comment };
}

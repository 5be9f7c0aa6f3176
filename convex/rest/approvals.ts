/**
 * Approvals for programs that speak HTTP only: what waits, and the answer to it. The doors are those of
 * `queries/approvals.ts` and `mutations/approvals.ts`, with the same rights and failures.
 */
import type { HttpRouter } from "convex/server";
import { api, internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import type { Id } from "../_generated/dataModel";
import { fail } from "../lib/errors";
import { jsonAction, jsonResponse, readFields } from "../lib/http";
import { omitUndefined } from "../lib/objects";
import { callerIn } from "./caller";

const PATH = "/api/v1/approvals";
const PAGE_SIZE = 50;

export function addApprovalRoutes(http: HttpRouter): void {
  http.route({ method: "GET", path: PATH, handler: listPending });
  http.route({ method: "POST", pathPrefix: `${PATH}/`, handler: decide });
}

/** `?cursor=`: the tool calls that wait for somebody, `{approvals, nextCursor}`, null at the end. */
const listPending = jsonAction(async (ctx, request) => {
  const cursor = new URL(request.url).searchParams.get("cursor");
  const page = await ctx.runQuery(api.queries.approvals.list, {
    ...callerIn(request),
    state: "pending",
    paginationOpts: { numItems: PAGE_SIZE, cursor },
  });
  const nextCursor = page.isDone ? null : page.continueCursor;
  return jsonResponse({ approvals: page.page, nextCursor });
});

/** POST `/api/v1/approvals/<id>` `{decision: "approve" | "deny", comment?}`: the approval as it is now. */
const decide = jsonAction(async (ctx, request) => {
  const { decision, comment } = await readFields(request, ["decision"], ["comment"]);
  if (decision !== "approve" && decision !== "deny") {
    return fail({ kind: "invalid_argument", field: "decision", reason: "must be approve or deny" });
  }
  const approvalId = await idIn(ctx, request);
  const approval = await ctx.runMutation(api.mutations.approvals.decide, {
    ...callerIn(request),
    approvalId,
    decision,
    ...omitUndefined({ comment }),
  });
  return jsonResponse(approval);
});

async function idIn(ctx: ActionCtx, request: Request): Promise<Id<"approvals">> {
  const text = new URL(request.url).pathname.slice(PATH.length + 1);
  const id = await ctx.runQuery(internal.jobs.approvals.idOf, { text });
  return id ?? fail({ kind: "not_found", entity: "approval", id: text });
}

/** Runs for programs that speak HTTP only. */
import type { HttpRouter } from "convex/server";
import type { ActionCtx } from "../_generated/server";
import type { Id } from "../_generated/dataModel";
import { fail } from "../lib/errors";
import { jsonAction } from "../lib/http";
import { omitUndefined } from "../lib/objects";
import { askedBy, callQuery, rateHeaders } from "./guard";
import { streamRun } from "./runStream";

const PATH = "/api/v1/runs/";

export function addRunRoutes(http: HttpRouter): void {
  http.route({ method: "GET", pathPrefix: PATH, handler: jsonAction(stream) });
}

/**
 * GET `/api/v1/runs/<id>/stream`: the run as server-sent events, from the piece after `Last-Event-ID` on. Needs
 * `sessions:read`.
 */
async function stream(ctx: ActionCtx, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const [, text] = /^([^/]+)\/stream$/.exec(pathname.slice(PATH.length)) ?? [];
  if (text === undefined) return fail({ kind: "not_found", entity: "route", id: pathname });
  const asked = askedBy(request, { permission: "sessions:read", routeClass: "read" });
  const of = omitUndefined({ apiKey: asked.apiKey, tenantId: asked.tenant as Id<"tenants"> });
  const { rate } = await callQuery(ctx, asked, {
    door: "queries/runs:get",
    args: { ...of, runId: text },
    ids: [{ table: "runs", text }],
  });
  return await streamRun(ctx, {
    runId: text as Id<"runs">,
    reader: of,
    lastEventId: request.headers.get("Last-Event-ID"),
    signal: request.signal,
    headers: rateHeaders(rate),
  });
}

/** Everything under `/api/v1`: finds the noun's app, and puts around its answers what all of them have. */
import type { ActionCtx } from "../../_generated/server";
import { appOf, methodsAt, type App } from "./app";
import { newRequestId } from "../headers";
import { corsHeaders } from "./cors";
import { problem } from "./problems";
import { nounOf, PREFIX } from "./route";
import { NOUNS, routesOf } from "./table";

/** Built once for each noun, where the runtime keeps modules from one request to the next. */
const apps = new Map<string, App>();

export async function serve(ctx: ActionCtx, request: Request): Promise<Response> {
  const requestId = newRequestId();
  const response = await answered(ctx, request, requestId);
  const { headers } = response;
  headers.set("x-request-id", requestId);
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  for (const [name, value] of Object.entries(corsHeaders(request))) headers.set(name, value);
  return response;
}

async function answered(ctx: ActionCtx, request: Request, requestId: string): Promise<Response> {
  const { pathname } = new URL(request.url);
  const path = pathname.slice(PREFIX.length);
  const noun = nounOf(path);
  if (!Object.hasOwn(NOUNS, noun)) {
    const id = `${request.method} ${pathname}`;
    return problem({ kind: "not_found", entity: "route", id }, { requestId });
  }
  if (request.method === "OPTIONS") {
    const allow = methodsAt(await routesOf(noun), path).join(", ");
    return new Response(null, { status: 204, headers: { allow } });
  }
  const app = apps.get(noun) ?? appOf(await routesOf(noun));
  apps.set(noun, app);
  return await app.fetch(request, { ctx, requestId });
}

/** The native API, `/api/v1`: what is behind it is loaded when it is first asked for, and by nobody else's request. */
import type { HttpRouter, RoutableMethod } from "convex/server";
import { httpAction } from "../_generated/server";

const METHODS: readonly RoutableMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export function addNativeRoutes(http: HttpRouter): void {
  for (const method of METHODS) http.route({ method, pathPrefix: "/api/v1/", handler: native });
}

const native = httpAction(async (ctx, request) => {
  const { serve } = await import("./native/serve");
  return await serve(ctx, request);
});

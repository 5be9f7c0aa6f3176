/** The deployment's HTTP routes. */
import { httpRouter } from "convex/server";
import { httpAction } from "./_generated/server";
import { addAuthRoutes } from "./rest/auth";
import { addCompatibleRoutes } from "./rest/compatible/routes";
import { addNativeRoutes } from "./rest/native";

const http = httpRouter();

// For whoever watches over the deployment; says nothing but that functions are being served.
http.route({
  path: "/health",
  method: "GET",
  handler: httpAction(() => Promise.resolve(Response.json({ status: "ok" }))),
});

addAuthRoutes(http);
addNativeRoutes(http);
addCompatibleRoutes(http);

export default http;

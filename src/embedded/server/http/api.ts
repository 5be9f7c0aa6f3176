/** The HTTP API: which path is served by what, for whom, and what a refused request is told. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identity } from "../../engine/types";
import type { RequestMetadata } from "../../execution/types";
import { RequestError, type Runtime } from "../../runtime/types";
import type { Authenticator } from "../auth/authenticator";
import { newRequestId } from "../replies";
import { header, requestMetadata } from "../requests";
import { HEALTH_PATH } from "../gate";
import type { LogStream } from "../logs/logStream";
import { SyncServer } from "../sync/syncServer";
import { DEPLOY_ROUTES } from "./deploy/routes";
import type { StagedPushes } from "./deploy/stagedPushes";
import { environmentGet, environmentPost } from "./environment";
import {
  actionPost,
  functionPost,
  inlineQueryPost,
  mutationPost,
  queryAtTs,
  queryBatch,
  queryGet,
  queryPost,
  queryTs,
  runPost,
} from "./functions";
import { exportRoutes } from "./exports";
import { IMPORT_ROUTES } from "./imports";
import { healthGet } from "./health";
import { METER_ROUTES } from "./meter";
import { LOG_ROUTES } from "./logs";
import {
  discardBody,
  dropReply,
  errorReply,
  json,
  type Reply,
  sendReply,
  setCorsHeaders,
  text,
} from "./reply";
import { storageRoutes } from "./storage";

export type ApiOptions = {
  runtime: Runtime;
  authenticator: Authenticator;
  instanceName: string;
  /** What clients reach this server at. Read late: a free port is known only once it is bound. */
  urls(): { apiUrl: string; siteUrl: string };
  stagedPushes: StagedPushes;
  logs: LogStream;
  reportError: (error: unknown) => void;
};

/** One request of the HTTP API. */
export type ApiCall = ApiOptions & {
  request: IncomingMessage;
  url: URL;
  requestId: string;
  metadata: RequestMetadata;
  identity(): Promise<Identity>;
  /** @throws RequestError - 403 when the caller is no admin. */
  requireAdmin(): Promise<Identity>;
};

export type Route = (call: ApiCall) => Promise<Reply> | Reply;

const VERSION = "embedded";

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  "/": { GET: () => text("This Convex deployment is running. See https://docs.convex.dev/.") },
  [HEALTH_PATH]: { GET: healthGet },
  // Where `ctx.auth.signJwt` promises the keys of its tokens.
  "/.well-known/jwks.json": { GET: (call) => json(call.runtime.jwks()) },
  "/version": { GET: () => text(VERSION) },
  "/instance_version": { GET: () => text(VERSION) },
  "/instance_name": { GET: (call) => text(call.instanceName) },
  "/api/version": { GET: () => text(VERSION) },
  "/api/query": { GET: queryGet, POST: queryPost },
  "/api/query_ts": { POST: queryTs },
  "/api/query_at_ts": { POST: queryAtTs },
  "/api/query_batch": { POST: queryBatch },
  "/api/mutation": { POST: mutationPost },
  "/api/action": { POST: actionPost },
  "/api/function": { POST: functionPost },
  "/api/run_test_function": { POST: inlineQueryPost },
  ...DEPLOY_ROUTES,
  ...LOG_ROUTES,
  "/api/update_environment_variables": { POST: environmentPost },
  "/api/list_environment_variables": { GET: environmentGet },
  "/api/v1/get_canonical_urls": {
    GET: (call) => {
      const { apiUrl, siteUrl } = call.urls();
      return json(JSON.stringify({ convexCloudUrl: apiUrl, convexSiteUrl: siteUrl }));
    },
  },
  ...METER_ROUTES,
  ...IMPORT_ROUTES,
  // `npx convex network-test` looks how its bytes come back.
  "/echo": { POST: ({ request }) => ({ status: 200, headers: {}, body: request }) },
  // Clients report long disconnects here.
  "/api/debug_event": { POST: () => json("{}") },
};

/** What Convex has and this server does not; anything below these paths. */
const UNSUPPORTED_PATHS = [
  "/api/deploy2",
  "/api/push_config",
  "/api/prepare_schema",
  "/api/get_config",
  "/api/schema_state",
  "/api/stream_udf_execution",
  "/api/app_metrics",
  "/api/streaming_import",
  "/api/document_deltas",
  "/api/list_snapshot",
  "/api/json_schemas",
  "/api/get_table_column_names",
  "/api/test_streaming_export_connection",
  "/api/data_sync_cursor_from_deltas",
  "/api/actions",
  "/api/update_canonical_url",
  "/api/cancel_job",
  "/api/cancel_all_jobs",
  "/api/delete_tables",
  "/api/delete_component",
  "/api/delete_scheduled_functions_table",
  "/api/get_indexes",
  "/api/get_source_code",
  "/api/shapes2",
  "/api/check_admin_key",
  "/api/v1",
];

/** Answers one request. Never throws. */
export async function serveApi(
  options: ApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setCorsHeaders(request, response);
  let reply: Reply;
  try {
    reply = await replyTo(options, request);
  } catch (error) {
    reply = errorReply(error, options.reportError);
  }
  // What ran has run; there is just nobody to tell.
  if (response.destroyed) return dropReply(reply);
  discardBody(request, response);
  sendReply(response, reply);
}

async function replyTo(options: ApiOptions, request: IncomingMessage): Promise<Reply> {
  const url = parseUrl(request.url ?? "/");
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
  if (method === "OPTIONS") return text("");
  const route = findRoute(method, url.pathname);
  const identity = () => options.authenticator.identifyHeader(header(request, "authorization"));
  return await route({
    ...options,
    request,
    url,
    requestId: newRequestId(),
    metadata: requestMetadata(request),
    identity,
    requireAdmin: async () => {
      const caller = await identity();
      if (caller.kind === "admin") return caller;
      throw new RequestError(
        403,
        "BadDeployKey",
        `This needs the admin key: "Authorization: Convex <admin key>".`,
      );
    },
  });
}

function findRoute(method: string, path: string): Route {
  const byMethod = routesOf(path);
  if (byMethod !== undefined) {
    const route = Object.hasOwn(byMethod, method)
      ? byMethod[method as keyof typeof byMethod]
      : null;
    if (route) return route;
    const allowed = Object.keys(byMethod).join(" or ");
    throw new RequestError(405, "MethodNotAllowed", `${path} takes ${allowed}, not ${method}.`);
  }
  if (SyncServer.serves(path)) {
    throw new RequestError(426, "UpgradeRequired", `${path} is for WebSocket connections.`);
  }
  if (UNSUPPORTED_PATHS.some((known) => path === known || path.startsWith(`${known}/`))) {
    throw new RequestError(
      501,
      "Unsupported",
      `${method} ${path} is an endpoint of Convex that the embedded runtime does not have.`,
    );
  }
  throw new RequestError(404, "NotFound", `There is nothing at ${path}.`);
}

function routesOf(path: string): Readonly<Record<string, Route>> | undefined {
  if (Object.hasOwn(ROUTES, path)) return ROUTES[path];
  return path.startsWith("/api/run/")
    ? { POST: runPost }
    : (storageRoutes(path) ?? exportRoutes(path));
}

function parseUrl(target: string): URL {
  try {
    return new URL(target, "http://localhost");
  } catch {
    throw new RequestError(400, "BadUrl", "The URL of the request cannot be read.");
  }
}

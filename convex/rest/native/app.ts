/** The Hono app of one noun's routes. Those of the others are not even loaded. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ActionCtx } from "../../_generated/server";
import { asAppError, fail } from "../../lib/errors";
import { isRolledBack } from "../../lib/persistently";
import { requireCredential } from "../caller";
import { askedBy, rateHeaders, Refusal } from "../guard";
import { callDoor } from "./call";
import { definitionOf } from "./definition";
import { invalid } from "./issues";
import { problem, type Failure } from "./problems";
import { classOf, fieldsOf, isPaged, methodOf, pathOf, PREFIX, type Route } from "./route";
import { pagingOf } from "./schemas";
import { unstorableIn } from "./storable";

type Env = { Bindings: { ctx: ActionCtx; requestId: string } };
type Asking = Context<Env>;
export type App = OpenAPIHono<Env>;

export const BODY_BYTES_MAX = 1024 * 1024;

export function appOf(routes: readonly Route[]): App {
  const app = new OpenAPIHono<Env>({
    getPath: ({ url }) => new URL(url).pathname.slice(PREFIX.length) || "/",
    defaultHook: (result, c) =>
      result.success ? undefined : refused(c, invalid(result.target, result.error.issues)),
  });
  app.use(ofBoundedSize);
  app.onError((error, c) => refusedBy(c, error));
  app.notFound((c) => refused(c, nothingAt(routes, c)));
  for (const route of routes) {
    const middleware = "isPublic" in route ? [] : [fromSomebody];
    const definition = { ...definitionOf(route), middleware };
    app.openapi(definition, async (c) => await respond(route, c as unknown as Asking));
  }
  return app;
}

/** Who brings neither a key nor a sign-in is not told what else is wrong. */
async function fromSomebody(c: Asking, next: () => Promise<void>) {
  await requireCredential(c.env.ctx, c.req.raw);
  return await next();
}

async function ofBoundedSize(c: Asking, next: () => Promise<void>) {
  const { headers } = c.req.raw;
  // Of a deletion, too: its text is part of what an idempotency key stands for.
  if (!["GET", "HEAD"].includes(c.req.method)) {
    if (Number(headers.get("content-length") ?? 0) > BODY_BYTES_MAX) return refused(c, TOO_LARGE);
    const text = await c.req.text();
    if (new TextEncoder().encode(text).length > BODY_BYTES_MAX) return refused(c, TOO_LARGE);
  }
  return await next();
}
const TOO_LARGE: Failure = { kind: "body_too_large", limitBytes: BODY_BYTES_MAX };

async function respond(route: Route, c: Asking): Promise<Response> {
  const { ctx, requestId } = c.env;
  const request = c.req.raw;
  if (!("door" in route)) {
    const needs = { permission: route.permission, routeClass: classOf(route) };
    const asked = askedBy(request, needs);
    const params = c.req.param() as Record<string, string>;
    const { tenant: _, ...query } = c.req.valid("query" as never) as Valid;
    return await route.respond({ ctx, request, asked, params, query, requestId });
  }
  const body = methodOf(route) === "get" ? "" : await c.req.text();
  const args = argsOf(route, c);
  const unstorable = unstorableIn(args);
  if (unstorable !== null) fail({ kind: "invalid_argument", ...unstorable });
  return await callDoor(ctx, { route, request, body, args });
}

type Valid = Record<string, unknown>;

function argsOf(route: Extract<Route, { door: unknown }>, c: Asking): Valid {
  const valid = (target: string) => c.req.valid(target as never) as Valid | undefined;
  const { params, body } = fieldsOf(route);
  const { tenant: _, ...query } = valid("query") ?? {};
  return {
    ...(isPaged(route) ? pagedArgs(query) : query),
    ...(body !== null && valid("json")),
    ...(Object.keys(params).length > 0 && valid("param")),
  };
}

function pagedArgs({ cursor, limit, ...query }: Valid): Valid {
  return {
    ...query,
    paginationOpts: pagingOf({ cursor, limit } as Parameters<typeof pagingOf>[0]),
  };
}

/** The path is there for other methods, or not at all. */
function nothingAt(routes: readonly Route[], c: Asking): Failure {
  const path = new URL(c.req.url).pathname.slice(PREFIX.length);
  const allowed = methodsAt(routes, path);
  if (allowed.length > 0) return { kind: "method_not_allowed", allowed };
  return { kind: "not_found", entity: "route", id: `${c.req.method} ${PREFIX}${path}` };
}

export function methodsAt(routes: readonly Route[], path: string): string[] {
  const here = routes.filter((route) => patternOf(pathOf(route)).test(path));
  const methods = here.map((route) => methodOf(route).toUpperCase());
  if (methods.length === 0) return [];
  return methods.includes("GET") ? [...methods, "HEAD", "OPTIONS"] : methods.concat("OPTIONS");
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

function refused(c: Asking, failure: Failure, headers: Record<string, string> = {}): Response {
  return problem(failure, { requestId: c.env.requestId, headers });
}

function refusedBy(c: Asking, error: unknown): Response {
  const rate = error instanceof Refusal ? error.rate : null;
  const failure = asAppError(error) ?? failureIn(error);
  if (failure !== null) return refused(c, failure, rate === null ? {} : rateHeaders(rate));
  console.error(`${c.env.requestId} ${c.req.method} ${c.req.path}`, error);
  return refused(c, { kind: "internal" });
}

/** What is nobody's mistake on our side, said by others. */
function failureIn(error: unknown): Failure | null {
  if (error instanceof HTTPException) {
    if (error.status === 415) {
      return { kind: "unsupported_media_type", expected: "application/json" };
    }
    return { kind: "invalid_argument", field: "body", reason: "must be JSON" };
  }
  if (!(error instanceof Error)) return null;
  // As Convex's own clients recognise it.
  if (error.message.includes("InvalidCursor")) {
    return { kind: "invalid_argument", field: "cursor", reason: "is none of this list's" };
  }
  if (isRolledBack(error)) return { kind: "unavailable", retryAfterMs: 1_000 };
  return null;
}

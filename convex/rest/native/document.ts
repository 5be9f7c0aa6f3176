/** The OpenAPI document: the routes as they are checked, and what they answer by their doors' own validators. */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import { sha256 } from "../../lib/crypto";
import { knows } from "./call";
import { definitionOf, type Responses } from "./definition";
import { STATUS_BY_KIND, type Failure } from "./problems";
import { classOf, isPaged, methodOf, nameOf, nounOf, PAGING_FIELDS, pathOf, PREFIX } from "./route";
import type { DoorRoute, OwnRequest, OwnRoute, Route } from "./route";
import { answerSchema } from "./schemas";
import { allRoutes } from "./table";
import { viewNames } from "./viewNames";

/** Made once, where the runtime keeps modules from one request to the next. */
let made: { text: string; etag: string } | null = null;

export async function documentResponse({ request }: OwnRequest): Promise<Response> {
  made ??= await make();
  const { text, etag } = made;
  const headers = { etag, "cache-control": "public, max-age=300" };
  if (knows(request, etag)) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, "content-type": "application/json" } });
}

async function make() {
  const text = JSON.stringify(documentOf(await allRoutes()));
  return { text, etag: `"${(await sha256(text)).slice(0, 32)}"` };
}

export function documentOf(routes: readonly Route[]): object {
  const app = new OpenAPIHono();
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An API key (`ak_live_…`), or a sign-in's access token",
  });
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "An API key",
  });
  for (const route of routes) {
    const definition = definitionOf(route, responsesOf(route));
    registry.registerPath({
      ...definition,
      tags: [nounOf(pathOf(route))],
      security: securityOf(route),
      ...(route.permission !== null && {
        description: `Needs the permission \`${route.permission}\`.`,
        "x-permission": route.permission,
      }),
      request: { ...definition.request, ...headersOf(route) },
    });
  }
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Agentik API",
      version: "1",
      description: DESCRIPTION,
      license: { name: "Apache-2.0" },
    },
    servers: [{ url: PREFIX }],
  });
  return withSharedFailures(document as unknown as Described);
}

type Described = {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  components: object;
};

/** Failures look the same on all routes: each status stands in the document once. */
function withSharedFailures(document: Described): object {
  const shared: Record<string, unknown> = {};
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  for (const { responses } of operations) {
    for (const status of Object.keys(responses).filter((one) => Number(one) >= 400)) {
      shared[`Failed${status}`] = responses[status];
      responses[status] = { $ref: `#/components/responses/Failed${status}` };
    }
  }
  return { ...document, components: { ...document.components, responses: shared } };
}

const DESCRIPTION =
  "Times are milliseconds since 1970. Amounts stand twice: as a number of USD for display, and under the name with " +
  "`Usd` as an exact decimal string. Lists are pages: `data`, and `nextCursor` to ask for the next one with, null at " +
  "the end. Failures are problem details (RFC 9457); `kind` says which. Each answer has an `x-request-id`.";

/** What people do for themselves, of no tenant, no key does. */
function securityOf(route: Route) {
  if ("isPublic" in route) return [];
  return route.permission === null ? [{ bearer: [] }] : [{ bearer: [] }, { apiKey: [] }];
}

/** What requests may bring in their headers beside their credential. */
function headersOf(route: Route) {
  const heeded = Object.entries(heedsOf(route)).map(([name, description]) => {
    const text = name === "idempotency-key" ? z.string().min(1).max(255) : z.string();
    return [name, text.optional().openapi({ description })] as const;
  });
  return heeded.length === 0 ? {} : { headers: z.object(Object.fromEntries(heeded)) };
}

function heedsOf(route: Route): Readonly<Record<string, string>> {
  if (methodOf(route) !== "get") return { "idempotency-key": ONCE };
  if (!("door" in route)) return route.heeds ?? {};
  return isTaggedRoute(route) ? { "if-none-match": TAGGED } : {};
}

const ONCE =
  "Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with " +
  "`idempotent-replayed: true`. With another request: 422.";
const TAGGED = "The `etag` of an answer: while nothing has changed, 304 without a body";

const TEXT_HEADER = { schema: { type: "string" as const } };
const COMMON_HEADERS = { "x-request-id": TEXT_HEADER };
const RATE_HEADERS = {
  ...COMMON_HEADERS,
  "x-ratelimit-limit-requests": TEXT_HEADER,
  "x-ratelimit-remaining-requests": TEXT_HEADER,
  "x-ratelimit-reset-requests": TEXT_HEADER,
};

function responsesOf(route: Route): Responses {
  return { ...("door" in route ? successOf(route) : ownSuccessOf(route)), ...failuresOf(route) };
}

function ownSuccessOf({ content, summary, bare = {}, ...route }: OwnRoute): Responses {
  const headers = {
    ...("isPublic" in route ? COMMON_HEADERS : RATE_HEADERS),
    ...("304" in bare && { etag: TEXT_HEADER }),
  };
  const media = content.map((type) => {
    const schema = type === "application/json" ? z.looseObject({}) : z.string();
    return [type, { schema }] as const;
  });
  const others = Object.entries(bare).map(([status, description]) => {
    return [status, { description, headers }] as const;
  });
  return {
    200: { description: summary, headers, content: Object.fromEntries(media) },
    ...Object.fromEntries(others),
  };
}

function successOf(route: DoorRoute): Responses {
  const { created } = route;
  const schema = schemaOfAnswer(route);
  const content = schema === null ? {} : { content: { "application/json": { schema } } };
  const replayed = methodOf(route) === "get" ? {} : { "idempotent-replayed": TEXT_HEADER };
  const headers = { ...RATE_HEADERS, ...replayed };
  if (created !== undefined) {
    const location = created === null ? {} : { location: TEXT_HEADER };
    return { 201: { description: "Made", headers: { ...headers, ...location }, ...content } };
  }
  if (schema === null) return { 204: { description: "Done", headers } };
  if (!isTaggedRoute(route)) return { 200: { description: "Done", headers, ...content } };
  const tagged = { ...headers, etag: TEXT_HEADER };
  return {
    200: { description: "Done", headers: tagged, ...content },
    304: { description: "As it was: see `if-none-match`", headers: tagged },
  };
}

function isTaggedRoute(route: DoorRoute): boolean {
  const { door } = route;
  return door.kind === "query" && !isPaged(route) && door.returns().type !== "array";
}

function schemaOfAnswer(route: DoorRoute): z.ZodType | null {
  const returns = route.door.returns();
  const as = nameOf(route);
  const names = viewNames();
  if (as !== null) return z.object({ [as]: answerSchema(returns, names) });
  if (returns.type === "null") return null;
  if (returns.type === "array") return z.object({ data: answerSchema(returns, names) });
  if (!isPaged(route) || returns.type !== "object") return answerSchema(returns, names);
  const { page } = returns.value;
  const more = Object.entries(returns.value).filter(([name]) => !PAGING_FIELDS.includes(name));
  const rest = answerSchema({ type: "object", value: Object.fromEntries(more) }, names);
  return (rest as z.ZodObject).extend({
    ...(page !== undefined && { data: answerSchema(page.fieldType, names) }),
    nextCursor: z.string().nullable(),
  });
}

const ALL: readonly Failure["kind"][] = [
  "invalid_argument",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "rate_limited",
  "unavailable",
];
const OF_ANYBODY: readonly Failure["kind"][] = ["invalid_argument"];
const OF_WRITES: readonly Failure["kind"][] = [
  "body_too_large",
  "unsupported_media_type",
  "idempotency_key_reused",
];
const OF_MODELS: readonly Failure["kind"][] = ["budget_exceeded", "provider_failed"];

/** The statuses that a route may fail with, each with the same kind of body. */
function failuresOf(route: Route): Responses {
  const all = "isPublic" in route ? OF_ANYBODY : ALL;
  const writes = methodOf(route) === "get" ? [] : OF_WRITES;
  const models = classOf(route) === "model" ? OF_MODELS : [];
  const statuses = [...all, ...writes, ...models].map((kind) => STATUS_BY_KIND[kind]);
  const content = { "application/problem+json": { schema: Problem } };
  const failed = [...new Set(statuses)].map((status) => {
    const headers = { ...RATE_HEADERS, ...HEADERS_BY_STATUS[status] };
    return [status, { description: DESCRIPTIONS[status] ?? "Failed", headers, content }];
  });
  return Object.fromEntries(failed) as Responses;
}

const RETRY_HEADERS = {
  "retry-after": { schema: { type: "string" as const }, description: "Seconds" },
  "retry-after-ms": { schema: { type: "string" as const } },
};

/** What failures bring beside the request's id and, once they are counted, the limits. */
const HEADERS_BY_STATUS: Readonly<Record<number, Record<string, typeof TEXT_HEADER>>> = {
  401: { "www-authenticate": TEXT_HEADER },
  402: { "x-should-retry": TEXT_HEADER },
  409: RETRY_HEADERS,
  429: { ...RETRY_HEADERS, "x-should-retry": TEXT_HEADER },
  503: RETRY_HEADERS,
};

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: "Something about the request is wrong: `field` says what, `reason` why",
  401: "Nobody is signed in, or the key is none that holds",
  402: "A budget has no room for it",
  403: "The key or the role lacks the permission",
  404: "There is none, or none of yours",
  409: "It is not in a state that allows this; with `retry-after`: the idempotency key's first request is under way",
  413: "The body is too large",
  415: "The body is no JSON",
  422: "The idempotency key was used with another request",
  429: "Too many requests, or a quota is used up: with `x-should-retry: false` waiting does not help",
  502: "The model's provider has failed",
  503: "Others were first, or there is too much to do: nothing was done",
};

const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    kind: z.enum(Object.keys(STATUS_BY_KIND) as Failure["kind"][]),
    field: z.string().optional(),
    reason: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
    retryAfterMs: z.number().optional(),
    requestId: z.string(),
  })
  .openapi("Problem");

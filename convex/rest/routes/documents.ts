import { documentResponse } from "../native/document";
import { FILES, page } from "../docs/swaggerUi";
import type { Route } from "../native/route";

/** What is the same for everybody, and says nothing of anybody. */
const common = { permission: null, isPublic: true, query: {} } as const;

const script = {
  ...common,
  summary: "A script of the page that shows this description",
  content: ["text/javascript"],
} as const;

export const DOCUMENT_ROUTES: readonly Route[] = [
  {
    at: "get /openapi.json",
    ...common,
    summary: "Describes this API",
    content: ["application/json"],
    heeds: { "if-none-match": "The `etag` of the description that is known already" },
    bare: { 304: "It is as it was" },
    respond: documentResponse,
  },
  {
    at: "get /docs",
    ...common,
    summary: "Shows this description to people",
    content: ["text/html"],
    respond: page,
  },
  { at: "get /docs/start.js", ...script, respond: FILES["start.js"] },
  { at: "get /docs/swagger-ui-bundle.js", ...script, respond: FILES["swagger-ui-bundle.js"] },
  {
    at: "get /docs/swagger-ui.css",
    ...common,
    summary: "Styles that page",
    content: ["text/css"],
    respond: FILES["swagger-ui.css"],
  },
  {
    at: "get /health",
    ...common,
    summary: "Says that requests are answered",
    content: ["application/json"],
    respond: () => Promise.resolve(Response.json({ status: "ok" })),
  },
];

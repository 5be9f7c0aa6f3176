import { documentResponse } from "../native/document";
import type { Route } from "../native/route";

/** What is the same for everybody, and says nothing of anybody. */
const common = { permission: null, isPublic: true, query: {} } as const;

export const DOCUMENT_ROUTES: readonly Route[] = [
  {
    at: "get /openapi.json",
    ...common,
    summary: "Describes this API",
    content: ["application/json"],
    respond: documentResponse,
  },
  {
    at: "get /health",
    ...common,
    summary: "Says that requests are answered",
    content: ["application/json"],
    respond: () => Promise.resolve(Response.json({ status: "ok" })),
  },
];

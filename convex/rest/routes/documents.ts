import { documentResponse } from "../native/document";
import type { Route } from "../native/route";

/** The document is the same for everybody, and says nothing of anybody. */
export const DOCUMENT_ROUTES: readonly Route[] = [
  {
    at: "get /openapi.json",
    permission: null,
    isPublic: true,
    summary: "This document",
    query: {},
    content: ["application/json"],
    respond: documentResponse,
  },
];

/** The compatible API: `/v1`, as clients of OpenAI's and Anthropic's expect it. */
import { ROUTABLE_HTTP_METHODS, type HttpRouter, type RoutableMethod } from "convex/server";
import { chatDialect } from "../../../src/completions/chatAnswer";
import { anthropicError, openAiError, type Failure } from "../../../src/completions/failures";
import { messagesDialect } from "../../../src/completions/messagesAnswer";
import { responsesDialect } from "../../../src/completions/responsesWriter";
import { httpAction, type ActionCtx } from "../../_generated/server";
import type { Caller } from "../../model/headerCaller";
import type { UnderKey } from "../../model/idempotency";
import { callerOf } from "../caller";
import { answerOnce, askedBy, Refusal, underKeyOf, type Asked } from "../guard";
import {
  aboutOf,
  failureIn,
  failureResponse,
  headersOf,
  rateOf,
  told,
  type About,
  type Family,
} from "./answers";
import { parsed, textOf } from "./body";
import { serveEmbeddings } from "./embeddings";
import { countMessageTokens, getModel, listModels } from "./models";
import {
  cancelResponse,
  deleteResponse,
  getResponse,
  prepareResponse,
  tellResponse,
} from "./responses";
import { serving } from "./serve";

const PREFIX = "/v1/";

type Look = (
  at: { ctx: ActionCtx; caller: Caller; about: About },
  asked: { path: string[]; url: URL; request: Request },
) => Promise<object>;

/** What has a model called. */
const CALLS = {
  "/v1/embeddings": serveEmbeddings,
  "/v1/chat/completions": serving(chatDialect, { family: "openai" }),
  "/v1/messages": serving(messagesDialect, { family: "anthropic" }),
  "/v1/responses": serving(responsesDialect, {
    family: "openai",
    prepare: prepareResponse,
    tellRun: tellResponse,
  }),
};

/** What looks, by the first part of the path and the method. */
const LOOKS: Readonly<Record<string, Look>> = {
  "GET models": async ({ ctx, caller, about: { family } }, { path, url }) =>
    path.length === 0
      ? await listModels(ctx, caller, { family, searchParams: url.searchParams })
      : await getModel(ctx, caller, { family, name: path.join("/") }),
  "GET responses": async ({ ctx, caller, about }, { path, url, request }) =>
    path.length === 1
      ? await getResponse(ctx, caller, { id: path[0] ?? "", request, headers: headersOf(about) })
      : notThere(url),
  "DELETE responses": async ({ ctx, caller }, { path, url }) =>
    path.length === 1 ? await deleteResponse(ctx, caller, path[0] ?? "") : notThere(url),
  "POST responses": async ({ ctx, caller }, { path, url }) =>
    path.length === 2 && path[1] === "cancel"
      ? await cancelResponse(ctx, caller, path[0] ?? "")
      : notThere(url),
  "POST messages": async ({ ctx, caller }, { path, url, request }) =>
    path.length === 1 && path[0] === "count_tokens"
      ? await countMessageTokens(ctx, caller, parsed(await textOf(request)))
      : notThere(url),
};

export function addCompatibleRoutes(http: HttpRouter): void {
  for (const [path, handle] of Object.entries(CALLS)) {
    http.route({ method: "POST", path, handler: httpAction(handle) });
  }
  for (const method of ROUTABLE_HTTP_METHODS) {
    http.route({ method, pathPrefix: PREFIX, handler: httpAction(handleOthers(method)) });
  }
}

function handleOthers(method: RoutableMethod) {
  return async (ctx: ActionCtx, request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const [noun = "", ...path] = url.pathname.slice(PREFIX.length).split("/").map(decoded);
    const family = familyOf(noun, request);
    const about = aboutOf(request, family);
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: headersOf(about) });
    const errorBody = (failure: Failure, requestId: string) =>
      family === "anthropic"
        ? { type: "error", error: anthropicError(failure), request_id: requestId }
        : { error: openAiError(failure) };
    try {
      const look = LOOKS[`${method} ${noun}`];
      if (look === undefined) return notThere(url);
      const asked = askedBy(request, needsOf(method, noun));
      const under = isWrite(method, noun) ? await keyOf(request) : undefined;
      const once = { asked, under, onRate: rateOf(about) };
      const answer = await answerOnce(ctx, once, async () => {
        const at = { ctx, caller: callerOf(request), about };
        const found = await look(at, { path, url, request });
        return found instanceof Response ? found : Response.json(found);
      });
      return told(answer, about);
    } catch (error) {
      if (error instanceof Refusal) about.rate ??= error.rate;
      if (!(error instanceof NotThere)) {
        return failureResponse(failureIn(error), { ...about, errorBody });
      }
      const allowed = allowedAt(url);
      const failure = notServed(url, { method, allowed });
      const response = failureResponse(failure, { ...about, errorBody });
      if (allowed !== null) response.headers.set("allow", allowed);
      return response;
    }
  };
}

/** Ending a response is ending its run, as anywhere. */
function needsOf(method: RoutableMethod, noun: string): Pick<Asked, "permission" | "routeClass"> {
  const isCancel = noun === "responses" && method === "POST";
  // As long as the request of a call, and all of it is read.
  if (noun === "messages") return { permission: "messages:send", routeClass: "model" };
  return {
    permission: isCancel ? "runs:cancel" : "messages:send",
    routeClass: isWrite(method, noun) ? "write" : "read",
  };
}

function isWrite(method: RoutableMethod, noun: string): boolean {
  return noun === "responses" && method !== "GET";
}

async function keyOf(request: Request): Promise<UnderKey | undefined> {
  if (!request.headers.has("Idempotency-Key")) return undefined;
  return await underKeyOf(request, await textOf(request));
}

/** Clients of both families list models; Anthropic's say which version they speak. */
function familyOf(noun: string, request: Request): Family {
  const isAnthropic = noun === "messages" || request.headers.has("anthropic-version");
  return isAnthropic ? "anthropic" : "openai";
}

class NotThere extends Error {
  override readonly name = "NotThere";
}

function notThere(url: URL): never {
  throw new NotThere(url.pathname);
}

/** What a path takes that is there; null: it is not. */
function allowedAt({ pathname }: URL): string | null {
  if (pathname in CALLS || pathname === "/v1/messages/count_tokens") return "POST";
  if (/^\/v1\/responses\/[^/]+\/cancel$/.test(pathname)) return "POST";
  if (/^\/v1\/responses\/[^/]+$/.test(pathname)) return "GET, DELETE";
  return /^\/v1\/models(\/.+)?$/.test(pathname) ? "GET" : null;
}

function notServed(
  { pathname }: URL,
  { method, allowed }: { method: string; allowed: string | null },
): Failure {
  return {
    status: allowed === null ? 404 : 405,
    code: allowed === null ? "not_found" : "method_not_allowed",
    param: null,
    message: `There is no ${method} ${pathname}.`,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

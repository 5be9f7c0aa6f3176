/** Calls the door of a route, with the arguments in the request, and says what it answers as HTTP does. */
import { makeFunctionReference, type PaginationResult } from "convex/server";
import type { ValidatorJSON } from "convex/values";
import type { ActionCtx } from "../../_generated/server";
import { sha256 } from "../../lib/crypto";
import { asAppError } from "../../lib/errors";
import {
  answerOnce,
  askedBy,
  callMutation,
  callQuery,
  rateHeaders,
  Refusal,
  underKeyOf,
  type Asked,
  type Ids,
} from "../guard";
import type { Fields } from "./doors";
import { classOf, isPaged, nameOf, PAGING_FIELDS, PREFIX, type DoorRoute } from "./route";

export type Call = Readonly<{
  route: DoorRoute;
  request: Request;
  /** As it was sent; empty without one. */
  body: string;
  args: Readonly<Record<string, unknown>>;
}>;

type Answered = { value: unknown; headers: Record<string, string> };

export async function callDoor(ctx: ActionCtx, call: Call): Promise<Response> {
  const { route, request, body } = call;
  const asked = askerOf(call);
  const door = { door: route.door.name, ...withCaller(call, asked) };
  if (route.door.kind === "query") {
    const { value, rate } = await callQuery(ctx, asked, door);
    return await fresh(call, { value, headers: rateHeaders(rate) });
  }
  const under = await underKeyOf(request, body);
  if (route.door.kind === "mutation") {
    const { value, isReplay, rate } = await callMutation(ctx, asked, { ...door, under });
    const replayed = isReplay ? { "idempotent-replayed": "true" } : {};
    return answer(call, { value, headers: { ...rateHeaders(rate), ...replayed } });
  }
  const once = { asked, under, ids: door.ids, isSecret: route.isSecret ?? false };
  return await answerOnce(ctx, once, async (rate) => {
    try {
      const action = makeFunctionReference<"action">(door.door);
      const value: unknown = await ctx.runAction(action, door.args);
      return answer(call, { value, headers: rateHeaders(rate) });
    } catch (error) {
      const failure = asAppError(error);
      throw failure === null ? error : new Refusal(failure, rate);
    }
  });
}

/** A tenant in the path is meant, whatever else is named. */
function askerOf({ route, request, args }: Call): Asked {
  const { permission } = route;
  const asked = askedBy(request, { permission, routeClass: classOf(route) });
  const { tenantId } = args;
  if (permission === null || typeof tenantId !== "string") return asked;
  return { ...asked, tenant: tenantId };
}

/** The door's arguments, with those that say for whom it acts, and the ids among them. */
function withCaller({ route, args }: Call, { apiKey, tenant }: Asked) {
  const fields = route.door.args();
  const caller = {
    ...("apiKey" in fields && apiKey !== undefined && { apiKey }),
    ...("tenantId" in fields && tenant !== undefined && { tenantId: tenant }),
  };
  const all = { ...caller, ...route.fixed, ...args };
  return { args: all, ids: idsInFields(fields, all) };
}

function idsInFields(fields: Fields, values: Readonly<Record<string, unknown>>): Ids {
  return Object.entries(fields).flatMap(([name, field]) => idsIn(field.fieldType, values[name]));
}

function idsIn(validator: ValidatorJSON, value: unknown): Ids {
  if (value === undefined || value === null) return [];
  const { type } = validator;
  if (type === "id") return [{ table: validator.tableName, text: value as string }];
  if (type === "array") return (value as unknown[]).flatMap((one) => idsIn(validator.value, one));
  if (type === "object") return idsInFields(validator.value, value as Record<string, unknown>);
  if (type !== "union") return [];
  const [only, ...others] = validator.value.filter((member) => member.type !== "null");
  return only !== undefined && others.length === 0 ? idsIn(only, value) : [];
}

/** One object comes with a tag, so that whoever has it already need not be sent it again. */
async function fresh(call: Call, answered: Answered): Promise<Response> {
  const response = answer(call, answered);
  if (!isTagged(call.route, answered.value)) return response;
  const text = await response.text();
  const etag = `"${(await sha256(text)).slice(0, 32)}"`;
  const headers = { ...answered.headers, etag, "cache-control": "private, no-cache" };
  if (knows(call.request, etag)) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, "content-type": "application/json" } });
}

function isTagged(route: DoorRoute, value: unknown): boolean {
  return !isPaged(route) && !Array.isArray(value);
}

export function knows(request: Request, etag: string): boolean {
  const known = (request.headers.get("if-none-match") ?? "").split(",");
  return known.some((one) => one.trim().replace(/^W\//, "") === etag || one.trim() === "*");
}

function answer({ route, args }: Call, { value, headers }: Answered): Response {
  const body = bodyOf(route, value);
  const { created } = route;
  const location = created && { location: PREFIX + filled(created, { ...args, ...body }) };
  const status = created === undefined ? 200 : 201;
  const all = { ...headers, ...location };
  if (body !== null) return Response.json(body, { status, headers: all });
  return new Response(null, { status: created === undefined ? 204 : 201, headers: all });
}

function filled(template: string, fields: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(fields[name])),
  );
}

/** Objects as they are, lists as `{data}`, plain values by a name. */
function bodyOf(route: DoorRoute, value: unknown): object | null {
  const as = nameOf(route);
  if (as !== null) return { [as]: value };
  if (value === null) return null;
  if (Array.isArray(value)) return { data: value };
  if (!isPaged(route)) return value as object;
  const { page, isDone, continueCursor, ...more } = value as PaginationResult<unknown>;
  for (const name of PAGING_FIELDS) delete (more as Record<string, unknown>)[name];
  return { data: page, nextCursor: isDone ? null : continueCursor, ...more };
}

/** What a route is: a method and a path, and the door behind it. */
import type { PropertyValidators } from "convex/values";
import type { Permission } from "../../../src/core/permissions";
import type { RouteClass } from "../../../src/core/rateLimits";
import type { ActionCtx } from "../../_generated/server";
import type { Asked } from "../guard";
import type { Door, Fields } from "./doors";

export const PREFIX = "/api/v1";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** What every route says of itself. */
type Common = Readonly<{
  /** "get /agents/{agentId}": what stands in braces is called as the door's argument is. */
  at: `${Method} /${string}`;
  /** That the door asks for; null: a person who is signed in, for what is their own. */
  permission: Permission | null;
  summary: string;
  /** Without it: `read` for queries, `write` for the others. */
  routeClass?: RouteClass;
}>;

export type DoorRoute = Common &
  Readonly<{
    door: Door;
    /** Arguments that the route gives itself. */
    fixed?: Readonly<Record<string, unknown>>;
    /** How a plain value is called in the answer: `{"url": "…"}`. */
    as?: string;
    /**
     * Where to read what it makes, with fields of the answer or of the request in braces; null: nowhere by itself. The
     * status is 201 then.
     */
    created?: `/${string}` | null;
    /** Whether the answer has a secret in it, which is shown this once. */
    isSecret?: boolean;
    /** A body that it takes, for people who read the document. */
    example?: Readonly<Record<string, unknown>>;
    /** Arguments that another route has, or that say nothing over HTTP. */
    without?: readonly string[];
  }>;

/** A request to a route without a door of its own: who asks, and what its address says. */
export type OwnRequest = Readonly<{
  ctx: ActionCtx;
  request: Request;
  asked: Asked;
  params: Readonly<Record<string, string | undefined>>;
  /** As the route's `query` has it. */
  query: Readonly<Record<string, unknown>>;
  requestId: string;
}>;

/** Answers by more than one call of a door, or with something else than JSON. */
export type OwnRoute = Common &
  Readonly<{
    /** Whoever asks is answered. */
    isPublic?: true;
    /** What its address takes. */
    query: PropertyValidators;
    /** The media types of its answers. */
    content: readonly string[];
    /** Headers of requests that it heeds, with what they do. */
    heeds?: Readonly<Record<string, string>>;
    /** What else it answers, without a body: by status, when it does. */
    bare?: Readonly<Record<number, string>>;
    respond: (request: OwnRequest) => Promise<Response>;
  }>;

export type Route = DoorRoute | OwnRoute;

export function methodOf({ at }: Route): Method {
  return at.slice(0, at.indexOf(" ")) as Method;
}

export function pathOf({ at }: Route): string {
  return at.slice(at.indexOf(" ") + 1);
}

/** "agents": the first part of the path, by which routes are loaded. */
export function nounOf(path: string): string {
  return path.split("/", 2)[1] ?? "";
}

export function paramsIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}

export function classOf(route: Route): RouteClass {
  if (route.routeClass !== undefined) return route.routeClass;
  return "door" in route && route.door.kind !== "query" ? "write" : "read";
}

/** What no request says in its fields: who asks is in the headers, and so is the idempotency key; the clock is ours. */
const ELSEWHERE = ["tenantId", "apiKey", "idempotencyKey", "nowMs"];

/** The door's arguments by where a request has them. */
export function fieldsOf(route: DoorRoute): { params: Fields; query: Fields; body: Fields | null } {
  const method = methodOf(route);
  const args = route.door.args();
  const inPath = paramsIn(pathOf(route));
  const hidden = [...ELSEWHERE, ...Object.keys(route.fixed ?? {}), ...(route.without ?? [])];
  const params = Object.entries(args)
    .filter(([name]) => inPath.includes(name))
    .map(([name, { fieldType }]) => [name, { fieldType, optional: false }] as const);
  const rest = Object.entries(args).filter(
    ([name]) => !inPath.includes(name) && !hidden.includes(name),
  );
  const hasBody = method !== "get" && method !== "delete" && rest.length > 0;
  return {
    params: Object.fromEntries(params),
    query: hasBody ? {} : Object.fromEntries(rest),
    body: hasBody ? Object.fromEntries(rest) : null,
  };
}

/** Whether a list comes in pages. */
export function isPaged(route: Route): boolean {
  return "door" in route && "paginationOpts" in route.door.args();
}

/** Of a page what `data` and `nextCursor` say, or what Convex's own clients alone make use of. */
export const PAGING_FIELDS = ["page", "isDone", "continueCursor", "splitCursor", "pageStatus"];

/** How the answer calls a value that is no object: what is made by its id. */
export function nameOf({ door, as }: DoorRoute): string | null {
  return as ?? (door.returns().type === "id" ? "_id" : null);
}

/** The id under which generated clients have it: "getAgentsByAgentId". */
export function operationIdOf(route: Route): string {
  const words = pathOf(route)
    .replaceAll(/\{(\w+)\}/g, "by-$1")
    .split(/[/-]/)
    .filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return methodOf(route) + name;
}

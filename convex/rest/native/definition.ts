/** A route as `@hono/zod-openapi` takes it: what its requests are checked by is what the document says of them. */
import { createRoute, z } from "@hono/zod-openapi";
import { v } from "convex/values";
import { fieldsOf, methodOf, operationIdOf, paramsIn, pathOf } from "./route";
import type { DoorRoute, Route } from "./route";
import { jsonOf, type Fields } from "./doors";
import { querySchema, requestSchema } from "./schemas";

export type Responses = Parameters<typeof createRoute>[0]["responses"];

/** @param responses - Nothing but the document needs them. */
export function definitionOf(route: Route, responses: Responses = {}) {
  const [params, query, body] = requestOf(route);
  const definition = {
    method: methodOf(route),
    path: pathOf(route),
    operationId: operationIdOf(route),
    summary: route.summary,
    request: {
      ...(params !== null && { params: querySchema(params) }),
      query: querySchema(query).extend(
        "isPublic" in route || route.permission === null ? {} : TENANT,
      ),
      ...(body !== null && { body: bodyOf(body, "door" in route ? route.example : undefined) }),
    },
    responses,
  };
  return createRoute(definition);
}

const TENANT = {
  tenant: z.string().optional().openapi({
    description: "Id of the tenant, for people in several. Keys have one only.",
  }),
};

function requestOf(route: Route): [params: Fields | null, query: Fields, body: Fields | null] {
  if ("door" in route) {
    const { params, query, body } = fieldsOf(route);
    return [Object.keys(params).length === 0 ? null : params, query, body];
  }
  const names = paramsIn(pathOf(route));
  const params = Object.fromEntries(names.map((name) => [name, v.string()]));
  const fields = (validators: typeof route.query) =>
    (jsonOf(v.object(validators)) as { value: Fields }).value;
  return [names.length === 0 ? null : fields(params), fields(route.query), null];
}

/** Where nothing in it is needed, it may be left out. */
function bodyOf(fields: Fields, example: DoorRoute["example"]) {
  const required = Object.values(fields).some(({ optional }) => !optional);
  const media = { schema: requestSchema(fields), ...(example !== undefined && { example }) };
  return { required, content: { "application/json": media } };
}

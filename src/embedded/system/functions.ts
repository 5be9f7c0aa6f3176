/** What `convex function-spec` and `convex run` ask of the deployment. */
import { z } from "zod";
import type { ComponentDeployment, FunctionKind, FunctionSpec } from "../deploy/types";
import type { JsonObject } from "../values/json";
import { systemQuery } from "./types";

const ANY: JsonObject = { type: "any" };

const FUNCTION_TYPES: Readonly<Record<Exclude<FunctionKind, "httpAction">, string>> = {
  query: "Query",
  mutation: "Mutation",
  action: "Action",
};

/** All functions with their validators, and the routes of `http.ts`. */
export const apiSpec = systemQuery(
  z.object({ componentId: z.string().nullish() }),
  ({ deployment, componentPath }, { componentId }) => {
    const component = deployment?.components.get(componentId ?? componentPath);
    return JSON.stringify(component === undefined ? [] : specsOf(component));
  },
);

/** The component instances, the app among them. Their paths serve as their ids. */
export const listComponents = systemQuery(z.object({}), ({ deployment }) =>
  JSON.stringify(
    [...(deployment?.components.values() ?? [])].map(({ componentPath: path, httpPrefix }) => ({
      id: path,
      name: path === "" ? null : path.slice(path.lastIndexOf("/") + 1),
      path,
      args: {},
      state: "active",
      httpPrefix,
    })),
  ),
);

function specsOf({ functions, httpRoutes }: ComponentDeployment): JsonObject[] {
  const routes = (httpRoutes ?? []).map(({ method, path }) => ({
    functionType: "HttpAction",
    method,
    path,
  }));
  return [...[...functions.values()].flatMap(functionSpec), ...routes];
}

function functionSpec(spec: FunctionSpec): JsonObject[] {
  if (spec.kind === "httpAction") return [];
  return [
    {
      identifier: `${spec.modulePath}.js:${spec.exportName}`,
      functionType: FUNCTION_TYPES[spec.kind],
      visibility: { kind: spec.visibility },
      args: spec.args as JsonObject,
      returns: (spec.returns ?? ANY) as JsonObject,
    },
  ];
}

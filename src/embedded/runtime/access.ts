/**
 * Which function a request from outside means, and whether its caller may call it. Everyone may call the
 * app's public functions; only an admin may call internal ones or name a component. A function that is
 * not the caller's to call is reported as missing, so that names cannot be probed.
 */
import type { Deployment, FunctionKind, FunctionSpec } from "../deploy/types";
import { SYSTEM_FOLDER, SYSTEM_QUERIES } from "../system/systemQueries";
import type { SystemQuery } from "../system/types";
import type { CheckedArgs } from "../execution/types";
import type { Json, JsonObject } from "../values/json";
import { checkValue } from "../values/limits";
import { canonicalName, shownName, storedName } from "./functionPath";
import { RequestError, type FunctionRequest } from "./types";

type CallableKind = Exclude<FunctionKind, "httpAction">;

/** As Convex writes them in errors. */
const KIND_TITLES: Readonly<Record<FunctionKind, string>> = {
  query: "Query",
  mutation: "Mutation",
  action: "Action",
  httpAction: "HttpAction",
};

type Asked = Pick<FunctionRequest, "path" | "identity" | "componentPath">;

export function findFunction(
  deployment: Deployment | null,
  { componentPath, name }: { componentPath: string; name: string },
): FunctionSpec | undefined {
  return deployment?.components.get(componentPath)?.functions.get(name);
}

/**
 * The system query that an admin asks for; null when it is something else that is asked for. To others there
 * are no system queries.
 *
 * @throws RequestError - Convex may have it, but the runtime does not.
 */
export function findSystemQuery({ path, identity }: Asked): SystemQuery | null {
  const name = canonicalName(path);
  if (identity.kind !== "admin" || !name.startsWith(SYSTEM_FOLDER)) return null;
  const query = SYSTEM_QUERIES.get(name);
  if (query !== undefined) return query;
  throw new RequestError(
    501,
    "Unsupported",
    `${shownName(path)} is a system function that the embedded runtime does not have.`,
  );
}

/**
 * The function of this kind that the request means.
 *
 * @throws RequestError - There is none, it is not the caller's to call, or it is of another kind.
 */
export function requireFunction(
  deployment: Deployment | null,
  asked: Asked,
  kind: CallableKind,
): FunctionSpec {
  const spec = accessibleFunction(deployment, asked);
  if (spec === undefined) {
    throw new RequestError(
      404,
      "FunctionPathNotFound",
      `Could not find public function for '${shownName(asked.path)}'${inComponent(asked)}. ` +
        "Did you forget to run `npx convex dev` or `npx convex deploy`?",
    );
  }
  if (spec.kind !== kind) {
    throw new RequestError(
      404,
      "FunctionPathWrongType",
      `Trying to execute ${storedName(spec)}${inComponent(asked)} as ${KIND_TITLES[kind]}, ` +
        `but it is defined as ${KIND_TITLES[spec.kind]}.`,
    );
  }
  return spec;
}

/** Like `requireFunction`, for whichever kind the function is. The CLI looks for the message's first words. */
export function requireAnyFunction(
  deployment: Deployment | null,
  asked: Asked,
): FunctionSpec & { kind: CallableKind } {
  const spec = accessibleFunction(deployment, asked);
  if (spec === undefined || spec.kind === "httpAction") {
    throw new RequestError(
      404,
      "FunctionPathNotFound",
      `Could not find function for '${shownName(asked.path)}'${inComponent(asked)}. ` +
        "Did you forget to run `npx convex dev`?",
    );
  }
  return { ...spec, kind: spec.kind };
}

/**
 * The arguments that the text is the JSON of.
 *
 * @throws RequestError - It is not that of a plain object of arguments that are Convex values.
 */
export function requireArgumentsObject(args: string): CheckedArgs {
  let value: Json;
  try {
    value = JSON.parse(args) as Json;
  } catch {
    throw new RequestError(400, "BadJsonArgs", "The arguments of a function must be valid JSON.");
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  // A single key that starts with "$" is the encoded form of some other value.
  if (!isObject || Object.keys(value as object).some((key) => key.startsWith("$"))) {
    throw new RequestError(
      400,
      "InvalidArguments",
      "The arguments of a function must be one object, whose field names do not start with '$'.",
    );
  }
  const problem = checkValue(value);
  if (problem !== null) throw new RequestError(400, "InvalidArguments", problem);
  return { text: args, value: value as JsonObject };
}

function accessibleFunction(deployment: Deployment | null, asked: Asked): FunctionSpec | undefined {
  const componentPath = asked.componentPath ?? "";
  const spec = findFunction(deployment, { componentPath, name: canonicalName(asked.path) });
  if (spec === undefined || asked.identity.kind === "admin") return spec;
  return spec.visibility === "public" && componentPath === "" ? spec : undefined;
}

function inComponent({ componentPath }: Asked): string {
  return componentPath === undefined || componentPath === "" ? "" : ` in '${componentPath}'`;
}

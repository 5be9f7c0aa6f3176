/**
 * Which function an address from inside a function means. Names are of the calling component's own
 * functions, public or internal. References lead to public functions of its children, and to nothing
 * else. A handle means one function of one instance, for whoever holds it.
 */
import type { Deployment, FunctionSpec } from "../deploy/types";
import { UserError } from "../engine/types";
import type { FunctionAddress } from "../execution/types";
import { findFunction } from "./access";
import { canonicalName, fromHandle, shownName } from "./functionPath";

/** @throws UserError - There is no such function. */
export function resolveAddress(
  deployment: Deployment | null,
  { from, name, reference, functionHandle }: FunctionAddress,
): FunctionSpec {
  if (functionHandle !== undefined) return resolveHandle(deployment, functionHandle);
  if (reference !== undefined) return resolveReference(deployment, from, reference);
  return requireNamed(deployment, from, name ?? "");
}

function requireNamed(
  deployment: Deployment | null,
  componentPath: string,
  name: string,
): FunctionSpec {
  const spec = findFunction(deployment, { componentPath, name: canonicalName(name) });
  if (spec !== undefined) return spec;
  throw new UserError(
    `Could not find function for '${shownName(name)}'. Did you forget to export it?`,
    "FunctionNotFound",
  );
}

function resolveHandle(deployment: Deployment | null, handle: string): FunctionSpec {
  const target = fromHandle(handle);
  if (target === null)
    throw new UserError(`"${handle}" is not a function handle.`, "InvalidHandle");
  const spec = findFunction(deployment, target);
  if (spec !== undefined) return spec;
  const isMounted = deployment?.components.has(target.componentPath) === true;
  const reason = isMounted
    ? `'${shownName(target.name)}' is not exported any more`
    : `the component "${target.componentPath}" is not mounted`;
  throw new UserError(`Function handle not found: ${reason}.`, "FunctionHandleNotFound");
}

/** `_reference/childComponent/<child>/<dir>/.../<module>/<export>` or `_reference/function/<name>`. */
function resolveReference(
  deployment: Deployment | null,
  from: string,
  reference: string,
): FunctionSpec {
  const [scheme, kind, ...parts] = reference.split("/");
  if (scheme === "_reference" && kind === "function") {
    return requireNamed(deployment, from, parts.join("/"));
  }
  const [child, ...path] = parts;
  if (scheme !== "_reference" || kind !== "childComponent" || child === undefined) {
    throw invalid(`Invalid reference: "${reference}" is not a function of a component.`);
  }
  const componentPath = deployment?.components.get(from)?.children.get(child);
  if (componentPath === undefined) throw invalid(`Child component "${child}" not found.`);
  const name = `${path.slice(0, -1).join("/")}:${path.at(-1) ?? ""}`;
  const spec = findFunction(deployment, { componentPath, name });
  if (spec?.visibility === "public" && spec.kind !== "httpAction") return spec;
  throw invalid(`Child component "${child}" does not export ${JSON.stringify(path)}.`);
}

function invalid(message: string): UserError {
  return new UserError(message, "InvalidReference");
}

/**
 * What the functions of each component see in `process.env`. The app sees the deployment's variables; a
 * component sees those it declares, as far as its parents have given it values, and the runtime's own.
 */
import type { ComponentDeployment, Deployment, EnvDeclaration } from "../deploy/types";
import { mismatch } from "../values/validate";
import type { Validator } from "../values/validator";
import type { ComponentPath } from "../engine/types";
import type { Environment, VariableChanges, Variables } from "./environment";
import { RequestError } from "./types";

const SITE_URL = "CONVEX_SITE_URL";

/** @returns The same object for as long as nothing has changed: comparing it is how functions notice. */
export function createComponentEnvironment(options: {
  environment: Environment;
  deployment(): Deployment | null;
}): (componentPath: ComponentPath) => Variables {
  const { environment } = options;
  const known = new WeakMap<ComponentDeployment, { from: Variables; variables: Variables }>();

  return (componentPath) => {
    const app = environment.ofApp();
    if (componentPath === "") return app;
    const component = options.deployment()?.components.get(componentPath);
    if (component === undefined) return {};
    const last = known.get(component);
    if (last?.from === app) return last.variables;
    const variables = variablesOf(component, { app, system: environment.system() });
    known.set(component, { from: app, variables });
    return variables;
  };
}

function variablesOf(
  { env, httpPrefix }: ComponentDeployment,
  { app, system }: { app: Variables; system: Variables },
): Variables {
  const variables: Record<string, string> = { ...system };
  const siteUrl = system[SITE_URL];
  if (siteUrl !== undefined && httpPrefix !== null) {
    variables[SITE_URL] = siteUrl.replace(/\/$/, "") + httpPrefix.replace(/\/$/, "");
  }
  for (const [name, binding] of env) {
    const value = binding.type === "value" ? binding.value : app[binding.name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

/** Why a deployment cannot be served with these variables, or null: its app declares others. */
export function missingVariables(deployment: Deployment, variables: Variables): string | null {
  const missing = [...declarations(deployment)]
    .filter(([name, { optional }]) => optional !== true && variables[name] === undefined)
    .map(([name]) => name);
  if (missing.length === 0) return invalidVariable(deployment, variables);
  return (
    `Required environment variables are not set: ${missing.join(", ")}. ` +
    "Set them with `npx convex env set` before pushing."
  );
}

/** @throws RequestError - The app that is served does not allow these changes. */
export function requireAllowedChanges(
  deployment: Deployment | null,
  changes: VariableChanges,
): void {
  if (deployment === null) return;
  const declared = declarations(deployment);
  const isRequired = (name: string) => {
    const declaration = declared.get(name);
    return declaration !== undefined && declaration.optional !== true;
  };
  const blocked = Object.entries(changes)
    .filter(([name, value]) => value === null && isRequired(name))
    .map(([name]) => name);
  if (blocked.length > 0) {
    throw new RequestError(
      400,
      "RequiredEnvironmentVariable",
      `Cannot delete required environment variables: ${blocked.join(", ")}. ` +
        "These are declared as required in the app definition.",
    );
  }
  const set = Object.fromEntries(Object.entries(changes).filter(isSet));
  const problem = invalidVariable(deployment, set);
  if (problem !== null) throw new RequestError(400, "InvalidEnvironmentVariable", problem);
}

function isSet(change: [name: string, value: string | null]): change is [string, string] {
  return change[1] !== null;
}

function invalidVariable(deployment: Deployment, variables: Variables): string | null {
  for (const [name, { value }] of declarations(deployment)) {
    const set = variables[name];
    if (set === undefined) continue;
    const validator = JSON.parse(value) as Validator;
    const problem = mismatch(validator, set, { tableName: () => undefined });
    if (problem !== null) {
      return `Environment variable ${name} does not match its declared validator: ${problem}`;
    }
  }
  return null;
}

function declarations({ definitions }: Deployment): ReadonlyMap<string, EnvDeclaration> {
  return new Map(definitions.get("")?.definition.envVars);
}

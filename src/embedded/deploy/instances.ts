/** From definitions to the tree of component instances that they describe. */
import type { ComponentPath } from "../engine/types";
import { mismatch } from "../values/validate";
import type { Validator } from "../values/validator";
import { refusal } from "./definitions";
import {
  type AnalyzedDefinition,
  type ComponentDeployment,
  type DefinitionPath,
  type EnvBinding,
  type EnvDeclaration,
} from "./types";

/** A definition that uses another twice doubles its instances; a few lines could ask for millions. */
const INSTANCES_MAX = 1_000;

type Definitions = ReadonlyMap<DefinitionPath, AnalyzedDefinition>;
/** What a parent gives to an instance. */
type Given = Pick<ComponentDeployment, "componentPath" | "definitionPath" | "env" | "httpPrefix">;

/**
 * All instances of an app, parents before their children.
 *
 * @throws PushError - Names clash, a variable is missing or has the wrong type, or a mount is impossible.
 */
export function instantiate(definitions: Definitions): Map<ComponentPath, ComponentDeployment> {
  const instances = new Map<ComponentPath, ComponentDeployment>();

  function add(given: Given): void {
    const analyzed = definitions.get(given.definitionPath);
    if (analyzed === undefined) throw new Error(`no definition "${given.definitionPath}"`);
    const children = givenToChildren(definitions, analyzed, given);
    if (instances.size + children.length > INSTANCES_MAX) {
      throw refusal(analyzed.source, `An app can have at most ${INSTANCES_MAX} components.`);
    }
    instances.set(given.componentPath, toInstance(analyzed, given, children));
    for (const child of children) add(child.given);
  }

  const httpPrefix = definitions.get("")?.definition.httpPrefix ?? null;
  add({ componentPath: "", definitionPath: "", env: new Map(), httpPrefix });
  checkMounts(definitions, instances);
  return instances;
}

type Child = { name: string; given: Given };

function givenToChildren(
  definitions: Definitions,
  { source, definition }: AnalyzedDefinition,
  parent: Given,
): Child[] {
  const names = new Set<string>();
  return definition.childComponents.map(({ name, path, env }) => {
    const child = definitions.get(path);
    if (child === undefined) throw refusal(source, `Component definition not found: "${path}"`);
    if (names.has(name)) {
      throw refusal(source, `There are multiple child components with the same name: "${name}"`);
    }
    names.add(name);
    const componentPath = join(parent.componentPath, name);
    const declared = new Map(child.definition.envVars);
    const bindings = new Map(env);
    const problem = envProblem({ componentPath, declared, bindings }, new Map(definition.envVars));
    if (problem !== null) throw refusal(source, problem);
    const mount = Object.entries(definition.httpMounts).find(([, to]) => to === referenceTo(name));
    return {
      name,
      given: {
        componentPath,
        definitionPath: path,
        env: resolveBindings(bindings, parent),
        httpPrefix: mount === undefined ? null : absolute(mount[0], parent),
      },
    };
  });
}

function toInstance(
  { source, definition, functions, ...analyzed }: AnalyzedDefinition,
  given: Given,
  children: readonly Child[],
): ComponentDeployment {
  const { componentPath } = given;
  const pathOf = new Map(children.map(({ name, given: { componentPath: path } }) => [name, path]));
  const httpMounts = Object.entries(definition.httpMounts).map(([prefix, to]) => {
    const mounted = children.find(({ name }) => to === referenceTo(name));
    if (mounted !== undefined) return { prefix, componentPath: mounted.given.componentPath };
    throw refusal(source, `HTTP mount "${prefix}" is invalid: ${to} is not a child component.`);
  });
  return {
    ...analyzed,
    ...given,
    source,
    children: pathOf,
    httpMounts,
    functions: new Map(
      functions.map((spec) => [
        `${spec.modulePath}:${spec.exportName}`,
        { ...spec, componentPath },
      ]),
    ),
  };
}

function join(parent: ComponentPath, name: string): ComponentPath {
  return parent === "" ? name : `${parent}/${name}`;
}

function referenceTo(name: string): string {
  return `_reference/childComponent/${name}`;
}

/** The app's prefix is for its own routes; mounts of others lie below their own. */
function absolute(prefix: string, parent: Given): string {
  const above = parent.componentPath === "" ? "" : (parent.httpPrefix ?? "");
  return above.replace(/\/$/, "") + prefix;
}

/** A variable of the parent is where that one's value comes from: in the end a literal, or the app's. */
function resolveBindings(
  bindings: ReadonlyMap<string, EnvBinding>,
  parent: Given,
): ReadonlyMap<string, EnvBinding> {
  if (parent.componentPath === "") return bindings;
  const resolved = new Map<string, EnvBinding>();
  for (const [name, binding] of bindings) {
    const source = binding.type === "value" ? binding : parent.env.get(binding.name);
    if (source !== undefined) resolved.set(name, source);
  }
  return resolved;
}

function envProblem(
  {
    componentPath,
    declared,
    bindings,
  }: {
    componentPath: ComponentPath;
    declared: ReadonlyMap<string, EnvDeclaration>;
    bindings: ReadonlyMap<string, EnvBinding>;
  },
  parentDeclared: ReadonlyMap<string, EnvDeclaration>,
): string | null {
  const component = `Component "${componentPath}"`;
  for (const [name, binding] of bindings) {
    const own = declared.get(name);
    if (own === undefined) return `${component} has no env var named "${name}"`;
    const variable = `${component} env var "${name}"`;
    if (binding.type === "value") {
      const problem = mismatch(validatorOf(own), binding.value, { tableName: () => undefined });
      if (problem !== null) return `${variable} has an invalid value: ${problem}`;
      continue;
    }
    const parents = parentDeclared.get(binding.name);
    if (parents === undefined) {
      return `${variable} references undeclared parent env var "${binding.name}"`;
    }
    if (parents.optional === true && own.optional !== true) {
      return `${variable} is required, but parent env var "${binding.name}" is optional`;
    }
    if (!isSubset(validatorOf(parents), validatorOf(own))) {
      return `${variable} validator is not satisfied by parent env var "${binding.name}" validator`;
    }
  }
  for (const [name, { optional }] of declared) {
    if (optional !== true && !bindings.has(name)) {
      return `${component} is missing required env var "${name}"`;
    }
  }
  return null;
}

function validatorOf({ value }: EnvDeclaration): Validator {
  return JSON.parse(value) as Validator;
}

/** Among the validators that variables may have: strings, literals and unions of these. */
function isSubset(a: Validator, b: Validator): boolean {
  if (a.type === "union") return a.value.every((part) => isSubset(part, b));
  if (b.type === "union") return b.value.some((part) => isSubset(a, part));
  if (b.type === "string") return a.type === "string" || a.type === "literal";
  return a.type === "literal" && b.type === "literal" && a.value === b.value;
}

/** A mount must lead to routes, and must not lie where a route for all paths below it does. */
function checkMounts(
  definitions: Definitions,
  instances: ReadonlyMap<ComponentPath, ComponentDeployment>,
): void {
  for (const { definitionPath, httpMounts, httpRoutes } of instances.values()) {
    for (const { prefix, componentPath } of httpMounts) {
      const child = instances.get(componentPath);
      const hasRoutes =
        child !== undefined && (child.httpRoutes?.length ?? 0) + child.httpMounts.length > 0;
      const source = definitions.get(definitionPath)?.source;
      if (source === undefined) continue;
      if (!hasRoutes) {
        const problem = `Child component "${componentPath}" doesn't have any HTTP routes.`;
        throw refusal(source, `HTTP mount "${prefix}" is invalid: ${problem}`);
      }
      if (httpRoutes?.some(({ path }) => path === `${prefix}*`) === true) {
        const problem = "Overlap with existing prefix route";
        throw refusal(source, `HTTP mount "${prefix}" is invalid: ${problem}`);
      }
    }
  }
}

/**
 * The public doors as routes see them. What a door takes and gives is read off the door itself, by the validators that
 * Convex checks its calls with: nothing about REST says it a second time.
 */
import { v, type PropertyValidators, type Validator, type ValidatorJSON } from "convex/values";

export type Fields = Extract<ValidatorJSON, { type: "object" }>["value"];
export type DoorKind = "query" | "mutation" | "action";

/** `name` is what Convex calls it: "queries/agents:get". */
export type Door = Readonly<{
  name: string;
  kind: DoorKind;
  args: () => Fields;
  returns: () => ValidatorJSON;
}>;

/** What Convex's own analysis of a deployment asks registered functions for. */
type Registered = { exportArgs: () => string; exportReturns: () => string };

type Doors<Module> = Readonly<{ [Name in keyof Module]: Door }>;

/** @param path - Of the module: "queries/agents". */
export function doorsOf<Module extends object>(path: string, module: Module): Doors<Module> {
  const kind = path.startsWith("queries/") ? "query" : "mutation";
  const doors = Object.entries(module).map(([name, exported]) => {
    const registered = exported as Registered;
    const args = () => fieldsOf(JSON.parse(registered.exportArgs()) as ValidatorJSON);
    const returns = () => JSON.parse(registered.exportReturns()) as ValidatorJSON;
    return [name, { name: `${path}:${name}`, kind, args, returns } satisfies Door];
  });
  return Object.fromEntries(doors) as Doors<Module>;
}

/** What an action takes and gives, in a file of its own: modules for Node cannot be imported from elsewhere. */
export type Shape = Readonly<{
  args: PropertyValidators;
  returns: Validator<unknown, "required", string>;
}>;

/** As `doorsOf`, for actions. */
export function actionsOf<Shapes extends Record<string, Shape>>(
  path: string,
  shapes: Shapes,
): Doors<Shapes> {
  const doors = Object.entries(shapes).map(([name, shape]) => {
    const args = () => fieldsOf(jsonOf(v.object(shape.args)));
    const returns = () => jsonOf(shape.returns);
    return [name, { name: `${path}:${name}`, kind: "action", args, returns } satisfies Door];
  });
  return Object.fromEntries(doors) as unknown as Doors<Shapes>;
}

/** A validator as data, as Convex's own analysis sees it. */
export function jsonOf(validator: Validator<unknown, "required", string>): ValidatorJSON {
  return (validator as unknown as { json: ValidatorJSON }).json;
}

function fieldsOf(args: ValidatorJSON): Fields {
  if (args.type !== "object") throw new Error("a door without validators of its arguments");
  return args.value;
}

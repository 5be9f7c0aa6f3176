/** The calculator's functions and constants, by name. */
import { ToolFailure } from "./tool";

type MathFunction = Readonly<{
  argumentsMin: number;
  argumentsMax: number;
  compute: (...values: number[]) => number;
}>;

const PLACES_MAX = 15;

const FUNCTIONS: ReadonlyMap<string, MathFunction> = new Map([
  ["sqrt", ofOne(Math.sqrt)],
  ["abs", ofOne(Math.abs)],
  ["floor", ofOne(Math.floor)],
  ["ceil", ofOne(Math.ceil)],
  ["exp", ofOne(Math.exp)],
  ["ln", ofOne(Math.log)],
  ["log10", ofOne(Math.log10)],
  ["sin", ofOne(Math.sin)],
  ["cos", ofOne(Math.cos)],
  ["tan", ofOne(Math.tan)],
  ["round", { argumentsMin: 1, argumentsMax: 2, compute: rounded }],
  ["min", { argumentsMin: 1, argumentsMax: Infinity, compute: Math.min }],
  ["max", { argumentsMin: 1, argumentsMax: Infinity, compute: Math.max }],
]);
const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);

/** For the model: what there is. */
export const FUNCTION_NAMES = [...FUNCTIONS.keys()].join(", ");

/** @throws ToolFailure - There is no such function, or it does not take so many arguments. */
export function apply(name: string, values: readonly number[]): number {
  const found = FUNCTIONS.get(name);
  if (found === undefined) {
    throw new ToolFailure(`There is no function "${name}", only ${FUNCTION_NAMES}.`);
  }
  if (values.length < found.argumentsMin || values.length > found.argumentsMax) {
    throw new ToolFailure(`"${name}" does not take ${values.length} arguments.`);
  }
  return found.compute(...values);
}

/** @throws ToolFailure - There is no such constant. */
export function constant(name: string): number {
  const value = CONSTANTS.get(name);
  if (value !== undefined) return value;
  if (FUNCTIONS.has(name)) throw new ToolFailure(`"${name}" needs arguments in parentheses.`);
  throw new ToolFailure(`"${name}" is not known: there are no variables, only pi and e.`);
}

function ofOne(compute: (value: number) => number): MathFunction {
  return { argumentsMin: 1, argumentsMax: 1, compute };
}

/** Halves away from zero, as people round, by the digits as written: 1.005 to two places is 1.01. */
function rounded(value = 0, places = 0): number {
  if (!Number.isInteger(places) || places < 0 || places > PLACES_MAX) {
    throw new ToolFailure(`round takes 0 to ${PLACES_MAX} places.`);
  }
  if (Number.isInteger(value)) return value; // also what shifting would make too large
  const whole = Math.round(shifted(Math.abs(value), places));
  return Math.sign(value) * shifted(whole, -places);
}

/** The value times a power of ten, as decimals go: 1.005 by 2 is 100.5, where a product is 100.49999999999999. */
function shifted(value: number, places: number): number {
  const [digits = "0", exponent = "0"] = String(value).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}

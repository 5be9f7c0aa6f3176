/** Reads the body of a request by hand: each refusal names the field and says what it must be. */

/** The request cannot be served as it is; `param` is the field that has to change. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  readonly param: string | null;
  readonly code: string | null;

  constructor(message: string, param: string | null, code: string | null = null) {
    super(message);
    this.param = param;
    this.code = code;
  }
}

/** How long an answer may be asked for. */
export const OUTPUT_TOKENS = { min: 1, max: 1_000_000 };
/** Of a field that would change the answer. */
export const NOT_SERVED = "is not served here: leave it out";

export type Json = Readonly<Record<string, unknown>>;

/** A JSON object of the request, at its path. A field that is null counts as absent. */
export class Fields {
  readonly json: Json;
  readonly #path: string;

  constructor(json: Json, path: string) {
    this.json = json;
    this.#path = path;
  }

  static of(value: unknown, path: string): Fields {
    if (!isObject(value)) throw new BadRequest(`${path || "the body"} must be an object`, path);
    return new Fields(value, path);
  }

  pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  has(name: string): boolean {
    const value = this.json[name];
    return value !== undefined && value !== null;
  }

  text(name: string): string {
    const value = this.json[name];
    return typeof value === "string" ? value : this.refuse(name, "must be a string");
  }

  textOr<Default>(name: string, otherwise: Default): string | Default {
    return this.has(name) ? this.text(name) : otherwise;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const found = values.find((one) => one === this.json[name]);
    return found ?? this.refuse(name, `must be one of ${values.join(", ")}`);
  }

  flag(name: string, otherwise = false): boolean {
    if (!this.has(name)) return otherwise;
    const value = this.json[name];
    return typeof value === "boolean" ? value : this.refuse(name, "must be true or false");
  }

  number(name: string, { min, max }: { min: number; max: number }): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.json[name];
    if (typeof value === "number" && value >= min && value <= max) return value;
    return this.refuse(name, `must be a number from ${min} to ${max}`);
  }

  integer(name: string, { min, max }: { min: number; max: number }): number | undefined {
    const value = this.json[name];
    if (!this.has(name)) return undefined;
    if (Number.isInteger(value)) return this.number(name, { min, max });
    return this.refuse(name, `must be a whole number from ${min} to ${max}`);
  }

  object(name: string): Fields {
    const value = this.json[name];
    if (!isObject(value)) this.refuse(name, "must be an object");
    return new Fields(value as Json, this.pathOf(name));
  }

  list(name: string): readonly unknown[] {
    const value = this.json[name];
    return Array.isArray(value) ? (value as unknown[]) : this.refuse(name, "must be a list");
  }

  objects(name: string): Fields[] {
    return this.list(name).map((value, at) => Fields.of(value, `${this.pathOf(name)}[${at}]`));
  }

  texts(name: string): readonly string[] {
    const isText = (value: unknown): value is string => typeof value === "string";
    const values = this.list(name);
    return values.every(isText) ? values : this.refuse(name, "must be a list of strings");
  }

  /** Refuses a field that is there and asks for something that is not served. */
  unless(name: string, isServed: (value: unknown) => boolean, why: string): void {
    if (this.has(name) && !isServed(this.json[name])) this.refuse(name, why);
  }

  refuse(name: string, why: string): never {
    const path = this.pathOf(name);
    throw new BadRequest(`${path} ${why}`, path);
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Holds answers to the OpenAPI document: what it does not say of a route, the route must not do. */
import { Validator, type Schema } from "@cfworker/json-schema";

type Media = { schema: Schema; example?: object };
type Operation = {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Response | { $ref: string }>;
};
type Response = { headers?: Record<string, unknown>; content?: Record<string, Media> };
export type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
};

/** Headers that say something to clients of ours. */
const MEANT =
  /^(etag|location|allow|www-authenticate|retry-after|idempotent-replayed|x-should-retry|x-ratelimit-|x-request-id)/;

export class Contract {
  readonly document: Document;
  readonly #closed: Record<string, Schema>;
  readonly #validators = new Map<string, Validator>();

  constructor(document: Document) {
    this.document = document;
    this.#closed = closed(document.components.schemas);
  }

  /** Of all routes, each as "get /agents". */
  operations(): { at: string; method: string; path: string; operation: Operation }[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => {
        return { at: `${method} ${path}`, method, path, operation };
      }),
    );
  }

  /** The route that a request is answered by: "get /agents/{agentId}"; null when there is none. */
  operationAt(method: string, path: string): string | null {
    const found = this.operations().find(
      (one) => one.method === method.toLowerCase() && patternOf(one.path).test(path),
    );
    return found?.at ?? null;
  }

  /** What about the answer is not as the document says; null when all is. */
  breachOf(at: string, answer: { status: number; headers: Headers; text: string }): string | null {
    const [method = "", path = ""] = at.split(" ");
    const operation = this.document.paths[path]?.[method];
    const response = this.#response(operation?.responses[answer.status]);
    if (response === undefined) return `${answer.status} is not described`;
    if (answer.headers.get("x-request-id") === null) return "no x-request-id";
    const silent = [...answer.headers.keys()].filter(
      (name) => MEANT.test(name) && !(name in (response.headers ?? {})),
    );
    if (silent.length > 0) return `${silent.join(", ")} of ${answer.status} is not described`;
    const [type = ""] = (answer.headers.get("content-type") ?? "").split(";");
    if (response.content === undefined) {
      return answer.text === "" ? null : "a body where none is described";
    }
    const media = response.content[type];
    if (media === undefined) return `${type} is not described for ${answer.status}`;
    if (!type.includes("json") || type.includes("ndjson")) return null;
    const { valid, errors } = this.#validator(`${at} ${answer.status}`, media.schema).validate(
      JSON.parse(answer.text),
    );
    const [error] = errors.toReversed();
    return valid ? null : `${error?.instanceLocation} ${error?.error}`;
  }

  #response(given: Response | { $ref: string } | undefined): Response | undefined {
    if (given === undefined || !("$ref" in given)) return given;
    return this.document.components.responses[given.$ref.split("/").at(-1) ?? ""];
  }

  #validator(name: string, schema: Schema): Validator {
    const known = this.#validators.get(name);
    if (known !== undefined) return known;
    const root = { ...closed(schema), components: { schemas: this.#closed } };
    const validator = new Validator(root as Schema, "2020-12");
    this.#validators.set(name, validator);
    return validator;
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

/** Answers may get more fields in time, and the document then says so: here every field must be described. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map((one: unknown) => closed(one)) as T;
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.entries(schema).map(([key, part]) => [key, closed(part as unknown)]);
  const made = Object.fromEntries(parts) as Record<string, unknown>;
  const isObject = made["type"] === "object" && "properties" in made;
  if (isObject) made["additionalProperties"] ??= false;
  return made as T;
}

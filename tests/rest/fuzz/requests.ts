/** Requests made from the OpenAPI document: as it says, nearly so, and anything but. */
import fc, { type Arbitrary } from "fast-check";
import type { Contract } from "../contract";

export type Request = {
  /** The route that is meant, and the method that is used. */
  at: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
};

/** Rows that are there, by table; and texts that are ids of another kind. */
export type Known = Readonly<Record<string, string>>;

type Schema = {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
};

const HOSTILE = [
  "",
  " ",
  "0",
  "-1",
  "1e400",
  "null",
  "true",
  "__proto__",
  "constructor",
  "%00",
  "\u0000",
  "ünïcödé 😀",
  "../../etc/passwd",
  "' OR 1=1 --",
  "<script>alert(1)</script>",
  "x".repeat(300),
  "2026-11",
  "gpt-5.6",
  "https://127.0.0.1/",
];
const NUMBERS = [0, 1, -1, 0.5, 2, 100, 1e308, -1e308, 2 ** 53, 1_700_000_000_000, 8.64e15 + 1];

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
);
const anyNumber = fc.oneof(fc.constantFrom(...NUMBERS), fc.integer({ min: 0, max: 200 }));
const anyJson = fc.jsonValue({ maxDepth: 3 });

/** Values that the schema allows, and so a door's validator too. */
function valueOf(schema: Schema, known: Known): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const members = schema.anyOf ?? schema.oneOf;
  if (members !== undefined) return fc.oneof(...members.map((one) => valueOf(one, known)));
  const types = [schema.type ?? []].flat();
  if (types.length > 1) {
    return fc.oneof(...types.map((type) => valueOf({ ...schema, type }, known)));
  }
  const [type] = types;
  if (type === "string") return textOf(schema, known);
  if (type === "number" || type === "integer") return anyNumber;
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array") return fc.array(valueOf(schema.items ?? {}, known), { maxLength: 3 });
  return type === "object" ? objectOf(schema, known) : anyJson;
}

function textOf({ description = "" }: Schema, known: Known): Arbitrary<string> {
  const table = /^Id in `(\w+)`$/.exec(description)?.[1] ?? "";
  const own = known[table === "_storage" ? "_upload" : table];
  if (own !== undefined) {
    return fc.oneof({ weight: 6, arbitrary: fc.constant(own) }, anyText, anyOf(known));
  }
  return fc.oneof({ weight: 3, arbitrary: anyText }, { weight: 1, arbitrary: anyOf(known) });
}

function anyOf(known: Known): Arbitrary<string> {
  return fc.constantFrom(...Object.values(known));
}

function objectOf(schema: Schema, known: Known): Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (Object.keys(properties).length === 0 && typeof additionalProperties === "object") {
    return fc.dictionary(fc.string({ maxLength: 6 }), valueOf(additionalProperties, known), {
      maxKeys: 3,
    });
  }
  const fields = Object.entries(properties).map(([name, one]) => [name, valueOf(one, known)]);
  return fc.record(Object.fromEntries(fields) as Record<string, Arbitrary<unknown>>, {
    requiredKeys: required,
  });
}

/** Where nearly no text makes sense: what does, most of the time. */
const SENSE: Readonly<Record<string, (known: Known) => Arbitrary<unknown>>> = {
  limit: () => mostly(fc.integer({ min: 1, max: 100 }), anyNumber),
  cursor: () => mostly(fc.constant(undefined), anyText),
  tenant: (known) => mostly(fc.constantFrom(undefined, known["tenants"]), anyText),
  skillId: (known) => mostly(fc.constant(known["skills.id"]), anyText),
  period: () => mostly(fc.constantFrom("month", "total", "2026-11", "2026-11-26"), anyText),
};

function mostly<T>(usual: Arbitrary<T>, other: Arbitrary<T>): Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: usual }, other);
}

/** One thing about a body that is wrong. */
function spoilt(body: unknown): Arbitrary<string> {
  if (typeof body !== "object" || body === null) return garbage;
  const names = Object.keys(body);
  const wrong = fc.oneof(anyJson, fc.constant("\ud800"), fc.constant({ $a: 1 }), anyText);
  const changed = fc
    .tuple(fc.constantFrom(...names, "unknown", "tenantId", "apiKey", "_id", "$x"), wrong)
    .map(([name, value]) => JSON.stringify({ ...body, [name]: value }));
  const dropped = fc
    .constantFrom(...names, "none")
    .map((name) => JSON.stringify({ ...body, [name]: undefined }));
  return fc.oneof({ weight: 3, arbitrary: changed }, dropped, garbage);
}

const DEEP = `${'{"a":'.repeat(100)}1${"}".repeat(100)}`;
const LONG = `{"metadata":{"a":[${"1,".repeat(9_000)}1]}}`;
const HUGE = JSON.stringify({ name: "x".repeat(1_100_000) });
const garbage: Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.json() },
  { weight: 8, arbitrary: fc.string() },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "",
      "{",
      "null",
      "[]",
      '"x"',
      "1e999",
      '{"__proto__":1}',
      DEEP,
      LONG,
    ),
  },
  { weight: 1, arbitrary: fc.constant(HUGE) },
);

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export type Callers = readonly Record<string, string>[];

/** Any request to any route. `callers` are headers that say who asks, most often the first. */
export function anyRequest(
  contract: Contract,
  { known, callers }: { known: Known; callers: Callers },
): Arbitrary<Request> {
  const operations = contract.operations();
  return fc.constantFrom(...operations).chain(({ at, method, path, operation }) => {
    const parameters = operation.parameters ?? [];
    const of = (place: string) => parameters.filter((one) => one.in === place);
    const one = ({ name, schema }: { name: string; schema: unknown }) =>
      SENSE[name]?.(known) ?? valueOf(schema as Schema, known);
    const query = fc.record(Object.fromEntries(of("query").map((each) => [each.name, one(each)])), {
      requiredKeys: of("query")
        .filter(({ required }) => required)
        .map(({ name }) => name),
    });
    const params = fc.record(Object.fromEntries(of("path").map((each) => [each.name, one(each)])));
    const schema = operation.requestBody?.content["application/json"]?.schema as Schema | undefined;
    const body: Arbitrary<unknown> =
      schema === undefined ? fc.constant(undefined) : valueOf(schema, known);
    const how = fc.constantFrom("valid", "valid", "valid", "near", "near", "garbage");
    return fc
      .tuple(query, params, body, how, headersOf(callers))
      .chain(([search, inPath, sent, kind, headers]) => {
        const made = {
          at,
          method: method.toUpperCase(),
          path: pathOf(path, inPath, search),
          headers,
        };
        if (kind === "valid")
          return fc.constant(withBody(made, sent === undefined ? undefined : JSON.stringify(sent)));
        if (kind === "near") return nearly(made, { search, sent });
        return anything(made);
      });
  });
}

function nearly(
  made: Request,
  { search, sent }: { search: object; sent: unknown },
): Arbitrary<Request> {
  if (sent !== undefined) return spoilt(sent).map((body) => withBody(made, body));
  const extra = fc.tuple(
    fc.constantFrom(...Object.keys(search), "limit", "cursor", "tenant", "x"),
    anyText,
  );
  return extra.map(([name, text]) => {
    const more = `${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
    return { ...made, path: made.path + (made.path.includes("?") ? "&" : "?") + more };
  });
}

function anything(made: Request): Arbitrary<Request> {
  const type = fc.constantFrom(
    "application/json",
    "text/plain",
    "application/json; charset=x",
    "",
    "a",
  );
  return fc
    .tuple(fc.constantFrom(made.method, ...METHODS), garbage, type, fc.boolean())
    .map(([method, body, contentType, hasBody]) => {
      const headers =
        contentType === "" ? made.headers : { ...made.headers, "content-type": contentType };
      const noBody = !hasBody || method === "GET" || method === "HEAD";
      return { ...made, method, headers, ...(!noBody && { body }) };
    });
}

function withBody(made: Request, body: string | undefined): Request {
  if (body === undefined) return made;
  return { ...made, headers: { ...made.headers, "content-type": "application/json" }, body };
}

function pathOf(path: string, params: object, search: object): string {
  const values = params as Record<string, unknown>;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(String(values[name])));
  const pairs = Object.entries(search)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return filled + (pairs.length > 0 ? `?${pairs.join("&")}` : "");
}

/** Of no text there is no segment, and dots are taken for folders by whoever sends it. */
function segment(text: string): string {
  return /^\.*$/.test(text) ? "none" : encodeURIComponent(text);
}

function headersOf(callers: Callers): Arbitrary<Record<string, string>> {
  const [first = {}] = callers;
  const who = fc.oneof(
    { weight: 8, arbitrary: fc.constant(first) },
    { weight: 2, arbitrary: fc.constantFrom(...callers) },
    {
      weight: 1,
      arbitrary: fc.constantFrom({}, { authorization: "x" }, { authorization: "Bearer a.b.c" }),
    },
  );
  const more = fc.record(
    {
      "idempotency-key": fc.constantFrom(
        "a",
        "b",
        "",
        "x".repeat(300),
        "ü".normalize("NFD").slice(0, 1),
      ),
      "if-none-match": fc.constantFrom("*", '"x"', "", 'W/"y", "z"'),
      "x-tenant-id": fc.constantFrom("none", "", "a b"),
      origin: fc.constantFrom("https://app.example.com", "null", "x"),
      "last-event-id": fc.constantFrom("1", "end", "x", "-1", "9".repeat(30)),
      accept: fc.constantFrom("*/*", "text/html"),
    },
    { requiredKeys: [] },
  );
  const plain = fc.constant({} as Record<string, string>);
  return fc
    .tuple(who, fc.oneof({ weight: 4, arbitrary: plain }, more))
    .map(([one, other]) => ({ ...other, ...one }) as Record<string, string>);
}

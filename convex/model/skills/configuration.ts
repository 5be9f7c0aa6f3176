/**
 * What a skill is configured with. A version's `configSchema` is JSON Schema, of which these keywords are
 * taken: enough for a form, and each value is looked at once. References, combinations and patterns are not:
 * whoever publishes a schema would decide how long a stranger's mutation takes.
 *
 * Secrets have no place in it. It is stored and shown as it is, so a schema that asks for one is refused.
 */
import { Validator, type OutputUnit, type Schema } from "@cfworker/json-schema";
import { fail } from "../../lib/errors";
import type { OpenRecord } from "../../validators";

/** Both travel with their rows, of which a page has a hundred. */
const CONFIG_CHARS_MAX = 8_192;
const SCHEMA_CHARS_MAX = 16_384;
/** What one call of a skill is given. */
const PARAMETERS_CHARS_MAX = 120_000;
const DRAFT = "2020-12";

const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"];
const FORMATS = ["date", "time", "date-time", "email", "hostname", "ipv4", "ipv6", "uri", "uuid"];
const ANY_SCHEMA: Schema = { $ref: "#" };
const COUNT: Schema = { type: "integer", minimum: 0 };
const SCALARS: Schema = {
  type: "array",
  items: { type: ["string", "number", "boolean", "null"] },
  minItems: 1,
};

/** The schema of schemas: what is not in it is no keyword. */
const metaSchema = new Validator(
  {
    type: "object",
    additionalProperties: false,
    properties: {
      type: { enum: TYPES },
      title: { type: "string" },
      description: { type: "string" },
      default: true,
      examples: { type: "array" },
      enum: SCALARS,
      properties: { type: "object", additionalProperties: ANY_SCHEMA },
      required: { type: "array", items: { type: "string" } },
      additionalProperties: { if: { type: "boolean" }, else: ANY_SCHEMA },
      minProperties: COUNT,
      maxProperties: COUNT,
      items: ANY_SCHEMA,
      minItems: COUNT,
      maxItems: COUNT,
      minLength: COUNT,
      maxLength: COUNT,
      format: { enum: FORMATS },
      minimum: { type: "number" },
      maximum: { type: "number" },
      exclusiveMinimum: { type: "number" },
      exclusiveMaximum: { type: "number" },
      multipleOf: { type: "number", exclusiveMinimum: 0 },
    },
  },
  DRAFT,
);

/**
 * The schema, when it is one whose configurations can be checked.
 *
 * @throws invalid_argument - It is too large, has a keyword that is not taken, or asks for a secret.
 */
export function checkedConfigSchema(schema: OpenRecord): OpenRecord {
  return checkedSchema("configSchema", schema);
}

/** As `checkedConfigSchema`, for any object that strangers fill in. */
export function checkedSchema(field: string, schema: OpenRecord): OpenRecord {
  const plain = checkedJson(field, schema, SCHEMA_CHARS_MAX);
  refuseSecrets(field, plain);
  requireValid(metaSchema, { field, value: plain, unknown: "is no keyword that is taken here" });
  if (plain["type"] !== "object") {
    const reason = 'must have the type "object"';
    fail({ kind: "invalid_argument", field, reason });
  }
  return plain;
}

/**
 * The configuration, when the schema has it so; without a schema, only an empty one is.
 *
 * @throws invalid_argument - It is too large, or a setting is missing, unknown or not as it has to be.
 */
export function checkedConfig(config: OpenRecord, schema: OpenRecord | undefined): OpenRecord {
  const applied = schema ?? { additionalProperties: false };
  const unknown = "is no setting of this skill's";
  return checkedBy(applied, {
    field: "config",
    value: config,
    charsMax: CONFIG_CHARS_MAX,
    unknown,
  });
}

/**
 * What a skill is called with, when its schema has it so.
 *
 * @throws invalid_argument - It is too large, or a parameter is missing, unknown or not as it has to be.
 */
export function checkedParameters(parameters: OpenRecord, schema: OpenRecord): OpenRecord {
  const unknown = "is no parameter of this skill's";
  const given = { field: "parameters", value: parameters, charsMax: PARAMETERS_CHARS_MAX };
  return checkedBy(schema, { ...given, unknown });
}

function checkedBy(
  schema: OpenRecord,
  {
    field,
    value,
    charsMax,
    unknown,
  }: { field: string; value: OpenRecord; charsMax: number; unknown: string },
): OpenRecord {
  const plain = checkedJson(field, value, charsMax);
  const validator = new Validator(structuredClone(schema), DRAFT); // it marks what it is given
  requireValid(validator, { field, value: plain, unknown });
  return plain;
}

/** A copy of it, when it is JSON and not too long: Convex's values may be more. */
function checkedJson(field: string, value: OpenRecord, charsMax: number): OpenRecord {
  const text = JSON.stringify(value, (_key, part: unknown) => {
    const isJson = Object(part) === part ? isPlain(part) : isScalar(part);
    if (!isJson) fail({ kind: "invalid_argument", field, reason: "must be JSON" });
    return part;
  });
  if (text.length > charsMax) {
    const reason = `has ${text.length} characters of JSON; at most ${charsMax} are allowed`;
    fail({ kind: "invalid_argument", field, reason });
  }
  return JSON.parse(text) as OpenRecord;
}

function isPlain(value: unknown): boolean {
  return Array.isArray(value) || Object.prototype.toString.call(value) === "[object Object]";
}

function isScalar(value: unknown): boolean {
  return typeof value === "number" ? Number.isFinite(value) : typeof value !== "bigint";
}

function refuseSecrets(field: string, schema: OpenRecord): void {
  for (const [key, value] of Object.entries(schema)) {
    const at = `${field}.${key}`;
    if ((key === "writeOnly" && value === true) || (key === "format" && value === "password")) {
      const reason = "asks for a secret, and configurations are stored and shown as they are";
      fail({ kind: "invalid_argument", field: at, reason });
    }
    if (Object(value) === value) refuseSecrets(at, value as OpenRecord);
  }
}

function requireValid(
  validator: Validator,
  { field, value, unknown }: { field: string; value: OpenRecord; unknown: string },
): void {
  const problem = validator.validate(value).errors.at(-1); // the innermost stands last
  if (problem === undefined) return;
  const reason = problem.keyword === "false" ? unknown : problem.error;
  fail({ kind: "invalid_argument", field: `${field}${pathOf(problem)}`, reason });
}

/** "#/pages/max~1min" as ".pages.max/min". */
function pathOf({ instanceLocation }: OutputUnit): string {
  const [, ...steps] = instanceLocation.split("/");
  return steps
    .map((step) => `.${decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")}`)
    .join("");
}

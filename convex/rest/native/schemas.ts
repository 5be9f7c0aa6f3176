/** Convex's validators as zod's: one shape for both, so that what a route lets through its door lets through, too. */
import { z } from "@hono/zod-openapi";
import type { ValidatorJSON } from "convex/values";
import type { Fields } from "./doors";

/** By their JSON text: views that stand in the document under a name of their own. */
export type Names = ReadonlyMap<string, string>;

/** How objects are read: of requests every field must be known, answers may get more of them in time. */
type Mode = { isStrict: boolean; names: Names };

const REQUEST: Mode = { isStrict: true, names: new Map() };

/** What a request may bring, in its JSON body. */
export function requestSchema(fields: Fields) {
  return objectSchema(fields, REQUEST);
}

/** What an answer is like. */
export function answerSchema(validator: ValidatorJSON, names: Names): z.ZodType {
  return schemaOf(validator, { isStrict: false, names });
}

function schemaOf(validator: ValidatorJSON, mode: Mode): z.ZodType {
  const schema = unnamed(validator, mode);
  const name = mode.names.get(JSON.stringify(validator));
  return name === undefined ? schema : schema.openapi(name);
}

function unnamed(validator: ValidatorJSON, mode: Mode): z.ZodType {
  switch (validator.type) {
    case "null":
      return z.null();
    case "number":
      return z.number();
    case "boolean":
      return z.boolean();
    case "string":
      return z.string();
    case "any":
      return z.unknown();
    case "id":
      return z.string().openapi({ description: `Id in \`${validator.tableName}\`` });
    case "literal":
      return z.literal(validator.value as string | number | boolean);
    case "array":
      return z.array(schemaOf(validator.value, mode));
    case "record":
      return z.record(z.string(), schemaOf(validator.values.fieldType, mode));
    case "object":
      return objectSchema(validator.value, mode);
    case "union":
      return unionSchema(validator.value, mode);
    case "bigint":
    case "bytes":
    case "commitTs":
      throw new Error(`JSON has no ${validator.type}`);
  }
}

function objectSchema(fields: Fields, mode: Mode) {
  const shape = Object.entries(fields).map(([name, { fieldType, optional }]) => {
    const schema = schemaOf(fieldType, mode);
    return [name, optional ? schema.optional() : schema] as const;
  });
  return (mode.isStrict ? z.strictObject : z.object)(Object.fromEntries(shape));
}

function unionSchema(members: ValidatorJSON[], mode: Mode): z.ZodType {
  const others = members.filter(({ type }) => type !== "null");
  if (others.length < members.length) return unionSchema(others, mode).nullable();
  const texts = textsOf(members);
  if (texts !== null) return z.enum(texts);
  const [first, ...rest] = members.map((member) => schemaOf(member, mode));
  if (first === undefined) throw new Error("a union of nothing");
  return rest.length === 0 ? first : z.union([first, ...rest]);
}

/** The members, when each of them is a text. */
function textsOf(members: ValidatorJSON[]): string[] | null {
  const texts = members.flatMap((one) =>
    one.type === "literal" && typeof one.value === "string" ? [one.value] : [],
  );
  return texts.length === members.length ? texts : null;
}

/** How many objects a page of a list may have, and has by default. */
const PAGE_SIZE_MAX = 100;
const PAGE_SIZE = 50;

/** What a request may bring in its address: texts, read as what the door takes. */
export function querySchema(fields: Fields) {
  const shape = Object.entries(fields).map(([name, field]) => {
    if (name === "paginationOpts") return [name, z.never()] as const;
    const schema = parameterSchema(field.fieldType);
    return [name, field.optional ? schema.optional() : schema] as const;
  });
  const { paginationOpts, ...rest } = Object.fromEntries<z.ZodType>(shape);
  return z.strictObject({ ...rest, ...(paginationOpts !== undefined && PAGING) });
}

const PAGING = {
  cursor: z.string().optional().openapi({ description: "`nextCursor` of the page before" }),
  limit: numeric()
    .refine((count) => Number.isInteger(count) && count >= 1 && count <= PAGE_SIZE_MAX, {
      message: `must be a whole number from 1 to ${PAGE_SIZE_MAX}`,
    })
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: PAGE_SIZE_MAX, default: PAGE_SIZE }),
};

/** `?cursor=&limit=` as doors take them. */
export function pagingOf({
  cursor,
  limit,
}: {
  cursor: string | undefined;
  limit: number | undefined;
}) {
  return { numItems: limit ?? PAGE_SIZE, cursor: cursor ?? null };
}

function parameterSchema(validator: ValidatorJSON): z.ZodType {
  const { type } = validator;
  if (type === "string" || type === "id") return unnamed(validator, REQUEST);
  if (type === "number") return numeric().openapi({ type: "number" });
  if (type === "boolean") {
    const schema = z.enum(["true", "false"]).transform((text) => text === "true");
    return schema.openapi({ type: "boolean" });
  }
  if (type !== "union") throw new Error(`an address has no room for a value of type ${type}`);
  const others = validator.value.filter((member) => member.type !== "null");
  const texts = textsOf(others);
  if (texts !== null) return z.enum(texts);
  const [only] = others;
  if (others.length === 1 && only !== undefined) return parameterSchema(only);
  throw new Error("an address has room for one kind of value");
}

const NUMBER = /^-?\d+(\.\d+)?$/;

function numeric() {
  const isNumber = (text: string) => NUMBER.test(text) && Number.isFinite(Number(text));
  return z.string().refine(isNumber, { message: "must be a number" }).transform(Number);
}

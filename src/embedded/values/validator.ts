/** The JSON form of validators, as `exportArgs()`, `exportReturns()` and `schema.export()` give it. */
import type { Json } from "./json";

export type FieldValidator = { fieldType: Validator; optional: boolean };

export type Validator =
  | { type: "null" }
  | { type: "number" }
  | { type: "bigint" }
  | { type: "commitTs" }
  | { type: "boolean" }
  | { type: "string" }
  | { type: "bytes" }
  | { type: "any" }
  | { type: "id"; tableName: string }
  | { type: "literal"; value: Json }
  | { type: "array"; value: Validator }
  | { type: "record"; keys: Validator; values: FieldValidator }
  | { type: "object"; value: Record<string, FieldValidator> }
  | { type: "union"; value: Validator[] };

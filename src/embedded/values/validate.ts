/**
 * Checking values against validators, with Convex's messages.
 *
 * A validator is compiled once, to a function that only says yes or no; why a value does not match is
 * found out in a second pass over the few that fail. All checks give the message, or null for a match.
 */
import { isObject, specialKey, type SpecialKey } from "./decode";
import { displayLiteral, displayValidator, displayValue } from "./display";
import { tableNumberOf } from "./ids";
import type { Json, JsonObject } from "./json";
import { checkValue } from "./limits";
import type { FieldValidator, Validator } from "./validator";

/** What `v.id(table)` needs to know: the name of a table of the component whose values are checked. */
export type ValidationContext = { tableName(tableNumber: number): string | undefined };

/** Why a call's arguments are refused. */
export function checkArgs(
  validator: Validator,
  args: Json,
  context: ValidationContext,
): string | null {
  const message = mismatch(validator, args, context);
  return message === null ? null : `ArgumentValidationError: ${message}`;
}

/** Why a function's return value is refused. */
export function checkReturns(
  validator: Validator,
  value: Json,
  context: ValidationContext,
): string | null {
  const message = mismatch(validator, value, context);
  return message === null ? null : `ReturnsValidationError: ${message}`;
}

/** Why a write is refused. The document may have its system fields; the schema does not speak of them. */
export function checkDocument(
  table: { name: string; documentType: Validator | null },
  document: JsonObject,
  context: ValidationContext,
): string | null {
  if (table.documentType === null) return null;
  const message = documentMismatch(table.documentType, document, context);
  if (message === null) return null;
  return `Failed to insert or update a document in table "${table.name}" because it does not match the schema: ${message}`;
}

/** As `mismatch`, for a whole document: its system fields are passed over. */
export function documentMismatch(
  documentType: Validator,
  document: JsonObject,
  context: ValidationContext,
): string | null {
  if (compiledDocumentType(documentType)(document, context)) return null;
  const { _id, _creationTime, ...fields } = document;
  return explain(withoutSystemFields(documentType), fields, { tables: context, path: "" });
}

/** Why a value does not match, without saying what it was for; null when it matches. */
export function mismatch(
  validator: Validator,
  value: Json,
  context: ValidationContext,
): string | null {
  if (compiled(validator)(value, context)) return null;
  // What is no value at all (too deep, malformed) can be neither explained nor shown.
  return checkValue(value) ?? explain(validator, value, { tables: context, path: "" });
}

// --- Yes or no -----------------------------------------------------------------------------------

type Check = (value: Json, context: ValidationContext) => boolean;

const checks = new WeakMap<Validator, Check>();
const documentChecks = new WeakMap<Validator, Check>();

function compiled(validator: Validator): Check {
  let check = checks.get(validator);
  if (check === undefined) checks.set(validator, (check = compile(validator)));
  return check;
}

function compiledDocumentType(documentType: Validator): Check {
  let check = documentChecks.get(documentType);
  if (check === undefined) {
    check = compile(withOptionalSystemFields(withoutSystemFields(documentType)));
    documentChecks.set(documentType, check);
  }
  return check;
}

function compile(validator: Validator): Check {
  switch (validator.type) {
    case "any":
      return () => true;
    case "null":
      return (value) => value === null;
    case "boolean":
      return (value) => typeof value === "boolean";
    case "string":
      return (value) => typeof value === "string";
    case "number":
      return (value) => typeof value === "number" || isSpecial(value, "$float");
    case "bigint":
    case "commitTs":
      return (value) => isSpecial(value, "$integer") || isSpecial(value, "$commitTs");
    case "bytes":
      return (value) => isSpecial(value, "$bytes");
    case "id":
      return compileId(validator.tableName);
    case "literal":
      return compileLiteral(validator.value);
    case "array":
      return compileArray(compile(validator.value));
    case "record":
      return compileRecord(compile(validator.keys), compile(validator.values.fieldType));
    case "object":
      return compileObject(validator.value);
    case "union":
      return compileUnion(validator.value);
  }
}

function isSpecial(value: Json, key: SpecialKey): boolean {
  return isObject(value) && specialKey(value) === key;
}

function compileId(tableName: string): Check {
  return (value, context) => {
    if (typeof value !== "string") return false;
    const tableNumber = tableNumberOf(value);
    return tableNumber !== null && context.tableName(tableNumber) === tableName;
  };
}

function compileLiteral(literal: Json): Check {
  if (!isObject(literal)) return (value) => value === literal;
  const key = specialKey(literal);
  if (key === null) return () => false;
  return (value) => isObject(value) && value[key] === literal[key];
}

function compileArray(element: Check): Check {
  return (value, context) => {
    if (!Array.isArray(value)) return false;
    for (const item of value) {
      if (!element(item, context)) return false;
    }
    return true;
  };
}

function compileRecord(keyCheck: Check, valueCheck: Check): Check {
  return (value, context) => {
    if (!isObject(value) || specialKey(value) !== null) return false;
    for (const key in value) {
      const field = value[key];
      if (field === undefined || !keyCheck(key, context) || !valueCheck(field, context)) {
        return false;
      }
    }
    return true;
  };
}

function compileObject(fields: Record<string, FieldValidator>): Check {
  const byName = new Map<string, { check: Check; required: number }>();
  let requiredCount = 0;
  for (const [name, { fieldType, optional }] of Object.entries(fields)) {
    byName.set(name, { check: compile(fieldType), required: optional ? 0 : 1 });
    if (!optional) requiredCount++;
  }
  return (value, context) => {
    if (!isObject(value)) return false;
    let required = 0;
    for (const name in value) {
      const field = byName.get(name);
      const fieldValue = value[name];
      // Also turns down `{"$integer": …}` and the like: no declared name starts with `$`.
      if (field === undefined || fieldValue === undefined) return false;
      if (!field.check(fieldValue, context)) return false;
      required += field.required;
    }
    return required === requiredCount;
  };
}

function compileUnion(members: readonly Validator[]): Check {
  const literals = new Set<Json>();
  const others: Check[] = [];
  for (const member of members) {
    if (member.type === "literal" && !isObject(member.value)) literals.add(member.value);
    else others.push(compile(member));
  }
  return (value, context) => {
    if (literals.has(value)) return true;
    for (const check of others) {
      if (check(value, context)) return true;
    }
    return false;
  };
}

// --- Documents ------------------------------------------------------------------------------------

/** Schemas may name `_id` and `_creationTime`; what they say of them does not count. */
function withoutSystemFields(documentType: Validator): Validator {
  return mapDocumentFields(documentType, ({ _id, _creationTime, ...fields }) => fields);
}

const ANYTHING: FieldValidator = { fieldType: { type: "any" }, optional: true };

function withOptionalSystemFields(documentType: Validator): Validator {
  return mapDocumentFields(documentType, (fields) => ({
    ...fields,
    _id: ANYTHING,
    _creationTime: ANYTHING,
  }));
}

function mapDocumentFields(
  documentType: Validator,
  change: (fields: Record<string, FieldValidator>) => Record<string, FieldValidator>,
): Validator {
  if (documentType.type === "object") return { type: "object", value: change(documentType.value) };
  if (documentType.type === "union") {
    return {
      type: "union",
      value: documentType.value.map((member) => mapDocumentFields(member, change)),
    };
  }
  return documentType;
}

// --- Why not --------------------------------------------------------------------------------------

type Place = { tables: ValidationContext; path: string };

/** The message for the first mismatch: declared fields in the order of their names, then extra ones. */
function explain(validator: Validator, value: Json, at: Place): string | null {
  if (compiled(validator)(value, at.tables)) return null;
  switch (validator.type) {
    case "id":
      return explainId(validator, value, at);
    case "literal":
      return `\`${displayValue(value)}\` does not match literal validator \`v.literal(${displayLiteral(validator.value)})\`.${pathLine(at)}`;
    case "array":
      if (!Array.isArray(value)) break;
      return firstOf(value.entries(), ([i, item]) =>
        explain(validator.value, item, inside(at, `[${i}]`)),
      );
    case "record":
      if (!isObject(value) || specialKey(value) !== null) break;
      return firstOf(
        sortedEntries(value),
        ([key, field]) =>
          explain(validator.keys, key, inside(at, ".keys()")) ??
          explain(validator.values.fieldType, field, inside(at, ".values()")),
      );
    case "object":
      if (!isObject(value) || specialKey(value) !== null) break;
      return explainObject(validator, value, at);
    case "union": {
      const [only, ...others] = validator.value;
      if (only !== undefined && others.length === 0) return explain(only, value, at);
      break;
    }
    case "null":
    case "number":
    case "bigint":
    case "commitTs":
    case "boolean":
    case "string":
    case "bytes":
    case "any":
      break;
  }
  return noMatch(validator, value, at);
}

function noMatch(validator: Validator, value: Json, at: Place): string {
  return `Value does not match validator.\n${pathLine(at)}\nValue: ${displayValue(value)}\nValidator: ${displayValidator(validator)}`;
}

function explainId(validator: Validator & { type: "id" }, value: Json, at: Place): string {
  const tableNumber = typeof value === "string" ? tableNumberOf(value) : null;
  const found = tableNumber === null ? undefined : at.tables.tableName(tableNumber);
  if (found === undefined) return noMatch(validator, value, at);
  const from = found.startsWith("_") ? "a system table" : `table \`${found}\``;
  return `Found ID ${displayValue(value)} from ${from}, which does not match the table name in validator \`${displayValidator(validator)}\`.${pathLine(at)}`;
}

function explainObject(
  validator: Validator & { type: "object" },
  object: JsonObject,
  at: Place,
): string | null {
  const objectLines = () =>
    `${pathLine(at)}\nObject: ${displayValue(object)}\nValidator: ${displayValidator(validator)}`;
  const declared = firstOf(sortedEntries(validator.value), ([name, { fieldType, optional }]) => {
    const field = Object.hasOwn(object, name) ? object[name] : undefined;
    if (field !== undefined) return explain(fieldType, field, inside(at, `.${name}`));
    if (optional) return null;
    return `Object is missing the required field \`${name}\`. Consider wrapping the field validator in \`v.optional(...)\` if this is expected.\n${objectLines()}`;
  });
  if (declared !== null) return declared;
  return firstOf(sortedEntries(object), ([name]) =>
    Object.hasOwn(validator.value, name)
      ? null
      : `Object contains extra field \`${name}\` that is not in the validator.\n${objectLines()}`,
  );
}

function pathLine(at: Place): string {
  return at.path === "" ? "" : `Path: ${at.path}`;
}

function inside(at: Place, segment: string): Place {
  return { tables: at.tables, path: at.path + segment };
}

function sortedEntries<T>(fields: Record<string, T>): [string, T][] {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
}

function firstOf<T>(items: Iterable<T>, explainItem: (item: T) => string | null): string | null {
  for (const item of items) {
    const message = explainItem(item);
    if (message !== null) return message;
  }
  return null;
}

import { convexToJson, v, type GenericValidator } from "convex/values";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeId, newInternalId } from "../../../src/embedded/values/ids";
import type { Json, JsonObject } from "../../../src/embedded/values/json";
import {
  checkArgs,
  checkDocument,
  checkReturns,
  documentMismatch,
  mismatch,
  type ValidationContext,
} from "../../../src/embedded/values/validate";
import type { Validator } from "../../../src/embedded/values/validator";
import { arbitraryValue, stored } from "./arbitraries";

const TABLES: Readonly<Record<number, string>> = {
  10_001: "users",
  10_002: "messages",
  17: "_storage",
  18: "_scheduled_functions",
};
const context: ValidationContext = { tableName: (tableNumber) => TABLES[tableNumber] };

const userId = encodeId(10_001, newInternalId(0));
const messageId = encodeId(10_002, newInternalId(0));
const storageId = encodeId(17, newInternalId(0));
const jobId = encodeId(18, newInternalId(0));
const strangerId = encodeId(10_003, newInternalId(0));

/** The JSON that the `convex` package itself makes of a validator. */
function json(validator: GenericValidator): Validator {
  return (validator as unknown as { json: Validator }).json;
}

const NAN = convexToJson(NaN);
const INT64 = convexToJson(5n);
const BYTES = convexToJson(Uint8Array.of(1, 2, 3).buffer);
const COMMIT_TS = { $commitTs: null };

describe("a value matches", () => {
  const accepted: [string, GenericValidator, Json[]][] = [
    ["null", v.null(), [null]],
    ["float64", v.number(), [0, -1.5, NAN, convexToJson(-0), convexToJson(Infinity)]],
    ["int64", v.int64(), [INT64, COMMIT_TS]],
    ["commitTs", v.commitTs(), [INT64, COMMIT_TS]],
    ["boolean", v.boolean(), [true, false]],
    ["string", v.string(), ["", "a", userId]],
    ["bytes", v.bytes(), [BYTES]],
    ["any", v.any(), [null, 1, "a", [], {}, INT64, BYTES]],
    ["id", v.id("users"), [userId]],
    ["id of a system table", v.id("_storage"), [storageId]],
    ["string literal", v.literal("a"), ["a"]],
    ["number literal", v.literal(1), [1]],
    ["boolean literal", v.literal(false), [false]],
    ["int64 literal", v.literal(5n), [INT64]],
    ["array", v.array(v.number()), [[], [1], [1, NAN]]],
    ["record", v.record(v.string(), v.number()), [{}, { a: 1, "b c": 2 }]],
    ["record by id", v.record(v.id("users"), v.null()), [{ [userId]: null }]],
    [
      "object",
      v.object({ a: v.number(), b: v.optional(v.string()) }),
      [{ a: 1 }, { a: 1, b: "x" }, { b: "x", a: 1 }],
    ],
    ["empty object", v.object({}), [{}]],
    ["union of literals", v.union(v.literal("a"), v.literal(1), v.literal(5n)), ["a", 1, INT64]],
    [
      "union of objects",
      v.union(
        v.object({ kind: v.literal("a"), x: v.number() }),
        v.object({ kind: v.literal("b"), y: v.string() }),
      ),
      [
        { kind: "a", x: 1 },
        { kind: "b", y: "z" },
      ],
    ],
    ["nullable", v.nullable(v.string()), [null, "a"]],
  ];

  test.each(accepted)("%s", (_name, validator, values) => {
    for (const value of values) expect(mismatch(json(validator), value, context)).toBeNull();
  });

  test("every value matches any, and the validator of its own shape", () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const encoded = stored(value);
        expect(mismatch({ type: "any" }, encoded, context)).toBeNull();
        expect(mismatch(shapeOf(encoded), encoded, context)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  test("a value does not match the shape of another kind, and the message can be made", () => {
    fc.assert(
      fc.property(arbitraryValue, arbitraryValue, (value, other) => {
        const encoded = stored(value);
        const message = mismatch(shapeOf(stored(other)), encoded, context);
        if (message === null) return;
        expect(message).toMatch(/^(Value does not match|Object (is missing|contains extra))/);
        expect(message).toContain("Validator: v.");
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The narrowest validator without literals, ids and records that a value matches. */
function shapeOf(value: Json): Validator {
  if (value === null) return { type: "null" };
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") {
    return { type: typeof value as "number" | "boolean" | "string" };
  }
  if (Array.isArray(value)) {
    return { type: "array", value: { type: "union", value: value.map(shapeOf) } };
  }
  const special = Object.keys(value)[0];
  if (special === "$integer") return { type: "bigint" };
  if (special === "$float") return { type: "number" };
  if (special === "$bytes") return { type: "bytes" };
  const fields = Object.entries(value).map(
    ([name, field]) => [name, { fieldType: shapeOf(field), optional: false }] as const,
  );
  return { type: "object", value: Object.fromEntries(fields) };
}

describe("a mismatch says what Convex says", () => {
  const object = v.object({ name: v.string(), age: v.optional(v.number()) });
  const objectText = "v.object({age: v.optional(v.float64()), name: v.string()})";

  const refused: [string, GenericValidator, Json, string][] = [
    [
      "wrong type",
      v.string(),
      1,
      "Value does not match validator.\n\nValue: 1.0\nValidator: v.string()",
    ],
    [
      "wrong type of a field",
      v.object({ foo: v.string() }),
      { foo: 1 },
      "Value does not match validator.\nPath: .foo\nValue: 1.0\nValidator: v.string()",
    ],
    [
      "missing field",
      object,
      { age: 3 },
      "Object is missing the required field `name`. Consider wrapping the field validator in `v.optional(...)` if this is expected.\n\n" +
        `Object: {age: 3.0}\nValidator: ${objectText}`,
    ],
    [
      "missing field of an inner object",
      v.object({ user: object }),
      { user: {} },
      "Object is missing the required field `name`. Consider wrapping the field validator in `v.optional(...)` if this is expected.\n" +
        `Path: .user\nObject: {}\nValidator: ${objectText}`,
    ],
    [
      "extra field",
      object,
      { name: "a", zip: true, extra: null },
      "Object contains extra field `extra` that is not in the validator.\n\n" +
        `Object: {extra: null, name: "a", zip: true}\nValidator: ${objectText}`,
    ],
    [
      "extra field named as an object's own method",
      v.object({}),
      { toString: 1 },
      "Object contains extra field `toString` that is not in the validator.\n\nObject: {toString: 1.0}\nValidator: v.object({})",
    ],
    [
      "missing field named as an object's own method",
      v.object({ constructor: v.any() }),
      {},
      "Object is missing the required field `constructor`. Consider wrapping the field validator in `v.optional(...)` if this is expected.\n\n" +
        "Object: {}\nValidator: v.object({constructor: v.any()})",
    ],
    [
      "declared fields come before extra ones, by name",
      v.object({ b: v.string(), a: v.string() }),
      { "0": 1, b: 2, a: 3 },
      "Value does not match validator.\nPath: .a\nValue: 3.0\nValidator: v.string()",
    ],
    [
      "element of an array within an object",
      v.object({ list: v.array(v.object({ n: v.int64() })) }),
      { list: [{ n: INT64 }, { n: 5 }] },
      "Value does not match validator.\nPath: .list[1].n\nValue: 5.0\nValidator: v.int64()",
    ],
    [
      "not an array",
      v.array(v.string()),
      { a: "b" },
      'Value does not match validator.\n\nValue: {a: "b"}\nValidator: v.array(v.string())',
    ],
    [
      "not an object",
      v.object({}),
      INT64,
      "Value does not match validator.\n\nValue: 5\nValidator: v.object({})",
    ],
    [
      "record key",
      v.record(v.id("users"), v.number()),
      { nobody: 1 },
      'Value does not match validator.\nPath: .keys()\nValue: "nobody"\nValidator: v.id("users")',
    ],
    [
      "record value",
      v.object({ counts: v.record(v.string(), v.number()) }),
      { counts: { a: "1" } },
      'Value does not match validator.\nPath: .counts.values()\nValue: "1"\nValidator: v.float64()',
    ],
    [
      "record that is no object",
      v.record(v.string(), v.any()),
      BYTES,
      'Value does not match validator.\n\nValue: b"AQID"\nValidator: v.record(v.string(), v.any())',
    ],
    [
      "union",
      v.union(v.string(), v.null()),
      [true, NAN],
      "Value does not match validator.\n\nValue: [true, NaN]\nValidator: v.union(v.string(), v.null())",
    ],
    [
      "union of one",
      v.union(object),
      {},
      "Object is missing the required field `name`. Consider wrapping the field validator in `v.optional(...)` if this is expected.\n\n" +
        `Object: {}\nValidator: ${objectText}`,
    ],
    [
      "empty union",
      v.union(),
      1,
      "Value does not match validator.\n\nValue: 1.0\nValidator: v.union()",
    ],
    ["literal", v.literal("a"), "b", '`"b"` does not match literal validator `v.literal("a")`.'],
    [
      "literal in a field",
      v.object({ kind: v.literal(2) }),
      { kind: null },
      "`null` does not match literal validator `v.literal(2.0)`.Path: .kind",
    ],
    [
      "int64 literal",
      v.literal(5n),
      convexToJson(6n),
      "`6` does not match literal validator `v.literal(<bigint>)`.",
    ],
    [
      "no id",
      v.id("users"),
      "jane",
      'Value does not match validator.\n\nValue: "jane"\nValidator: v.id("users")',
    ],
    [
      "id of no table",
      v.id("users"),
      strangerId,
      `Value does not match validator.\n\nValue: "${strangerId}"\nValidator: v.id("users")`,
    ],
    [
      "id of another table",
      v.object({ userId: v.id("users") }),
      { userId: messageId },
      `Found ID "${messageId}" from table \`messages\`, which does not match the table name in validator \`v.id("users")\`.Path: .userId`,
    ],
    [
      "id of a system table",
      v.id("_storage"),
      jobId,
      `Found ID "${jobId}" from a system table, which does not match the table name in validator \`v.id("_storage")\`.`,
    ],
    [
      "number for a commit timestamp",
      v.commitTs(),
      0,
      "Value does not match validator.\n\nValue: 0.0\nValidator: v.commitTs()",
    ],
    [
      "placeholder for a number",
      v.number(),
      COMMIT_TS,
      "Value does not match validator.\n\nValue: 9223372036854775807\nValidator: v.float64()",
    ],
  ];

  test.each(refused)("%s", (...[, validator, value, message]) => {
    expect(mismatch(json(validator), value, context)).toBe(message);
  });

  test.each([
    [1, "1.0"],
    [-1, "-1.0"],
    [0.1, "0.1"],
    [1234567890.5, "1234567890.5"],
    [9_007_199_254_740_992, "9007199254740992.0"],
    [1e16, "1e16"],
    [1.5e300, "1.5e300"],
    [0.0001, "0.0001"],
    [0.00005, "5e-5"],
    [convexToJson(-0), "-0.0"],
    [convexToJson(Infinity), "inf"],
    [convexToJson(-Infinity), "-inf"],
    [NAN, "NaN"],
    [convexToJson(-(2n ** 63n)), "-9223372036854775808"],
    ['say "hi"\n\\', '"say \\"hi\\"\\n\\\\"'],
    ["\0\u001f\u007f\ud800é😀", '"\\0\\u{1f}\\u{7f}\\u{d800}é😀"'],
    [{ b: [1, null], a: { c: true } }, "{a: {c: true}, b: [1.0, null]}"],
  ] as [Json, string][])("%j prints as %s", (value, text) => {
    expect(mismatch({ type: "union", value: [] }, value, context)).toContain(`\nValue: ${text}\n`);
  });
});

describe("what is checked is named", () => {
  const validator = json(v.object({ n: v.number() }));

  test("arguments", () => {
    expect(checkArgs(validator, { n: 1 }, context)).toBeNull();
    expect(checkArgs(validator, { n: "1" }, context)).toBe(
      'ArgumentValidationError: Value does not match validator.\nPath: .n\nValue: "1"\nValidator: v.float64()',
    );
  });

  test("return values", () => {
    expect(checkReturns(validator, { n: 1 }, context)).toBeNull();
    expect(checkReturns(validator, null, context)).toBe(
      "ReturnsValidationError: Value does not match validator.\n\nValue: null\nValidator: v.object({n: v.float64()})",
    );
  });

  test("documents", () => {
    const table = { name: "counters", documentType: validator };
    expect(checkDocument(table, { n: 1 }, context)).toBeNull();
    expect(checkDocument(table, { n: null }, context)).toBe(
      'Failed to insert or update a document in table "counters" because it does not match the schema: Value does not match validator.\nPath: .n\nValue: null\nValidator: v.float64()',
    );
  });
});

describe("a document", () => {
  const system = { _id: userId, _creationTime: 1.5 };

  test("may have its system fields; the message does not show them", () => {
    const table = { name: "counters", documentType: json(v.object({ n: v.number() })) };
    expect(checkDocument(table, { ...system, n: 1 }, context)).toBeNull();
    expect(checkDocument(table, { ...system, m: 1 }, context)).toBe(
      'Failed to insert or update a document in table "counters" because it does not match the schema: Object is missing the required field `n`. Consider wrapping the field validator in `v.optional(...)` if this is expected.\n\nObject: {m: 1.0}\nValidator: v.object({n: v.float64()})',
    );
  });

  test("has system fields at its top only", () => {
    const documentType = json(v.object({ inner: v.object({}) }));
    expect(documentMismatch(documentType, { ...system, inner: { ...system } }, context)).toContain(
      "Object contains extra field `_creationTime` that is not in the validator.\nPath: .inner",
    );
  });

  test("of a union of objects, in a schema that names the system fields", () => {
    const documentType = json(
      v.union(
        v.object({ _id: v.id("messages"), kind: v.literal("a") }),
        v.object({ _creationTime: v.string(), kind: v.literal("b"), n: v.number() }),
      ),
    );
    const documents: JsonObject[] = [{ kind: "a" }, { kind: "b", n: 1 }];
    for (const document of documents) {
      expect(documentMismatch(documentType, document, context)).toBeNull();
      expect(documentMismatch(documentType, { ...system, ...document }, context)).toBeNull();
    }
    expect(documentMismatch(documentType, { ...system, kind: "c" }, context)).toBe(
      'Value does not match validator.\n\nValue: {kind: "c"}\nValidator: v.union(v.object({kind: v.literal("a")}), v.object({kind: v.literal("b"), n: v.float64()}))',
    );
  });

  test("of a table without a schema, or of any, may be anything", () => {
    expect(checkDocument({ name: "t", documentType: null }, { a: 1 }, context)).toBeNull();
    expect(checkDocument({ name: "t", documentType: json(v.any()) }, { a: 1 }, context)).toBeNull();
  });
});

import { convexToJson, getConvexSize, getDocumentSize } from "convex/values";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../src/embedded/values/json";
import { checkStorable, checkValue } from "../../../src/embedded/values/limits";
import { sizeBoundBytes, sizeBytes } from "../../../src/embedded/values/size";
import { arbitraryValue, stored } from "./arbitraries";

const MEBIBYTE = 1 << 20;

/** A value of so many levels of objects and arrays in turn. */
function nested(levels: number): Json {
  let value: Json = 1;
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

function nulls(length: number): null[] {
  return Array.from({ length }, () => null);
}

function fields(count: number): JsonObject {
  return Object.fromEntries(nulls(count).map((value, i) => [`f${i}`, value]));
}

describe("sizes", () => {
  test("are those of the convex package", () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        // The package counts a lone surrogate in more than one way.
        fc.pre(JSON.stringify(stored(value)).search(/\\ud[89a-f]/) === -1);
        expect(sizeBytes(stored(value))).toBe(getConvexSize(value));
      }),
      { numRuns: 5_000 },
    );
  });

  test("of long texts are their bytes in UTF-8", () => {
    for (const text of ["a", "é", "€", "😀", "aé€😀"]) {
      for (const length of [1, 10, 64, 65, 500, 501]) {
        expect(sizeBytes(text.repeat(length))).toBe(2 + Buffer.byteLength(text.repeat(length)));
      }
    }
  });

  test("of documents count their system fields", () => {
    const document = { _id: "j".repeat(32), _creationTime: 1.5, body: "hello" };
    expect(sizeBytes(document)).toBe(getDocumentSize({ body: "hello" }));
  });

  test("of a missing value and of placeholders", () => {
    expect(sizeBytes(undefined)).toBe(0);
    expect(sizeBytes({ $undefined: null })).toBe(0);
    expect(sizeBytes({ $commitTs: null })).toBe(9);
  });

  test("never exceed the bound by the length of the text", () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const encoded = stored(value);
        const bound = sizeBoundBytes(JSON.stringify(encoded).length);
        expect(sizeBytes(encoded)).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 5_000 },
    );
    const worst = Array.from({ length: 1_000 }, () => 1);
    expect(sizeBytes(worst)).toBeLessThanOrEqual(sizeBoundBytes(JSON.stringify(worst).length));
  });
});

describe("a value that can be stored", () => {
  test("is any Convex value", () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        expect(checkValue(stored(value))).toBeNull();
        expect(checkStorable({ value: stored(value) })).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  test("reaches every limit", () => {
    expect(checkValue(nested(64))).toBeNull();
    expect(checkStorable({ a: nested(15) })).toBeNull();
    expect(checkStorable({ a: nulls(8_192) })).toBeNull();
    expect(checkStorable(fields(1_024))).toBeNull();
    expect(checkStorable({ ["n".repeat(1_024)]: 1, "": 2, "a b~!": { _inner: 3 } })).toBeNull();
    expect(checkStorable({ _id: "x", _creationTime: 1, at: { $commitTs: null } })).toBeNull();
    // 2 around the object, 2 for the name with its end, 2 around the text.
    expect(checkStorable({ a: "x".repeat(MEBIBYTE - 6) })).toBeNull();
  });
});

describe("a value that cannot be stored", () => {
  const refused: [string, JsonObject, string][] = [
    [
      "long array",
      { list: [{ inner: nulls(8_193) }] },
      "Array length is too long (8193 > maximum length 8192)\nPath: .list[0].inner",
    ],
    [
      "many fields",
      { wide: fields(1_025) },
      "Object has too many fields (1025 > maximum number 1024)\nPath: .wide",
    ],
    [
      "many fields of the document itself",
      fields(1_025),
      "Object has too many fields (1025 > maximum number 1024)",
    ],
    [
      "system field",
      { _secret: 1 },
      "Field '_secret' starts with an underscore, which is only allowed for system fields like '_id'",
    ],
    [
      "reserved name",
      { a: { $set: 1 } },
      "Field name $set starts with '$', which is reserved.\nPath: .a",
    ],
    [
      "two fields, one of them special",
      { a: { $integer: "AAAAAAAAAAA=", b: 1 } },
      "Field name $integer starts with '$', which is reserved.\nPath: .a",
    ],
    [
      "name that is not ASCII",
      { naïve: 1 },
      "Field name naïve has invalid character 'ï': Field names can only contain non-control ASCII characters",
    ],
    [
      "name with a control character",
      { "a\u007f": 1 },
      "Field name a\u007f has invalid character '\u007f': Field names can only contain non-control ASCII characters",
    ],
    ["long name", { ["n".repeat(1_025)]: 1 }, "Field name is too long (1025 > maximum 1024)"],
    [
      "integer of the wrong length",
      { n: { $integer: "AAAA" } },
      "Malformed $integer: expected the base64 form of 8 bytes\nPath: .n",
    ],
    [
      "float of the wrong length",
      { n: { $float: 1 } },
      "Malformed $float: expected the base64 form of 8 bytes\nPath: .n",
    ],
    [
      "float that JSON has a form for",
      { n: { $float: "AAAAAAAA8D8=" } },
      "A plain number was sent as a $float\nPath: .n",
    ],
    ["broken bytes", { b: { $bytes: "A=" } }, "Malformed $bytes: expected base64\nPath: .b"],
    [
      "placeholder with content",
      { t: { $commitTs: 1 } },
      "Malformed $commitTs: expected null\nPath: .t",
    ],
    [
      "undefined",
      { u: [{ $undefined: null }] },
      "undefined is not a valid Convex value\nPath: .u[0]",
    ],
    [
      "number out of range",
      JSON.parse('{"n": 1e999}') as JsonObject,
      "Number out of range: Infinity\nPath: .n",
    ],
    [
      "document of 17 levels",
      { a: nested(16) },
      `Document is too nested (nested 17 levels deep > maximum nesting 16)\nPath: .a${".a[0]".repeat(7)}.a`,
    ],
  ];

  test.each(refused)("%s", (_name, document, message) => {
    expect(checkStorable(document)).toBe(message);
  });

  test("nested without end, as a value or as a document", () => {
    const message = /^Value is too nested \(nested 65 levels deep > maximum nesting 64\)/;
    expect(checkValue(nested(65))).toMatch(message);
    expect(checkValue(nested(10_000))).toMatch(message);
    expect(checkStorable({ a: nested(10_000) })).toMatch(message);
    expect(checkStorable({ a: nested(20) })).toMatch(/^Document is too nested \(nested 21 levels/);
  });

  test("too large: says how large and which field is largest", () => {
    const document = { title: "x".repeat(1_000), body: "é".repeat(650_000) };
    const message =
      "Value is too large (1.24 MiB > maximum size 1 MiB)\nLargest field: .body (1.24 MiB)";
    expect(checkStorable(document)).toBe(message);
    expect(checkStorable(document, JSON.stringify(document).length)).toBe(message);
    expect(checkStorable({ a: "x".repeat(MEBIBYTE - 5) })).toContain("Value is too large");
  });

  test("too large although its text is short: numbers count nine bytes", () => {
    const document = Object.fromEntries(
      nulls(20).map((_, i) => [`list${i}`, Array.from({ length: 8_000 }, () => 1)]),
    );
    const text = JSON.stringify(document);
    expect(text.length).toBeLessThan(MEBIBYTE / 3);
    expect(checkStorable(document, text.length)).toContain("Value is too large (1.37 MiB");
  });

  test("of large bytes", () => {
    const bytes = convexToJson(new ArrayBuffer(2 * MEBIBYTE));
    expect(checkStorable({ bytes })).toContain("Value is too large (2.00 MiB");
  });
});

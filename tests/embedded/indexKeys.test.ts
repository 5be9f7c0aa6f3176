import { describe, expect, test } from "vitest";
import { fieldAt, indexKey } from "../../src/embedded/engine/indexKeys";
import type { IndexInfo } from "../../src/embedded/engine/types";
import type { JsonDocument, JsonObject } from "../../src/embedded/values/json";
import { encodeKey } from "../../src/embedded/values/keys";
import { internalId } from "./store/folders";

const doc = (fields: JsonObject): JsonDocument => ({ ...fields, _id: "id", _creationTime: 5 });
const index = (name: string, fields: string[]): IndexInfo => ({
  kind: "database",
  indexId: 1,
  name,
  fields,
  state: "enabled",
});

describe("indexKey", () => {
  test("is the values in the order of the index, then the id", () => {
    const byNameAndAge = index("by_name_and_age", ["name", "age", "_creationTime"]);
    const key = indexKey(byNameAndAge, doc({ age: 3, name: "ann", other: true }), internalId(7));
    expect(key).toEqual(new Uint8Array(Buffer.concat([encodeKey(["ann", 3, 5]), internalId(7)])));
  });

  test("has undefined for a missing field", () => {
    const key = indexKey(index("by_name", ["name", "_creationTime"]), doc({}), internalId(7));
    expect(key).toEqual(new Uint8Array(Buffer.concat([encodeKey([undefined, 5]), internalId(7)])));
  });

  test("is the id alone in by_id", () => {
    expect(indexKey(index("by_id", ["_id"]), doc({}), internalId(7))).toEqual(internalId(7));
  });
});

describe("fieldAt", () => {
  test.each<[string, unknown]>([
    ["name", "ann"],
    ["address.city", "Bern"],
    ["address.geo.lat", 46.9],
    ["address", { city: "Bern", geo: { lat: 46.9 } }],
    ["missing", undefined],
    ["address.missing", undefined],
    ["name.length", undefined],
    ["list.length", undefined],
    ["list.0", undefined],
    ["nothing.city", undefined],
    ["dotted.name", undefined],
    ["toString", undefined],
    ["address.constructor", undefined],
  ])("%s -> %j", (path, expected) => {
    const document = doc({
      name: "ann",
      address: { city: "Bern", geo: { lat: 46.9 } },
      list: ["a"],
      nothing: null,
      "dotted.name": "a field whose name has a dot is out of reach",
    });
    expect(fieldAt(document, path)).toEqual(expected);
  });
});

import { expect, test } from "vitest";
import { compareVersions, isSemanticVersion } from "../../../src/core/semanticVersion";

test.each(["0.0.1", "1.2.0", "10.20.30", "999999999.0.0"])("%s is a version", (text) => {
  expect(isSemanticVersion(text)).toBe(true);
});

test.each([
  "1.2",
  "1.2.3.4",
  "01.2.3",
  "v1.2.3",
  "1.2.3-beta",
  "1.2.3\n",
  "1..3",
  "9999999999.0.0",
])("%j is none", (text) => {
  expect(isSemanticVersion(text)).toBe(false);
});

test("versions are compared number by number", () => {
  const inOrder = ["0.9.9", "1.0.0", "1.2.0", "1.10.0", "1.10.1", "2.0.0"];
  expect(inOrder.toReversed().toSorted(compareVersions)).toEqual(inOrder);
  expect(compareVersions("1.2.0", "1.2.0")).toBe(0);
});

import { expect, test } from "vitest";
import {
  canonicalName,
  fromHandle,
  shownName,
  storedName,
  toHandle,
} from "../../../src/embedded/runtime/functionPath";

test.each([
  ["messages", "messages:default"],
  ["messages.js", "messages:default"],
  ["messages:list", "messages:list"],
  ["messages.js:list", "messages:list"],
  ["messages.ts:list", "messages:list"],
  ["dir/mod:fn", "dir/mod:fn"],
  ["dir/mod.js:default", "dir/mod:default"],
])("%s names %s", (path, expected) => {
  expect(canonicalName(path)).toBe(expected);
});

test("a name is shown without .js and without the default export", () => {
  expect(shownName("dir/mod.js:fn")).toBe("dir/mod:fn");
  expect(shownName("dir/mod.js:default")).toBe("dir/mod");
  expect(storedName({ modulePath: "dir/mod", exportName: "fn" })).toBe("dir/mod.js:fn");
});

test("a handle names its function, and nothing else is a handle", () => {
  const target = { componentPath: "workflow/workpool", name: "dir/mod:fn" };
  expect(fromHandle(toHandle(target))).toEqual(target);
  expect(fromHandle("function://")).toBeNull();
  expect(fromHandle("messages:list")).toBeNull();
});

// @vitest-environment jsdom
import { expect, test } from "vitest";
import { RESERVED_SLUGS } from "../../../src/core/reservedSlugs";
import { router } from "../../../src/dashboard/router";
import { toCostSearch } from "../../../src/dashboard/screens/costs/search";

test("no tenant's slug is an address of the dashboard's own", () => {
  const own = Object.keys(router.routesByPath)
    .map((path) => path.split("/")[1] ?? "")
    .filter((first) => first !== "" && !first.startsWith("$"));
  expect(own).toContain("open");
  for (const first of own) expect(RESERVED_SLUGS).toContain(first);
});

test.each([
  ["2026-11", { period: "2026-11" }],
  ["2026-11-20", { period: "2026-11-20" }],
  ["total", { period: "total" }],
  ["nonsense", {}],
  ["2026-13", {}],
  [7, {}],
])("of the period %s in an address, what can be one is taken", (period, taken) => {
  expect(toCostSearch({ period })).toEqual(taken);
});

// @vitest-environment jsdom
/** Tables: what their headings sort, which of their columns are shown, and what an export has of both. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Cell } from "../../../src/core/csv";
import { DataTable, type Column } from "../../../src/dashboard/ui/DataTable";
import { chooseColumns } from "../../../src/dashboard/ui/table/columnChoice";
import { compareKeys, sortKey } from "../../../src/dashboard/ui/table/order";
import { saveCsv } from "../../../src/dashboard/ui/saveCsv";

vi.mock("../../../src/dashboard/ui/saveCsv", () => ({ saveCsv: vi.fn() }));

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe("the order of cells", () => {
  const sorted = (cells: Cell[], isNumber: boolean) =>
    cells
      .flatMap((cell) => sortKey(cell, isNumber) ?? [])
      .toSorted(compareKeys)
      .map(String);

  test.each<[string, boolean, Cell[], string[]]>([
    ["amounts are numbers", true, ["10.5", "9", "0.25", "0.5"], ["0.25", "0.5", "9", "10.5"]],
    ["so are counts of both kinds", true, [3, 10n, 2n, 2.5], ["2", "2.5", "3", "10"]],
    ["negative ones come first", true, ["0", "-2", "-10"], ["-10", "-2", "0"]],
    ["capitals do not count", false, ["b", "A", "C", "a1"], ["A", "a1", "b", "C"]],
    [
      "numbers in texts do",
      false,
      ["Agent 10", "Agent 9", "agent 8"],
      ["agent 8", "Agent 9", "Agent 10"],
    ],
    ["letters with marks are beside those without", false, ["z", "é", "f"], ["é", "f", "z"]],
    ["numbers are before texts", false, ["a", 2, "1", 10], ["2", "10", "1", "a"]],
  ])("%s", (...[, isNumber, cells, expected]) => {
    expect(sorted(cells, isNumber)).toEqual(expected);
  });

  test("nothing, an empty text and what is no number have no place in it", () => {
    expect([undefined, ""].map((cell) => sortKey(cell, true))).toEqual([undefined, undefined]);
    expect(sortKey("unknown", true)).toBe(undefined);
    expect(sortKey(0, true)).toBe(0);
  });

  test("is one: whatever is between two others is so from both sides", () => {
    const key = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.bigInt());
    fc.assert(
      fc.property(key, key, key, (a, b, c) => {
        expect(Math.sign(compareKeys(a, b)) + Math.sign(compareKeys(b, a))).toBe(0);
        const [least, middle, most] = [a, b, c].toSorted(compareKeys);
        expect(compareKeys(least!, most!)).toBeLessThanOrEqual(0);
        expect(compareKeys(least!, middle!)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

type Agent = { name: string; cost: string; note?: string };
const AGENTS: readonly Agent[] = [
  { name: "Clerk", cost: "9.5" },
  { name: "agent", cost: "10.25", note: "new" },
  { name: "Buyer", cost: "" },
];
const COLUMNS: readonly Column<Agent>[] = [
  { name: "Name", cell: ({ name }) => name, value: ({ name }) => name },
  { name: "Cost", isNumber: true, cell: ({ cost }) => `$${cost}`, value: ({ cost }) => cost },
  { name: "Note", cell: ({ note }) => note ?? "–", value: ({ note }) => note },
  { name: "Place", cell: () => "here", value: () => "here", sortBy: null },
  { name: "Change", cell: () => <button>Pause</button> },
  { name: "Id", value: ({ name }) => `id of ${name}` },
];

type Extent = { pages?: { status: string; loadMore: () => void }; cut?: string };
const table = (extent: Extent = {}, columns = COLUMNS) => (
  <DataTable name="Agents" columns={columns} rows={AGENTS} keyOf={({ name }) => name} {...extent} />
);
const names = () =>
  screen.getAllByRole("row").flatMap((row) => row.querySelector("td")?.textContent ?? []);
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
const order = (name: string) =>
  screen.getByRole("columnheader", { name }).getAttribute("aria-sort");
const headings = () => screen.getAllByRole("columnheader").map(({ textContent }) => textContent);

describe("a heading", () => {
  test("of texts sorts from the first, from the last, and no longer", () => {
    render(table());
    const seen = [0, 1, 2, 3].map((count) => {
      if (count > 0) press("Name");
      return [order("Name"), ...names()];
    });
    expect(seen).toEqual([
      ["none", "Clerk", "agent", "Buyer"],
      ["ascending", "agent", "Buyer", "Clerk"],
      ["descending", "Clerk", "Buyer", "agent"],
      ["none", "Clerk", "agent", "Buyer"],
    ]);
  });

  test("of amounts begins with the most; what has none is last both ways; one is sorted by at a time", () => {
    render(table());
    press("Name");
    press("Cost");
    expect([order("Name"), order("Cost")]).toEqual(["none", "descending"]);
    expect(names()).toEqual(["agent", "Clerk", "Buyer"]);
    press("Cost");
    expect([order("Cost"), ...names()]).toEqual(["ascending", "Clerk", "agent", "Buyer"]);
  });

  test("of what has no order is only that", () => {
    render(table());
    expect(screen.queryByRole("button", { name: /Place|Change/ })).toBe(null);
    expect(order("Place")).toBe(null);
  });

  test.each<Extent>([
    { pages: { status: "CanLoadMore", loadMore: () => {} } },
    { pages: { status: "LoadingMore", loadMore: () => {} } },
    { cut: "The best 3 matches." },
  ])("sorts nothing while there may be other rows: %j", (extent) => {
    const { rerender } = render(table());
    press("Name");
    rerender(table(extent));
    expect(screen.queryByRole("button", { name: "Name" })).toBe(null);
    expect([order("Name"), ...names()]).toEqual([null, "Clerk", "agent", "Buyer"]);
  });

  test("sorts a list whose pages have all come", () => {
    render(table({ pages: { status: "Exhausted", loadMore: () => {} } }));
    press("Name");
    expect(names()).toEqual(["agent", "Buyer", "Clerk"]);
  });

  test("sorts anew by what its column has come to tell", () => {
    const spent = (sums: Readonly<Record<string, string>>) => [
      ...COLUMNS.slice(0, 1),
      { ...COLUMNS[1]!, value: ({ name }: Agent) => sums[name] ?? "0" },
    ];
    const { rerender } = render(table({}, spent({})));
    press("Cost");
    rerender(table({}, spent({ Buyer: "2", agent: "1" })));
    expect(names()).toEqual(["Buyer", "agent", "Clerk"]);
  });
});

describe("the choice of columns", () => {
  test("is kept, whatever else it names, and for that table alone", () => {
    chooseColumns("Agents", { Note: false, "of an older version": false });
    chooseColumns("Runs", { Name: false });
    render(table());
    expect(headings()).toEqual(["Name", "Cost", "Place", "Change"]);
  });

  test("never leaves none", () => {
    const none = Object.fromEntries(COLUMNS.map(({ name }) => [name, false]));
    chooseColumns("Agents", none);
    render(table());
    expect(headings()).toHaveLength(5);
  });

  test("is not offered where few are shown", () => {
    render(table({}, COLUMNS.slice(1)));
    expect(screen.queryByRole("button", { name: "Columns" })).toBe(null);
  });

  test("of the one that rows are sorted by ends that", () => {
    const { rerender } = render(table());
    press("Name");
    chooseColumns("Agents", { Name: false });
    rerender(table());
    expect(screen.getAllByRole("row")[1]!.textContent).toContain("9.5");
  });
});

test("an export has all columns, the rows as they are shown", () => {
  chooseColumns("Agents", { Cost: false, Change: false });
  render(table());
  press("Name");
  press("These rows as CSV");
  expect(vi.mocked(saveCsv).mock.lastCall).toEqual([
    "Agents.csv",
    [
      "Name,Cost,Note,Place,Id",
      "agent,10.25,new,here,id of agent",
      "Buyer,,,here,id of Buyer",
      "Clerk,9.5,,here,id of Clerk",
      "",
    ].join("\r\n"),
  ]);
});

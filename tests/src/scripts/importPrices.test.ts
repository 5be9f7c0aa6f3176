import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describe as lineOf, merge } from "../../../scripts/prices/merge";
import { readTable } from "../../../scripts/prices/table";
import type { PriceData, PriceRecord } from "../../../src/pricing/priceData";

const MODEL = {
  provider: "acme",
  model: "one",
  name: "One",
  input: 3,
  output: 15,
  contextWindow: 1_000,
  maxOutput: 100,
  tiers: [],
  serviceTierMultipliers: { flex: 0.5 },
  regionMultipliers: { "inference_geo:us": 1.1 },
  fees: { webSearchPer1k: 10 },
  effectiveFrom: null,
  schedule: [],
  deprecationDate: null,
  sources: ["a"],
  confidence: "single-source",
};

/** The book with the table of a day in it, and the diff. */
function withTable(
  book: readonly PriceRecord[],
  asOf: string,
  models: unknown[],
): { records: PriceRecord[]; diff: string[] } {
  const { records, changes } = merge(book, readTable({ meta: { asOf }, models }));
  return { records, diff: changes.map(lineOf) };
}

const starts = (records: readonly PriceRecord[]): unknown[] =>
  records.map(({ effectiveFrom, rates }) => [effectiveFrom, rates.inputFresh]);

describe("a table of prices", () => {
  test("becomes whole picoUSD, factors as fractions, and fees of one use", () => {
    const { records, diff } = withTable([], "2026-11-20", [MODEL]);
    expect(records[0]).toMatchObject({
      rates: { inputFresh: 3_000_000, output: 15_000_000 },
      serviceTiers: { flex: { multiplier: { num: 1, den: 2 }, rates: null } },
      regions: { us: { num: 11, den: 10 } },
      fees: { webSearch: 10_000_000_000 },
    });
    expect(diff).toEqual(["added     acme/one: inputFresh 3, output 15"]);
  });

  test("that comes again changes nothing, and a new source changes no price", () => {
    const { records } = withTable([], "2026-11-20", [MODEL]);
    expect(withTable(records, "2026-11-21", [MODEL])).toEqual({ records, diff: [] });
    const more = withTable(records, "2026-12-01", [{ ...MODEL, sources: ["a", "b"] }]);
    expect(starts(more.records)).toEqual([[null, 3_000_000]]);
    expect(more.records[0]?.sources).toEqual(["a", "b"]);
    expect(more.diff).toEqual(["facts     acme/one: limits, sources or notes; no price"]);
  });

  test("with another price: it holds from the table's day on, and the old one stays for what came before", () => {
    const first = withTable([], "2026-11-20", [MODEL]).records;
    const tiers = [{ inputTokensAbove: 200_000, comparison: "gte", input: 4 }];
    const dearer = { ...MODEL, input: 2, cacheRead: 0.2, tiers };
    const { records, diff } = withTable(first, "2026-12-01", [dearer]);
    expect(starts(records)).toEqual([
      [null, 3_000_000],
      ["2026-12-01", 2_000_000],
    ]);
    expect(records[0]).toEqual(first[0]);
    expect(diff).toEqual([
      "changed   acme/one from 2026-12-01: inputFresh 3 → 2, cacheRead none → 0.2, beyond 200000 inputFresh none → 4",
    ]);
    expect(withTable(records, "2026-12-02", [dearer]).diff).toEqual([]);
    // The price of before comes back: a third record, and not the first one again.
    expect(starts(withTable(records, "2027-01-01", [MODEL]).records)).toHaveLength(3);
  });

  test("that announces a price, and leaves a model out", () => {
    const announced = { ...MODEL, schedule: [{ from: "2027-01-01", input: 6 }] };
    const two = { ...MODEL, model: "two" };
    const first = withTable([], "2026-11-20", [announced, two]);
    expect(first.diff).toContain("announced acme/one from 2027-01-01: inputFresh 3 → 6");
    const later = withTable(first.records, "2026-12-01", [announced]);
    expect(later.records).toEqual(first.records);
    expect(later.diff).toEqual(["retired   acme/two: not in the table; its price stays"]);
    const moved = { ...MODEL, schedule: [{ from: "2027-01-01", input: 5 }] };
    expect(withTable(later.records, "2026-12-02", [moved]).diff).toContain(
      "announced acme/one from 2027-01-01: inputFresh 6 → 5",
    );
    const came = withTable(later.records, "2027-02-01", [{ ...MODEL, input: 6 }]);
    expect(starts(came.records)).toEqual(starts(later.records));
  });

  test("brings what a model cost before into a book that does not have it yet, and into no other", () => {
    const terra = { ...MODEL, provider: "openai", model: "gpt-5.6-terra", input: 2, output: 12 };
    const { records } = withTable([], "2026-11-20", [terra]);
    expect(starts(records)).toEqual([
      [null, 2_500_000],
      ["2026-07-30", 2_000_000],
    ]);
    expect(withTable(records.slice(1), "2026-11-21", [terra]).records).toHaveLength(1);
  });

  test.each([
    ["a price of less than a pico", { input: 0.0000001 }, /acme\/one: 1e-7 USD/],
    ["a negative price", { input: -1 }, /models\[0\]\.input/],
    ["a field that nobody knows", { cacheWrite24h: 1 }, /cacheWrite24h/],
    ["a fee that nobody knows", { fees: { dreamsPer1k: 1 } }, /dreamsPer1k/],
    ["a day that is none", { deprecationDate: "2026-02-30" }, /deprecationDate/],
  ])("is refused for %s, by name", (_what, bad, message) => {
    expect(() => withTable([], "2026-11-20", [{ ...MODEL, ...bad }])).toThrow(message);
    expect(() => withTable([], "2026-11-20", [MODEL, MODEL])).toThrow("acme/one twice");
  });
});

describe("npm run prices:import", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "prices-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fileOf = (name: string) => join(folder, name);

  function write(asOf: string, models: unknown[]): void {
    writeFileSync(fileOf("table.json"), JSON.stringify({ meta: { asOf }, models }));
  }

  async function run(...flags: string[]): Promise<{ code: number; output: string }> {
    const script = ["--import", "tsx", "scripts/importPrices.ts"];
    const args = [...script, fileOf("table.json"), "--book", fileOf("book.json"), ...flags];
    return await new Promise((resolve) => {
      const child = execFile(process.execPath, args, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  test("writes the book, or with --dry-run only says what it would do", async () => {
    write("2026-11-20", [MODEL]);
    const dry = await run("--dry-run");
    expect(dry.code).toBe(2);
    expect(dry.output).toMatch(/^added {5}acme\/one/);
    expect(readdirSync(folder)).toEqual(["table.json"]);

    expect(await run()).toMatchObject({ code: 0 });
    const book = readFileSync(fileOf("book.json"), "utf8");
    expect((JSON.parse(book) as PriceData).version).toMatch(/^2026-11-20\.[0-9a-f]{8}$/);
    expect((await run("--dry-run")).code).toBe(0);
    expect((await run()).code).toBe(0);
    expect(readFileSync(fileOf("book.json"), "utf8")).toBe(book);
    expect(readdirSync(folder)).toEqual(["book.json", "table.json"]);

    write("2026-11-19", [MODEL]);
    expect(await run()).toMatchObject({ code: 1, output: expect.stringContaining("newer") });
    write("2026-11-21", [{ ...MODEL, input: "3" }]);
    expect(await run()).toMatchObject({ code: 1, output: expect.stringContaining("input") });
    expect(readFileSync(fileOf("book.json"), "utf8")).toBe(book);
  });
});

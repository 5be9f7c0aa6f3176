import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "prices-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function importTable(asOf: string, models: unknown[]): PriceData {
  const [table, book] = [join(folder, "table.json"), join(folder, "book.json")];
  writeFileSync(table, JSON.stringify({ meta: { asOf }, models }));
  const script = ["--import", "tsx", "scripts/importPrices.ts", table, book];
  execFileSync(process.execPath, script, { stdio: "pipe" });
  return JSON.parse(readFileSync(book, "utf8")) as PriceData;
}

const summary = ({ records }: PriceData): unknown[] =>
  records.map(({ effectiveFrom, rates }: PriceRecord) => [effectiveFrom, rates.inputFresh]);

test("a price becomes whole picoUSD, its factors fractions, and its fees those of one use", () => {
  const { records, version } = importTable("2026-11-20", [MODEL]);
  expect(records[0]).toMatchObject({
    rates: { inputFresh: 3_000_000, output: 15_000_000 },
    serviceTiers: { flex: { multiplier: { num: 1, den: 2 }, rates: null } },
    regions: { us: { num: 11, den: 10 } },
    fees: { webSearch: 10_000_000_000 },
  });
  expect(version).toMatch(/^2026-11-20\.[0-9a-f]{8}$/);
});

test("the same table again changes nothing, and a new source changes no price", () => {
  const first = importTable("2026-11-20", [MODEL]);
  expect(importTable("2026-11-20", [MODEL])).toEqual(first);
  const confirmed = importTable("2026-12-01", [{ ...MODEL, sources: ["a", "b"] }]);
  expect(summary(confirmed)).toEqual([[null, 3_000_000]]);
  expect(confirmed.records[0]?.sources).toEqual(["a", "b"]);
});

test("a changed price holds from the table's day on, and the old one stays for what came before", () => {
  importTable("2026-11-20", [MODEL]);
  const changed = importTable("2026-12-01", [{ ...MODEL, input: 2 }]);
  expect(summary(changed)).toEqual([
    [null, 3_000_000],
    ["2026-12-01", 2_000_000],
  ]);
  expect(summary(importTable("2026-12-02", [{ ...MODEL, input: 2 }]))).toEqual(summary(changed));
});

test("an announced price waits for its day, and a model that is no longer listed stays", () => {
  const announced = { ...MODEL, schedule: [{ from: "2027-01-01", input: 6 }] };
  importTable("2026-11-20", [announced]);
  const later = importTable("2026-12-01", [announced, { ...MODEL, model: "two" }]);
  expect(summary(later)).toEqual([
    [null, 3_000_000],
    ["2027-01-01", 6_000_000],
    [null, 3_000_000],
  ]);
  expect(summary(importTable("2027-02-01", [{ ...MODEL, input: 6 }]))).toEqual(summary(later));
});

test("a price that is no whole picoUSD is refused", () => {
  expect(() => importTable("2026-11-20", [{ ...MODEL, input: 0.0000001 }])).toThrow();
});

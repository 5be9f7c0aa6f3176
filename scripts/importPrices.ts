/**
 * Takes a table of published prices (USD per million tokens) into the price book, and prints what that changes.
 *
 *   npm run prices:import -- <table.json> [--dry-run] [--book <book.json>]
 *
 * Exit codes: 0 the book says what the table does (now, or all along); 1 the table is refused, and nothing is written;
 * 2 with --dry-run: it would change the book, and nothing is written.
 */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { format } from "prettier";
import type { PriceData } from "../src/pricing/priceData";
import { describe, merge, type Change } from "./prices/merge";
import { readTable } from "./prices/table";

const OWN_BOOK = fileURLToPath(new URL("../src/pricing/data/prices.json", import.meta.url));

const program = new Command("prices:import")
  .argument("<table>", "the table of prices, JSON")
  .option("--dry-run", "print what would change, and write nothing", false)
  .option("--book <path>", "the price book", OWN_BOOK)
  .action(async (table: string, options: { dryRun: boolean; book: string }) => {
    process.exitCode = await importPrices(table, options);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function importPrices(
  tablePath: string,
  { dryRun, book: bookPath }: { dryRun: boolean; book: string },
): Promise<number> {
  const table = readTable(JSON.parse(readFileSync(tablePath, "utf8")));
  const before = readBook(bookPath);
  if (before !== null && before.asOf > table.asOf) {
    throw new Error(`The table is of ${table.asOf}, the book of ${before.asOf}: it is newer.`);
  }
  const { records, changes } = merge(before?.records ?? [], table);
  for (const change of changes) console.log(describe(change));
  console.log(summaryOf(changes));
  const hash = createHash("sha256").update(JSON.stringify(records)).digest("hex");
  const version = `${table.asOf}.${hash.slice(0, 8)}`;
  if (before?.version === version) return 0;
  if (dryRun) return 2;
  const book: PriceData = { version, asOf: table.asOf, records };
  const text = await format(JSON.stringify(book), { parser: "json", printWidth: 100 });
  writeFileSync(`${bookPath}.new`, text);
  renameSync(`${bookPath}.new`, bookPath);
  console.log(`version ${version}, ${records.length} records`);
  return 0;
}

function summaryOf(changes: readonly Change[]): string {
  const kinds = ["added", "changed", "announced", "facts", "retired"] as const;
  return kinds
    .map((kind) => `${changes.filter((change) => change.kind === kind).length} ${kind}`)
    .join(", ");
}

function readBook(path: string): PriceData | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as PriceData;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

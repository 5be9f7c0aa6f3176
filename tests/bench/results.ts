/** Where a benchmark's figures go: `bench-results/`, as Markdown and as JSON, and a page of the docs. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Report } from "./report";

const RESULTS_FOLDER = "bench-results";
/** What is replaced in a page of the docs. */
const FIGURES = /(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)/s;

export function writeResults(
  report: Report,
  {
    name,
    startedAt,
    loadBefore,
    rounds,
    docs,
  }: {
    /** What the files' names begin with. */
    name: string;
    startedAt: Date;
    loadBefore: number;
    rounds: number;
    /** The page that gets the table, if one does. */
    docs: string | null;
  },
): { figures: string; file: string } {
  const machine = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    loadBefore,
  };
  const figures = [
    `${rounds} rounds on ${startedAt.toISOString().slice(0, 10)}; ${machine.cores} × ${machine.cpu}, ` +
      `Node ${machine.node}, load ${loadBefore.toFixed(1)} before.`,
    "",
    report.table(),
  ].join("\n");
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const file = join(RESULTS_FOLDER, name + startedAt.toISOString().replaceAll(/[:.]/g, "-"));
  const result = { startedAt, rounds, machine, measures: report.rows() };
  writeFileSync(`${file}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${file}.md`, `${figures}\n`);
  if (docs !== null) {
    const page = readFileSync(docs, "utf8");
    if (!FIGURES.test(page)) throw new Error(`${docs} has no place for figures`);
    writeFileSync(
      docs,
      page.replace(FIGURES, () => `\n${figures}\n\n`),
    );
  }
  return { figures, file };
}

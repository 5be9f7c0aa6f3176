/**
 * `npm run bench`: measures everything side by side, round by round, and prints a table. It stands in
 * `bench-results/` as well, beside the figures as JSON, and with `--docs` in the docs.
 *
 *     npm run bench -- --rounds 1 --only raw,runtime
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { bundleProject } from "../../src/embedded/deploy/bundleProject";
import type { Push } from "../../src/embedded/deploy/types";
import { measureConvexTest } from "./convexTest";
import { PROJECT } from "./documents";
import { measureGrowth, openGrowth } from "./growth";
import { measureRuntime, openBench, type Bench } from "./inProcess";
import { MEASURES, type Add } from "./measures";
import { measureServer, openServer } from "./overSockets";
import { measureBroadcast } from "./fanOut";
import { measureFileTransfers } from "./fileTransfers";
import { measureRawStore } from "./rawStore";
import { Report } from "./report";
import { writeResults } from "./results";
import { measureSearch, openSearch } from "./searches";
import { measureSlowQuery } from "./slowQuery";

const DOCS_FILE = "docs/benchmarks.md";
const SMALL = 1_000;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    docs: { type: "boolean", default: false },
  },
});
const only = values.only?.split(",");

type Contender = { name: string; run(): Promise<void>; close?(): Promise<void> };

async function contenders(push: Push, add: Add): Promise<Contender[]> {
  const wanted = (name: string) => only === undefined || only.includes(name);
  const all: Contender[] = [
    { name: "raw", run: () => measureRawStore(add) },
    { name: "convex-test", run: () => measureConvexTest(add) },
    { name: "runtime", run: () => withNewRuntime(push, (bench) => measureRuntime(bench, add)) },
    { name: "slow", run: () => withNewRuntime(push, (bench) => measureSlowQuery(bench, add)) },
  ];
  if (wanted("files")) all.push({ name: "files", run: () => measureFileTransfers(add) });
  if (wanted("server") || wanted("fan-out")) {
    const server = await openServer();
    all.push(
      { name: "server", run: () => measureServer(server, add), close: () => server.close() },
      { name: "fan-out", run: () => measureBroadcast(server.apiUrl, add) },
    );
  }
  if (wanted("growth")) {
    const growth = await openGrowth(push);
    const run = () => measureGrowth(growth, add);
    all.push({ name: "growth", run, close: () => growth.close() });
  }
  if (wanted("search")) {
    const search = await openSearch(push);
    const run = () => measureSearch(search, push, add);
    all.push({ name: "search", run, close: () => search.close() });
  }
  const unknown = only?.find((name) => !all.some((contender) => contender.name === name));
  if (unknown !== undefined) throw new Error(`There is nothing named "${unknown}" to measure`);
  return all.filter(({ name }) => wanted(name));
}

function minutesSoFar(): string {
  return `${((Date.now() - startedAt.getTime()) / 60_000).toFixed(1)} minutes`;
}

/** A new one for each round, for what it measures also adds documents. */
async function withNewRuntime(push: Push, measure: (bench: Bench) => Promise<void>) {
  const small = await openBench(push, SMALL);
  try {
    await measure(small);
  } finally {
    await small.close();
  }
}

const startedAt = new Date();
/** What else the machine was doing: on a busy one the figures say little, and single rounds nothing. */
const loadBefore = loadavg()[0] ?? 0;
const report = new Report(MEASURES, { raw: "of raw store", convexTest: "× convex-test" });
const push = await bundleProject(PROJECT);
const all = await contenders(push, (id, value) => report.add(id, value));
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const contender of all) await contender.run();
    console.error(
      `Round ${round + 1} of ${values.rounds} is done, ${minutesSoFar()} since the start.`,
    );
  }
} finally {
  for (const contender of all) await contender.close?.();
}

const { figures, file } = writeResults(report, {
  name: "",
  startedAt,
  loadBefore,
  rounds: Number(values.rounds),
  docs: values.docs ? DOCS_FILE : null,
});
console.log(`${figures}\n\nWritten to ${file}.md and .json after ${minutesSoFar()}`);
process.exit(0);

/**
 * `npm run bench`: measures everything side by side, round by round, and prints a table.
 *
 *     npm run bench -- --rounds 1 --only runtime
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
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
import { measureSearch, openSearch } from "./searches";
import { measureSlowQuery } from "./slowQuery";

const RESULTS_FOLDER = "bench-results";
const SMALL = 1_000;

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, only: { type: "string" } },
});

type Contender = { name: string; run(): Promise<void>; close?(): Promise<void> };

async function contenders(push: Push, add: Add): Promise<Contender[]> {
  const wanted = (name: string) => values.only === undefined || values.only === name;
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
  return all.filter(({ name }) => wanted(name));
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
const report = new Report(MEASURES);
const push = await bundleProject(PROJECT);
const all = await contenders(push, (id, value) => report.add(id, value));
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const contender of all) await contender.run();
    console.error(`Round ${round + 1} of ${values.rounds} is done.`);
  }
} finally {
  for (const contender of all) await contender.close?.();
}

const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  loadBefore,
};
mkdirSync(RESULTS_FOLDER, { recursive: true });
const file = join(RESULTS_FOLDER, `${startedAt.toISOString().replaceAll(/[:.]/g, "-")}.json`);
const result = { startedAt, rounds: Number(values.rounds), machine, measures: report.rows() };
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
console.log(report.table());
console.log(
  `\n${machine.cores} × ${machine.cpu}, Node ${machine.node}, load ${loadBefore.toFixed(1)} before; written to ${file}`,
);
process.exit(0);

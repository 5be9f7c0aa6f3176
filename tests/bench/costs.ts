/**
 * Views of costs over ledgers of three sizes: what a view costs, and how many rows it reads, must not grow with them. And
 * a burst of bookings: how fast they are taken, and what readers see meanwhile.
 *
 *     npm run bench:costs                            # ten thousand, a hundred thousand, a million events
 *     npm run bench:costs -- --sizes 10000,100000 --burst 2000
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleProject } from "../../src/embedded/deploy/bundleProject";
import type { Push } from "../../src/embedded/deploy/types";
import { createAssembly } from "../../src/embedded/runtime/createRuntime";
import type { Runtime } from "../../src/embedded/runtime/types";
import { ISSUER_VARIABLES } from "../convex/ownIssuer";
import { COST_NOW_MS, fillLedger, type Ledger } from "./costRows";
import { median, perSecondConcurrent, quantile, rateAndCpu } from "./measure";
import { OWNER } from "./productRows";

const ROUNDS = 9;
const CALLS = 20;
const WIDTH = 8;
const RATIO_MAX = 1.2;
const DAY_MS = 24 * 60 * 60 * 1_000;

type Size = { ledger: Ledger; runtime: Runtime; close(): Promise<void> };
type View = { title: string; path: string; args: object };
type Measured = { micros: number; rows: number };

const nowMs = COST_NOW_MS;
const paginationOpts = { numItems: 20, cursor: null };
const month = { from: nowMs - 30 * DAY_MS, to: nowMs };

const VIEWS: readonly View[] = [
  { title: "summary", path: "summary", args: { nowMs } },
  { title: "history: 31 days", path: "history", args: { unit: "day", ...month } },
  {
    title: "history: 169 hours of a provider",
    path: "history",
    args: {
      unit: "hour",
      from: nowMs - 7 * DAY_MS,
      to: nowMs,
      dimension: "provider",
      key: "openai",
    },
  },
  { title: "byModel: month", path: "byModel", args: { nowMs, paginationOpts } },
  { title: "byAgent: month", path: "byAgent", args: { nowMs, paginationOpts } },
  {
    title: "bySession: all of time, 20 of them",
    path: "bySession",
    args: { period: "total", paginationOpts },
  },
  {
    title: "listEvents: a month of a model, 20 of them",
    path: "listEvents",
    args: { period: "month", nowMs, dimension: "model", key: "openai/model-3", paginationOpts },
  },
];

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "10000,100000,1000000" },
    burst: { type: "string", default: "10000" },
  },
});
const FOLD = { path: "jobs/rollups:start", args: {}, isInternal: true };
let asked = 0;
const push = await bundleProject(".");
const sizes: Size[] = [];
try {
  for (const events of values.sizes.split(",")) sizes.push(await open(push, Number(events)));
  const lines: string[] = [];
  for (const view of VIEWS) lines.push(await compare(view));
  const names = sizes.map(({ ledger }) => ledger.events.toLocaleString("en-US"));
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(`\nLoad ${load.join(", ")}. CPU µs (rows read) of one call.\n`);
  console.log(`| view | ${names.join(" events | ")} events | ratio | at most ${RATIO_MAX} |`);
  console.log(`| ---- |${" ---: |".repeat(names.length + 2)}`);
  for (const line of lines) console.log(line);
  const first = sizes[0];
  if (first !== undefined) await burst(first, Number(values.burst));
} finally {
  for (const size of sizes) await size.close();
}

async function open(project: Push, events: number): Promise<Size> {
  const folder = mkdtempSync(join(tmpdir(), "bench-costs-"));
  const assembly = await createAssembly({ folder, runCrons: false });
  const { runtime } = assembly;
  await runtime.setEnvironment(ISSUER_VARIABLES);
  await runtime.deploy(project);
  const startMs = performance.now();
  const ledger = await fillLedger(assembly, events);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
  console.error(`${events} events and ${ledger.rollups} sums are there after ${seconds} s.`);
  return {
    ledger,
    runtime,
    async close() {
      await runtime.close({ graceMs: 0 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** All sizes in each round, in turns, so that a slow moment hits all; the ratio is of the largest to the smallest. */
async function compare(view: View): Promise<string> {
  for (const size of sizes) await measured(size, view);
  const rounds: Measured[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const found: Measured[] = [];
    const order = sizes.map((_, index) => (round % 2 === 0 ? index : sizes.length - 1 - index));
    for (const index of order) {
      const size = sizes[index];
      if (size !== undefined) found[index] = await measured(size, view);
    }
    rounds.push(found);
  }
  const ratios = rounds.map((found) => (found.at(-1)?.micros ?? NaN) / (found[0]?.micros ?? NaN));
  const cells = sizes.map((_, index) => {
    const micros = median(rounds.map((found) => found[index]?.micros ?? NaN));
    return `${micros.toFixed(0)} (${rounds[0]?.[index]?.rows ?? "?"})`;
  });
  const ratio = median(ratios);
  const verdict = ratio <= RATIO_MAX ? "reached" : "MISSED";
  return `| ${[view.title, ...cells, ratio.toFixed(2), verdict].join(" | ")} |`;
}

async function measured({ runtime }: Size, { path, args }: View): Promise<Measured> {
  const rows: number[] = [];
  const stop = runtime.onLog(({ used }) => {
    if (used !== null && used.documentsRead > 0) rows.push(used.documentsRead);
  });
  const { cpuMicros } = await rateAndCpu(CALLS, () =>
    perSecondConcurrent({ count: CALLS, width: WIDTH }, () =>
      call(runtime, "query", { path: `queries/costs:${path}`, args }),
    ),
  );
  stop();
  if (rows.length !== CALLS) throw new Error(`${path}: ${rows.length} of ${CALLS} calls were run`);
  return { micros: cpuMicros, rows: median(rows) };
}

/** Bookings as fast as they are taken, while a reader looks again and again and sums are folded. */
async function burst({ runtime, ledger }: Size, count: number): Promise<void> {
  const cost = { agentId: ledger.agentId, model: "model-3", provider: "openai" };
  const tokens = { inputTokens: 100, outputTokens: 20, totalTokens: 120 };
  const args = { ...cost, ...tokens, inputCost: "0.001", outputCost: "0.002" };
  const book = { path: "mutations/costs:create", args };
  const read = { path: "queries/costs:summary", args: {} };
  type Summary = { exact: { total: { costEvents: number } }; countedUntil: number | null };
  const look = async () => JSON.parse(await call(runtime, "query", read)) as Summary;
  const before = (await look()).exact.total.costEvents;
  const rowsWhenFolded = await rowsOfSummary(runtime);
  let isBooking = true;
  let incomplete = 0;
  const looks: number[] = [];
  const looking = (async () => {
    while (isBooking) {
      const startMs = performance.now();
      if ((await look()).countedUntil !== null) incomplete++;
      looks.push(performance.now() - startMs);
      await pause(100);
    }
  })();
  // As the cron does: from then on the fold goes on by itself.
  const kicked = pause(2_100).then(async () => await call(runtime, "mutation", FOLD));
  const rate = await perSecondConcurrent({ count, width: 64 }, () =>
    call(runtime, "mutation", book),
  );
  isBooking = false;
  const endedMs = performance.now();
  await Promise.all([looking, kicked]);
  const after = (await look()).exact.total.costEvents;
  let left = await rowsOfSummary(runtime);
  const most = left - rowsWhenFolded;
  while (left > rowsWhenFolded) {
    await pause(100);
    left = await rowsOfSummary(runtime);
  }
  const seconds = ((performance.now() - endedMs) / 1_000).toFixed(1);
  const [middle, slow] = [quantile(looks, 0.5), quantile(looks, 0.95)].map((ms) => ms.toFixed(0));
  console.log(
    `\nBurst of ${count}: ${rate.toFixed(0)} a second; ${looks.length} summaries meanwhile, ${middle} ms ` +
      `(95 %: ${slow} ms), ${incomplete} of them incomplete and saying so; ${after - before} counted at the end, ` +
      `when ${most} were open; all folded ${seconds} s later.`,
  );
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Grows by one with each tally that is open. */
async function rowsOfSummary(runtime: Runtime): Promise<number> {
  let rows = 0;
  const stop = runtime.onLog(({ path, used }) => {
    if (path.endsWith("costs:summary")) rows = used?.documentsRead ?? 0;
  });
  await call(runtime, "query", { path: "queries/costs:summary", args: {} });
  stop();
  return rows;
}

/** Each call comes with claims of its own, so that no stored result is the caller's. */
async function call(
  runtime: Runtime,
  kind: "query" | "mutation",
  { path, args, isInternal = false }: { path: string; args: object; isInternal?: boolean },
): Promise<string> {
  const reply = await runtime[kind]({
    path,
    args: JSON.stringify(args),
    identity: isInternal
      ? { kind: "admin", actingAs: null }
      : {
          kind: "user",
          tokenIdentifier: `${OWNER.issuer}|${OWNER.subject}`,
          expiresAtMs: null,
          attributes: { ...OWNER, call: ++asked },
        },
    requestId: "bench",
    request: { ip: null, userAgent: null },
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.error.message}`);
  return reply.value;
}

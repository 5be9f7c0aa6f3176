/**
 * The product's doors for a tenant with a thousand rows in each large table and for one with many: what a call
 * costs must not grow with them.
 *
 *     npm run bench:product                    # a million rows of each
 *     npm run bench:product -- --rows 200000
 *     npm run bench:product -- --tables sessions,messages   # the others keep a thousand
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
import { median, perSecondConcurrent, rateAndCpu } from "./measure";
import {
  COMMON_WORD,
  EACH,
  fillTenant,
  LARGE_TABLES,
  OWNER,
  skill,
  thing,
  topic,
  type Filled,
  type LargeTable,
} from "./productRows";

const SMALL = 1_000;
const LARGE = 1_000_000;
const ROUNDS = 21;
const CALLS = 60;
const FEW_CALLS = 4;
const WIDTH = 16;
const RATIO_MAX = 1.3;

type Size = { rows: number; filled: Filled; runtime: Runtime; close(): Promise<void> };
type Door = {
  title: string;
  table: LargeTable;
  path: string;
  /** How often it is called in a round, where that takes long. */
  calls?: number;
  args(filled: Filled, index: number): object;
};

const page = { paginationOpts: { numItems: EACH, cursor: null } };
const nth = (ids: readonly string[], index: number) => ids[(index * 7) % ids.length] ?? "";

const DOORS: readonly Door[] = [
  { title: "sessions: list", table: "sessions", path: "sessions:list", args: () => page },
  {
    title: "sessions: list of an agent",
    table: "sessions",
    path: "sessions:list",
    args: ({ agentId }) => ({ agentId, ...page }),
  },
  {
    title: "sessions: get",
    table: "sessions",
    path: "sessions:get",
    args: ({ ids }, index) => ({ sessionId: nth(ids.sessions, index) }),
  },
  {
    title: "messages: list",
    table: "messages",
    path: "messages:list",
    args: ({ sessionId }) => ({ sessionId, ...page }),
  },
  {
    title: "messages: the tenant's newest",
    table: "messages",
    path: "conversations:list",
    args: () => ({ limit: EACH }),
  },
  {
    title: "messages: get",
    table: "messages",
    path: "conversations:get",
    args: ({ ids }, index) => ({ conversationId: nth(ids.messages, index) }),
  },
  {
    title: "runs: list",
    table: "runs",
    path: "runs:listBySession",
    args: ({ sessionId }) => ({ sessionId, ...page }),
  },
  {
    title: "runs: get",
    table: "runs",
    path: "runs:get",
    args: ({ ids }, index) => ({ runId: nth(ids.runs, index) }),
  },
  {
    title: "cost events: list of a run",
    table: "cost_events",
    path: "costs:events",
    args: ({ costedRuns }, index) => ({ runId: nth(costedRuns, index) }),
  },
  { title: "costs: summary", table: "cost_events", path: "costs:summary", args: () => ({}) },
  { title: "activity: list", table: "activity_log", path: "activity:list", args: () => page },
  {
    title: "activity: list of an action",
    table: "activity_log",
    path: "activity:list",
    args: () => ({ action: "bench", ...page }),
  },
  {
    title: "activity: list of a thing",
    table: "activity_log",
    path: "activity:list",
    args: (_, index) => {
      const entityId = thing((index * 7) % (SMALL / EACH));
      return { entityTable: "bench", entityId, ...page };
    },
  },
  { title: "agents: list", table: "agents", path: "agents:listPage", args: () => page },
  {
    title: "agents: get",
    table: "agents",
    path: "agents:get",
    args: ({ ids }, index) => ({ agentId: nth(ids.agents, index) }),
  },
  ...searchesIn("agents"),
  ...searchesIn("sessions"),
  ...searchesIn("messages"),
  { title: "skills: list", table: "skills", path: "skills:list", args: () => page },
  {
    title: "skills: list of a category",
    table: "skills",
    path: "skills:list",
    args: ({ rows }, index) => ({
      category: topic((index * 7) % (rows.skills / EACH)),
      ...page,
    }),
  },
  {
    title: "skills: get",
    table: "skills",
    path: "skills:get",
    args: ({ rows }, index) => ({ skillId: skill((index * 7) % rows.skills) }),
  },
  ...searchesIn("skills"),
];

/** For words that as many rows have whatever the table's size, for one that all have, and for both at once. */
function searchesIn(table: "agents" | "sessions" | "messages" | "skills"): Door[] {
  const rare = ({ rows }: Filled, index: number) => topic((index * 7) % (rows[table] / EACH));
  type Query = (filled: Filled, index: number) => string;
  const search = (words: string, query: Query, calls = CALLS): Door => ({
    title: `${table}: search for ${words}`,
    table,
    calls,
    path: `${table}:search`,
    args: (filled, index) => ({ query: query(filled, index), limit: EACH }),
  });
  return [
    search(`a word of ${EACH}`, rare),
    search("a word of all", () => COMMON_WORD),
    search(`two words of ${EACH} each`, (filled, index) =>
      [rare(filled, index), rare(filled, index + 1)].join(" "),
    ),
    search(
      `a word of ${EACH} and one of all`,
      (filled, index) => [COMMON_WORD, rare(filled, index)].join(" "),
      FEW_CALLS,
    ),
  ];
}

let asked = 0;
const { values } = parseArgs({
  options: {
    rows: { type: "string", default: String(LARGE) },
    tables: { type: "string", default: LARGE_TABLES.join(",") },
  },
});
const tables = LARGE_TABLES.filter((table) => values.tables.split(",").includes(table));
if (tables.length === 0) throw new Error(`--tables takes some of ${LARGE_TABLES.join(",")}`);
const push = await bundleProject(".");
const small = await open(push, SMALL);
const large = await open(push, Number(values.rows));
try {
  const lines = [];
  const doors = DOORS.filter(({ table }) => tables.includes(table));
  for (const door of doors) lines.push(await compare(door));
  const load = loadavg().map((value) => value.toFixed(1));
  const rows = large.rows.toLocaleString("en-US");
  const [agents, skills] = [large.filled.rows.agents, large.filled.rows.skills].map((count) =>
    count.toLocaleString("en-US"),
  );
  console.log(`\nLoad ${load.join(", ")}; ${agents} agents, ${skills} skills.\n`);
  console.log(
    `| door | 1,000 rows, CPU µs | ${rows} rows, CPU µs | ratio | at most ${RATIO_MAX} |`,
  );
  console.log("| ---- | -------------: | ---------------: | ----: | -----------: |");
  for (const line of lines) console.log(line);
} finally {
  await small.close();
  await large.close();
}

async function open(project: Push, rows: number): Promise<Size> {
  const folder = mkdtempSync(join(tmpdir(), "bench-product-"));
  const assembly = await createAssembly({ folder, runCrons: false });
  const { runtime } = assembly;
  await runtime.setEnvironment(ISSUER_VARIABLES);
  await runtime.deploy(project);
  const startMs = performance.now();
  const filled = await fillTenant(assembly, (table) => (tables.includes(table) ? rows : SMALL));
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
  console.error(`${rows} rows of ${tables.join(", ")} are there after ${seconds} s.`);
  return {
    rows,
    filled,
    runtime,
    async close() {
      await runtime.close({ graceMs: 0 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Both sizes in each round, one after the other, so that a slow moment hits both. */
async function compare(door: Door): Promise<string> {
  await microsOf(small, door);
  await microsOf(large, door);
  const rounds: { small: number; large: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) {
      const first = await microsOf(small, door);
      rounds.push({ small: first, large: await microsOf(large, door) });
    } else {
      const first = await microsOf(large, door);
      rounds.push({ large: first, small: await microsOf(small, door) });
    }
  }
  const ratio = median(rounds.map((one) => one.large / one.small));
  const micros = [median(rounds.map((one) => one.small)), median(rounds.map((one) => one.large))];
  const cells = [...micros.map((value) => value.toFixed(0)), ratio.toFixed(2)];
  return `| ${[door.title, ...cells, ratio <= RATIO_MAX ? "reached" : "MISSED"].join(" | ")} |`;
}

/** CPU of one call, with `WIDTH` in flight: other processes change it far less than they change times. */
async function microsOf({ runtime, filled }: Size, door: Door): Promise<number> {
  let ran = 0;
  const stop = runtime.onLog(({ used }) => {
    if (used !== null && used.documentsRead > 0) ran++;
  });
  const call = async (index: number) => {
    await ask(runtime, { ...door, args: door.args(filled, index) });
  };
  const { calls = CALLS } = door;
  const { cpuMicros } = await rateAndCpu(calls, () =>
    perSecondConcurrent({ count: calls, width: Math.min(WIDTH, calls) }, call),
  );
  stop();
  if (ran !== calls) throw new Error(`${door.title}: ${ran} of ${calls} calls were run`);
  return cpuMicros;
}

/** Each call comes with claims of its own, so that no stored result is the caller's. */
async function ask(
  runtime: Runtime,
  { path, args }: { path: string; args: object },
): Promise<void> {
  const reply = await runtime.query({
    path: `queries/${path}`,
    args: JSON.stringify(args),
    identity: {
      kind: "user",
      tokenIdentifier: `${OWNER.issuer}|${OWNER.subject}`,
      expiresAtMs: null,
      attributes: { ...OWNER, call: ++asked },
    },
    requestId: "bench",
    request: { ip: null, userAgent: null },
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.error.message}`);
  const value = JSON.parse(reply.value) as { page?: unknown[] } | unknown[];
  const rows = Array.isArray(value) ? value : value.page;
  if (rows !== undefined && rows.length !== EACH) {
    throw new Error(`${path}: ${rows.length} rows instead of ${EACH}`);
  }
}

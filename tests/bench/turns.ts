/**
 * `npm run bench:turns`: what a turn costs, beside the call to the provider's SDK that it stands for, in one
 * run and round by round. The provider is the simulator, in a process of its own, as is the server.
 *
 *     npm run bench:turns -- --rounds 3 --docs
 *     npm run bench:turns -- --rounds 1 --only short --profile profiles   # with a CPU profile of each thread
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { median, perSecondConcurrent } from "./measure";
import { Report } from "./report";
import { writeResults } from "./results";
import { openDirectClient, openTurnClient, type Times, type TurnClient } from "./turnClients";
import { RATIOS, TURN_MEASURES, type TurnMeasure } from "./turnMeasures";
import { openTwoRows } from "./twoRows";
import { startSimulatorProcess, startTurnServer } from "./turnProcesses";
import type { Used } from "./turnServer";

const MODEL = "gpt-6-luna";
const DOCS_FILE = "docs/turns.md";
const MIB = 2 ** 20;

const SEQUENTIAL = 100;
const PACED = 6;
const MS_PER_PIECE = 20;
const CONCURRENT = 500;
const WIDTH = 16;
const WARM_UP = 200;
/** Turns around the 200th and up to the 500th, each beside a call with the same messages. */
const NEIGHBOURS = 20;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    /** Some of short, paced, many, long. */
    only: { type: "string", default: "short,paced,many,long" },
    docs: { type: "boolean", default: false },
    profile: { type: "string" },
  },
});
const parts = values.only.split(",");

const startedAt = new Date();
const loadBefore = loadavg()[0] ?? 0;
const report = new Report(TURN_MEASURES, RATIOS);
const add = (id: TurnMeasure, value: number) => report.add(id, value);

const simulator = await startSimulatorProcess();
const { openAiBaseUrl } = simulator;
const server = await startTurnServer({ openAiBaseUrl, model: MODEL }, values.profile);
const direct = openDirectClient({ openAiBaseUrl, model: MODEL });
const rows = openTwoRows();
const clients = Array.from({ length: WIDTH }, () => openTurnClient(server));
const [client] = clients as [TurnClient];
try {
  await many(WARM_UP);
  await perSecondConcurrent({ count: WARM_UP, width: WIDTH }, () => direct.call());
  for (let round = 1; round <= Number(values.rounds); round++) {
    if (parts.includes("short")) await measureShort();
    if (parts.includes("paced")) await measurePaced();
    if (parts.includes("many")) await measureMany();
    if (parts.includes("long")) await measureLong();
    console.error(`Round ${round} of ${values.rounds} is done.`);
  }
} finally {
  await Promise.all(clients.map((one) => one.close()));
  rows.close();
  await server.close();
  await simulator.close();
}
const { figures, file } = writeResults(report, {
  name: "turns-",
  startedAt,
  loadBefore,
  rounds: Number(values.rounds),
  docs: values.docs ? DOCS_FILE : null,
});
console.log(`${figures}\n\nWritten to ${file}.md and .json`);
process.exit(0);

/** One after another, each a session of its own, and by turns with the call that it stands for. */
async function measureShort(): Promise<void> {
  const pairs = await sideBySide(SEQUENTIAL);
  addPair(pairs, {
    direct: ["directFirst", "directTotal"],
    turn: ["first", "total"],
    added: ["addedFirst", "addedTotal"],
  });
  const startMs = performance.now();
  for (let index = 0; index < SEQUENTIAL; index++) await rows.around(() => direct.call());
  add("withRows", (performance.now() - startMs) / SEQUENTIAL);
  const before = await server.used();
  for (let index = 0; index < SEQUENTIAL; index++) await client.turn();
  const used = difference(before, await server.used(), SEQUENTIAL);
  add("cpu", used.cpuMs);
  add("commits", used.commits);
  add("rowsRead", used.read);
  add("rowsWritten", used.written);
}

async function measurePaced(): Promise<void> {
  const slow = { kind: "slow", msPerPiece: MS_PER_PIECE } as const;
  const before = await server.used();
  await simulator.fault({ fault: slow, times: 2 * PACED });
  const pairs = await sideBySide(PACED);
  const after = await server.used();
  addPair(pairs, {
    direct: ["directFirstPaced", "directTotalPaced"],
    turn: ["firstPaced", "totalPaced"],
    added: ["addedFirstPaced", "addedTotalPaced"],
  });
  const flush = "jobs/driving:flush";
  const calls = of(after, flush).calls - of(before, flush).calls;
  add("chunkCommits", calls / PACED);
  add("chunkRead", (of(after, flush).read - of(before, flush).read) / calls);
  add("chunkWritten", (of(after, flush).written - of(before, flush).written) / calls);
}

async function measureMany(): Promise<void> {
  const width = { count: CONCURRENT, width: WIDTH };
  add("directRate", await perSecondConcurrent(width, () => direct.call()));
  const before = await server.used();
  add("rate", await many(CONCURRENT));
  const after = await server.used();
  const used = difference(before, after, CONCURRENT);
  add("cpuConcurrent", used.cpuMs);
  add("commitsConcurrent", used.commits);
  add("heap", (after.heapBytes - before.heapBytes) / MIB);
  add("rss", after.rssBytes / MIB);
}

/** One session of 500 turns, and so of 1,000 messages. */
async function measureLong(): Promise<void> {
  const { sessionId } = await client.turn();
  let turns = 1;
  const upTo = async (count: number) => {
    for (; turns < count; turns++) await client.turn(sessionId);
  };
  const beside = async (count: number, ids: [TurnMeasure, TurnMeasure, TurnMeasure]) => {
    await upTo(count - NEIGHBOURS / 2);
    const [directTotal, total, added] = ids;
    const turnsBefore = await turnsRead();
    turns += NEIGHBOURS;
    const pairs = await sideBySide(NEIGHBOURS, { sessionId, turnsBefore });
    add(directTotal, median(pairs.map((pair) => pair.direct.totalMs)));
    add(total, median(pairs.map((pair) => pair.turn.totalMs)));
    add(added, median(pairs.map((pair) => pair.turn.totalMs - pair.direct.totalMs)));
  };
  await beside(200, ["directTotal200", "total200", "added200"]);
  await beside(500, ["directTotal500", "total500", "added500"]);
  const before = await server.used();
  await client.turn(sessionId);
  add("rowsRead500", difference(before, await server.used(), 1).read);
}

/** How many turns before it the last call had to read, going by what it was billed for. */
async function turnsRead(): Promise<number> {
  const asked = await inputTokens();
  await direct.call(0);
  const none = await inputTokens();
  await direct.call(1);
  return Math.round((asked - none) / ((await inputTokens()) - none));
}

async function inputTokens(): Promise<number> {
  const { inputFresh, cacheRead } = (await simulator.lastCall()).billed.tokens;
  return inputFresh + cacheRead;
}

type Pair = { direct: Times; turn: Times };

async function sideBySide(
  count: number,
  { sessionId, turnsBefore = 0 }: Partial<LongSession> = {},
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let index = 0; index < count; index++) {
    pairs.push({ direct: await direct.call(turnsBefore), turn: await client.turn(sessionId) });
  }
  return pairs;
}

type LongSession = {
  sessionId: Awaited<ReturnType<TurnClient["turn"]>>["sessionId"];
  turnsBefore: number;
};

type Ids = [first: TurnMeasure, total: TurnMeasure];

function addPair(pairs: readonly Pair[], ids: { direct: Ids; turn: Ids; added: Ids }): void {
  for (const [index, time] of (["firstMs", "totalMs"] as const).entries()) {
    add(ids.direct[index]!, median(pairs.map((pair) => pair.direct[time])));
    add(ids.turn[index]!, median(pairs.map((pair) => pair.turn[time])));
    add(ids.added[index]!, median(pairs.map((pair) => pair.turn[time] - pair.direct[time])));
  }
}

async function many(count: number): Promise<number> {
  return await perSecondConcurrent({ count, width: WIDTH }, (_, lane) => clients[lane]!.turn());
}

function of(used: Used, path: string) {
  return used.functions[path] ?? { calls: 0, read: 0, written: 0 };
}

/** For each of `turns`. */
function difference(before: Used, after: Used, turns: number) {
  const sum = (used: Used, what: "read" | "written") =>
    Object.values(used.functions).reduce((all, one) => all + one[what], 0);
  return {
    cpuMs: (after.cpuMicros - before.cpuMicros) / 1000 / turns,
    commits: (after.commits - before.commits) / turns,
    read: (sum(after, "read") - sum(before, "read")) / turns,
    written: (sum(after, "written") - sum(before, "written")) / turns,
  };
}

/**
 * `npm run bench:budgets`: what budgets cost. Turns with and without them, by turns in one run, so that a slow moment
 * hits both; and how many reservations a second are made and settled, on one budget and on a hundred.
 *
 *     npm run bench:budgets -- --rounds 3 --docs
 */
import { ConvexClient } from "convex/browser";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { WebSocket } from "ws";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { BUDGET_MEASURES, RATIOS, type BudgetMeasure } from "./budgetMeasures";
import { median, perSecondConcurrent } from "./measure";
import { Report } from "./report";
import { writeResults } from "./results";
import { openTurnClient } from "./turnClients";
import { startSimulatorProcess, startTurnServer } from "./turnProcesses";

const MODEL = "gpt-6-luna";
const DOCS_FILE = "docs/money.md";
/** Turns with budgets and turns without change places as often. */
const BLOCKS = 6;
const TURNS_PER_BLOCK = 30;
const WIDTH = 16;
const RESERVATIONS = 1_000;
const MANY = 100;
const LARGE = "1000000";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    docs: { type: "boolean", default: false },
    profile: { type: "string" },
  },
});

const startedAt = new Date();
const loadBefore = loadavg()[0] ?? 0;
const report = new Report(BUDGET_MEASURES, RATIOS);
const add = (id: BudgetMeasure, value: number) => report.add(id, value);

const simulator = await startSimulatorProcess();
const { openAiBaseUrl } = simulator;
const server = await startTurnServer({ openAiBaseUrl, model: MODEL }, values.profile);
const turns = openTurnClient(server);
const clients = Array.from({ length: WIDTH }, openClient);
const [admin] = clients as [ConvexClient];
try {
  const models = { one: await modelsWithBudgets(1), many: await modelsWithBudgets(MANY) };
  const budgets = await makeBudgets();
  await turnsOf(TURNS_PER_BLOCK);
  for (let round = 1; round <= Number(values.rounds); round++) {
    await measureTurns(budgets);
    await measureReservations(models);
    console.error(`Round ${round} of ${values.rounds} is done.`);
  }
} finally {
  await Promise.all([turns, ...clients].map((one) => one.close()));
  await server.close();
  await simulator.close();
}
const { figures, file } = writeResults(report, {
  name: "budgets-",
  startedAt,
  loadBefore,
  rounds: Number(values.rounds),
  docs: values.docs ? DOCS_FILE : null,
});
console.log(`${figures}\n\nWritten to ${file}.md and .json`);
process.exit(0);

function openClient(): ConvexClient {
  const client = new ConvexClient(server.apiUrl, {
    webSocketConstructor: WebSocket as unknown as typeof globalThis.WebSocket,
    unsavedChangesWarning: false,
  });
  client.setAuth(async () => server.token);
  return client;
}

/** One of each kind that a person's message falls under, far from their limits. */
async function makeBudgets(): Promise<Id<"budget_policies">[]> {
  const subjects = [
    { dimension: "tenant", window: "month" },
    { dimension: "tenant", window: "day", action: "warn" },
    { dimension: "agent", key: server.agentId, window: "month" },
    { dimension: "provider", key: "openai", window: "day" },
    { dimension: "model", key: `openai/${MODEL}`, window: "hour" },
  ] as const;
  const { create } = api.mutations.budgets;
  return await Promise.all(
    subjects.map(async (subject) => {
      return await admin.mutation(create, { ...subject, name: "Far away", limit: LARGE });
    }),
  );
}

async function enable(budgets: readonly Id<"budget_policies">[], enabled: boolean): Promise<void> {
  for (const policyId of budgets) {
    await admin.mutation(api.mutations.budgets.update, { policyId, enabled });
  }
  const isSettled = async () => {
    const all = await Promise.all(
      budgets.map((policyId) => admin.query(api.queries.budgets.get, { policyId })),
    );
    return all.every(({ status }) => status === (enabled ? "active" : "disabled"));
  };
  while (!(await isSettled())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The plan's tokens are bounded for everybody: "without" means without any other budget. */
async function measureTurns(budgets: readonly Id<"budget_policies">[]): Promise<void> {
  const [without, within]: [number[], number[]] = [[], []];
  const used = {
    without: { read: 0, written: 0, cpu: 0 },
    within: { read: 0, written: 0, cpu: 0 },
  };
  for (let block = 0; block < BLOCKS; block++) {
    const isOn = block % 2 === 1;
    await enable(budgets, isOn);
    const before = await server.used();
    (isOn ? within : without).push(...(await turnsOf(TURNS_PER_BLOCK)));
    const after = await server.used();
    const sums = used[isOn ? "within" : "without"];
    sums.cpu += (after.cpuMicros - before.cpuMicros) / 1_000;
    for (const [path, { read, written }] of Object.entries(after.functions)) {
      sums.read += read - (before.functions[path]?.read ?? 0);
      sums.written += written - (before.functions[path]?.written ?? 0);
    }
  }
  const each = (sum: number, of: readonly number[]) => sum / of.length;
  add("turnWithout", median(without));
  add("turnWithin", median(within));
  add("added", median(within) - median(without));
  add("cpuWithout", each(used.without.cpu, without));
  add("cpuWithin", each(used.within.cpu, within));
  add("readWithout", each(used.without.read, without));
  add("readWithin", each(used.within.read, within));
  add("writtenWithout", each(used.without.written, without));
  add("writtenWithin", each(used.within.written, within));
}

async function turnsOf(count: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) times.push((await turns.turn()).totalMs);
  return times;
}

/** On a model of one budget, and on a hundred of one each. All fall under the tenant's too, as in life. */
async function measureReservations(models: { one: string[]; many: string[] }): Promise<void> {
  add("onOne", await reservationsPerSecond(models.one));
  add("onMany", await reservationsPerSecond(models.many));
}

async function modelsWithBudgets(count: number): Promise<string[]> {
  const models = Array.from({ length: count }, (_, n) => `one-of-${count}-${n}`);
  for (const model of models) {
    const subject = { dimension: "model", key: `openai/${model}`, window: "month" } as const;
    const far = { name: "Far away", limit: LARGE };
    await admin.mutation(api.mutations.budgets.create, { ...subject, ...far });
  }
  return models;
}

async function reservationsPerSecond(models: readonly string[]): Promise<number> {
  const { reserve, settle } = api.mutations.budgets;
  const run = crypto.randomUUID();
  const agentId = server.agentId as Id<"agents">;
  return await perSecondConcurrent({ count: RESERVATIONS, width: WIDTH }, async (n, lane) => {
    const [client, model] = [clients[lane], models[n % models.length]];
    if (client === undefined || model === undefined) throw new Error("a lane has no client");
    const key = `${run}/${n}`;
    const most = { tokens: 100, cost: "0.0001" };
    const held = await client.mutation(reserve, {
      key,
      agentId,
      provider: "openai",
      model,
      ...most,
    });
    if (held.status !== "reserved") throw new Error(`not reserved: ${JSON.stringify(held)}`);
    const tokens = { inputTokens: 40, outputTokens: 20 };
    await client.mutation(settle, { key, ...tokens, inputCost: "0.00001", outputCost: "0.00002" });
  });
}

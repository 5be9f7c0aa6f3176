/**
 * `npm run bench:gateway`: what it costs to go through a gateway. OpenAI's client calls the simulator directly, through
 * our `/v1/chat/completions` (keys, limits, budgets and exact accounting on, all of it durable) and through Portkey's
 * open-source gateway (which keeps nothing), by turns in one run. Each is a process of its own on the same cores.
 *
 *     npm run bench:gateway -- --rounds 3 --docs
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { GATEWAY_MEASURES, GATEWAY_RATIOS, type GatewayMeasure } from "./gatewayMeasures";
import { median, perSecondConcurrent, quantile } from "./measure";
import { startPortkey } from "./portkey";
import { Report } from "./report";
import { writeResults } from "./results";
import { QUESTION, REPLY } from "./turnClients";
import { startSimulatorProcess, startTurnServer } from "./turnProcesses";

const MODEL = "gpt-6-luna";
const DOCS_FILE = "docs/compatible.md";
const PORTKEY_PORT = 8_797;
const MIB = 2 ** 20;

const WARM_UP = 200;
const SEQUENTIAL = 200;
const SECONDS = 5;
/** With 40 pieces, a stream of a second. */
const MS_PER_PIECE = 25;
const CONCURRENT = 640;
const WIDTH = 32;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    docs: { type: "boolean", default: false },
    profile: { type: "string" },
  },
});

type Name = "direct" | "ours" | "portkey";
type Target = { client: OpenAI; model: string };

const startedAt = new Date();
const loadBefore = loadavg()[0] ?? 0;
const report = new Report(GATEWAY_MEASURES, GATEWAY_RATIOS);
const add = (id: GatewayMeasure, value: number) => report.add(id, value);

const simulator = await startSimulatorProcess();
const { openAiBaseUrl } = simulator;
const server = await startTurnServer({ openAiBaseUrl, model: MODEL }, values.profile);
const portkey = await startPortkey(openAiBaseUrl, PORTKEY_PORT);
const open = (apiKey: string, baseURL: string, defaultHeaders = {}) =>
  new OpenAI({ apiKey, baseURL, defaultHeaders, maxRetries: 0 });
const targets: Record<Name, Target> = {
  direct: { client: open("simulated", openAiBaseUrl), model: MODEL },
  ours: { client: open(server.apiKey, `${server.siteUrl}/v1`), model: server.agentModel },
  portkey: { client: open("simulated", portkey.baseUrl, portkey.headers), model: MODEL },
};
const NAMES: readonly Name[] = ["direct", "ours", "portkey"];

try {
  for (const name of NAMES) await many(name, WARM_UP);
  for (let round = 1; round <= Number(values.rounds); round++) {
    await measureWhole();
    await measureFirst();
    await measureSecond();
    for (const name of inAnyOrder()) add(`${name}Rate`, await many(name, CONCURRENT));
    add("oursRss", (await server.used()).rssBytes / MIB);
    add("portkeyRss", portkey.rssBytes() / MIB);
    console.error(`Round ${round} of ${values.rounds} is done.`);
  }
} finally {
  await portkey.close();
  await server.close();
  await simulator.close();
}
const { figures, file } = writeResults(report, {
  name: "gateway-",
  startedAt,
  loadBefore,
  rounds: Number(values.rounds),
  docs: values.docs ? DOCS_FILE : null,
});
console.log(`${figures}\n\nWritten to ${file}.md and .json`);
process.exit(0);

async function measureWhole(): Promise<void> {
  const { direct, ours, portkey: other } = await sideBySide(SEQUENTIAL, whole);
  add("directTotal", median(direct));
  add("oursTotal", median(ours));
  add("portkeyTotal", median(other));
  const [added, addedByOther] = [minus(ours, direct), minus(other, direct)];
  add("oursAdded", median(added));
  add("portkeyAdded", median(addedByOther));
  add("oursAdded99", quantile(added, 0.99));
  add("portkeyAdded99", quantile(addedByOther, 0.99));
}

async function measureFirst(): Promise<void> {
  const first = async (target: Target) => (await stream(target)).firstMs;
  const { direct, ours, portkey: other } = await sideBySide(SEQUENTIAL, first);
  add("directFirst", median(direct));
  add("oursFirst", median(ours));
  add("portkeyFirst", median(other));
  add("oursAddedFirst", median(minus(ours, direct)));
  add("portkeyAddedFirst", median(minus(other, direct)));
}

async function measureSecond(): Promise<void> {
  const slow = { kind: "slow", msPerPiece: MS_PER_PIECE } as const;
  await simulator.fault({ fault: slow, times: SECONDS * NAMES.length });
  const total = async (target: Target) => (await stream(target)).totalMs;
  const { direct, ours, portkey: other } = await sideBySide(SECONDS, total);
  add("directSecond", median(direct));
  add("oursSecond", median(ours));
  add("portkeySecond", median(other));
}

/** One after another, in a new order each time, so that a slow moment hits all of them. */
async function sideBySide(
  count: number,
  measure: (target: Target) => Promise<number>,
): Promise<Record<Name, number[]>> {
  const times: Record<Name, number[]> = { direct: [], ours: [], portkey: [] };
  for (let index = 0; index < count; index++) {
    for (const name of inAnyOrder()) times[name].push(await measure(targets[name]));
  }
  return times;
}

function inAnyOrder(): Name[] {
  return NAMES.map((name) => ({ name, rank: Math.random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ name }) => name);
}

async function whole({ client, model }: Target): Promise<number> {
  const startMs = performance.now();
  const messages = [{ role: "user" as const, content: QUESTION }];
  const { choices } = await client.chat.completions.create({ model, messages });
  check(choices[0]?.message.content);
  return performance.now() - startMs;
}

async function stream({ client, model }: Target): Promise<{ firstMs: number; totalMs: number }> {
  const startMs = performance.now();
  const messages = [{ role: "user" as const, content: QUESTION }];
  const chunks = await client.chat.completions.create({ model, messages, stream: true });
  let [firstMs, text] = [0, ""];
  for await (const { choices } of chunks) {
    const piece = choices[0]?.delta.content ?? "";
    if (piece !== "") firstMs ||= performance.now() - startMs;
    text += piece;
  }
  check(text);
  return { firstMs, totalMs: performance.now() - startMs };
}

async function many(name: Name, count: number): Promise<number> {
  return await perSecondConcurrent({ count, width: WIDTH }, () => whole(targets[name]));
}

function check(text: string | null | undefined): void {
  if (text !== REPLY) throw new Error(`this was not to be the reply: ${text}`);
}

function minus(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, index) => value - (others[index] ?? 0));
}

/**
 * What a call of `/v1/chat/completions` adds to a call of the provider's: the same client asks the simulator and the
 * deployment in turns, so that a slow moment hits both.
 *
 *     npx tsx tests/bench/completions.ts --rounds 3
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { ConvexHttpClient } from "convex/browser";
import { api } from "../../convex/_generated/api";
import { runCommand } from "../support/command";
import { parseReady } from "../support/startProcess";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, calls: { type: "string", default: "100" } },
});
const [rounds, calls] = [Number(values.rounds), Number(values.calls)];
const WARM_UP = 50;
const MODEL = "gpt-6-luna";

type Sample = { firstMs: number; wholeMs: number };

async function ask(client: OpenAI, model: string, isStream: boolean): Promise<Sample> {
  const startedAt = performance.now();
  const messages = [{ role: "user" as const, content: TEXT }];
  if (!isStream) {
    await client.chat.completions.create({ model, messages });
    const wholeMs = performance.now() - startedAt;
    return { firstMs: wholeMs, wholeMs };
  }
  let firstMs: number | null = null;
  const options = {
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  } as const;
  for await (const chunk of await client.chat.completions.create(options)) {
    if (chunk.choices[0]?.delta.content) firstMs ??= performance.now() - startedAt;
  }
  return { firstMs: firstMs ?? NaN, wholeMs: performance.now() - startedAt };
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

function show(name: string, samples: readonly number[]): void {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (q: number) => quantile(sorted, q).toFixed(2);
  console.log(`${name.padEnd(44)} p50 ${at(0.5)}  p90 ${at(0.9)}  p99 ${at(0.99)} ms`);
}

const TEXT = `Say: ${"word ".repeat(40)}`;

async function pair(
  name: string,
  {
    direct,
    ours,
    model,
    isStream,
    count,
  }: { direct: OpenAI; ours: OpenAI; model: string; isStream: boolean; count: number },
): Promise<void> {
  const of = { direct: [] as Sample[], ours: [] as Sample[] };
  for (let nth = 0; nth < count; nth++) {
    of.direct.push(await ask(direct, MODEL, isStream));
    of.ours.push(await ask(ours, model, isStream));
  }
  for (const part of ["firstMs", "wholeMs"] as const) {
    if (part === "firstMs" && !isStream) continue;
    show(
      `${name}, ${part}: direct`,
      of.direct.map((sample) => sample[part]),
    );
    show(
      `${name}, ${part}: ours`,
      of.ours.map((sample) => sample[part]),
    );
    const added = of.ours.map((sample, nth) => sample[part] - (of.direct[nth]?.[part] ?? NaN));
    show(`${name}, ${part}: added`, added);
  }
}

async function simulatorAt(pace: object): Promise<{ url: string; close: () => void }> {
  const args = Object.entries(pace).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const command = runCommand("src/providers/simulator/main.ts", ["--port", "0", ...args]);
  const line = await command.firstLine();
  return { url: line.split(" ").at(-1) ?? "", close: () => void command.end("SIGTERM") };
}

const folder = await mkdtemp(join(tmpdir(), "bench-"));
const fast = await simulatorAt({ "tokens-per-second": "Infinity", "first-token-ms": 0 });
const slow = await simulatorAt({ "tokens-per-second": 40, "first-token-ms": 0 });
for (const [name, simulator, count] of [
  ["0 ms", fast, calls],
  ["1 s", slow, 10],
] as const) {
  const data = join(folder, name.replace(" ", ""));
  const args = ["--json", "--no-demo", "--data", data, "--port", "0", "--site-port", "0"];
  const command = runCommand("src/cli/start.ts", args, {
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: `${simulator.url}/v1`,
  });
  const { apiUrl, siteUrl, userToken, agentModel, agentId, apiKey } = parseReady(
    await command.firstLine(),
  );
  const owner = new ConvexHttpClient(apiUrl, { auth: userToken, logger: false });
  await owner.mutation(api.mutations.agents.update, { agentId, provider: "openai", model: MODEL });
  const direct = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: "test", maxRetries: 0 });
  const ours = new OpenAI({ baseURL: `${siteUrl}/v1`, apiKey, maxRetries: 0 });
  const at = { direct, ours, model: agentModel };
  if (name === "0 ms") {
    for (let nth = 0; nth < WARM_UP; nth++) {
      await ask(direct, MODEL, nth % 2 === 0);
      await ask(ours, agentModel, nth % 2 === 0);
    }
  }
  for (let round = 1; round <= rounds; round++) {
    await pair(`${name}, round ${round}, whole`, { ...at, isStream: false, count });
    await pair(`${name}, round ${round}, stream`, { ...at, isStream: true, count });
  }
  await command.end("SIGTERM");
}
fast.close();
slow.close();
await rm(folder, { recursive: true, force: true });

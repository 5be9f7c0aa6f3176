/** What the tests of the REST interfaces stand on: a running deployment, a simulator behind it, and a key. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { FREE_PORTS, runCommand, type RunningCommand } from "../support/command";
import { copyOfStarted, parseReady, type Ready } from "../support/startProcess";

export type World = {
  ready: Ready;
  simulator: Simulator;
  /** Where clients of the compatible API send to. */
  v1: string;
  apiKey: string;
  /** Signed in as the tenant's owner. */
  owner: ConvexHttpClient;
};

/** On a busy machine the bundler and the first calls take their time. */
const STARTS_WITHIN_MS = 240_000;

/** One deployment for all tests of a file, with a simulator that answers at once unless it is told otherwise. */
export function sharedWorld(): () => World {
  let world: (World & { close: () => Promise<void> }) | null = null;
  beforeAll(async () => {
    world = await openWorld();
  }, STARTS_WITHIN_MS);
  afterAll(async () => await world?.close());
  return () => {
    if (world === null) throw new Error("The deployment is open within tests only.");
    return world;
  };
}

async function openWorld(): Promise<World & { close: () => Promise<void> }> {
  const simulator = await startSimulator({ tokensPerSecond: Infinity });
  const folder = await mkdtemp(join(tmpdir(), "rest-"));
  await copyOfStarted(join(folder, "data"));
  const variables = {
    ANTHROPIC_API_KEY: "test",
    ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    GOOGLE_API_KEY: "test",
    GOOGLE_BASE_URL: simulator.googleBaseUrl,
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: simulator.openAiBaseUrl,
  };
  const flags = ["--json", "--no-demo", "--data", join(folder, "data")];
  const command: RunningCommand = runCommand(
    "src/cli/start.ts",
    [...flags, ...FREE_PORTS],
    variables,
  );
  const ready = parseReady(await command.firstLine());
  const { apiUrl, siteUrl, userToken } = ready;
  await warmUp(ready);
  return {
    ready,
    simulator,
    v1: `${siteUrl}/v1`,
    apiKey: ready.tenants[0].apiKey,
    owner: new ConvexHttpClient(apiUrl, { auth: userToken, logger: false }),
    async close() {
      await command.end("SIGTERM");
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The first calls have all code compiled, which on a busy machine takes longer than a function may. */
async function warmUp({ siteUrl, apiKey, agentModel: model }: Ready): Promise<void> {
  const messages = [{ role: "user", content: "Say: hi" }];
  for (let tries = 0; tries < 20; tries++) {
    const answer = await fetch(`${siteUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages }),
    });
    await answer.text();
    if (answer.ok) return;
  }
  throw new Error("the deployment does not answer");
}

type AgentSettings = Partial<typeof api.mutations.agents.create._args>;

/** An agent of the demo tenant, and what clients call it; until the test ends, for a plan has room for so many. */
export async function agentOf(
  { owner }: World,
  settings: AgentSettings = {},
): Promise<{ agentId: Id<"agents">; model: string }> {
  const agentId = await owner.mutation(api.mutations.agents.create, {
    name: "Helper",
    systemPrompt: "You help.",
    provider: "anthropic",
    model: "claude-opus-4-6",
    ...settings,
  });
  onTestFinished(async () => {
    await owner.mutation(api.mutations.agents.remove, { agentId });
  });
  const { slug } = await owner.query(api.queries.agents.get, { agentId });
  return { agentId, model: `agent:${slug}` };
}

/** What was booked since a moment, in picoUSD, by attempt. */
export async function bookedSince({ owner }: World, sinceMs: number): Promise<bigint[]> {
  const { page } = await owner.query(api.queries.costs.listEvents, {
    paginationOpts: { cursor: null, numItems: 100 },
  });
  return page
    .filter(({ timestamp }) => timestamp >= sinceMs)
    .map(({ totalCostPico }) => BigInt(totalCostPico));
}

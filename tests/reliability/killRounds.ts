/**
 * The whole product as a process that is killed with SIGKILL under twenty runs at once, again and again over the same
 * data folder; and what must be there once the next process has put it right.
 *
 * Each process believes that a minute more has passed, as if the machine had been off for it: leases have run out when
 * it starts, and nobody waits for them.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConvexHttpClient } from "convex/browser";
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { costOf, NO_MODIFIERS } from "../../src/pricing/cost";
import { findPrice } from "../../src/pricing/priceBook";
import type { LedgerEntry } from "../../src/providers/simulator/ledger";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { FREE_PORTS, runCommand, type RunningCommand } from "../support/command";
import { parseReady, type Ready } from "../support/startProcess";

const RUNS = 20;
const OFF_MS = 60_000;
/** All runs are to have ended by then. */
export const RECOVERY_MS_MAX = 60_000;
const KILL_AFTER_MS = { min: 20, spread: 1_500 };
const POLL_MS = 100;

type Run = FunctionReturnType<typeof api.queries.runs.get>;
type CostEvent = FunctionReturnType<typeof api.queries.costs.events>[number];
type Message = FunctionReturnType<typeof api.queries.messages.list>["page"][number];

/** What was said before a process was killed: it is said once more with the same key, in case nobody heard. */
type Said = { agentId: Id<"agents">; content: string; idempotencyKey: string };

/** What has become of a run. */
export type Fate = { run: Run; replies: Message[]; events: CostEvent[] };

export type Round = { fates: Fate[]; recoveryMs: number };

/**
 * Turns of all kinds: long ones, some with tools, some whose model there is none of. A refusal that says something of the
 * calls to come, too (a spend limit), would have the others wait for whoever tries it next.
 */
const KINDS = [
  { model: "claude-opus-4-6!slow:15", content: "Say: a long one, of which there is some to lose" },
  {
    model: "claude-opus-4-6",
    content: 'Call: calculator {"expression":"6 * 7"}\nthen\nCall: clock',
  },
  { model: "claude-opus-4-6!status:404", content: "Say: somebody else answers, and slowly" },
  { model: "claude-opus-4-6", content: "Say: quick" },
] as const;
const AGENT = {
  name: "A worker",
  description: "Answers while it lives.",
  provider: "anthropic",
  systemPrompt: "Answer.",
} as const;
const FALLBACK = { provider: "anthropic", model: "claude-sonnet-4-5!slow:10" } as const;

export class KillRounds {
  readonly simulator: Simulator;
  readonly #data: string;
  #starts = 0;
  #agentIds: Id<"agents">[] = [];
  #said: Said[] = [];

  private constructor(simulator: Simulator, data: string) {
    this.simulator = simulator;
    this.#data = data;
  }

  /** @param data - A folder that does not exist yet. */
  static async open(data: string): Promise<KillRounds> {
    return new KillRounds(await startSimulator({ tokensPerSecond: Infinity }), data);
  }

  async close(): Promise<void> {
    await this.simulator.close();
  }

  /** Starts a process, sees what becomes of the runs of the last one, begins others and kills it in the middle. */
  async round(): Promise<Round> {
    const { command, user } = await this.#start();
    try {
      const round = await this.#recovered(user);
      await this.#killUnderLoad(command, user);
      return round;
    } finally {
      await command.end("SIGKILL");
      await this.simulator.control.idle();
    }
  }

  /** The last process, which nobody kills before its time. */
  async last(): Promise<Round> {
    const { command, user } = await this.#start();
    try {
      return await this.#recovered(user);
    } finally {
      await command.end("SIGKILL");
      await this.simulator.control.idle();
    }
  }

  async #start(): Promise<{ command: RunningCommand; user: ConvexHttpClient }> {
    const loaded = pathToFileURL(resolve("tests/support/laterClock.mjs")).href;
    const command = runCommand(
      "src/cli/start.ts",
      ["--data", this.#data, ...FREE_PORTS, "--json", "--no-demo"],
      {
        ANTHROPIC_API_KEY: "test",
        ANTHROPIC_BASE_URL: this.simulator.anthropicBaseUrl,
        NODE_OPTIONS: `--import ${loaded}`,
        LATER_BY_MS: String(this.#starts++ * OFF_MS),
      },
    );
    const ready = parseReady(await command.firstLine());
    const user = await signedIn(ready);
    if (this.#agentIds.length === 0) this.#agentIds = await makeAgents(user);
    return { command, user };
  }

  /** Says again what was said, and waits until every run has ended. */
  async #recovered(user: ConvexHttpClient): Promise<Round> {
    const startMs = performance.now();
    const sent = await Promise.all(
      this.#said.map(async (said) => await user.mutation(api.mutations.messages.send, said)),
    );
    const runs: Run[] = [];
    for (const { runId } of sent) runs.push(await ended(user, runId, startMs));
    const recoveryMs = performance.now() - startMs;
    await this.simulator.control.idle();
    const fates = await Promise.all(runs.map(async (run) => await fateOf(user, run)));
    this.#said = [];
    return { fates, recoveryMs };
  }

  async #killUnderLoad(command: RunningCommand, user: ConvexHttpClient): Promise<void> {
    const round = this.#starts;
    this.#said = Array.from({ length: RUNS }, (_, nth) => ({
      agentId: this.#agentIds[nth % KINDS.length]!,
      content: KINDS[nth % KINDS.length]!.content,
      idempotencyKey: `round ${round}, run ${nth}`,
    }));
    const sending = this.#said.map(async (said) => {
      // Whoever hears nothing says it again, to the next process.
      await user.mutation(api.mutations.messages.send, said).catch(() => undefined);
    });
    const waitMs = KILL_AFTER_MS.min + Math.random() * KILL_AFTER_MS.spread;
    await new Promise((done) => setTimeout(done, waitMs));
    await command.end("SIGKILL");
    await Promise.all(sending);
  }
}

async function signedIn(ready: Ready): Promise<ConvexHttpClient> {
  return new ConvexHttpClient(ready.apiUrl, { auth: ready.userToken, logger: false });
}

async function makeAgents(user: ConvexHttpClient): Promise<Id<"agents">[]> {
  // Calls whose worker was lost are booked at all that was held for them: fifty rounds have hundreds.
  await user.mutation(api.mutations.tenants.update, { monthlyBudget: "10000" });
  for (const model of [...KINDS.map((kind) => kind.model), FALLBACK.model]) {
    const [bookModel = model, way] = model.split("!");
    if (way === undefined) continue;
    const sameAs = { provider: "anthropic", model: bookModel };
    await user.mutation(api.mutations.prices.set, { provider: "anthropic", model, sameAs });
  }
  const agentIds: Id<"agents">[] = [];
  for (const { model } of KINDS) {
    const agent = { ...AGENT, model };
    const agentId = await user.mutation(api.mutations.agents.create, agent);
    const settings = { tools: [{ name: "calculator" }, { name: "clock" }] as never };
    const fallbackModels = [FALLBACK];
    await user.mutation(api.mutations.agents.update, { agentId, ...settings, fallbackModels });
    agentIds.push(agentId);
  }
  return agentIds;
}

async function ended(user: ConvexHttpClient, runId: Id<"runs">, startMs: number): Promise<Run> {
  for (;;) {
    const run = await user.query(api.queries.runs.get, { runId });
    if (["completed", "failed", "cancelled"].includes(run.state.kind)) return run;
    if (performance.now() - startMs > RECOVERY_MS_MAX) {
      throw new Error(`run ${runId} is ${run.state.kind} after ${RECOVERY_MS_MAX} ms`);
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function fateOf(user: ConvexHttpClient, run: Run): Promise<Fate> {
  const { _id: runId, sessionId } = run;
  const paginationOpts = { cursor: null, numItems: 50 };
  const { page } = await user.query(api.queries.messages.list, { sessionId, paginationOpts });
  return {
    run,
    replies: page.filter(({ role }) => role === "assistant"),
    events: await user.query(api.queries.costs.events, { runId }),
  };
}

/** What is wrong with how runs ended; nothing, if nothing is. */
export function faultsOf(fates: readonly Fate[], ledger: readonly LedgerEntry[]): string[] {
  return [...fates.flatMap(faultsOfRun), ...faultsOfBooks(fates, ledger)];
}

function faultsOfRun({ run, replies }: Fate): string[] {
  const faults: string[] = [];
  const final = replies.filter(({ status, toolCalls }) => {
    return status === "complete" && toolCalls === undefined;
  });
  const isCompleted = run.state.kind === "completed";
  if (!isCompleted) faults.push(`${run._id} ended as ${JSON.stringify(run.state)}`);
  if (final.length !== 1) faults.push(`${run._id} has ${final.length} final replies`);
  for (const { status, error, toolCalls = [] } of replies) {
    if (status === "streaming") faults.push(`${run._id} has a reply that never ends`);
    if (status === "interrupted" && error === undefined) faults.push(`${run._id}: cut unsaid`);
    const open = toolCalls.filter(({ result }) => result === undefined);
    if (status === "complete" && open.length > 0) faults.push(`${run._id} has open tool calls`);
  }
  return faults;
}

/**
 * What was stated is booked exactly: the amounts of attempts that came to their end are among those of the provider's
 * calls that did. Of every other call that was billed there is an estimate.
 */
function faultsOfBooks(fates: readonly Fate[], ledger: readonly LedgerEntry[]): string[] {
  const events = fates.flatMap((fate) => fate.events);
  const faults: string[] = [];
  const ids = new Set(events.map(({ attemptId }) => attemptId));
  if (ids.size !== events.length) faults.push("an attempt is booked twice");
  const billed = ledger.filter(({ outcome }) => outcome !== "refused");
  if (events.length < billed.length) {
    faults.push(`${billed.length} calls were billed, and ${events.length} booked`);
  }
  const stated = ledger.filter(({ outcome }) => outcome === "complete").map(picoOf);
  for (const event of events.filter(({ status }) => status === "ok")) {
    const at = stated.indexOf(BigInt(event.totalCostPico));
    if (at < 0) faults.push(`${event.attemptId} is booked at what nobody billed`);
    else stated.splice(at, 1);
  }
  const estimates = events.filter(({ status }) => status === "lost");
  if (stated.length > estimates.length) faults.push("a call is neither stated nor estimated");
  return faults;
}

function picoOf({ model, startedAtMs, billed }: LedgerEntry): bigint {
  const price = findPrice({ provider: "anthropic", model, atMs: startedAtMs });
  if (price === null) throw new Error(`no price for ${model}`);
  return costOf(billed, price, NO_MODIFIERS).totalPico;
}

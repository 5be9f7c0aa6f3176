/**
 * Our ledger against the provider's bill: runs by the real worker over real sockets, through refusals, broken streams,
 * retries, fallbacks, cancels and dead workers.
 *
 * A call whose usage the provider stated is booked to the pico as billed. What broke off before that is booked by an
 * estimate, and marked so: there, and nowhere else, the two differ. Put right by the provider's own lines, they do not.
 *
 * `SIMULATOR_LEDGER_RUNS=2000` makes it as many runs.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Doc } from "../../convex/_generated/dataModel";
import { costOf, NO_MODIFIERS } from "../../src/pricing/cost";
import { findPrice } from "../../src/pricing/priceBook";
import { anthropicProvider } from "../../src/providers/anthropic";
import type { LedgerEntry } from "../../src/providers/simulator/ledger";
import { startSimulator, type Simulator } from "../../src/providers/simulator/server";
import { requestOf } from "../src/providers/calls";
import { openEmbedded, type Backend } from "./drivers";
import { supportBot, tenantWith } from "./setup";
import { chunksOf, ENDED, ledgerOf, loseLease, runIn, sendUnheard, type Scene } from "./turn";

const RUNS_IN_CI = 72;
const RUNS = Number(process.env["SIMULATOR_LEDGER_RUNS"] ?? RUNS_IN_CI);
const AT_ONCE = 12;
const MODELS = [
  { provider: "anthropic", model: "claude-opus-5-5" },
  { provider: "openai", model: "gpt-6-luna" },
  { provider: "google", model: "gemini-2.5-pro" },
] as const;
/** Nothing goes wrong with its calls but that people do not wait for them. */
const CANCELLED = { provider: "anthropic", model: "claude-sonnet-5-5" } as const;
const FALLBACK = { provider: "anthropic", model: "claude-haiku-5-5" } as const;
const WORDS = "the quick brown fox jumps over the lazy dog and comes home again ".repeat(3);

let simulator: Simulator;
let backend: Backend;
beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: 2_000 });
  backend = await openEmbedded({
    ANTHROPIC_API_KEY: "test",
    ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: simulator.openAiBaseUrl,
    GOOGLE_API_KEY: "test",
    GOOGLE_BASE_URL: simulator.googleBaseUrl,
  });
});
afterAll(async () => {
  await backend.close();
  await simulator.close();
});

/** What goes wrong with every second or third call, in turn: refusals, then what breaks off in the middle. */
const FAULTS = [
  { kind: "status", status: 429, retryAfterMs: 20 },
  { kind: "cut", afterPieces: 5 },
  { kind: "status", status: 529 },
  { kind: "truncate", afterPieces: 9 },
  { kind: "status", status: 500 },
  { kind: "error_event", afterPieces: 0 },
  { kind: "reset" },
  { kind: "error_event", afterPieces: 7 },
  { kind: "whole" },
  { kind: "malformed", afterPieces: 4 },
  { kind: "status", status: 404 },
  { kind: "no_usage" },
] as const;

async function tenant(): Promise<Scene[]> {
  const acme = await tenantWith(backend, { subject: "billed" });
  const scenes = [CANCELLED, ...MODELS].map(async (model) => {
    const agent = { ...supportBot(), ...model, skills: [], fallbackModels: [FALLBACK] };
    const agentId = await acme.as.mutation(api.mutations.agents.create, agent);
    return { t: backend, agentId, ...acme };
  });
  return await Promise.all(scenes);
}

/** One run from its message to its end, whatever happens to it. */
async function run([cancelled, ...scenes]: readonly Scene[], number: number): Promise<void> {
  if (cancelled === undefined) throw new Error("there is an agent whose runs are cancelled");
  if (number % CANCEL_EVERY === 0) return await cancelledRun(cancelled);
  const at = number % scenes.length;
  const { as, agentId } = scenes[at]!;
  const { model } = MODELS[at]!;
  const fault = FAULTS[number % (2 * FAULTS.length)];
  if (fault !== undefined) simulator.control.fault({ fault, model });
  const content = `Say: ${number} ${WORDS.slice(0, 20 + ((number * 37) % 160))}`;
  const { runId } = await as.mutation(api.mutations.messages.send, { agentId, content });
  await runIn(as, runId, ENDED);
}

const CANCEL_EVERY = 9;

async function cancelledRun({ as, agentId }: Scene): Promise<void> {
  simulator.control.fault({ fault: { kind: "slow", msPerPiece: 100 }, model: CANCELLED.model });
  const content = `Say: ${WORDS}`;
  const { runId } = await as.mutation(api.mutations.messages.send, { agentId, content });
  await chunksOf(as, runId);
  await as.mutation(api.mutations.runs.cancel, { runId });
  await runIn(as, runId, ENDED);
}

/** A worker that dies in the middle of its call: it has called, and nobody ever hears of it again. */
async function runOfDeadWorker(scene: Scene): Promise<void> {
  const { t, as } = scene;
  const { runId } = await sendUnheard(scene);
  const taken = await t.mutation(internal.jobs.driving.take, { runId, leaseToken: "dead" });
  expect(taken?.begun).toMatchObject({ attemptsMade: 1 });
  const { model } = CANCELLED;
  const settings = { apiKey: "test", baseUrl: simulator.anthropicBaseUrl };
  const request = requestOf(`Say: ${WORDS}`, { model });
  for await (const { kind } of anthropicProvider(settings).stream(request)) {
    if (kind === "text") break;
  }
  await loseLease(scene, runId);
  await runIn(as, runId, ENDED);
}

function billOf({ api: wire, model, startedAtMs, billed }: LedgerEntry): bigint {
  const provider =
    wire === "gemini" ? "google" : wire === "anthropic_messages" ? "anthropic" : "openai";
  const price = findPrice({ provider, model, atMs: startedAtMs });
  if (price === null) throw new Error(`no price for ${model}`);
  return costOf(billed, price, NO_MODIFIERS).totalPico;
}

const sumOf = (amounts: readonly bigint[]) => amounts.reduce((sum, one) => sum + one, 0n);

/** An attempt with all rows that stand for it. */
type Booked = { rows: Doc<"cost_events">[]; totalPico: bigint; isStated: boolean };

function byAttempt(events: readonly Doc<"cost_events">[]): Booked[] {
  const groups = new Map<string, Doc<"cost_events">[]>();
  for (const event of events) {
    const attemptId = event.adjusts ?? event.attemptId;
    groups.set(attemptId, [...(groups.get(attemptId) ?? []), event]);
  }
  return [...groups.values()].map((rows) => {
    const { usageSource, reconciliation } = rows.at(-1)!;
    return {
      rows,
      totalPico: sumOf(rows.map(({ totalCostPico }) => totalCostPico)),
      isStated: usageSource === "provider" && reconciliation === "ok",
    };
  });
}

/** Which of the provider's lines is whose: by the id of the request, and in order where a dead worker took it along. */
function matched(booked: readonly Booked[], entries: readonly LedgerEntry[]) {
  const open = new Map(entries.map((entry) => [entry.requestId, entry]));
  const named = booked.map(({ rows, ...attempt }) => {
    const id = rows.findLast(({ providerRequestId }) => providerRequestId)?.providerRequestId ?? "";
    const entry = open.get(id);
    open.delete(id);
    return { rows, ...attempt, entry };
  });
  const rest = [...open.values()].filter((entry) => billOf(entry) > 0n);
  const pairs = named.map(({ entry, ...attempt }) => ({
    ...attempt,
    entry: entry ?? rest.shift(),
  }));
  return { pairs, unbooked: rest };
}

test(
  "our ledger and the provider's bill differ by what is marked as not stated, and by nothing once that is put right",
  { timeout: 60_000 + RUNS * 500 },
  async () => {
    const scenes = await tenant();
    const [scene] = scenes as [Scene, ...Scene[]];
    for (let from = 0; from < RUNS; from += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, RUNS - from) }, (_, n) => from + n);
      await Promise.all(numbers.map((number) => run(scenes, number)));
    }
    await simulator.control.idle();
    for (let n = 0; n < Math.max(3, RUNS / 20); n++) await runOfDeadWorker(scene);
    await simulator.control.idle();

    const { events, total } = await ledgerOf(scene);
    const entries = simulator.ledger.entries;
    const { pairs, unbooked } = matched(byAttempt(events), entries);
    expect(unbooked, "every call that was billed is booked").toEqual([]);
    expect(pairs.filter(({ entry }) => entry === undefined)).toEqual([]);
    const billedPico = sumOf(entries.map(billOf));
    const offBy = (some: typeof pairs) =>
      sumOf(some.map(({ totalPico, entry }) => totalPico - billOf(entry!)));
    const stated = pairs.filter(({ isStated }) => isStated);
    for (const { totalPico, entry } of stated) expect(totalPico).toBe(billOf(entry!));
    const unstated = pairs.filter(({ isStated }) => !isStated);
    expect(total - billedPico).toBe(offBy(unstated));

    // What it met, so that it cannot pass by meeting nothing.
    const statuses = new Set(events.map(({ status }) => status));
    expect([...statuses].toSorted()).toEqual(expect.arrayContaining(["aborted", "lost", "ok"]));
    expect(stated.length).toBeGreaterThan(RUNS / 2);
    expect(unstated.length).toBeGreaterThan(RUNS / 8);
    expect(offBy(unstated)).not.toBe(0n);
    if (RUNS > RUNS_IN_CI) {
      const counts = `${entries.length} calls, ${stated.length} stated, ${unstated.length} not`;
      console.log(`${counts}: billed ${billedPico} pico, booked ${total - billedPico} more`);
    }
    expect(events.some(({ attemptKind }) => attemptKind === "retry")).toBe(true);
    expect(events.some(({ attemptKind }) => attemptKind === "fallback")).toBe(true);

    for (const { rows, entry } of unstated) {
      const { tokens, toolUnits, reasoningTokens } = entry!.billed;
      const used = { tokens, toolUnits, reasoningTokens, reason: `line ${entry!.requestId}` };
      await scene.as.mutation(api.mutations.costs.correct, { id: rows[0]!._id, ...used });
    }
    const corrected = await ledgerOf(scene);
    expect(corrected.total - billedPico).toBe(0n);
    for (const { totalPico, entry } of matched(byAttempt(corrected.events), entries).pairs) {
      expect(totalPico).toBe(billOf(entry!));
    }
    const { tenantId } = scene;
    const checked = await backend.action(internal.jobs.checks.check, { tenantId });
    expect(checked.differences).toEqual([]);
  },
);

/** One upstream call whose reply is wanted whole: what it brings, and what ends it. */
import { expect, test } from "vitest";
import { collect } from "../../convex/jobs/collect";
import type { CallFacts, ProviderEvent } from "../../src/providers/provider";
import { usageOf } from "../../src/pricing/usage";

const FACTS: CallFacts = {
  servedModel: null,
  requestedTier: null,
  servedTier: null,
  servedSpeed: null,
  servedRegion: null,
  providerRequestId: null,
  providerMessageId: null,
};
const report = {
  usage: usageOf({ inputFresh: 3, output: 1 }),
  source: "estimated_partial",
  reconciliation: "unknown",
  notes: [],
  raw: null,
} as const;

/** Says a word and then nothing more, until it is ended. */
async function* silent(signal: AbortSignal): AsyncGenerator<ProviderEvent> {
  yield { kind: "text", text: "Well" };
  yield { kind: "usage", report };
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  yield { kind: "finish", reason: "aborted", facts: FACTS, warnings: [] };
}

/** Says the same for ever. */
async function* endless(signal: AbortSignal): AsyncGenerator<ProviderEvent> {
  while (!signal.aborted) yield await Promise.resolve({ kind: "text", text: "x".repeat(100) });
  yield { kind: "usage", report };
  yield { kind: "finish", reason: "aborted", facts: FACTS, warnings: [] };
}

test("a reply that takes too long is ended, and costs what it cost until then", async () => {
  const said = await collect({ msMax: 20, charsMax: 1_000 }, silent);
  expect(said).toMatchObject({ status: "aborted", problem: "The answer took too long." });
  expect(said.usage?.usage.tokens).toEqual({ inputFresh: 3, output: 1 });
});

test("a reply that grows too long is ended", async () => {
  const said = await collect({ msMax: 60_000, charsMax: 1_000 }, endless);
  expect(said).toMatchObject({ status: "aborted", problem: "The answer grew too long." });
  expect(said.text.length).toBeLessThanOrEqual(1_100);
  expect(said.usage).not.toBeNull();
});

test("whoever has enough of it ends it, also before it begins", async () => {
  const enough = new AbortController();
  const said = collect({ msMax: 60_000, charsMax: 1_000, signal: enough.signal }, silent);
  enough.abort();
  expect(await said).toMatchObject({ status: "aborted", retry: null });
  const never = await collect({ msMax: 60_000, charsMax: 1_000, signal: enough.signal }, endless);
  expect(never).toMatchObject({ status: "aborted", text: "" });
});

test("an adapter that breaks its promise is no answer", async () => {
  const said = await collect({ msMax: 60_000, charsMax: 1_000 }, async function* () {
    yield await Promise.resolve({ kind: "text", text: "Well" } as const);
  });
  expect(said).toMatchObject({ status: "truncated", text: "Well", usage: null });
  expect(said.problem).toContain("could not be processed");
});

/**
 * The process dies in the middle of a reply. The next one finds the run with a lease that nobody renews:
 * when it has run out, the reaper books what the lost call may have cost, shows what had arrived as what it
 * is, and lets another worker make the reply.
 */
import type { ConvexHttpClient } from "convex/browser";
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { formatUsd } from "../../src/core/money";
import { startSimulator } from "../../src/providers/simulator/server";
import { billedPico } from "../support/billing";
import { dataFolder, startReady, userOf } from "../support/startProcess";

/** The lease lasts 30 s and the reaper comes every 10 s. */
const RECOVERY_MAX_MS = 50_000;
const LOOK_EVERY_MS = 100;

type Sent = typeof api.mutations.messages.send._returnType;

async function repliesOf(user: ConvexHttpClient, sessionId: Id<"sessions">) {
  const paginationOpts = { cursor: null, numItems: 50 };
  const { page } = await user.query(api.queries.messages.list, { sessionId, paginationOpts });
  return page.filter(({ role }) => role === "assistant");
}

/** Waits until some of the reply has been stored. */
async function arrived(user: ConvexHttpClient, { runId }: Sent): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const { chunks } = await user.query(api.queries.messages.chunks, { runId });
    if (chunks.length > 3) return textOf(chunks);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error("no piece of the reply arrived");
}

function textOf(chunks: (typeof api.queries.messages.chunks._returnType)["chunks"]): string {
  return chunks.flatMap(({ parts }) => parts.map(({ text }) => text)).join("");
}

/** Waits until the run has ended; nothing may pass for its reply before. */
async function ended(user: ConvexHttpClient, { runId, sessionId }: Sent) {
  for (let tries = 0; tries < RECOVERY_MAX_MS / LOOK_EVERY_MS; tries++) {
    const replies = await repliesOf(user, sessionId);
    const run = await user.query(api.queries.runs.get, { runId });
    if (/completed|failed|cancelled/.test(run.state.kind)) return run;
    expect(replies.map(({ status }) => status)).not.toContain("complete");
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`The run had not ended ${RECOVERY_MAX_MS} ms after the restart.`);
}

test(
  "a reply whose process was killed is made again; the lost call is shown and paid for once",
  { timeout: 90_000 },
  async () => {
    const simulator = await startSimulator({ tokensPerSecond: Infinity });
    const variables = {
      ANTHROPIC_API_KEY: "test",
      ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    };
    const options = { data: await dataFolder(), flags: ["--no-demo"], variables };
    try {
      simulator.control.fault({ fault: { kind: "slow", msPerPiece: 150 } });
      const first = await startReady(options);
      const sent = await userOf(first.ready).mutation(api.mutations.messages.send, {
        agentId: first.ready.agentId,
        content: "Tell me a long story, please",
      });
      const seen = await arrived(userOf(first.ready), sent);
      await first.command.end("SIGKILL");
      await simulator.control.idle();

      const { ready } = await startReady(options);
      const user = userOf(ready);
      expect((await ended(user, sent)).state.kind).toBe("completed");
      await simulator.control.idle();

      const [reply, lost, ...others] = await repliesOf(user, sent.sessionId);
      expect(others).toEqual([]);
      expect(reply).toMatchObject({ status: "complete", runId: sent.runId });
      expect(lost).toMatchObject({ status: "interrupted", runId: sent.runId });
      expect(lost?.content.startsWith(seen)).toBe(true);
      expect(lost?.content.length).toBeLessThan(reply!.content.length);
      expect(lost?.error).toContain("lost");
      const { chunks } = await user.query(api.queries.messages.chunks, { messageId: reply!._id });
      expect(textOf(chunks)).toBe(reply?.content);

      const [broken, whole, ...more] = simulator.ledger.entries;
      expect(more).toEqual([]);
      expect([broken?.outcome, whole?.outcome]).toEqual(["aborted", "complete"]);
      await expectBooked(user, sent, {
        brokenPico: billedPico([broken!], "anthropic"),
        wholePico: billedPico([whole!], "anthropic"),
      });
    } finally {
      await simulator.close();
    }
  },
);

/** The lost call at all that was held for it, which its bill cannot exceed; the other exactly; and every sum their sum. */
async function expectBooked(
  user: ConvexHttpClient,
  { runId, sessionId }: Sent,
  { brokenPico, wholePico }: { brokenPico: bigint; wholePico: bigint },
): Promise<void> {
  const events = await user.query(api.queries.costs.events, { runId });
  const picoOf = (status: string) => {
    const matching = events.filter((event) => event.status === status);
    expect(matching).toMatchObject([{ kind: "attempt" }]);
    return BigInt(matching[0]!.totalCostPico);
  };
  expect(events).toHaveLength(2);
  const lostPico = picoOf("lost");
  expect(picoOf("ok")).toBe(wholePico);
  expect(lostPico).toBeGreaterThanOrEqual(brokenPico);
  expect(events.map(({ usageSource }) => usageSource).toSorted()).toEqual(["provider", "unknown"]);

  const totalUsd = formatUsd(wholePico + lostPico);
  const run = await user.query(api.queries.runs.get, { runId });
  const session = await user.query(api.queries.sessions.get, { sessionId });
  const { exact } = await user.query(api.queries.costs.summary, {});
  const sums = [run.totalCostUsd, session.totalCostUsd, exact.total.costUsd];
  expect(sums).toEqual([totalUsd, totalUsd, totalUsd]);
  expect(exact.total.costEvents).toBe(2);
}

/** Turns of a demo's past: they come to be as of then, by the rules of all turns, and every sum agrees with them. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { PastTurn } from "../../convex/model/demoTurns";
import { hourIn } from "../../src/core/periods";
import type { Backend } from "./drivers";
import {
  everything,
  failureOf,
  firstPage,
  onEachDriver,
  sharedSetup,
  signedIn,
  supportBot,
  tenantWith,
} from "./setup";
import { foldAll } from "./sums";

const DAY_MS = 24 * 60 * 60 * 1_000;
const { play, seed } = internal.jobs.demo;

onEachDriver(() => {
  const open = sharedSetup();

  /** A demo of its own, with an agent that has to ask before it takes notes. */
  async function demo(t: Backend, slug: string) {
    const who = { issuer: "https://issuer.test", subject: slug };
    const called = { provider: "openai", model: "gpt-6.1-terra" } as const;
    const { tenantId, userId } = await t.mutation(seed, {
      ...who,
      ...called,
      tenant: { slug, name: slug },
    });
    const as = signedIn(t, slug);
    const tools = [{ name: "notes" as const, approval: { required: true } }];
    const agent = { ...supportBot(), ...called, skills: [], tools };
    const agentId = await as.mutation(api.mutations.agents.create, agent);
    return { t, as, tenantId, userId, agentId };
  }
  type Demo = Awaited<ReturnType<typeof demo>>;

  const turnOf = (
    agentId: Id<"agents">,
    atMs: number,
    about: Partial<PastTurn> = {},
  ): PastTurn => ({
    key: `demo/${atMs}`,
    agentId,
    session: { name: "order", title: "An order", channel: "email" },
    content: "Where is my order?",
    atMs,
    reply: { text: "On its way to you.", thoughtTokens: 1_000 },
    ...about,
  });
  const played = async ({ as, tenantId }: Demo, ...turns: PastTurn[]) =>
    await as.mutation(play, { tenantId, turns });
  const runsOf = async ({ as }: Demo) =>
    (await as.query(api.queries.runs.list, { paginationOpts: firstPage })).page;

  describe("a turn of the past", () => {
    test("is said, answered, priced and counted as of then; all sums agree", async () => {
      const acme = await demo(open(), "past");
      const atMs = Date.now() - 3 * DAY_MS;
      await played(acme, turnOf(acme.agentId, atMs), turnOf(acme.agentId, atMs + 60_000));
      const runs = await runsOf(acme);
      expect(runs).toMatchObject([
        { state: { kind: "completed" }, createdAt: atMs + 60_000, userId: acme.userId, turn: 2 },
        { state: { kind: "completed" }, createdAt: atMs, turn: 1 },
      ]);
      const { page: sessions } = await acme.as.query(api.queries.sessions.list, {
        paginationOpts: firstPage,
      });
      expect(sessions).toMatchObject([{ title: "An order", messageCount: 4, createdAt: atMs }]);
      const events = await acme.as.query(api.queries.costs.events, { runId: runs[0]!._id });
      expect(events).toMatchObject([
        { usageSource: "estimated", unpriced: [], period: hourIn("UTC", atMs), channel: "email" },
      ]);
      expect(events[0]!.completionTokens).toBeGreaterThan(1_000);

      await foldAll(acme.t);
      const checked = await acme.t.action(internal.jobs.checks.check, { tenantId: acme.tenantId });
      expect(checked).toMatchObject({ unsettled: [], differences: [] });
      const { total } = (await acme.as.query(api.queries.costs.summary, {})).exact;
      const costs = runs.map(({ totalCostUsd }) => Number(totalCostUsd));
      expect(Number(total.costUsd)).toBeCloseTo(costs[0]! + costs[1]!, 9);
      expect(total.costEvents).toBe(2);
    });

    test("is played once", async () => {
      const acme = await demo(open(), "once");
      const turn = turnOf(acme.agentId, Date.now() - DAY_MS);
      await played(acme, turn);
      await acme.t.finishScheduled();
      const before = await everything(acme.t);
      await played(acme, turn);
      expect(await everything(acme.t)).toEqual(before);
    });

    test("may fail, and may wait for an approval, which is then a real one", async () => {
      const acme = await demo(open(), "ends");
      const atMs = Date.now() - DAY_MS / 2;
      const failure = { status: 529, message: "overloaded" };
      const toolCall = {
        name: "notes",
        argumentsJson: '{"action":"write","name":"Order","text":"Late"}',
      };
      await played(
        acme,
        turnOf(acme.agentId, atMs, { reply: { text: "", failure } }),
        turnOf(acme.agentId, atMs + 60_000, { reply: { text: "May I?", toolCall } }),
      );
      const [waiting, failed] = await runsOf(acme);
      expect(failed).toMatchObject({
        state: { kind: "failed", reason: "provider_failed" },
        totalCostUsd: "0",
      });
      expect(waiting).toMatchObject({ state: { kind: "awaiting_approval" } });
      const { page } = await acme.as.query(api.queries.approvals.list, {
        state: "pending",
        paginationOpts: firstPage,
      });
      expect(page).toMatchObject([{ toolName: "notes", runId: waiting!._id }]);
      const verdict = { approvalId: page[0]!._id, decision: "approve" } as const;
      await acme.as.mutation(api.mutations.approvals.decide, verdict);
      const { runId } = page[0]!;
      await expect
        .poll(async () => (await acme.as.query(api.queries.runs.get, { runId })).state.kind)
        .toBe("failed"); // here no provider answers
      const { sessionId } = waiting!;
      const notes = await acme.as.query(api.queries.sessions.notes, { sessionId });
      expect(notes).toMatchObject([{ name: "Order", text: "Late" }]);
    });

    test("is of demo tenants only, and never still to come", async () => {
      const acme = await demo(open(), "refused");
      const ahead = turnOf(acme.agentId, Date.now() + DAY_MS);
      expect(await failureOf(played(acme, ahead))).toMatchObject({ field: "atMs" });
      const real = await tenantWith(acme.t, { subject: "a real one" });
      const agentId = await real.as.mutation(api.mutations.agents.create, supportBot());
      const turns = [turnOf(agentId, Date.now() - DAY_MS)];
      const forged = real.as.mutation(play, { tenantId: real.tenantId, turns });
      expect(await failureOf(forged)).toMatchObject({ kind: "forbidden" });
      const stranger = real.as.mutation(play, { tenantId: acme.tenantId, turns });
      expect(await failureOf(stranger)).toMatchObject({ kind: "not_found" });
    });
  });
});

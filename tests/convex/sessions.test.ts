import type { FunctionArgs } from "convex/server";
import { expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import {
  expectFailure,
  firstPage,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";
import { sumsOf } from "./sums";

const { create, update } = api.mutations.conversations;

onEachDriver(() => {
  const deployment = sharedSetup();
  let tenantCount = 0;

  /** A tenant of its own with an agent. */
  async function office(): Promise<Member & { agentId: Id<"agents"> }> {
    const acme = await tenantWith(deployment(), { subject: `ann-${++tenantCount}` });
    const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
    return { ...acme, agentId };
  }

  async function logOf({ as }: Member, entityTable: string, entityId: string) {
    const args = { entityTable, entityId, paginationOpts: firstPage };
    const { page } = await as.query(api.queries.activity.list, args);
    return page.map(({ action, changes }) => ({ action, fields: changes.map((c) => c.field) }));
  }

  /** The tenant's ledger, and all its sums. */
  async function moneyOf({ tenantId }: Member) {
    return await deployment().run(async (ctx) => ({
      events: (await ctx.db.query("cost_events").collect()).filter(
        (event) => event.tenantId === tenantId,
      ),
      sums: await sumsOf(ctx, tenantId),
    }));
  }

  /** What a run would have left: a question, and the reply to it. */
  async function exchange(acme: Member & { agentId: Id<"agents"> }, content: string) {
    const { tenantId, agentId } = acme;
    const sessionId = await acme.as.mutation(create, { agentId, title: content });
    const message = { tenantId, agentId, sessionId, turn: 0, createdAt: 0 };
    return await deployment().run(async (ctx) => ({
      sessionId,
      asked: await ctx.db.insert("messages", {
        ...message,
        status: "complete",
        position: 0,
        role: "user",
        content: `What of ${content}?`,
      }),
      replied: await ctx.db.insert("messages", {
        ...message,
        status: "complete",
        position: 1,
        role: "assistant",
        content,
        channel: "web-chat",
        responseTimeMs: 1_200,
        skillsUsed: ["web-search"],
      }),
    }));
  }

  test("sessions are found by title and listed by person, within the tenant", async () => {
    const [acme, other] = [await office(), await office()];
    const { search, list } = api.queries.sessions;
    const ours = await acme.as.mutation(create, { agentId: acme.agentId, title: "Late refund" });
    await acme.as.mutation(create, { agentId: acme.agentId, title: "Opening hours" });
    await other.as.mutation(create, { agentId: other.agentId, title: "Another refund" });

    expect(await acme.as.query(search, { query: "refund" })).toMatchObject([{ _id: ours }]);
    expect(await acme.as.query(search, { query: "refund", status: "completed" })).toEqual([]);
    const of = { userId: acme.userId, paginationOpts: firstPage };
    expect((await acme.as.query(list, of)).page).toHaveLength(2);
    expect((await other.as.query(list, of)).page).toEqual([]);
    await expectFailure(acme.as.query(list, { ...of, status: "active" }), {
      kind: "invalid_argument",
      field: "userId",
      reason: "goes with no other of agentId, status, userId and source",
    });
  });

  test("sessions are listed by the channel that they came by, and since when they were active", async () => {
    const [acme, other] = [await office(), await office()];
    const { list } = api.queries.sessions;
    const { agentId } = acme;
    const begin = async (channel: string, atMs: number) => {
      const sessionId = await acme.as.mutation(create, { agentId, channel });
      await deployment().run((ctx) => ctx.db.patch(sessionId, { lastActivityAt: atMs }));
      return sessionId;
    };
    const early = await begin("telegram", 1_000);
    const late = await begin("telegram", 2_000);
    const web = await begin("web", 3_000);
    const listed = async (filter: Partial<FunctionArgs<typeof list>>) => {
      const { page } = await acme.as.query(list, { ...filter, paginationOpts: firstPage });
      return page.map(({ _id }) => _id);
    };
    expect(await listed({ source: "telegram" })).toEqual([late, early]);
    expect(await listed({ source: "telegram", activeFromMs: 2_000 })).toEqual([late]);
    for (const filter of [
      {},
      { agentId },
      { status: "active" as const },
      { agentId, status: "active" as const },
      { userId: acme.userId },
    ]) {
      expect(await listed({ ...filter, activeFromMs: 2_000 })).toEqual([web, late]);
      expect(await listed({ ...filter, activeFromMs: 3_001 })).toEqual([]);
    }
    await other.as.mutation(create, { agentId: other.agentId, channel: "telegram" });
    expect(await listed({ source: "telegram" })).toEqual([late, early]);
    await expectFailure(listed({ source: "web", agentId }), {
      kind: "invalid_argument",
      field: "source",
      reason: "goes with no other of agentId, status, userId and source",
    });
  });

  test("messages are found by content, in the tenant or in one session", async () => {
    const [acme, other] = [await office(), await office()];
    const { search } = api.queries.messages;
    const first = await exchange(acme, "parcels");
    const second = await exchange(acme, "parcels");
    await exchange(other, "parcels");

    const everywhere = await acme.as.query(search, { query: "parcels" });
    expect(everywhere.map(({ _id }) => _id).toSorted()).toEqual(
      [first.asked, first.replied, second.asked, second.replied].toSorted(),
    );
    const { sessionId } = second;
    expect(await acme.as.query(search, { query: "parcels", sessionId })).toHaveLength(2);
    await expectFailure(other.as.query(search, { query: "parcels", sessionId }), {
      kind: "not_found",
      entity: "session",
      id: sessionId,
    });
  });

  test("a reply is rated, rated otherwise and not rated any more; a question is not", async () => {
    const acme = await office();
    const { rate } = api.mutations.messages;
    const { asked, replied: messageId } = await exchange(acme, "parcels");
    const shown = async () =>
      await acme.as.query(api.queries.conversations.get, { conversationId: messageId });

    await acme.as.mutation(rate, { messageId, rating: "bad", comment: "Wrong" });
    expect(await shown()).toMatchObject({
      feedback: { rating: "bad", comment: "Wrong", userId: acme.userId },
      channel: "web-chat",
      responseTime: 1_200,
      skillsUsed: ["web-search"],
    });
    await acme.as.mutation(rate, { messageId, rating: "good" });
    expect((await shown()).feedback).not.toHaveProperty("comment");
    await acme.as.mutation(rate, { messageId, rating: null });
    await acme.as.mutation(rate, { messageId, rating: null });
    expect(await shown()).not.toHaveProperty("feedback");
    expect(await logOf(acme, "messages", messageId)).toHaveLength(3);

    await expectFailure(acme.as.mutation(rate, { messageId: asked, rating: "good" }), {
      kind: "invalid_argument",
      field: "messageId",
      reason: "is no reply: only those are rated",
    });
  });

  test("a deleted session is gone at once, and its contents soon; other sessions and the ledger stay", async () => {
    const acme = await office();
    const { agentId, as } = acme;
    const kept = await exchange(acme, "kept");
    const { sessionId } = await exchange(acme, "parcels");
    const sent = await as.run(async (ctx) => {
      const made = await ctx.runMutation(api.mutations.messages.send, { sessionId, content: "Hi" });
      await ctx.runMutation(api.mutations.conversations.remove, { sessionId });
      return made;
    });

    await expectFailure(as.query(api.queries.sessions.get, { sessionId }), {
      kind: "not_found",
      entity: "session",
      id: sessionId,
    });
    await expect
      .poll(async () => await deployment().run(async (ctx) => await ctx.db.get(sent.runId)))
      .toBeNull();
    const { page } = await as.query(api.queries.sessions.list, {
      agentId,
      paginationOpts: firstPage,
    });
    expect(page.map(({ _id }) => _id)).toEqual([kept.sessionId]);
    const messages = await as.query(api.queries.conversations.list, { agentId });
    expect(messages.map(({ _id }) => _id).toSorted()).toEqual(
      [kept.asked, kept.replied].toSorted(),
    );
    expect((await logOf(acme, "sessions", sessionId))[0]?.action).toBe("sessions.delete");
    const stats = await as.query(api.queries.agents.stats, { agentId });
    expect(stats).toMatchObject({ sessionCount: 2, runCount: 1 });
  });

  test("a deleted session waits for the worker of its run, which is told to stop and reports as ever", async () => {
    const acme = await office();
    const t = deployment();
    const { as, agentId } = acme;
    const sent = await as.run(async (ctx) => {
      const made = await ctx.runMutation(api.mutations.messages.send, { agentId, content: "Hi" });
      const run = await ctx.db.get("runs", made.runId);
      await ctx.scheduler.cancel(run!.wakeJobId!);
      return made;
    });
    const lease = { runId: sent.runId, leaseToken: "worker" };
    const { take, heartbeat, finish } = internal.jobs.driving;
    const { begun } = (await t.mutation(take, lease)) ?? expect.fail();

    await as.mutation(api.mutations.conversations.remove, { sessionId: sent.sessionId });
    const removals = t.run(async (ctx) => await ctx.db.query("session_removals").collect());
    const removal = (await removals).find(({ sessionId }) => sessionId === sent.sessionId)!;
    await t.mutation(internal.jobs.sessions.removeRest, { removalId: removal._id });
    expect(await t.mutation(heartbeat, lease)).toBe("cancel");
    const report = {
      stepId: begun!.stepId,
      attemptId: begun!.attemptId,
      outcome: { kind: "cancelled" },
      text: "Hel",
      reasoning: "",
      rest: [],
      usage: null,
      facts: {},
      warnings: [],
      toolCalls: [],
      nextSeq: 0,
      endedAtMs: Date.now(),
    } as const;
    const stored = { ...report, rest: [], warnings: [], toolCalls: [] };
    expect(await t.mutation(finish, { ...lease, report: stored })).toBe(true);

    const rows = async () =>
      await t.run(async (ctx) => [
        await ctx.db.get(sent.runId),
        await ctx.db.get(begun!.stepId),
        await ctx.db.get(begun!.messageId),
        await ctx.db.get(sent.messageId),
      ]);
    await expect.poll(rows, { timeout: 5_000 }).toEqual([null, null, null, null]);
  });

  test("a deletion that has lost its job is taken up again, and what the session cost stays in ledger and sums", async () => {
    const acme = await office();
    const t = deployment();
    const { as, agentId } = acme;
    const sent = await as.run(async (ctx) => {
      const made = await ctx.runMutation(api.mutations.messages.send, { agentId, content: "Hi" });
      const run = await ctx.db.get("runs", made.runId);
      await ctx.scheduler.cancel(run!.wakeJobId!);
      return made;
    });
    const lease = { runId: sent.runId, leaseToken: "worker" };
    const { take, finish } = internal.jobs.driving;
    const { begun } = (await t.mutation(take, lease)) ?? expect.fail();
    const report = {
      stepId: begun!.stepId,
      attemptId: begun!.attemptId,
      outcome: { kind: "completed", finishReason: "end" } as const,
      text: "Hello",
      reasoning: "",
      rest: [],
      usage: {
        usage: { tokens: { inputFresh: 100, output: 10 }, toolUnits: {}, reasoningTokens: 0 },
        source: "provider" as const,
        reconciliation: "ok" as const,
        notes: [],
      },
      facts: {},
      warnings: [],
      toolCalls: [],
      nextSeq: 0,
      endedAtMs: Date.now(),
    };
    expect(await t.mutation(finish, { ...lease, report })).toBe(true);
    const spent = await moneyOf(acme);
    // Opus 4.6: 100 × 5 + 10 × 25 USD per million.
    expect(spent.events.map(({ totalCostPico }) => totalCostPico)).toEqual([750_000_000n]);
    expect(spent.sums.tallies.length).toBeGreaterThan(0);

    const { sessionId } = sent;
    const removalId = await as.run(async (ctx) => {
      await ctx.runMutation(api.mutations.conversations.remove, { sessionId });
      const job = await ctx.db.system.query("_scheduled_functions").order("desc").first();
      expect(job?.name).toContain("removeRest");
      await ctx.scheduler.cancel(job!._id);
      return (job!.args as [{ removalId: Id<"session_removals"> }])[0].removalId;
    });
    const left = async () =>
      await t.run(async (ctx) => [
        await ctx.db.get(removalId),
        await ctx.db.get(sent.runId),
        await ctx.db.get(begun!.stepId),
        await ctx.db.get(begun!.messageId),
        await ctx.db.get(sent.messageId),
      ]);
    expect(await left()).not.toContain(null);
    const { resumeStuck } = internal.jobs.sessions;
    const wokenBy = async () =>
      await t.run(async (ctx) => {
        await ctx.runMutation(resumeStuck, {});
        const jobs = await ctx.db.system.query("_scheduled_functions").order("desc").take(5);
        const ours = jobs.filter(({ args }) => JSON.stringify(args).includes(removalId));
        return ours.filter(({ state }) => state.kind === "pending");
      });
    expect(await wokenBy(), "it may still be at work").toEqual([]);
    await t.run(async (ctx) => await ctx.db.patch("session_removals", removalId, { steppedAt: 0 }));
    expect(await wokenBy()).toHaveLength(1);
    await expect.poll(left, { timeout: 5_000 }).toEqual([null, null, null, null, null]);
    expect(await moneyOf(acme)).toEqual(spent);
  });

  // Last, because searching convex-test fails on rows that lack the searched field, anybody's.
  test("the log says who opened and changed a session; what changes nothing leaves no trace", async () => {
    const acme = await office();
    const { agentId } = acme;
    const named = { agentId, sessionId: "theirs", title: "Refunds" };
    const sessionId = await acme.as.mutation(create, named);
    expect(await acme.as.mutation(create, named)).toBe(sessionId);
    await acme.as.mutation(update, { sessionId, title: "Refunds", status: "active" });
    await acme.as.mutation(update, { sessionId, title: null, status: "completed" });

    const session = await acme.as.query(api.queries.sessions.get, { sessionId });
    expect(session).toMatchObject({ status: "completed", completedAt: expect.any(Number) });
    expect(session).not.toHaveProperty("title");
    expect(await logOf(acme, "sessions", sessionId)).toEqual([
      { action: "sessions.update", fields: ["status", "title"] },
      { action: "sessions.create", fields: ["agentId", "externalId", "status", "title"] },
    ]);
  });
});

import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { TAKEN_ROWS_MAX } from "../../convex/model/branches";
import {
  expectFailure,
  firstPage,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
} from "./setup";

const { edit, send } = api.mutations.messages;
const { list } = api.queries.messages;

onEachDriver(() => {
  const deployment = sharedSetup();
  let tenantCount = 0;

  async function office() {
    const t = deployment();
    const acme = await tenantWith(t, { subject: `ann-${++tenantCount}` });
    const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
    return { t, ...acme, agentId };
  }
  type Office = Awaited<ReturnType<typeof office>>;

  /** A session of so many turns, as their runs left it; the first question has a file. */
  async function conversation(
    acme: Office,
    { turns, chars = 0 }: { turns: number; chars?: number },
  ) {
    const { t, tenantId, userId, agentId, as } = acme;
    const title = "Refunds";
    const sessionId = await as.mutation(api.mutations.conversations.create, { agentId, title });
    const filler = "x".repeat(chars);
    return await t.run(async (ctx) => {
      const storageId = await ctx.storage.store(new Blob(["receipt"]));
      const by = { tenantId, sessionId, createdAt: 0 };
      const ofFile = { name: "receipt.txt", sizeBytes: 7 };
      const file = { ...by, ...ofFile, storageId, purpose: "attachment" } as const;
      const fileId = await ctx.db.insert("files", file);
      await ctx.db.insert("storage_totals", { tenantId, sizeBytes: 7, fileCount: 1 });
      const attachments = [{ ...ofFile, fileId, contentType: "text/plain" }];
      const asked: Id<"messages">[] = [];
      const message = { ...by, agentId, status: "complete" as const };
      for (let turn = 1; turn <= turns; turn++) {
        const question = `Question ${turn}${filler}`;
        const user = { ...message, turn, position: 0, role: "user", content: question } as const;
        asked.push(
          await ctx.db.insert("messages", { ...user, ...(turn === 1 && { attachments }) }),
        );
        await ctx.db.insert("messages", {
          ...message,
          turn,
          position: 1,
          role: "assistant",
          content: `Answer ${turn}`,
          model: "claude-opus-4-6",
          costPico: 5n,
          usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2 },
          feedback: { rating: "good", userId, createdAt: 0 },
        });
      }
      const messageCount = turns * 2;
      const sums = { totalCostPico: 5n * BigInt(turns), totalTokens: 2 * turns };
      await ctx.db.patch(sessionId, { turnCount: turns, messageCount, ...sums });
      return { sessionId, asked, storageId };
    });
  }

  /** Edits, and takes the run's wake-up away before it can come: nobody answers. */
  async function editUnheard({ as }: Office, messageId: Id<"messages">, content = "Otherwise") {
    return await as.run(async (ctx) => {
      const sent = await ctx.runMutation(edit, { messageId, content });
      const { wakeJobId } = (await ctx.db.get(sent.runId))!;
      await ctx.scheduler.cancel(wakeJobId!);
      return sent;
    });
  }

  async function said({ as }: Office, sessionId: Id<"sessions">) {
    const { page } = await as.query(list, { sessionId, paginationOpts: firstPage });
    return page.toReversed();
  }

  const contents = (messages: { content: string }[]) => messages.map(({ content }) => content);

  async function usedBytes({ as }: Office) {
    const usage = await as.query(api.queries.tenants.usage, { nowMs: Date.now() });
    return usage.storageBytes.used;
  }

  test("an edited question branches off with what was said before it, and is answered after it", async () => {
    const acme = await office();
    const { t, as, agentId } = acme;
    const { sessionId, asked } = await conversation(acme, { turns: 3 });
    const before = await said(acme, sessionId);
    const sent = await editUnheard(acme, asked[1]!);

    const branch = await as.query(api.queries.sessions.get, { sessionId: sent.sessionId });
    expect(branch).toMatchObject({
      branchedFrom: { sessionId, turn: 1 },
      title: "Refunds",
      messageCount: 3,
      totalCostUsd: "0",
      totalTokens: 0,
      activeRunId: sent.runId,
    });
    const messages = await said(acme, sent.sessionId);
    expect(contents(messages)).toEqual(["Question 1", "Answer 1", "Otherwise"]);
    expect(messages[2]).toMatchObject({ _id: sent.messageId, editedFrom: asked[1] });
    expect(await said(acme, sessionId)).toEqual(before);
    const args = { agentId, sessionId: sent.sessionId };
    const entries = await as.query(api.queries.conversations.getSession, args);
    expect(contents(entries)).toEqual(contents(messages));

    const lease = { runId: sent.runId, leaseToken: "worker" };
    const taken = await t.mutation(internal.jobs.driving.take, lease);
    const read = taken?.context.messages.map(({ text }) => text);
    expect(read).toEqual([expect.stringContaining("Question 1"), "Answer 1", "Otherwise"]);

    const log = { entityTable: "sessions", entityId: sent.sessionId, paginationOpts: firstPage };
    const { page } = await as.query(api.queries.activity.list, log);
    expect(page[0]?.changes.map(({ field }) => field)).toContain("branchedFrom");
  });

  test("copies cost nothing, have nobody's opinion and are listed once; they are found where they are", async () => {
    const acme = await office();
    const { as, agentId } = acme;
    const { sessionId, asked } = await conversation(acme, { turns: 3 });
    const counted = (await as.query(api.queries.agents.stats, { agentId })).messageCount;
    const sent = await editUnheard(acme, asked[2]!);
    const originals = await said(acme, sessionId);
    const copies = (await said(acme, sent.sessionId)).slice(0, 4);
    for (const [index, copy] of copies.entries()) {
      expect(copy).toMatchObject({ copiedFrom: originals[index]!._id, createdAt: 0 });
      for (const field of ["cost", "usage", "runId", "feedback"]) {
        expect(copy).not.toHaveProperty(field);
      }
    }
    expect((await as.query(api.queries.agents.stats, { agentId })).messageCount).toBe(counted);
    for (const entries of [
      await as.query(api.queries.conversations.recent, {}),
      await as.query(api.queries.conversations.list, { agentId }),
    ]) {
      const ids = [...originals.map(({ _id }) => _id), sent.messageId];
      expect(entries.map(({ _id }) => _id).toSorted()).toEqual(ids.toSorted());
    }
    const args = { query: "Answer", sessionId: sent.sessionId };
    const found = await as.query(api.queries.messages.search, args);
    expect(contents(found).toSorted()).toEqual(["Answer 1", "Answer 2"]);
  });

  test("either session goes without the other; shared files go with the last, and count once", async () => {
    const acme = await office();
    const { t, as } = acme;
    const { remove } = api.mutations.conversations;
    const { sessionId, asked, storageId } = await conversation(acme, { turns: 2 });
    const first = await editUnheard(acme, asked[1]!);
    const again = await editUnheard(acme, (await said(acme, first.sessionId))[0]!._id, "Again");
    expect(await usedBytes(acme)).toBe(7);

    const emptied = async (of: Id<"sessions">) => {
      await as.mutation(remove, { sessionId: of });
      const left = () =>
        t.run(async (ctx) => {
          const files = await ctx.db.query("files").collect();
          return files.filter((file) => file.sessionId === of).length;
        });
      await expect.poll(left, { timeout: 5_000 }).toBe(0);
    };
    const isStored = async () =>
      (await t.run((ctx) => ctx.db.system.get("_storage", storageId))) !== null;

    await emptied(sessionId);
    const [question] = await said(acme, first.sessionId);
    const { fileId } = question!.attachments![0]!;
    expect(await as.query(api.queries.files.url, { fileId })).toMatch(/^https?:/);
    await emptied(first.sessionId);
    expect(await isStored()).toBe(true);
    expect(await usedBytes(acme)).toBe(7);
    const [edited] = await said(acme, again.sessionId);
    expect(edited).toMatchObject({ content: "Again", attachments: [{ name: "receipt.txt" }] });
    await emptied(again.sessionId);
    expect(await isStored()).toBe(false);
    expect(await usedBytes(acme)).toBe(0);
  });

  test("a branch of a branch names the first originals, and goes on counting turns", async () => {
    const acme = await office();
    const { t } = acme;
    const { sessionId, asked } = await conversation(acme, { turns: 2 });
    const first = await editUnheard(acme, asked[1]!);
    await t.run(async (ctx) => {
      await ctx.db.patch(first.sessionId, { activeRunId: undefined });
    });
    const second = await editUnheard(acme, first.messageId, "Once more");
    const messages = await said(acme, second.sessionId);
    expect(contents(messages)).toEqual(["Question 1", "Answer 1", "Once more"]);
    const originals = await said(acme, sessionId);
    expect(messages.map(({ copiedFrom }) => copiedFrom)).toEqual([
      originals[0]!._id,
      originals[1]!._id,
      undefined,
    ]);
    const run = await t.run((ctx) => ctx.db.get(second.runId));
    expect(run).toMatchObject({ turn: 2 });
  });

  describe("refuses", () => {
    test("replies, and what comes after something that is still being answered", async () => {
      const acme = await office();
      const { t, as } = acme;
      const { sessionId, asked } = await conversation(acme, { turns: 2 });
      const [, reply] = await said(acme, sessionId);
      await expectFailure(as.mutation(edit, { messageId: reply!._id, content: "No" }), {
        kind: "invalid_argument",
        field: "messageId",
        reason: "is no user's: only what they said is edited",
      });

      const waiting = await as.run(async (ctx) => {
        const sent = await ctx.runMutation(send, { sessionId, content: "Third" });
        const { wakeJobId } = (await ctx.db.get(sent.runId))!;
        await ctx.scheduler.cancel(wakeJobId!);
        const next = await ctx.runMutation(send, { sessionId, content: "Fourth" });
        return { third: sent.messageId, fourth: next.messageId };
      });
      await expectFailure(as.mutation(edit, { messageId: waiting.fourth, content: "4" }), {
        kind: "conflict",
        entity: "message",
        reason: "something before it is still being answered; wait for the reply, or cancel it",
      });
      // What is being answered itself may be said otherwise, and so may what came before.
      for (const messageId of [waiting.third, asked[0]!]) await editUnheard(acme, messageId);
      const kept = await t.run((ctx) => ctx.db.get(sessionId));
      expect(kept).toMatchObject({ turnCount: 4 });
    });

    test("a key of another message's, and gives its own first answer again", async () => {
      const acme = await office();
      const { as, agentId } = acme;
      const { asked } = await conversation(acme, { turns: 2 });
      const keyed = { messageId: asked[1]!, content: "Otherwise", idempotencyKey: "once" };
      const sent = await as.run(async (ctx) => {
        const made = await ctx.runMutation(edit, keyed);
        await ctx.scheduler.cancel((await ctx.db.get(made.runId))!.wakeJobId!);
        return made;
      });
      expect(await as.mutation(edit, keyed)).toEqual(sent);
      const reused = { kind: "idempotency_key_reused", key: "once" } as const;
      await expectFailure(as.mutation(edit, { ...keyed, messageId: asked[0]! }), reused);
      await expectFailure(as.mutation(edit, { ...keyed, content: "Else" }), reused);
      const { content, idempotencyKey } = keyed;
      await expectFailure(as.mutation(send, { agentId, content, idempotencyKey }), reused);
    });

    test("more than can be taken over at once, and takes a thousand turns", async () => {
      const acme = await office();
      const { as } = acme;
      const long = await conversation(acme, { turns: TAKEN_ROWS_MAX / 2 + 1 });
      // The file of the first question counts, too.
      const { sessionId } = await editUnheard(acme, long.asked[TAKEN_ROWS_MAX / 2 - 1]!);
      const branch = await as.query(api.queries.sessions.get, { sessionId });
      expect(branch.messageCount).toBe(TAKEN_ROWS_MAX - 1);
      const messageId = long.asked.at(-1)!;
      await expectFailure(as.mutation(edit, { messageId, content: "Too late" }), {
        kind: "limit_reached",
        what: "messages and attachments before the edited one",
        limit: TAKEN_ROWS_MAX,
      });
    });

    test("more megabytes than that", async () => {
      const acme = await office();
      const { asked } = await conversation(acme, { turns: 13, chars: 700_000 });
      await editUnheard(acme, asked[11]!);
      const messageId = asked[12]!;
      await expectFailure(acme.as.mutation(edit, { messageId, content: "Too late" }), {
        kind: "limit_reached",
        what: "MB before the edited message",
        limit: 8,
      });
    });
  });
});

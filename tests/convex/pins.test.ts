/** Pinned messages, through the doors. What models read of them: `prompt.test.ts` and `compaction.test.ts`. */
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { PINNED_MAX } from "../../convex/model/pins";
import {
  expectFailure,
  failureOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
} from "./setup";

const { pin, unpin } = api.mutations.messages;
const { prompt } = api.queries.sessions;

onEachDriver(() => {
  const deployment = sharedSetup();

  /** A session with so many turns of one message each, all answered. */
  async function conversation(contents: readonly string[]) {
    const t = deployment();
    const ann = await tenantWith(t, { subject: `ann-${Math.random()}` });
    const agentId = await ann.as.mutation(api.mutations.agents.create, {
      ...supportBot(),
      maxContextTokens: 1_000,
    });
    const sessionId = await ann.as.mutation(api.mutations.conversations.create, { agentId });
    const ids = await t.run(async (ctx) => {
      const { tenantId } = ann;
      const made: Id<"messages">[] = [];
      for (const [index, content] of contents.entries()) {
        const place = { tenantId, agentId, sessionId, turn: index + 1, position: 0 };
        const said = { role: "user", content, status: "complete", createdAt: index } as const;
        made.push(await ctx.db.insert("messages", { ...place, ...said }));
      }
      await ctx.db.patch("sessions", sessionId, { turnCount: contents.length });
      return made;
    });
    return { ...ann, t, agentId, sessionId, ids };
  }

  describe("a pinned message", () => {
    test("is read however long ago it was said, until it is unpinned", async () => {
      const filler = Array.from(
        { length: 20 },
        (_, n) => `Number ${n}: ${"and so on ".repeat(50)}`,
      );
      const { as, sessionId, ids } = await conversation(["My dog is called Rex.", ...filler]);
      const [messageId] = ids as [Id<"messages">];
      const texts = async () => JSON.stringify((await as.query(prompt, { sessionId })).blocks);
      expect(await texts()).not.toContain("Rex");
      await as.mutation(pin, { messageId });
      await as.mutation(pin, { messageId });
      expect((await as.query(api.queries.sessions.get, { sessionId })).pinnedMessageIds).toEqual([
        messageId,
      ]);
      expect(await texts()).toContain("User: My dog is called Rex.");
      const { totalTokens } = await as.query(prompt, { sessionId });
      expect(totalTokens).toBeLessThanOrEqual(1_000);
      await as.mutation(unpin, { messageId });
      await as.mutation(unpin, { messageId });
      expect(await texts()).not.toContain("Rex");
      const log = await as.query(api.queries.activity.list, {
        entityTable: "messages",
        entityId: messageId,
        paginationOpts: { numItems: 10, cursor: null },
      });
      expect(log.page.map(({ action }) => action)).toEqual(["messages.unpin", "messages.pin"]);
    });

    test("comes along to a branch that has it", async () => {
      const { as, ids } = await conversation(["First.", "Second.", "Third."]);
      const [first, second, third] = ids as [Id<"messages">, Id<"messages">, Id<"messages">];
      for (const messageId of [first, third]) await as.mutation(pin, { messageId });
      const sent = await as.mutation(api.mutations.messages.edit, {
        messageId: second,
        content: "Second, in other words.",
      });
      const branch = await as.query(api.queries.sessions.get, { sessionId: sent.sessionId });
      expect(branch.pinnedMessageIds).toHaveLength(1);
      const [copy] = branch.pinnedMessageIds ?? [];
      expect(copy).not.toBe(first);
      await as.mutation(unpin, { messageId: copy as Id<"messages"> });
    });

    test("is one of a few, and none that weighs too much or has nothing to read", async () => {
      const contents = Array.from({ length: PINNED_MAX + 1 }, (_, n) => `Number ${n}`);
      const { as, ids } = await conversation(contents);
      for (const messageId of ids.slice(0, PINNED_MAX)) await as.mutation(pin, { messageId });
      const oneMore = as.mutation(pin, { messageId: ids.at(-1) as Id<"messages"> });
      expect((await failureOf(oneMore)).kind).toBe("limit_reached");

      const heavy = await conversation(["word ".repeat(5_000), "word ".repeat(4_000), " "]);
      const [big, tooMuch, blank] = heavy.ids as [Id<"messages">, Id<"messages">, Id<"messages">];
      await heavy.as.mutation(pin, { messageId: big });
      const failures = [tooMuch, blank].map(
        async (messageId) => (await failureOf(heavy.as.mutation(pin, { messageId }))).kind,
      );
      expect(await Promise.all(failures)).toEqual(["limit_reached", "invalid_argument"]);
      const foreign = { kind: "not_found", entity: "message", id: big } as const;
      await expectFailure(as.mutation(pin, { messageId: big }), foreign);
    });
  });
});

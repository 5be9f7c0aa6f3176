import type { FunctionArgs } from "convex/server";
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { ATTACHMENT_BYTES_MAX } from "../../convex/model/attachments";
import { expectFailure, onEachDriver, sharedSetup, supportBot, tenantWith } from "./setup";

const { send } = api.mutations.messages;

onEachDriver((driver) => {
  const deployment = sharedSetup();
  let tenantCount = 0;

  /** A tenant of its own with an agent. */
  async function office() {
    const t = deployment();
    const acme = await tenantWith(t, { subject: `ann-${++tenantCount}` });
    const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
    return { t, ...acme, agentId };
  }
  type Office = Awaited<ReturnType<typeof office>>;

  async function uploaded({ t }: Office, text: string): Promise<Id<"_storage">> {
    const blob = new Blob([text], { type: "text/plain" });
    return await t.run((ctx) => ctx.storage.store(blob));
  }

  type Message = FunctionArgs<typeof send>;

  /** Sends, and takes the run's wake-up away before it can come: nobody answers. */
  async function sendUnheard({ as, agentId }: Office, message: Omit<Message, "agentId">) {
    return await as.run(async (ctx) => {
      const sent = await ctx.runMutation(send, { agentId, ...message });
      const { wakeJobId } = (await ctx.db.get(sent.runId))!;
      await ctx.scheduler.cancel(wakeJobId!);
      return sent;
    });
  }

  async function isStored({ t }: Office, storageId: Id<"_storage">): Promise<boolean> {
    return (await t.run((ctx) => ctx.db.system.get("_storage", storageId))) !== null;
  }

  async function filesOf({ t, tenantId }: Office) {
    return await t.run((ctx) =>
      ctx.db
        .query("files")
        .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
        .collect(),
    );
  }

  async function usageOf({ as }: Office) {
    const usage = await as.query(api.queries.tenants.usage, { nowMs: Date.now() });
    return { fileCount: usage.fileCount, usedBytes: usage.storageBytes.used };
  }

  describe("sending", () => {
    test("attaches uploads: named, measured, counted, and there to be read", async () => {
      const acme = await office();
      const [one, two] = [await uploaded(acme, "twelve bytes"), await uploaded(acme, "five!")];
      const attachments = [
        { storageId: one, name: " report.txt " },
        { storageId: two, name: "notes.txt" },
      ];
      const { t, as } = acme;
      const sent = await sendUnheard(acme, { content: "Read these", attachments });

      const said = await as.query(api.queries.conversations.get, {
        conversationId: sent.messageId,
      });
      // convex-test does not keep the type.
      const contentType = driver === "embedded" ? "text/plain" : "application/octet-stream";
      expect(said.attachments).toMatchObject([
        { name: "report.txt", sizeBytes: 12, contentType },
        { name: "notes.txt", sizeBytes: 5, contentType },
      ]);
      expect(await usageOf(acme)).toEqual({ fileCount: 2, usedBytes: 17 });
      const { fileId } = said.attachments![0]!;
      expect(await as.query(api.queries.files.url, { fileId })).toMatch(/^https?:\/\//);
      const lease = { runId: sent.runId, leaseToken: "worker" };
      const taken = await t.mutation(internal.jobs.driving.take, lease);
      expect(JSON.stringify(taken?.context)).toContain("report.txt, notes.txt");
    });

    test("claims nothing twice: not for another message, not for another tenant, not in one message", async () => {
      const [acme, other] = [await office(), await office()];
      const storageId = await uploaded(acme, "ours");
      const attachments = [{ storageId, name: "ours.txt" }];
      const message = { content: "Read", attachments };
      const gone = { kind: "not_found", entity: "file", id: storageId } as const;
      await expectFailure(
        acme.as.mutation(send, {
          agentId: acme.agentId,
          content: "Read",
          attachments: [...attachments, ...attachments],
        }),
        gone,
      );
      expect(await usageOf(acme)).toEqual({ fileCount: 0, usedBytes: 0 });

      await sendUnheard(acme, message);
      for (const { as, agentId } of [acme, other]) {
        await expectFailure(as.mutation(send, { agentId, ...message }), gone);
      }
      expect(await filesOf(acme)).toHaveLength(1);
      expect(await filesOf(other)).toEqual([]);
    });

    test("again under the same key gives the first answer; with another file it is another message", async () => {
      const acme = await office();
      const { agentId, as } = acme;
      const [first, second] = [await uploaded(acme, "first"), await uploaded(acme, "second")];
      const message = (storageId: Id<"_storage">, name = "a.txt") => ({
        agentId,
        content: "Read",
        attachments: [{ storageId, name }],
        idempotencyKey: "once",
      });
      const sent = await sendUnheard(acme, message(first));
      expect(await as.mutation(send, message(first))).toEqual(sent);
      expect(await usageOf(acme)).toEqual({ fileCount: 1, usedBytes: 5 });
      const reused = { kind: "idempotency_key_reused", key: "once" } as const;
      await expectFailure(as.mutation(send, message(second)), reused);
      await expectFailure(as.mutation(send, message(first, "b.txt")), reused);
      const { attachments: _attachments, ...without } = message(first);
      await expectFailure(as.mutation(send, without), reused);
    });

    test("refuses too many, what has no name, and what is too large; then nothing is written", async () => {
      const acme = await office();
      const { t, agentId, as } = acme;
      const storageId = await uploaded(acme, "fine");
      const reading = (attachments: { storageId: Id<"_storage">; name: string }[]) =>
        as.mutation(send, { agentId, content: "Read", attachments });
      const invalid = { kind: "invalid_argument", field: "attachments" } as const;
      await expectFailure(reading(Array.from({ length: 11 }, () => ({ storageId, name: "a" }))), {
        ...invalid,
        reason: "has 11 entries; at most 10 are allowed",
      });
      await expectFailure(reading([{ storageId, name: " " }]), { ...invalid, reason: "is blank" });
      const large = await t.run((ctx) =>
        ctx.storage.store(new Blob([new Uint8Array(ATTACHMENT_BYTES_MAX + 1)])),
      );
      await expectFailure(reading([{ storageId: large, name: "large" }]), {
        ...invalid,
        reason: `large has ${ATTACHMENT_BYTES_MAX + 1} bytes; at most ${ATTACHMENT_BYTES_MAX} are allowed`,
      });
      expect(await filesOf(acme)).toEqual([]);
    });

    test("stops at the plan's storage, and so do addresses to upload to", async () => {
      const acme = await office();
      const { t, tenantId, agentId, as } = acme;
      const { createUploadUrl } = api.mutations.files;
      expect(await as.mutation(createUploadUrl, {})).toMatch(/^https?:\/\//);
      await t.run((ctx) =>
        ctx.db.insert("storage_totals", { tenantId, sizeBytes: 1_000_000_000 - 4, fileCount: 1 }),
      );
      const reading = async (text: string) => ({
        content: "Read",
        attachments: [{ storageId: await uploaded(acme, text), name: "a.txt" }],
      });
      const full = { kind: "limit_reached", what: "GB of storage", limit: 1 } as const;
      await expectFailure(as.mutation(send, { agentId, ...(await reading("12345")) }), full);
      await sendUnheard(acme, await reading("1234"));
      await expectFailure(as.mutation(createUploadUrl, {}), full);
    });
  });

  test("files that are no attachments are nobody's to read by this door", async () => {
    const acme = await office();
    const { t, tenantId } = acme;
    const storageId = await uploaded(acme, "all that the tenant has");
    const fileId = await t.run((ctx) =>
      ctx.db.insert("files", {
        tenantId,
        storageId,
        purpose: "export",
        name: "export",
        sizeBytes: 23,
        createdAt: 0,
      }),
    );
    await expectFailure(acme.as.query(api.queries.files.url, { fileId }), {
      kind: "not_found",
      entity: "file",
      id: fileId,
    });
  });

  test("a deleted session gives its files' bytes back, and those of other sessions stay", async () => {
    const acme = await office();
    const { as } = acme;
    const said = async (text: string) => {
      const storageId = await uploaded(acme, text);
      const attachments = [{ storageId, name: "a.txt" }];
      const sent = await sendUnheard(acme, { content: "Read", attachments });
      return { storageId, ...sent };
    };
    const [gone, kept] = [await said("gone"), await said("remains")];
    await as.mutation(api.mutations.conversations.remove, { sessionId: gone.sessionId });
    await expect
      .poll(() => usageOf(acme), { timeout: 5_000 })
      .toEqual({ fileCount: 1, usedBytes: 7 });
    expect(await isStored(acme, gone.storageId)).toBe(false);
    expect(await isStored(acme, kept.storageId)).toBe(true);
    expect(await filesOf(acme)).toMatchObject([{ storageId: kept.storageId }]);
  });

  test("uploads that nobody claimed go after a day, each looked at once; what is claimed stays", async () => {
    const acme = await office();
    const { t } = acme;
    const { sweepUploads } = internal.jobs.files;
    const claimed = await uploaded(acme, "claimed");
    const attachments = [{ storageId: claimed, name: "a.txt" }];
    await sendUnheard(acme, { content: "Read", attachments });
    // More than one batch; a function stores 100 files at most.
    for (const count of [60, 60]) {
      await t.run(async (ctx) => {
        const file = await ctx.db.query("files").order("desc").first();
        const { _id, _creationTime, ...row } = file!;
        for (let n = 0; n < count; n++) {
          const storageId = await ctx.storage.store(new Blob(["claimed"]));
          await ctx.db.insert("files", { ...row, storageId });
        }
      });
    }
    const abandoned = [await uploaded(acme, "abandoned"), await uploaded(acme, "forgotten")];

    await t.mutation(sweepUploads, {});
    expect(await isStored(acme, abandoned[0]!)).toBe(true);
    await t.mutation(sweepUploads, { uploadedBeforeMs: Date.now() + 1 });
    await expect
      .poll(async () => {
        const left = await Promise.all(abandoned.map((id) => isStored(acme, id)));
        return left.filter(Boolean).length;
      })
      .toBe(0);
    expect(await isStored(acme, claimed)).toBe(true);
  });
});

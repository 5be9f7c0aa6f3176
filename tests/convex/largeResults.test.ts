/** Results that are too long to be told whole: kept as the session's files, and read on in pieces. */
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { RESULT_CHARS_MAX } from "../../src/tools/call";
import { saying } from "../support/outside";
import { expectFailure, firstPage, onEachDriver, tenantWith } from "./setup";
import { ENDED, runIn, scene, type Scene } from "./turn";
import { openWorld } from "./world";

const { send, edit } = api.mutations.messages;
const LINES = Array.from({ length: 9_000 }, (_, n) => `line ${n} 😀`).join("\n");
const get = (path = "lines") => ({
  name: "http_get",
  argumentsJson: JSON.stringify({ url: `https://api.example.com/${path}` }),
});

const world = openWorld();

async function withPages(): Promise<Scene> {
  world.outside.serve("api.example.com", saying(LINES));
  const stage = await scene();
  const tools = [{ name: "http_get" as const, allowedHosts: ["api.example.com"] }];
  await stage.as.mutation(api.mutations.agents.update, { agentId: stage.agentId, tools });
  return stage;
}

async function resultsOf({ t, as }: Scene, { runId, sessionId }: Turn) {
  // Without asking meanwhile: convex-test cannot store a file while anything else runs.
  await t.finishScheduled();
  expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
  const { page } = await as.query(api.queries.messages.list, {
    sessionId,
    paginationOpts: firstPage,
  });
  return (page[1]?.toolCalls ?? []).map(({ result }) => result);
}
type Turn = { runId: Id<"runs">; sessionId: Id<"sessions"> };

async function turn(
  stage: Scene,
  toolCalls: { name: string; argumentsJson: string }[],
  sessionId?: Id<"sessions">,
) {
  world.simulator.control.reply({ toolCalls });
  const to = sessionId === undefined ? { agentId: stage.agentId } : { sessionId };
  const sent = await stage.as.mutation(send, { ...to, content: "Go on" });
  return { ...sent, results: await resultsOf(stage, sent) };
}

async function filesOf({ t }: Scene) {
  return await t.run(async (ctx) => {
    const files = await ctx.db.query("files").collect();
    const stored = await ctx.db.system.query("_storage").collect();
    const totals = await ctx.db.query("storage_totals").collect();
    return { files, stored, totals };
  });
}

onEachDriver(() => {
  describe("a result that is too long to be told", () => {
    test("is kept with its session, told by its beginning, and read on from there and from nowhere else", async () => {
      const stage = await withPages();
      const { as, t } = stage;
      const { sessionId, results, messageId } = await turn(stage, [get()]);
      const [result] = results;
      expect(result?.text.length).toBeLessThanOrEqual(RESULT_CHARS_MAX);
      const [, offset = "", total = "", handle = ""] =
        /\[Characters 0 to (\d+) of (\d+).+"result":"(\w+)"/.exec(result?.text ?? "") ?? [];

      const { fileId, sizeBytes } = result!.file!;
      const { files, totals } = await filesOf(stage);
      expect(files).toMatchObject([{ _id: fileId, sessionId, sizeBytes, purpose: "tool_result" }]);
      expect(totals).toMatchObject([{ sizeBytes, fileCount: 1 }]);
      expect(await as.query(api.queries.files.url, { fileId })).toContain("http");

      const read = (from: number) => ({
        name: "read_result",
        argumentsJson: JSON.stringify({ result: handle, offset: from }),
      });
      const further = await turn(stage, [read(Number(offset)), read(Number(total))], sessionId);
      expect(further.results[0]?.text.slice(0, 100)).toBe(
        labelledLines(Number(total)).slice(Number(offset), Number(offset) + 100),
      );
      expect(further.results[1]?.isError).toBe(true);
      expect((await filesOf(stage)).files).toHaveLength(1);

      const attachmentId = await t.run(async (ctx) => {
        const { _id, _creationTime, ...file } = (await ctx.db.query("files").first())!;
        return await ctx.db.insert("files", { ...file, purpose: "attachment", name: "its name" });
      });
      const named = { name: "read_result", argumentsJson: '{"result":"its name","offset":0}' };
      expect((await turn(stage, [named], sessionId)).results[0]?.isError).toBe(true);
      await t.run(async (ctx) => await ctx.db.delete("files", attachmentId));

      const elsewhere = await turn(stage, [read(0)]);
      expect(elsewhere.results[0]?.text).toBe(
        `No result "${handle}" is kept in this conversation.`,
      );
      const other = await tenantWith(t, { subject: "eve" });
      const failure = { kind: "not_found", entity: "file", id: fileId } as const;
      await expectFailure(other.as.query(api.queries.files.url, { fileId }), failure);

      // A branch has it, too, and longer than the session that it comes from.
      const { page } = await as.query(api.queries.messages.list, {
        sessionId,
        paginationOpts: firstPage,
      });
      const latest = page.find(({ role }) => role === "user");
      expect(latest?._id).not.toBe(messageId);
      world.simulator.control.reply({ toolCalls: [read(0)] });
      const branch = await as.mutation(edit, { messageId: latest!._id, content: "Otherwise" });
      const [again] = await resultsOf(stage, branch);
      expect(again).toMatchObject({ isError: false });
      expect((await filesOf(stage)).totals).toMatchObject([{ sizeBytes, fileCount: 1 }]);
      await as.mutation(api.mutations.conversations.remove, { sessionId });
      await expect.poll(async () => (await filesOf(stage)).files).toHaveLength(1);
      const { sessionId: branchId } = branch;
      await as.mutation(api.mutations.conversations.remove, { sessionId: branchId });
      await expect
        .poll(async () => await filesOf(stage))
        .toMatchObject({ files: [], stored: [], totals: [{ sizeBytes: 0, fileCount: 0 }] });
    });

    test("is told by its beginning alone where the plan has no room", async () => {
      const stage = await withPages();
      const { t, tenantId } = stage;
      await t.run(async (ctx) => await ctx.db.patch("tenants", tenantId, { maxStorageGB: 0 }));
      const { results } = await turn(stage, [get()]);
      expect(results[0]?.text).toMatch(/\[The rest is not kept: the plan's storage is full\.\]$/);
      expect(results[0]?.file).toBeUndefined();
      expect(await filesOf(stage)).toEqual({ files: [], stored: [], totals: [] });
    });

    test("is shorter where many are told at once: together they fit into their message", async () => {
      const stage = await withPages();
      const { results } = await turn(
        stage,
        Array.from({ length: 16 }, (_, n) => get(`lines/${n}`)),
      );
      expect(new Set(results.map((result) => result?.file?.fileId)).size).toBe(16);
      for (const result of results) {
        expect(result?.text.length).toBeLessThanOrEqual(7_500);
        expect(result?.text).toMatch(/read_result with .+\]$/);
      }
    });
  });
});

/** As `http_get` tells it. */
function labelledLines(total: number): string {
  return "x".repeat(total - LINES.length) + LINES;
}

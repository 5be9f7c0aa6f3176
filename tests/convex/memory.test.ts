/** What agents remember: notes, and what was said in their session, which is the only one that they reach. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { NOTES_PER_SESSION_MAX } from "../../src/core/tools";
import type { Simulator } from "../../src/providers/simulator/server";
import { firstPage, onEachDriver } from "./setup";
import { ENDED, loseLease, runIn, scene, sendUnheard, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const notes = (args: object) => ({ name: "notes", argumentsJson: JSON.stringify(args) });
const write = (name: string, text: string) => notes({ action: "write", name, text });
const search = (query: string) => ({
  name: "search_history",
  argumentsJson: JSON.stringify({ query }),
});

async function withMemory(): Promise<Scene> {
  const stage = await scene();
  const tools = [{ name: "notes" as const }, { name: "search_history" as const }];
  await stage.as.mutation(api.mutations.agents.update, { agentId: stage.agentId, tools });
  return stage;
}

/** One turn in which the agent makes these calls; what it was told. */
async function turn(
  { as, agentId }: Scene,
  {
    toolCalls,
    sessionId,
    content = "Go on",
  }: {
    toolCalls: { name: string; argumentsJson: string }[];
    sessionId?: Id<"sessions">;
    content?: string;
  },
) {
  simulator.control.reply({ toolCalls });
  const to = sessionId === undefined ? { agentId } : { sessionId };
  const sent = await as.mutation(send, { ...to, content });
  expect((await runIn(as, sent.runId, ENDED)).state.kind).toBe("completed");
  const { page } = await as.query(api.queries.messages.list, {
    sessionId: sent.sessionId,
    paginationOpts: firstPage,
  });
  return { ...sent, told: page[1]?.toolCalls?.map(({ result }) => result?.text) };
}

const notesOf = async ({ as }: Scene, sessionId: Id<"sessions">) =>
  (await as.query(api.queries.sessions.notes, { sessionId })).map(({ name, text }) => [name, text]);

onEachDriver(() => {
  describe("an agent's notes", () => {
    test("are written in the order of its calls, and are its session's own", async () => {
      const stage = await withMemory();
      const { as, t } = stage;
      const toolCalls = [
        write("address", "Main Street 1"),
        write("address", "Main Street 2"),
        write("size", "M"),
        notes({ action: "remove", name: "size" }),
        notes({ action: "read" }),
        notes({ action: "write", name: "empty" }),
      ];
      const first = await turn(stage, { toolCalls });
      const { sessionId } = first;
      expect(first.told?.slice(3)).toEqual([
        'There is no note "size" any more.',
        "address: Main Street 2",
        "This needs a text.",
      ]);
      expect(await notesOf(stage, sessionId)).toEqual([["address", "Main Street 2"]]);

      const other = await turn(stage, { toolCalls: [notes({ action: "read" })] });
      expect(other.told).toEqual(["There are no notes yet."]);

      // A branch has what was noted until then; what is noted later in either is its own.
      await turn(stage, { sessionId, toolCalls: [write("colour", "blue")] });
      const { page } = await as.query(api.queries.messages.list, {
        sessionId,
        paginationOpts: firstPage,
      });
      const latest = page.find(({ role }) => role === "user");
      simulator.control.reply({ toolCalls: [notes({ action: "read" })] });
      const branch = await as.mutation(api.mutations.messages.edit, {
        messageId: latest!._id,
        content: "Otherwise",
      });
      await runIn(as, branch.runId, ENDED);
      expect(await notesOf(stage, branch.sessionId)).toEqual([["address", "Main Street 2"]]);
      expect(await notesOf(stage, sessionId)).toHaveLength(2);

      const exported = await as.query(api.queries.exports.session, {
        sessionId,
        table: "session_notes",
      });
      expect(exported.ndjson).toContain("Main Street 2");

      await as.mutation(api.mutations.conversations.remove, { sessionId });
      await expect
        .poll(() => t.run(async (ctx) => await ctx.db.query("session_notes").collect()))
        .toMatchObject([{ sessionId: branch.sessionId, name: "address" }]);
    });

    test("are bounded in number", async () => {
      const stage = await withMemory();
      const { t, tenantId } = stage;
      const { sessionId } = await turn(stage, { toolCalls: [write("n0", "text")] });
      await t.run(async (ctx) => {
        for (let n = 1; n < NOTES_PER_SESSION_MAX; n++) {
          const note = { tenantId, sessionId, name: `n${n}`, text: "text" };
          const times = { turn: 1, createdAt: 0, updatedAt: 0 };
          await ctx.db.insert("session_notes", { ...note, ...times });
        }
      });
      const toolCalls = [write("one more", "text"), write("n49", "changed")];
      const { told } = await turn(stage, { sessionId, toolCalls });
      expect(told).toEqual([expect.stringContaining("No more than 50"), 'Noted under "n49".']);
      expect(await notesOf(stage, sessionId)).toHaveLength(NOTES_PER_SESSION_MAX);
    });

    test("are written once, whoever makes the call again, and by nobody who lost the run", async () => {
      const stage = await withMemory();
      const { as, t } = stage;
      const { runId, sessionId } = await sendUnheard(stage);
      const lease = { runId, leaseToken: "lost" };
      const { take, finish, beginTools } = internal.jobs.driving;
      const { begun } = (await t.mutation(take, lease)) ?? expect.fail();
      const asked = { toolCallId: "call_1", ...write("address", "Main Street 1") };
      const report = {
        stepId: begun!.stepId,
        attemptId: begun!.attemptId,
        outcome: { kind: "completed", finishReason: "tool_calls" } as const,
        text: "",
        reasoning: "",
        toolCalls: [asked],
        nextSeq: 0,
        rest: [],
        usage: null,
        facts: {},
        warnings: [],
        endedAtMs: Date.now(),
      };
      await t.mutation(finish, { ...lease, report });
      await t.mutation(beginTools, lease);
      const { writeNote, removeNote, listNotes, searchHistory } = internal.jobs.toolData;
      const note = { name: "address", text: "Main Street 1" };
      expect(await t.mutation(writeNote, { ...lease, note })).toBe(true);
      const before = await t.run(async (ctx) => await ctx.db.query("session_notes").collect());

      await loseLease(stage, runId);
      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      const after = await t.run(async (ctx) => await ctx.db.query("session_notes").collect());
      expect(after).toEqual(before);
      const { page } = await as.query(api.queries.messages.list, {
        sessionId,
        paginationOpts: firstPage,
      });
      expect(page[1]?.toolCalls?.[0]?.result?.text).toBe('Noted under "address".');

      const late = { ...note, text: "nowhere" };
      expect(await t.mutation(writeNote, { ...lease, note: late })).toBe(null);
      expect(await t.mutation(removeNote, { ...lease, name: "address" })).toBe(null);
      expect(await t.query(listNotes, lease)).toBe(null);
      expect(await t.query(searchHistory, { ...lease, words: "Hi" })).toBe(null);
      expect(await notesOf(stage, sessionId)).toEqual([["address", "Main Street 1"]]);
    });
  });

  test("an agent finds what was said earlier in its session, in no other one, and not what it reads anyway", async () => {
    const stage = await withMemory();
    const { t } = stage;
    const secret = await turn(stage, { toolCalls: [], content: "My pelican is called Otto" });
    const content = `${"Words. ".repeat(500)}The walrus is called Ida. ${"More. ".repeat(500)}`;
    const { sessionId } = await turn(stage, { toolCalls: [], content });
    const toolCalls = [search("pelican"), search("walrus"), search("!?")];
    const asked = { sessionId, toolCalls, content: "What is my walrus or pelican called?" };
    const { told } = await turn(stage, asked);
    expect(told?.[0]).toBe("Nothing that was said earlier has these words.");
    expect(told?.[1]).toMatch(/^\[turn 1, user\] ….{0,300}The walrus is called Ida\..+…/);
    expect(told?.[1]).not.toContain("What is my walrus");
    expect(told?.[2]).toBe("Nothing that was said earlier has these words.");
    expect(secret.sessionId).not.toBe(sessionId);
    const steps = await t.run(async (ctx) => await ctx.db.query("run_steps").collect());
    expect(steps.filter(({ kind, status }) => kind === "tool_call" && status === "failed")).toEqual(
      [],
    );
  });
});

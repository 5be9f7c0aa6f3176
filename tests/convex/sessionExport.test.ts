import { expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { ExportPage } from "../../convex/views/administration";
import type { Caller } from "./drivers";
import {
  expectFailure,
  memberOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
} from "./setup";

const TURNS = 120;

type Line = { table: string; row: Record<string, unknown> };

/** The whole export, page by page. */
async function exported(as: Caller, sessionId: Id<"sessions">) {
  const lines: Line[] = [];
  let pageCount = 0;
  let next: { table?: string; cursor?: string | null } | null = {};
  while (next !== null) {
    const args = { sessionId, ...next };
    const page: ExportPage = await as.query(api.queries.exports.session, args);
    const texts = page.ndjson.split("\n").filter((text) => text !== "");
    lines.push(...texts.map((text) => JSON.parse(text) as Line));
    pageCount++;
    ({ next } = page);
  }
  return { lines, pageCount };
}

onEachDriver(() => {
  const deployment = sharedSetup();

  test("a session's export has all that its readers see of it, in order, and nothing of other sessions", async () => {
    const t = deployment();
    const acme = await tenantWith(t, { subject: "ann" });
    const { as, tenantId } = acme;
    const agentId = await as.mutation(api.mutations.agents.create, supportBot());
    const { sessionId, runId } = await as.run(async (ctx) => {
      const storageId = await ctx.storage.store(new Blob(["receipt"]));
      const attachments = [{ storageId, name: "receipt.txt" }];
      const { send } = api.mutations.messages;
      const sent = await ctx.runMutation(send, { agentId, content: "Question 1", attachments });
      const other = await ctx.runMutation(send, { agentId, content: "Of another session" });
      for (const id of [sent.runId, other.runId]) {
        const { wakeJobId } = (await ctx.db.get(id))!;
        await ctx.scheduler.cancel(wakeJobId!);
      }
      const { sessionId } = sent;
      const message = { tenantId, agentId, sessionId, status: "complete", createdAt: 0 } as const;
      for (let turn = 2; turn <= TURNS; turn++) {
        const user = { position: 0, role: "user", content: `Question ${turn}` } as const;
        await ctx.db.insert("messages", { ...message, turn, ...user });
        const usage = { promptTokens: 1, completionTokens: 2, totalTokens: 3 };
        const paid = { costPico: 1_500_000_000_001n, usage };
        const reply = { position: 1, role: "assistant", content: `Answer ${turn}` } as const;
        await ctx.db.insert("messages", { ...message, turn, ...reply, ...paid });
      }
      return sent;
    });
    const lease = { runId, leaseToken: "a worker's own" };
    await t.mutation(internal.jobs.driving.take, lease);

    const reader = await memberOf(t, { ...acme, subject: "reader", role: "viewer" });
    const { lines, pageCount } = await exported(reader.as, sessionId);
    expect(pageCount).toBeGreaterThan(4);
    const rowsOf = (table: string) => lines.filter((l) => l.table === table).map(({ row }) => row);
    expect([...new Set(lines.map(({ table }) => table))]).toEqual([
      "sessions",
      "messages",
      "runs",
      "run_steps",
      "files",
    ]);
    expect(rowsOf("sessions")).toMatchObject([{ _id: sessionId, totalCostUsd: "0" }]);
    const said = rowsOf("messages").map(({ content }) => content);
    const expected = Array.from({ length: TURNS - 1 }, (_, index) => index + 2);
    const rest = expected.flatMap((turn) => [`Question ${turn}`, `Answer ${turn}`]);
    expect(said).toEqual(["Question 1", "", ...rest]);
    expect(rowsOf("messages").at(-1)).toMatchObject({
      cost: { amountUsd: "1.500000000001" },
      usage: { totalTokens: 3 },
    });
    expect(rowsOf("runs")).toMatchObject([{ _id: runId, state: { kind: "calling" } }]);
    expect(rowsOf("run_steps")).toMatchObject([{ runId, status: "running" }]);
    expect(rowsOf("files")).toMatchObject([
      { name: "receipt.txt", sizeBytes: 7, _url: expect.any(String) as string },
    ]);
    const text = JSON.stringify(lines);
    expect(text).not.toContain("a worker's own");
    expect(text).not.toContain("Of another session");

    await expectFailure(as.query(api.queries.exports.session, { sessionId, table: "agents" }), {
      kind: "invalid_argument",
      field: "table",
      reason: "is none that is exported",
    });
  });
});

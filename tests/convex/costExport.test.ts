/** The ledger row by row: what a sum is of, one call in full, and all of it as CSV and JSON that add up to the sums. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Backend, Caller } from "./drivers";
import {
  failureOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  testWhere,
  type Member,
} from "./setup";
import { foldAll } from "./sums";

const { create, correct } = api.mutations.costs;
const { listEvents, getEvent, summary, byModel } = api.queries.costs;
const EXPORT = "/api/v1/costs/export";
const DIMENSIONS = ["tenant", "agent", "model", "provider", "channel"] as const;

type Scene = Member & { t: Backend; agentId: Id<"agents"> };

async function scene(t: Backend, subject: string): Promise<Scene> {
  const member = await tenantWith(t, { subject });
  const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
  return { t, agentId, ...member };
}

async function spend(of: Scene, { inputCost = "0.001", ...more }: Record<string, string> = {}) {
  const { agentId } = of;
  const tokens = { inputTokens: 100, outputTokens: 20, totalTokens: 120 };
  const called = { model: "gpt-x", provider: "openai" as const, channel: "api" };
  const cost = { agentId, ...called, ...tokens, inputCost, outputCost: "0.000000000002", ...more };
  return await of.as.mutation(create, cost);
}

/** Events that retention has drawn together, some of today, and one of them corrected. */
async function ledger(of: Scene) {
  for (const inputCost of ["0.000000000001", "0.5", "0.25"]) await spend(of, { inputCost });
  await of.t.mutation(internal.jobs.costs.summarizeRest, {
    tenantId: of.tenantId,
    beforeMs: Date.now() + 1_000,
  });
  await spend(of, { model: "gpt-y", channel: "dashboard" });
  const wrong = await spend(of, { inputCost: "0.7" });
  await of.as.mutation(correct, { id: wrong, totalCost: "0.3", reason: "=the bill" });
  return { wrong };
}

async function exported(as: Pick<Caller, "fetch">, query: string, headers = {}) {
  const response = await as.fetch(`${EXPORT}?${query}`, { headers });
  return { response, text: await response.text() };
}

/** Cells of CSV without quotes in them, by column. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head = "", ...lines] = csv.split("\r\n").filter((line) => line !== "");
  const names = head.split(",");
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((cell, at) => [names[at] ?? "", cell])),
  );
}

function sumsOf(rows: readonly Record<string, unknown>[]) {
  const sum = (name: string) => rows.reduce((all, row) => all + BigInt(String(row[name])), 0n);
  return {
    costPico: String(sum("totalCostPico")),
    costEvents: Number(sum("costEvents")),
    promptTokens: Number(sum("promptTokens")),
    completionTokens: Number(sum("completionTokens")),
    unpricedEvents: Number(sum("unpricedEvents")),
  };
}

onEachDriver((driver) => {
  const open = sharedSetup();
  // The embedded driver's `fetch` has read all of a body before anybody sees it.
  const onSlowReaders = testWhere(driver === "convex-test");

  describe("costs.listEvents", () => {
    test("has what each sum is of, and pages through it, the latest first", async () => {
      const acme = await scene(open(), "drill down");
      await ledger(acme);
      const keys = { tenant: undefined, agent: acme.agentId, model: "openai/gpt-x" };
      const named = { ...keys, provider: "openai", channel: "dashboard" };
      const { exact } = await acme.as.query(summary, {});
      for (const dimension of DIMENSIONS) {
        const key = named[dimension];
        const of = key === undefined ? {} : { dimension, key };
        const found = [];
        for (let cursor: string | null = null; cursor !== "end";) {
          const ask = { ...of, period: "month", paginationOpts: { numItems: 2, cursor } };
          const page: typeof listEvents._returnType = await acme.as.query(listEvents, ask);
          found.push(...page.page);
          cursor = page.isDone ? "end" : page.continueCursor;
        }
        const pico = found.reduce((sum, { totalCostPico }) => sum + BigInt(totalCostPico), 0n);
        const periods = found.map(({ period }) => period);
        expect(periods).toEqual(periods.toSorted().toReversed());
        if (dimension === "model") {
          const ask = { period: "month", paginationOpts: { numItems: 10, cursor: null } };
          const { page } = await acme.as.query(byModel, ask);
          expect(page.find((one) => one.key === key)?.costPico).toBe(String(pico));
        } else if (dimension === "channel") {
          expect(found).toMatchObject([{ model: "gpt-y", channel: "dashboard" }]);
        } else expect(String(pico), dimension).toBe(exact.month.costPico);
      }
      const ask = { period: "2020-01", paginationOpts: { numItems: 10, cursor: null } };
      expect((await acme.as.query(listEvents, ask)).page).toEqual([]);
      const half = { dimension: "agent", paginationOpts: ask.paginationOpts } as const;
      expect(await failureOf(acme.as.query(listEvents, half))).toMatchObject({ field: "key" });
      const other = await scene(open(), "no drill");
      const foreign = { ...half, key: acme.agentId };
      expect((await other.as.query(listEvents, foreign)).page).toEqual([]);
    });
  });

  describe("costs.getEvent", () => {
    test("tells what it came to with its adjustments", async () => {
      const acme = await scene(open(), "one call");
      const { wrong } = await ledger(acme);
      expect(await acme.as.query(getEvent, { eventId: wrong })).toMatchObject({
        totalCostUsd: "0.700000000002",
        standing: { totalCostUsd: "0.3" },
        adjustments: [{ kind: "adjustment", totalCostUsd: "-0.400000000002", reason: "=the bill" }],
        tierApplied: { longContextTokens: null },
        usage: { tokens: { inputFresh: 100, output: 20 } },
      });
    });
  });

  describe("the export", () => {
    test.each(["csv", "ndjson"])(
      "as %s adds up to the sums, adjustments and all",
      async (format) => {
        const acme = await scene(open(), `sums ${format}`);
        await ledger(acme);
        await foldAll(acme.t);
        const { exact, periods } = await acme.as.query(summary, {});
        for (const [of, sums] of [
          [`period=${periods.month}`, exact.month],
          [`from=${periods.today}&to=${periods.today}`, exact.today],
          ["period=total", exact.total],
        ] as const) {
          const { response, text } = await exported(acme.as, `${of}&format=${format}`);
          expect(response.status).toBe(200);
          const rows =
            format === "csv"
              ? rowsOf(text)
              : text
                  .trim()
                  .split("\n")
                  .map((line) => JSON.parse(line) as Record<string, unknown>);
          expect(rows.map(({ kind }) => String(kind)).toSorted()).toEqual([
            "adjustment",
            "attempt",
            "attempt",
            "summary",
          ]);
          const { costPico, costEvents, promptTokens, completionTokens, unpricedEvents } = sums;
          const expected = { costPico, costEvents, promptTokens, completionTokens, unpricedEvents };
          expect(sumsOf(rows)).toEqual(expected);
        }
        const none = await exported(acme.as, "from=2019-12&to=2020-01-31");
        expect(rowsOf(none.text)).toEqual([]);
      },
    );

    test("has no formulas, and quotes what needs it", async () => {
      const acme = await scene(open(), "formulas");
      await spend(acme, { model: '=HYPERLINK("http://evil","a,b")', channel: "@cmd" });
      const id = await spend(acme);
      await acme.as.mutation(correct, { id, totalCost: "0", reason: "-1+1" });
      const { response, text } = await exported(acme.as, "period=month");
      expect(response.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
      expect(text).toContain(`,"'=HYPERLINK(""http://evil"",""a,b"")",`);
      expect(text).toContain(",'@cmd,");
      expect(text).toContain(",'-1+1,");
      expect(text).toContain(",-0.001,"); // an amount stays one
    });

    test("is of the moment at which it begins", async () => {
      const acme = await scene(open(), "cut off");
      await spend(acme);
      const { exact } = await acme.as.query(summary, {});
      const caller = { tenant: acme.tenantId };
      const { begin, page } = internal.jobs.costExports;
      const extent = await acme.as.query(begin, { caller, period: "month" });
      await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(extent.cutOffMs);
      await spend(acme, { inputCost: "5" });
      const ask = { caller, extent, format: "csv", cursor: null } as const;
      const { text } = await acme.as.query(page, ask);
      expect(sumsOf(rowsOf(text)).costPico).toBe(exact.month.costPico);
    });

    onSlowReaders("breaks off when retention draws together what it has yet to read", async () => {
      const acme = await scene(open(), "retention");
      await spend(acme);
      const response = await acme.as.fetch(`${EXPORT}?period=month`);
      const begunMs = Date.now();
      await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(begunMs + 2);
      await acme.t.mutation(internal.jobs.costs.summarizeRest, {
        tenantId: acme.tenantId,
        beforeMs: Date.now() + 1_000,
      });
      await expect(response.text()).rejects.toThrow();
      expect(rowsOf((await exported(acme.as, "period=month")).text)).toMatchObject([
        { kind: "summary", totalCostPico: "1000000002" },
      ]);
    });

    test("of an hour is of its rows, and refused once its day is drawn together", async () => {
      const acme = await scene(open(), "an hour");
      await spend(acme);
      const ask = { period: "hour", paginationOpts: { numItems: 1, cursor: null } };
      const { period } = await acme.as.query(byModel, ask);
      expect(rowsOf((await exported(acme.as, `period=${period}`)).text)).toHaveLength(1);
      await acme.t.mutation(internal.jobs.costs.summarizeRest, {
        tenantId: acme.tenantId,
        beforeMs: Date.now() + 1_000,
      });
      await spend(acme);
      const { response, text } = await exported(acme.as, `period=${period}`);
      expect(response.status).toBe(400);
      expect(text).toContain(`export ${period.slice(0, "2026-11-20".length)} as a whole`);
    });

    test("is for those who may read costs, and of their tenant", async () => {
      const acme = await scene(open(), "export rights");
      const other = await scene(open(), "export rights of others");
      await spend(acme);
      const keyWith = async (scope: "costs:read" | "agents:read") =>
        (await acme.as.action(api.actions.keys.create, { name: scope, scopes: [scope] })).key;
      const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
      const may = await exported(acme.t, "period=month", bearer(await keyWith("costs:read")));
      expect(rowsOf(may.text)).toHaveLength(1);
      const statusOf = async (as: Pick<Caller, "fetch">, query: string, headers = {}) =>
        (await exported(as, query, headers)).response.status;
      expect(await statusOf(acme.t, "period=month")).toBe(401);
      expect(await statusOf(acme.t, "period=month", bearer(await keyWith("agents:read")))).toBe(
        403,
      );
      expect(await statusOf(other.as, `period=month&tenant=${acme.tenantId}`)).toBe(404);
      expect(await statusOf(other.as, "period=month&tenant=nobody")).toBe(404);
      for (const bad of [
        "",
        "period=week",
        "period=month&format=xls",
        "period=month&from=2026-01&to=2026-02",
        "from=2026-02&to=2026-01",
        "from=2026-01&to=total",
        "perid=2026-01",
      ]) {
        expect(await statusOf(acme.as, bad), bad).toBe(400);
      }
      expect(rowsOf((await exported(other.as, "period=total")).text)).toEqual([]);
    });
  });
});

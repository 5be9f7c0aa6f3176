/** What happened in a run: one read for people, and spans for whoever collects traces. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Simulator } from "../../src/providers/simulator/server";
import { attributeOf, openCollector, type Collector } from "../support/otlpCollector";
import { onEachDriver } from "./setup";
import { ENDED, ledgerOf, runIn, scene, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
let collector: Collector;
beforeAll(async () => {
  simulator = await simulatorFor();
  collector = await openCollector();
});
afterEach(() => {
  simulator.control.reset();
  collector.reset();
});
afterAll(async () => {
  await simulator.close();
  await collector.close();
});

const { exportEnded } = internal.jobs.traces;
const SECRET_WORDS = "the bishop's password is swordfish";
const SUM = { name: "calculator", argumentsJson: '{"expression":"6 * 7"}' };

/** A run with a tool call, which ended a while ago. */
async function endedRun(stage: Scene): Promise<Id<"runs">> {
  const { as, agentId } = stage;
  const tools = [{ name: "calculator" as const }];
  await as.mutation(api.mutations.agents.update, { agentId, tools });
  simulator.control.fault({ fault: { kind: "status", status: 529 } });
  simulator.control.reply({ text: SECRET_WORDS, toolCalls: [SUM] });
  const sent = await as.mutation(api.mutations.messages.send, { agentId, content: SECRET_WORDS });
  await runIn(as, sent.runId, ENDED);
  return sent.runId;
}

/** Time goes by: the run's end and the begin of the export are so long ago. */
async function letPass({ t }: Scene, ms: number): Promise<void> {
  await t.run(async (ctx) => {
    for (const run of await ctx.db.query("runs").collect()) {
      if (!("endedAtMs" in run.state)) continue;
      const state = { ...run.state, endedAtMs: run.state.endedAtMs - ms };
      await ctx.db.patch("runs", run._id, { state, startedAt: (run.startedAt ?? 0) - ms });
    }
    for (const row of await ctx.db.query("system_configs").collect()) {
      const value = JSON.parse(row.value) as { place?: { endedAtMs: number }; retryAtMs?: number };
      if (value.place === undefined) continue;
      value.place.endedAtMs -= ms;
      value.retryAtMs = Math.max(0, (value.retryAtMs ?? 0) - ms);
      await ctx.db.patch("system_configs", row._id, { value: JSON.stringify(value) });
    }
  });
}

/** A tenant whose deployment exports from now on. */
async function exporting(): Promise<Scene> {
  const stage = await scene();
  const { t } = stage;
  await t.setVariables({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20abc, x-tenant = one",
    OTEL_SERVICE_NAME: "support",
  });
  await t.action(exportEnded, {});
  return stage;
}

onEachDriver(() => {
  describe("a trace", () => {
    test("has the run, its steps and attempts in one read, with sums that are the run's", async () => {
      const stage = await scene();
      const runId = await endedRun(stage);
      const { run, steps, totals } = await stage.as.query(api.queries.runs.trace, { runId });
      expect(run.state.kind).toBe("completed");
      expect(steps.map(({ kind, attempts }) => [kind, attempts.length])).toEqual([
        ["model_call", 2],
        ["tool_call", 0],
        ["model_call", 1],
      ]);
      expect(totals).toMatchObject({ modelCalls: 2, toolCalls: 1, attempts: 3 });
      expect(totals.totalCostUsd).toBe(run.totalCostUsd);
      expect(totals.totalTokens).toBe(run.totalTokens);
      const spent = steps.flatMap((step) => step.spent);
      const { events } = await ledgerOf(stage);
      expect(spent.filter(({ totalCost }) => totalCost > 0)).toHaveLength(events.length);
      expect(spent.reduce((sum, { totalTokens }) => sum + totalTokens, 0)).toBe(run.totalTokens);
      expect(steps.every(({ durationMs = -1 }) => durationMs >= 0)).toBe(true);
      expect(totals.durationMs).toBeGreaterThanOrEqual(0);
    });
  });

  describe("the export", () => {
    test("tells a collector of an ended run once, as spans without a word of what was said", async () => {
      const stage = await exporting();
      const { t, as, agentId, tenantId } = stage;
      const runId = await endedRun(stage);
      await t.action(exportEnded, {}); // it has ended just now: what ends before it may still commit
      expect(collector.posts).toEqual([]);
      await letPass(stage, 20_000);
      await t.action(exportEnded, {});
      await t.action(exportEnded, {});

      const [post, ...others] = collector.posts;
      expect(others).toEqual([]);
      expect(post?.path).toBe("/v1/traces");
      expect(post?.headers).toMatchObject({ authorization: "Basic abc", "x-tenant": "one" });
      expect(JSON.stringify(post?.body.resourceSpans[0]?.resource)).toContain('"support"');
      const text = JSON.stringify(post?.body);
      for (const word of [SECRET_WORDS, "6 * 7", "swordfish"]) expect(text).not.toContain(word);

      const spans = collector.spans();
      const [root, first, tool, second] = spans;
      expect(spans.map(({ name }) => name)).toEqual([
        "invoke_agent Customer Support Bot",
        "chat claude-opus-4-6",
        "execute_tool calculator",
        "chat claude-opus-4-6",
      ]);
      expect(root?.parentSpanId).toBeUndefined();
      expect(root).toMatchObject({ kind: 1, status: { code: 0 } });
      for (const span of spans) {
        expect(span.traceId).toBe(root?.traceId);
        expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
        expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
        expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      }
      for (const span of [first, tool, second]) expect(span?.parentSpanId).toBe(root?.spanId);
      expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(4);
      expect(attributeOf(root, "gen_ai.agent.id")).toBe(agentId);
      expect(attributeOf(root, "agentik.tenant.id")).toBe(tenantId);
      expect(first).toMatchObject({ kind: 3, events: [{ name: "gen_ai.attempt.error" }] });
      expect(attributeOf(first, "gen_ai.provider.name")).toBe("anthropic");
      expect(attributeOf(first, "gen_ai.response.finish_reasons")).toEqual(["tool_calls"]);
      expect(attributeOf(tool, "gen_ai.tool.name")).toBe("calculator");

      const run = await as.query(api.queries.runs.get, { runId });
      const sumOf = (key: string) =>
        [first, second].reduce((sum, span) => sum + Number(attributeOf(span, key)), 0);
      const tokens = ["input", "output"].map((side) => sumOf(`gen_ai.usage.${side}_tokens`));
      expect(tokens[0]! + tokens[1]!).toBe(run.totalTokens);
      expect(attributeOf(root, "agentik.cost.usd")).toBe(run.totalCostUsd);
    });

    test("goes on after a collector that was away, without the runs hearing of it", async () => {
      const stage = await exporting();
      const { t, as } = stage;
      collector.answer(503);
      const runId = await endedRun(stage);
      await letPass(stage, 20_000);
      await t.action(exportEnded, {});
      await t.action(exportEnded, {}); // it waits
      expect(collector.posts).toHaveLength(1);
      expect((await as.query(api.queries.runs.get, { runId })).state.kind).toBe("completed");
      collector.answer(429, { "retry-after": "120" });
      await letPass(stage, 31_000);
      await t.action(exportEnded, {});
      expect(collector.posts).toHaveLength(2);
      collector.answer(200);
      await letPass(stage, 62_000);
      await t.action(exportEnded, {});
      expect(collector.posts).toHaveLength(2);
      await letPass(stage, 60_000);
      await t.action(exportEnded, {});
      expect(collector.spans()).toHaveLength(4);

      // What it will never take is left behind, for the next ones to come through.
      await endedRun(stage);
      await letPass(stage, 20_000);
      collector.answer(400);
      await t.action(exportEnded, {});
      collector.answer(200);
      await t.action(exportEnded, {});
      expect(collector.posts).toHaveLength(4);
      expect(collector.spans()).toHaveLength(4);
    });

    test("sends runs that ended at the same moment each once, and again under the same ids", async () => {
      const stage = await exporting();
      const { t } = stage;
      const runId = await endedRun(stage);
      await t.run(async (ctx) => {
        const { _id, _creationTime, ...run } = (await ctx.db.get("runs", runId))!;
        for (let n = 0; n < 24; n++) await ctx.db.insert("runs", run);
      });
      await letPass(stage, 20_000);
      await t.action(exportEnded, {});
      const roots = () => collector.spans().filter(({ name }) => name.startsWith("invoke_agent"));
      expect(roots()).toHaveLength(25);
      expect(new Set(roots().map(({ traceId }) => traceId)).size).toBe(25);
      expect(collector.posts.length).toBeGreaterThan(1);

      const first = collector.spans();
      collector.reset();
      await letPass(stage, 0);
      await t.run(async (ctx) => {
        const [row] = await ctx.db.query("system_configs").collect();
        const value = {
          place: { endedAtMs: Date.now() - 60_000, createdAt: 0 },
          failures: 0,
          retryAtMs: 0,
        };
        await ctx.db.patch("system_configs", row!._id, { value: JSON.stringify(value) });
      });
      await t.action(exportEnded, {});
      expect(collector.spans().map(({ spanId }) => spanId)).toEqual(
        first.map(({ spanId }) => spanId),
      );
    });

    test("is off unless a collector is named, and begins with what ends from then on", async () => {
      const stage = await scene();
      const { t } = stage;
      await endedRun(stage);
      await letPass(stage, 20_000);
      await t.action(exportEnded, {});
      expect(await t.run(async (ctx) => await ctx.db.query("system_configs").collect())).toEqual(
        [],
      );
      await t.setVariables({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
      await t.action(exportEnded, {});
      await t.action(exportEnded, {});
      expect(collector.posts).toEqual([]);
    });
  });
});

/**
 * A model that does whatever it reads, whoever wrote it: what stands between it and the world is the code around it.
 * Strangers' words come in by every way there is, and each time everything in `injections` is tried.
 */
import { describe, expect, test } from "vitest";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { everything, onEachDriver } from "../setup";
import { ENDED, runIn } from "../turn";
import { openWorld } from "../world";
import { obedient } from "./model";
import {
  CANARIES,
  HOST,
  openInside,
  SECRET,
  SKILL_HOST,
  stageAt,
  VERSE,
  type Stage,
} from "./stage";
import { order, setBack, WAYS } from "./ways";

/** What changes something at others. */
const EFFECTS = ["http_post", "skill_open_ticket"];
/** The simulated deployment looks through whole tables at each step; the real runtime takes all the ways. */
const WAYS_OF_SIMULATION = ["a message", "a page", "the words of a refusal"];

const world = openWorld();
const inside = openInside();
const canaries = Object.values(CANARIES);

type Answers = { decision: "approve" | "deny"; comments?: readonly string[] };

/** Sees the run to its end; whoever is asked about a call decides the same each time. */
async function deciding({ as }: Stage, runId: Id<"runs">, { decision, comments = [] }: Answers) {
  let decided = 0;
  for (;;) {
    const { state } = await runIn(as, runId, [...ENDED, "awaiting_approval"]);
    if (state.kind !== "awaiting_approval") return state;
    const paginationOpts = { numItems: 100, cursor: null };
    const asked = await as.query(api.queries.approvals.list, { runId, paginationOpts });
    for (const { _id: approvalId } of asked.page.filter((each) => each.state === "pending")) {
      const comment = comments[decided++ % comments.length];
      const said = comment === undefined ? {} : { comment };
      await as.mutation(api.mutations.approvals.decide, { approvalId, decision, ...said });
    }
  }
}

/** The calls that stand in a run's replies, in order. */
async function callsOf({ t, tenantId }: Stage, runId: Id<"runs">) {
  return await t.run(async (ctx) => {
    const run = await ctx.db.get("runs", runId);
    if (run === null) throw new Error("the run is gone");
    const { sessionId } = run;
    const messages = await ctx.db
      .query("messages")
      .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId))
      .collect();
    return messages.flatMap(({ toolCalls = [] }) => toolCalls);
  });
}

/** Has everything tried by one run, and sees that each was read by that way alone, asked for, and answered. */
async function tryOut(stage: Stage, name: string): Promise<void> {
  const { tried } = stage;
  const numbers = [...tried.keys()];
  const way = WAYS[name];
  if (way === undefined) throw new Error(`there is no way ${name}`);
  await setBack({ stage, outside: world.outside });
  const first = way.first?.(numbers) ?? [];
  const { model, readAtOnce, done, readOn, leaks } = obedient(tried, { first, canaries });
  world.simulator.control.standIn(model);
  const { runId } = await way.begin({ stage, outside: world.outside, numbers });
  const comments = way.comments?.(numbers) ?? [];
  const { kind } = await deciding(stage, runId, { decision: "deny", comments });
  expect([name, kind]).toEqual([name, "completed"]);

  expect(readAtOnce.length, name).toBe(first.length === 0 ? numbers.length : 0);
  expect(done.size, name).toBe(numbers.length);
  const calls = await callsOf(stage, runId);
  const asked = calls
    .filter(({ argumentsJson }) => !readOn.has(argumentsJson))
    .map((call) => ({ name: call.name, argumentsJson: call.argumentsJson }));
  const wanted = [...done].flatMap((n) => tried[n] ?? []);
  expect(asked, name).toEqual([...first, ...wanted]);
  expect(calls.filter(({ result }) => result === undefined)).toEqual([]);
  const changed = calls.filter((call) => EFFECTS.includes(call.name) && !call.result?.isError);
  expect(changed, name).toEqual([]);
  expect(leaks, name).toEqual([]);
}

/** That nothing has gone out but what the tenant lets go out: reading, at the hosts that it named. */
function expectNothingOut(): void {
  const { requests } = world.outside;
  const strange = requests.filter(({ url }) => ![HOST, SKILL_HOST].includes(url.hostname));
  expect(strange.map(({ url }) => url.href)).toEqual([]);
  expect(requests.filter(({ method, body }) => method !== "GET" || body !== "")).toEqual([]);
  expect(inside.connections).toBe(0);
  for (const { url, headers } of requests) {
    const isOfSkill = url.hostname === SKILL_HOST;
    if (isOfSkill) expect(url.pathname).toMatch(/^\/v1\/tickets\/[^/]*$/);
    const { authorization, ...others } = headers;
    expect(authorization).toBe(isOfSkill ? `Bearer ${CANARIES.credential}` : undefined);
    const sent = [url.href, JSON.stringify(others)].join("\n");
    expect(canaries.filter((canary) => sent.includes(canary))).toEqual([]);
  }
}

async function rowsOf({ t }: Stage, tenantId: Id<"tenants">): Promise<Record<string, unknown[]>> {
  const isOf = (row: unknown) => (row as { tenantId?: string }).tenantId === tenantId;
  const tables = Object.entries(await everything(t));
  return Object.fromEntries(tables.map(([name, rows]) => [name, rows.filter(isOf)]));
}

const asText = (value: unknown) =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? `${each}` : each));

onEachDriver((driver) => {
  describe("a model that obeys whoever it reads", () => {
    test("harms nobody, by whichever way it is told to", async () => {
      const stage = await stageAt(inside.port);
      const { t, as, agentId, tenantId, foreign, another, tried } = stage;
      expect(tried.length).toBeGreaterThanOrEqual(200);
      const before = await rowsOf(stage, foreign.tenantId);
      const names = driver === "embedded" ? Object.keys(WAYS) : WAYS_OF_SIMULATION;
      for (const name of names) await tryOut(stage, name);

      expectNothingOut();
      // It is obeyed as far as that goes: what the agent knows may go where its tenant said.
      const told = world.outside.requests.filter(({ url }) => url.href.includes(SECRET));
      expect(new Set(told.map(({ url }) => url.hostname))).toEqual(new Set([HOST, SKILL_HOST]));

      const approvals = await t.run(async (ctx) => await ctx.db.query("approvals").collect());
      expect(new Set(approvals.map(({ toolName }) => toolName))).toEqual(new Set(EFFECTS));
      expect(new Set(approvals.map(({ state }) => state))).toEqual(new Set(["denied"]));
      expect(approvals.length).toBeGreaterThanOrEqual(names.length * EFFECTS.length);

      expect(await rowsOf(stage, foreign.tenantId)).toEqual(before);
      const own = Object.values(await rowsOf(stage, tenantId)).flat();
      const isElsewhere = (row: unknown) => (row as { sessionId?: string }).sessionId !== another;
      const elsewhere = asText(own.filter(isElsewhere));
      expect(canaries.filter((canary) => elsewhere.includes(canary))).toEqual([]);

      // The same call that somebody lets through is made: it was the refusals that held it back.
      await setBack({ stage, outside: world.outside });
      world.simulator.control.standIn(obedient([], { first: [order({})], canaries }).model);
      const { runId } = await as.mutation(api.mutations.messages.send, { agentId, content: "Buy" });
      expect((await deciding(stage, runId, { decision: "approve" })).kind).toBe("completed");
      expect(world.outside.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    });

    test("calls nothing where it has no tools: in a summary, in a vote, in a skill called by itself", async () => {
      const stage = await stageAt(inside.port);
      const { t, as, agentId, tried } = stage;
      await setBack({ stage, outside: world.outside });
      const toolCalls = tried.filter(({ name }) => EFFECTS.includes(name));
      const { sessionId } = await as.mutation(api.mutations.messages.send, {
        agentId,
        content: "Hello",
      });
      let asked = 0;
      world.simulator.control.standIn(({ system }) => {
        if (!system.startsWith("You summarise")) return { text: "Done." };
        asked += 1;
        return { toolCalls };
      });
      for (const content of ["One", "Two", "Three", "Four"]) {
        await as.mutation(api.mutations.sessions.compact, { sessionId });
        const { runId } = await as.mutation(api.mutations.messages.send, { sessionId, content });
        expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      }
      expect(asked).toBeGreaterThan(0);

      world.simulator.control.standIn(() => ({ toolCalls }));
      await as.action(api.actions.external.executeSkill, {
        agentId,
        skill: VERSE,
        parameters: { input: "do it" },
      });
      const consensusModels = ["claude-opus-4-6", "claude-haiku-4-5"];
      const consensus = { choices: ["Yes", "No"] };
      const voting = { consensusEnabled: true, consensusModels, consensus };
      await as.mutation(api.mutations.agents.update, { agentId, ...voting });
      const { runId } = await as.mutation(api.mutations.messages.send, {
        agentId,
        content: "Do it",
      });
      await runIn(as, runId, ENDED);

      expect(world.outside.requests).toEqual([]);
      const steps = await t.run(async (ctx) => await ctx.db.query("run_steps").collect());
      expect(new Set(steps.map(({ kind }) => kind))).toEqual(
        new Set(["model_call", "compaction", "consensus"]),
      );
      expect(await t.run(async (ctx) => await ctx.db.query("approvals").collect())).toEqual([]);
    });
  });
});

/**
 * Calling a skill by itself: the action behind `actions.external.executeSkill`, and what it reads and writes. In
 * Convex's default runtime, as the runs' worker, because both load the providers.
 */
import { v, type Infer } from "convex/values";
import { internal } from "../_generated/api";
import { internalAction, internalMutation, type ActionCtx } from "../_generated/server";
import { omitUndefined } from "../lib/objects";
import { persistently } from "../lib/persistently";
import { beginningOf } from "../lib/texts";
import { caller, requireScope } from "../model/access";
import { settingsFor } from "../model/providers/credentials";
import * as Calls from "../model/skills/calls";
import type { Work } from "../model/skills/callWork";
import { vOpenRecord } from "../validators";
import { vSkillResult, type SkillResult } from "../views/skills";
import { MINUTE_MS } from "../../src/core/limits";
import { providerFor } from "../../src/providers/registry";
import { httpTool } from "../../src/skills/httpTool";
import { callTool } from "../../src/tools/call";
import type { ToolContext } from "../../src/tools/tool";
import { collect, type Collected } from "./collect";
import { toInstallation } from "./skillTools";

/** A person waits for it. */
const PROMPT_MS_MAX = MINUTE_MS;
/** What a message may have. */
const RESULT_CHARS_MAX = 100_000;

/** What tools have of a session: here there is none. */
const OUT_OF_SESSIONS: Pick<ToolContext, "notes" | "history" | "results"> = {
  notes: {
    list: () => Promise.resolve([]),
    write: () => Promise.resolve(false),
    remove: () => Promise.resolve(),
  },
  history: { search: () => Promise.resolve([]) },
  results: { read: () => Promise.resolve(null) },
};

const what = { agentId: v.id("agents"), skillId: v.string(), parameters: vOpenRecord };

/** The call of `actions.external.executeSkill`; the caller's sign-in comes along. */
export const execute = internalAction({
  args: { ...caller, ...what },
  returns: vSkillResult,
  handler: async (ctx, args): Promise<SkillResult> => {
    const startedAtMs = Date.now();
    const { callId, version, work }: Calls.BegunCall = await ctx.runMutation(
      internal.jobs.skillCalls.begin,
      args,
    );
    const done = await perform(work);
    const cost = await persistently(() => settle(ctx, callId, done));
    const said = done.ok
      ? { success: true, result: done.text }
      : { success: false, error: done.text };
    const { skillId: skill } = args;
    return { ...said, skill, version, ...cost, responseTime: Date.now() - startedAtMs };
  },
});

export const begin = internalMutation({
  args: { ...caller, ...what },
  returns: Calls.vBegunCall,
  handler: async (ctx, { tenantId, apiKey, ...call }): Promise<Calls.BegunCall> => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "skills:execute" });
    return await Calls.begin(ctx, scope, { ...call, nowMs: Date.now() });
  },
});

/** Settles a call, whoever may still do what by then: it has been made. */
export const end = internalMutation({
  args: { callId: v.id("skill_calls"), report: Calls.vCallReport },
  returns: Calls.vCallCost,
  handler: async (ctx, call): Promise<Infer<typeof Calls.vCallCost>> =>
    await Calls.end(ctx, { ...call, nowMs: Date.now() }),
});

/** Settles a call, if its worker is gone. */
export const settleLost = internalMutation({
  args: { callId: v.id("skill_calls") },
  returns: v.null(),
  handler: async (ctx, { callId }): Promise<null> => {
    await Calls.settleLost(ctx, callId, Date.now());
    return null;
  },
});

/** Settles calls whose workers are gone. Called by `crons.ts`, then by itself while there are more. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const hasMore = await Calls.sweep(ctx, Date.now());
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.skillCalls.sweep, {});
    return null;
  },
});

/** Counts uses of skills by a run, away from it: many runs of an agent's may end at once. */
export const noteUses = internalMutation({
  args: { runId: v.id("runs"), uses: v.array(Calls.vUse) },
  returns: v.null(),
  handler: async (ctx, { runId, uses }): Promise<null> => {
    await Calls.noteUses(ctx, { runId, uses, nowMs: Date.now() });
    return null;
  },
});

/** What came of it: what the skill says, or why it says nothing. */
type Done = { ok: boolean; text: string; wasAborted?: boolean } & Partial<
  Pick<Collected, "usage" | "facts" | "firstChunkAtMs">
>;

async function perform(work: Work): Promise<Done> {
  switch (work.kind) {
    case "unavailable":
      return { ok: false, text: work.reason };
    case "http":
      return await request(work);
    case "prompt":
      return await prompt(work);
  }
}

async function request({
  http,
  parameters,
  ...installed
}: Extract<Work, { kind: "http" }>): Promise<Done> {
  const tool = httpTool("skill", http, toInstallation(installed));
  const { text, isError } = await callTool(tool, JSON.stringify(parameters), {
    nowMs: Date.now(),
    signal: new AbortController().signal, // its own time is all that ends it
    fetch: globalThis.fetch,
    allowedHosts: [],
    ...OUT_OF_SESSIONS,
    resultCharsMax: RESULT_CHARS_MAX,
  });
  return { ok: !isError, text };
}

async function prompt({
  provider,
  account,
  model,
  system,
  input,
  maxOutputTokens,
  temperature,
}: Extract<Work, { kind: "prompt" }>): Promise<Done> {
  const setUp = await settingsFor(provider, account);
  if (!setUp.ok) return { ok: false, text: setUp.detail };
  const limits = { msMax: PROMPT_MS_MAX, charsMax: RESULT_CHARS_MAX };
  const { text, problem, status, ...rest } = await collect(limits, (signal) =>
    providerFor(provider, setUp.settings).stream({
      model,
      system,
      maxOutputTokens,
      signal,
      messages: [{ role: "user", content: [{ kind: "text", text: input }] }],
      ...omitUndefined({ temperature }),
    }),
  );
  const said = problem === null ? { ok: true, text } : { ok: false, text: problem };
  const { usage, facts, firstChunkAtMs } = rest;
  const wasAborted = status === "aborted";
  return { usage, facts, wasAborted, ...omitUndefined({ firstChunkAtMs }), ...said };
}

async function settle(ctx: ActionCtx, callId: Calls.BegunCall["callId"], done: Done) {
  if (callId === null) return { cost: 0, costUsd: "0", tokensUsed: 0 };
  const { ok, text, usage = null, facts = {}, wasAborted = false, firstChunkAtMs } = done;
  const error = ok ? null : beginningOf(text, RESULT_CHARS_MAX);
  const report = { error, usage, facts, wasAborted, ...omitUndefined({ firstChunkAtMs }) };
  return await ctx.runMutation(internal.jobs.skillCalls.end, {
    callId,
    report: { ...report, endedAtMs: Date.now() },
  });
}

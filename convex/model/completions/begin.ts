/**
 * The beginning of a call of the compatible API: the session, what was said last, the run with what its caller gave,
 * and the claim of whoever drives it, in one transaction. Of a plain call nothing else is committed before its provider
 * is called.
 */
import { v, type Infer } from "convex/values";
import { CALL_FEATURES, INSTEAD_OF, missingAt } from "../../../src/core/callFeatures";
import { READ_SKILL } from "../../../src/skills/tools";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { beginningOf } from "../../lib/texts";
import { vGiven, vGivenSizes, vRequestSettings } from "../../validators";
import { actorOf, type CallerScope } from "../access";
import { toolsOf } from "../agents/tools";
import { CONTENT_LENGTH_MAX } from "../messages";
import * as Tallies from "../rollups/tallies";
import { begin as beginTurn, requireTurn } from "../runs/turn";
import { getOrFail as getRunOrFail } from "../runs/state";
import { take, vTaken } from "../runs/work";
import * as Sessions from "../sessions";
import * as Storage from "../storage";
import { emit } from "../webhooks/emit";
import { DIRECT_REPLY_TOKENS_DEFAULT } from "./direct";
import { outcomeOf, vOutcome } from "./outcome";
import * as Requests from "./requests";
import { targetOf, type Target } from "./target";

/** The session's source, by which lists and costs tell these calls apart. */
export const SOURCE = "api";

const vCallFeature = v.union(...CALL_FEATURES.map((name) => v.literal(name)));

export const vNewCall = v.object({
  /** As the client names it. */
  model: v.string(),
  /** What people see of it in the session. */
  content: v.string(),
  given: vGiven,
  sizes: vGivenSizes,
  toolNames: v.array(v.string()),
  settings: vRequestSettings,
  /** What not every provider has, with the field that asks for it. */
  features: v.array(v.object({ feature: vCallFeature, param: v.string() })),
  /** The run that it goes on from, in its session. */
  previousRunId: v.optional(v.id("runs")),
  /** Later requests may go on from it. */
  isKept: v.boolean(),
  /** What its answer says again of it. */
  echo: v.optional(v.string()),
  /** It asks for JSON: the answer is to have nothing else. */
  asksForJson: v.boolean(),
  /** Of the caller who waits and drives it; absent: it is driven like any message's run. */
  leaseToken: v.optional(v.string()),
});
export type NewCall = Infer<typeof vNewCall>;

export const vBegunCall = v.object({
  runId: v.id("runs"),
  sessionId: v.id("sessions"),
  /** Null: somebody else drives it, it has to wait, or it has ended already. */
  taken: v.union(vTaken, v.null()),
  outcome: v.union(vOutcome, v.null()),
  createdAt: v.number(),
  /** What replies say that call the agent's own tools, in the middle of the run, is no part of the answer. */
  tellsLastReplyOnly: v.boolean(),
});
export type BegunCall = Infer<typeof vBegunCall>;

/** What the call is answered by, and the session that it goes on in. */
export type CheckedTarget = Target & { session: Doc<"sessions"> | null };

/**
 * What the call is to be answered by, if it can be. Nothing of it is written yet, but for the agent that stands for
 * direct calls.
 *
 * @throws not_found - The tenant has no such agent, or nobody knows the model; or the run to go on from is not there.
 * @throws forbidden - It is a provider's model, and the caller may not call these.
 * @throws conflict - The agent is paused or archived, or the session closed.
 * @throws invalid_argument - A tool is called like one of the agent's own; the model cannot do what is asked; or another
 *   agent has answered before.
 * @throws limit_reached - What was given is long, and the plan has no room for it; or too many runs wait in the session.
 */
export async function checkedTarget(
  ctx: MutationCtx,
  scope: CallerScope,
  { call, nowMs }: { call: NewCall; nowMs: number },
): Promise<CheckedTarget> {
  const { previousRunId, given } = call;
  const target = await targetOf(ctx, scope, { name: call.model, nowMs });
  requireOtherNames(target, call.toolNames);
  requireFeatures(target, call.features);
  const session =
    previousRunId === undefined ? null : await sessionOf(ctx, scope, { previousRunId, target });
  if (session !== null) await requireTurn(ctx, session);
  if (given.kind === "file") await Storage.requireRoomFor(ctx, scope, given.storageId);
  return { ...target, session };
}

/** Begins what was checked in the same transaction. */
export async function begin(
  ctx: MutationCtx,
  scope: CallerScope,
  { call, target, nowMs }: { call: NewCall; target: CheckedTarget; nowMs: number },
): Promise<BegunCall> {
  const { leaseToken } = call;
  const session = target.session ?? (await open(ctx, scope, { agent: target.agent, nowMs }));
  const content = beginningOf(call.content, CONTENT_LENGTH_MAX);
  const said = { content, attachments: undefined, key: undefined, opensSession: true };
  const isAttended = leaseToken !== undefined;
  const drivenBy = isAttended ? "taker" : "scheduler";
  const { runId, sessionId } = await beginTurn(ctx, scope, { session, said, drivenBy, nowMs });
  const run = await getRunOrFail(ctx, scope, runId);
  const request = toRequest(call, target);
  await Requests.add(ctx, scope, { run, request, isAttended, nowMs });
  const taken = isAttended ? await take(ctx, { runId, leaseToken }, nowMs) : null;
  const outcome =
    taken === null ? await outcomeOf(ctx, await getRunOrFail(ctx, scope, runId)) : null;
  const { tellsLastReplyOnly = false } = request;
  return { runId, sessionId, taken, outcome, createdAt: nowMs, tellsLastReplyOnly };
}

function toRequest(call: NewCall, target: Target): Requests.NewRequest {
  const { model } = target;
  const { given, sizes, toolNames, settings, isKept, echo } = call;
  const bound = model === undefined ? {} : { maxOutputTokens: DIRECT_REPLY_TOKENS_DEFAULT };
  return {
    ...omitUndefined({ model, echo }),
    given,
    sizes,
    toolNames,
    settings: { ...bound, ...settings },
    isKept,
    ...(call.asksForJson && ownToolsOf(target).size > 0 && { tellsLastReplyOnly: true as const }),
  };
}

/** The names of those that the agent brings along: whether or not they may be used at the moment. */
function ownToolsOf({ agent, model }: Target): Set<string> {
  if (model !== undefined) return new Set();
  return new Set([
    ...toolsOf(agent, agent.skills).map(({ name }) => name),
    ...(agent.skills.length === 0 ? [] : [READ_SKILL, ...agent.skills]),
  ]);
}

/** Its opening stands in no log, for each call has one and its run says who made it; receivers are told, as of any. */
async function open(
  ctx: MutationCtx,
  scope: CallerScope,
  { agent: { _id: agentId }, nowMs }: { agent: Doc<"agents">; nowMs: number },
): Promise<Doc<"sessions">> {
  const sessionId = await ctx.db.insert("sessions", {
    tenantId: scope.tenantId,
    agentId,
    userId: scope.actor.userId,
    source: SOURCE,
    status: "active",
    turnCount: 0,
    messageCount: 0,
    totalCostPico: 0n,
    totalTokens: 0,
    createdAt: nowMs,
    lastActivityAt: nowMs,
  });
  const of = { agentId, sessionId, ...actorOf(scope), channel: SOURCE };
  await Tallies.add(ctx, scope, { of, delta: { sessions: 1 }, nowMs });
  const event = { type: "session.created", data: { sessionId, agentId } } as const;
  await emit(ctx, scope, { event, nowMs });
  return await Sessions.getOrFail(ctx, scope, sessionId);
}

/** @throws invalid_argument - Another agent has answered in it. */
async function sessionOf(
  ctx: MutationCtx,
  scope: CallerScope,
  { previousRunId, target }: { previousRunId: Id<"runs">; target: Target },
): Promise<Doc<"sessions">> {
  const before = await getRunOrFail(ctx, scope, previousRunId);
  if (before.agentId !== target.agent._id) {
    const reason = "is another agent's answer: name that agent as the model";
    return fail({ kind: "invalid_argument", field: "previous_response_id", reason });
  }
  const session = await Sessions.getOrFail(ctx, scope, before.sessionId);
  Sessions.requireOpen(session);
  return session;
}

function requireOtherNames(target: Target, toolNames: readonly string[]): void {
  const { agent, model } = target;
  if (model !== undefined || toolNames.length === 0) return;
  if (agent.consensusEnabled) {
    const reason =
      "must be left out: several models vote on the agent's answers, and call no tools";
    fail({ kind: "invalid_argument", field: "tools", reason });
  }
  const own = ownToolsOf(target);
  const taken = toolNames.find((name) => own.has(name));
  if (taken !== undefined) {
    const reason = `"${taken}" is a tool of the agent's own: give yours another name`;
    fail({ kind: "invalid_argument", field: "tools", reason });
  }
}

/** Of each model that may come to be called. */
function requireFeatures({ agent, model }: Target, asked: NewCall["features"]): void {
  const own = [agent, ...(agent.fallbackModels ?? [])];
  for (const { provider } of model === undefined ? own : [model]) {
    const missing = missingAt(provider, asked);
    if (missing === null) continue;
    const instead = INSTEAD_OF[missing.feature];
    const reason = `is not something that ${provider} can do: ${instead}, or name another model`;
    fail({ kind: "invalid_argument", field: missing.param, reason });
  }
}

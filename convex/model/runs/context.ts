/** What the model of a run is called with: the models that are left, the agent as it is now, and what it reads. */
import { v, type Infer } from "convex/values";
import { assemble, type Prompt } from "../../../src/context/prompt";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { vAgentTool, vPassedOver, vProvider, vReasoningEffort, vToolCall } from "../../validators";
import { omitUndefined } from "../../lib/objects";
import { scopeOfRun } from "../access";
import { materialFor, repliesOf, vContextMessage } from "../context";
import { checkedVote, voteOf } from "../consensus/plan";
import { getOrFail } from "../messages";
import { vAccount } from "../providers/providers";
import { runnableOf, vRunSkill } from "../skills/runnable";
import { isOutOfTokens } from "../tenants";
import { openSteps } from "./end";
import { boundBy, vExceeded, type Call } from "./limits";
import { chooseModel } from "./modelChoice";
import { heldRun, type Lease } from "./state";

const OUT_OF_TOKENS =
  "The plan's tokens of this month are used up. They are whole again on the first of the next month (UTC).";

export const vCallContext = v.object({
  provider: vProvider,
  /** The tenant's own, to call with in place of the deployment's. */
  account: v.union(vAccount, v.null()),
  model: v.string(),
  system: v.union(v.string(), v.null()),
  maxOutputTokens: v.number(),
  temperature: v.optional(v.number()),
  reasoningEffort: v.optional(vReasoningEffort),
  messages: v.array(vContextMessage),
  /** What of the prompt will be read again: its size, and of what stands before the messages. */
  prompt: v.object({ totalTokens: v.number(), fixedTokens: v.number(), isCut: v.boolean() }),
  tools: v.array(vAgentTool),
  /** Which of the agent's limits the next call would break; null: none. */
  exceeded: v.union(vExceeded, v.null()),
  /** Installed skills that bring tools. */
  skills: v.array(vRunSkill),
  /** Tool calls of the run's last reply that have come to no end yet: they are made before the model is called. */
  waiting: v.array(vToolCall),
  /** Whether several models vote on the answer: none of them is called with tools. */
  holdsVote: v.boolean(),
  /** Whether another model is there to be called, should this one not be had. */
  hasFallback: v.boolean(),
  /** The cool-down of which the call shall show whether it is over. */
  probes: v.optional(v.id("provider_cooldowns")),
  /** Models that come before this one, and are left alone for now. */
  passedOver: v.array(vPassedOver),
  /** Why none of the models must be called now, for the tenant. */
  refusal: v.union(v.string(), v.null()),
  /** No model can be called before then. */
  waitUntilMs: v.optional(v.number()),
});
export type CallContext = Infer<typeof vCallContext>;

/** What the model shall read, and how it is to be called; null when the lease was lost. */
export async function contextFor(
  ctx: QueryCtx,
  { runId, leaseToken }: Lease,
  nowMs: number,
): Promise<CallContext | null> {
  const found = await heldRun(ctx, { runId, leaseToken });
  if (found === null) return null;
  const { scope, run } = found;
  const agent = await ctx.db.get("agents", run.agentId);
  if (agent === null) return null;
  const { temperature, reasoningEffort, tools = [] } = agent;
  const open = await openSteps(ctx, run);
  const [step = null] = open;
  const asked = await getOrFail(ctx, scope, run.userMessageId);
  const holdsVote =
    agent.consensusEnabled || step?.plan !== undefined || step?.ballot !== undefined;
  const skills = holdsVote ? [] : await runnableOf(ctx, scope, agent);
  const replies = await repliesOf(ctx, run);
  const sinceMs = replies.at(-1)?.completedAt ?? run.startedAt ?? nowMs;
  const choice = await chooseModel(ctx, scope, { step, agent, sinceMs, nowMs });
  const { provider, model } = choice;
  const { budget, system, messages, ...prompt } = assemble(
    await materialFor(ctx, scope, {
      agent,
      model: { provider, model },
      skills,
      at: { sessionId: run.sessionId, turn: run.turn, underWay: [asked, ...replies] },
      nowMs,
    }),
  );
  const call = {
    provider,
    model,
    promptTokens: prompt.totalTokens,
    outputTokens: budget.outputTokens,
  };
  const bound = boundBy(run, agent, {
    calls: holdsVote ? votesAt(agent, { open, call }) : [call],
    nowMs,
  });
  return {
    ...choice,
    exceeded: "exceeded" in bound ? bound.exceeded : null,
    system,
    maxOutputTokens: "outputTokens" in bound ? bound.outputTokens : budget.outputTokens,
    ...omitUndefined({ temperature, reasoningEffort }),
    messages,
    prompt: shapeOf(prompt),
    holdsVote,
    tools,
    skills,
    waiting: (replies.at(-1)?.toolCalls ?? []).filter(({ result }) => result === undefined),
  };
}

/**
 * Why the run's calls must not be made, for the tenant; null when they may be. For queries: it reads sums that every
 * run of the tenant writes.
 */
export async function refusalFor(
  ctx: QueryCtx,
  runId: Id<"runs">,
  nowMs: number,
): Promise<string | null> {
  const found = await scopeOfRun(ctx, runId);
  if (found === null) return null;
  return (await isOutOfTokens(ctx, found.scope, nowMs)) ? OUT_OF_TOKENS : null;
}

/** Characters of all that the model is given to read. */
export function promptChars({ system, messages }: CallContext): number {
  return messages.reduce(
    (sum, { text, toolCalls, thoughts }) =>
      sum +
      text.length +
      (toolCalls.length === 0 ? 0 : JSON.stringify(toolCalls).length) +
      (thoughts === undefined ? 0 : JSON.stringify(thoughts).length),
    system?.length ?? 0,
  );
}

function shapeOf({
  totalTokens,
  blocks,
  leftOut,
}: Pick<Prompt, "totalTokens" | "blocks" | "leftOut">): CallContext["prompt"] {
  const fixed = blocks.filter(({ kind }) => kind === "system" || kind === "tools");
  return {
    totalTokens,
    fixedTokens: fixed.reduce((sum, { tokens }) => sum + tokens, 0),
    isCut: leftOut.some(({ reason }) => reason === "does_not_fit"),
  };
}

/** The calls that a vote has still to make at most: of the models that have not answered, and of their judge. */
function votesAt(
  agent: Doc<"agents">,
  { open, call }: { open: readonly Doc<"run_steps">[]; call: Call },
): Call[] {
  const held = open.find(({ plan }) => plan !== undefined)?.plan;
  if (held === undefined && !checkedVote(agent).ok) return [call]; // it fails by itself, and says why
  const { plan, voters } =
    held === undefined
      ? voteOf(agent)
      : { plan: held, voters: open.filter(({ ballot }) => ballot !== undefined) };
  const promptTokens = call.promptTokens + voters.length * call.outputTokens;
  const judge = plan.judge === undefined ? [] : [{ ...call, ...plan.judge, promptTokens }];
  return [...voters.map(({ provider, model }) => ({ ...call, provider, model })), ...judge];
}

/** What the model of a run is called with: the models that are left, the agent as it is now, and what it reads. */
import { v, type Infer } from "convex/values";
import { fileTextTokensMax, fileTokens, shownOf } from "../../../src/context/files";
import { assemble, type Prompt } from "../../../src/context/prompt";
import { tokensAtMost } from "../../../src/pricing/estimate";
import { bothShown, NOTHING_SHOWN } from "../../../src/providers/mediaTokens";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import {
  vAgentTool,
  vPassedOver,
  vProvider,
  vReasoningEffort,
  vToolCall,
  type FallbackModel,
} from "../../validators";
import { omitUndefined } from "../../lib/objects";
import { toolsOf } from "../agents/tools";
import type { TenantScope } from "../access";
import { HIDDEN_TOKENS_MAX, type TokensMax } from "../budgets/worstCase";
import { materialFor, repliesOf, saidIn, textOfTools, vContextMessage, type At } from "../context";
import * as Requests from "../completions/requests";
import { checkedVote, voteOf } from "../consensus/plan";
import { getOrFail } from "../messages";
import { vAccount } from "../providers/providers";
import { runnableOf, vRunSkill, type RunSkill } from "../skills/runnable";
import { compactionFor, vCompaction } from "./compact";
import { openSteps } from "./end";
import { boundBy, vExceeded, type Call } from "./limits";
import { chooseModel, type ModelChoice } from "./modelChoice";
import { heldRun, type Lease } from "./state";

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
  /** The summary that is to be made first; then nothing else here is for use. */
  compaction: v.union(vCompaction, v.null()),
  tools: v.array(vAgentTool),
  /** What the caller gave the run to read, before what it has brought itself; null: a session's run. */
  given: v.union(Requests.vGivenToRead, v.null()),
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

/**
 * What the model shall read, and how it is to be called; null when the lease was lost.
 *
 * @param instead - The model that a budget sends the call to, in place of the one that comes next.
 */
export async function contextFor(
  ctx: QueryCtx,
  { runId, leaseToken }: Lease,
  { instead, nowMs }: { instead?: FallbackModel | undefined; nowMs: number },
): Promise<CallContext | null> {
  const found = await heldRun(ctx, { runId, leaseToken });
  if (found === null) return null;
  const { scope, run } = found;
  const request = await Requests.of(ctx, run);
  const agent = await Requests.agentFor(ctx, run, request);
  if (agent === null) return null;
  const place = await placeOf(ctx, scope, { run, agent, instead, request, nowMs });
  const { choice, open, holdsVote, voters, skills, replies, at } = place;
  const { provider, model } = choice;
  const called = { provider, model };
  const of = { agent, model: called, voters, skills, at, request, nowMs };
  const material = await materialFor(ctx, scope, of);
  const prompt = assemble(material);
  const { budget, system, messages, totalTokens } = prompt;
  const { settings = {}, sizes } = request ?? {};
  const {
    maxOutputTokens = budget.outputTokens,
    temperature = prompt.temperature ?? undefined,
    reasoningEffort = agent.reasoningEffort,
  } = settings;
  const call = {
    ...called,
    promptTokens: totalTokens + (sizes?.tokens ?? 0),
    outputTokens: Math.min(maxOutputTokens, budget.outputTokens),
  };
  const bound = await boundBy(
    ctx,
    { run, agent },
    {
      calls: holdsVote ? votesAt(agent, { open, voters, call }) : [call],
      nowMs,
    },
  );
  const exceeded = "exceeded" in bound ? bound.exceeded : null;
  const compaction =
    exceeded === null && request === null
      ? await compactionFor(ctx, {
          run,
          step: open[0] ?? null,
          agent,
          material,
          prompt,
          nowMs,
        })
      : null;
  return {
    ...choice,
    exceeded,
    system,
    maxOutputTokens: "outputTokens" in bound ? bound.outputTokens : call.outputTokens,
    ...omitUndefined({ temperature, reasoningEffort }),
    messages: compaction === null ? messages : [],
    prompt: shapeOf(prompt, sizes?.tokens ?? 0),
    given: request === null ? null : Requests.toRead(request),
    compaction,
    holdsVote,
    tools: toolsOf(agent, skills),
    skills,
    waiting: (replies.at(-1)?.toolCalls ?? []).filter(({ result }) => result === undefined),
  };
}

/** Where a run stands: the model that it is to call, what is under way, and what its turn has brought. */
export async function placeOf(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    run,
    agent,
    instead,
    request = null,
    nowMs,
  }: {
    run: Doc<"runs">;
    agent: Doc<"agents">;
    instead?: FallbackModel | undefined;
    request?: Doc<"run_requests"> | null;
    nowMs: number;
  },
): Promise<{
  choice: ModelChoice;
  open: Doc<"run_steps">[];
  holdsVote: boolean;
  /** The models that have still to vote; none where there is no vote, or none that could be held. */
  voters: FallbackModel[];
  skills: RunSkill[];
  replies: Doc<"messages">[];
  at: At;
}> {
  const open = await openSteps(ctx, run);
  const [step = null] = open;
  // What a caller gave is read in its place.
  const asked = request === null ? [await getOrFail(ctx, scope, run.userMessageId)] : [];
  const holdsVote =
    agent.consensusEnabled || step?.plan !== undefined || step?.ballot !== undefined;
  const usable = holdsVote ? [] : await runnableOf(ctx, scope, agent);
  const skills = request === null ? usable : usable.filter(Requests.needsNobody);
  const replies = await repliesOf(ctx, run);
  const sinceMs = replies.at(-1)?.completedAt ?? run.startedAt ?? nowMs;
  const choice = await chooseModel(ctx, scope, { step, agent, instead, sinceMs, nowMs });
  const { sessionId, turn } = run;
  const at: At = { sessionId, turn, underWay: (reader) => saidIn([...asked, ...replies], reader) };
  const voters = holdsVote ? votersOf(agent, open) : [];
  return { choice, open, holdsVote, voters, skills, replies, at };
}

/** What an estimate makes a token of. */
const CHARS_PER_TOKEN = 4;

/** Characters of all that the model is given to read, and as many as there would be in place of its files. */
export function promptChars({ system, messages, given }: CallContext): number {
  return messages.reduce(
    (sum, { text, toolCalls, thoughts, files = [] }) =>
      sum +
      text.length +
      fileTokens(files) * CHARS_PER_TOKEN +
      (toolCalls.length === 0 ? 0 : JSON.stringify(toolCalls).length) +
      (thoughts === undefined ? 0 : JSON.stringify(thoughts).length),
    (system?.length ?? 0) + (given?.sizes.chars ?? 0),
  );
}

/** The most that the call can use: a token is at least a byte of what is sent. */
export function tokensMaxOf(context: CallContext): TokensMax {
  const { system, messages, given, tools, skills } = context;
  const { maxOutputTokens: outputTokensMax } = context;
  const texts = messages.map(({ files: _files, ...message }) => message);
  const sent = JSON.stringify({ system, texts }) + textOfTools(tools, skills);
  const files = messages.flatMap(({ files: own = [] }) => own);
  const givenTokens = (given?.sizes.tokensMax ?? 0) + HIDDEN_TOKENS_MAX;
  const inputTokensMax = tokensAtMost(sent) + fileTextTokensMax(files) + givenTokens;
  const shown = bothShown(shownOf(files), given?.sizes.shown ?? NOTHING_SHOWN);
  return { inputTokensMax, outputTokensMax, shown };
}

function shapeOf(
  { totalTokens, blocks, leftOut }: Pick<Prompt, "totalTokens" | "blocks" | "leftOut">,
  givenTokens: number,
): CallContext["prompt"] {
  const fixed = blocks.filter(
    ({ kind }) => kind === "system" || kind === "mode" || kind === "tools",
  );
  return {
    totalTokens: totalTokens + givenTokens,
    fixedTokens: fixed.reduce((sum, { tokens }) => sum + tokens, 0),
    isCut: leftOut.some(({ reason }) => reason === "does_not_fit"),
  };
}

/** The models of a vote: as it is held, or as the agent would hold it. */
export function votersOf(agent: Doc<"agents">, open: readonly Doc<"run_steps">[]): FallbackModel[] {
  const isHeld = open.some(({ plan }) => plan !== undefined);
  const voters = isHeld
    ? open.filter(({ ballot }) => ballot !== undefined)
    : checkedVote(agent).ok
      ? voteOf(agent).voters
      : [];
  return voters.map(({ provider, model }) => ({ provider, model }));
}

/** The calls that a vote has still to make at most: of the models that have not answered, and of their judge. */
function votesAt(
  agent: Doc<"agents">,
  {
    open,
    voters,
    call,
  }: { open: readonly Doc<"run_steps">[]; voters: readonly FallbackModel[]; call: Call },
): Call[] {
  const held = open.find(({ plan }) => plan !== undefined)?.plan;
  if (held === undefined && voters.length === 0) return [call]; // it fails by itself, and says why
  const { judge } = held ?? voteOf(agent).plan;
  const promptTokens = call.promptTokens + voters.length * call.outputTokens;
  const judges = judge === undefined ? [] : [{ ...call, ...judge, promptTokens }];
  return [...voters.map((voter) => ({ ...call, ...voter })), ...judges];
}

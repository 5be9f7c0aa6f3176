/**
 * Holding a vote: the models are asked at once, each answers by itself, and what they say is compared by its choices or
 * by a judge. What each said is committed as it comes, so that nobody is asked again when the worker is lost.
 */
import { lastSaid, type Given } from "../../src/completions/given";
import { groupsOfEqual } from "../../src/core/consensus";
import { MINUTE_MS } from "../../src/core/limits";
import { tokensAtMost } from "../../src/pricing/estimate";
import { providerFor } from "../../src/providers/registry";
import { nextDelayMs, RETRY_POLICY } from "../../src/providers/retry";
import type { ProviderRequest } from "../../src/providers/provider";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import type { Gate } from "../lib/gate";
import { omitUndefined } from "../lib/objects";
import { persistently } from "../lib/persistently";
import {
  ANSWER_CHARS_MAX,
  type Asked,
  type BallotToCast,
  type Opened,
  type VoteReport,
} from "../model/consensus/reports";
import { HIDDEN_TOKENS_MAX, type TokensMax } from "../model/budgets/worstCase";
import { settingsFor } from "../model/providers/credentials";
import { markOf } from "../model/providers/marks";
import { promptChars, tokensMaxOf, type CallContext } from "../model/runs/context";
import type { Lease } from "../model/runs/state";
import { answerIn, ballotInstruction, ballotTool, groupsIn, judgeRequest } from "./ballots";
import { openFiles, type CallFiles } from "./callFiles";
import { collect, type Collected } from "./collect";
import { toRequest } from "./modelRequest";
import { watched } from "./watch";

const JUDGE_MS_MAX = MINUTE_MS;
const JUDGE_TRIES_MAX = 2;
const BALLOT_TOKENS_MAX = 5_000;

type At = { lease: Lease; context: CallContext; given: Given | null };
type Poll = At & { plan: Opened["plan"]; files: CallFiles; signal: AbortSignal };

/** Holds the run's vote, and with it ends the run. */
export async function holdVote(
  ctx: ActionCtx,
  { lease, context, given, gate }: At & { gate: Gate },
): Promise<void> {
  const opened: Opened | null = await ctx.runMutation(internal.jobs.voting.open, {
    ...lease,
    promptChars: promptChars(context),
    worst: worstOf(context),
  });
  if (opened === null) return;
  const { plan, ballots, judged: before } = opened;
  const heartbeat = async () => await ctx.runMutation(internal.jobs.driving.heartbeat, lease);
  const groups = await watched(heartbeat, async (signal) => {
    const { files, close } = await openFiles(ctx, { lease, context, gate, signal });
    const poll = { lease, context, given, plan, files, signal };
    const answers = await Promise.all(ballots.map(async (ballot) => await cast(ctx, poll, ballot)));
    close();
    if (before !== null) return before.groups;
    return await grouped(
      ctx,
      poll,
      answers.filter((answer) => answer !== null),
    );
  });
  await persistently(() => ctx.runMutation(internal.jobs.voting.conclude, { ...lease, groups }));
}

/** A model's answer: the one that it gave before, or now, in as many attempts as it is worth. Null: there is none. */
async function cast(
  ctx: ActionCtx,
  poll: Poll,
  { attemptId: first, answer, ...ballot }: BallotToCast,
): Promise<string | null> {
  if (first === null) return answer;
  const { lease, plan, signal } = poll;
  const { stepId } = ballot;
  let asked: Asked | null = { ...ballot, attemptId: first };
  for (let attempt = 1; asked !== null; attempt++) {
    const said = await ask(poll, asked);
    const told = answerIn(said, plan.choices);
    const delayMs = isOver(poll) ? null : delayAfter(said, attempt);
    const { attemptId } = asked;
    const report = toReport(said, { stepId, attemptId, told, goesOn: delayMs !== null });
    const isHeld = await persistently(() =>
      ctx.runMutation(internal.jobs.voting.report, { ...lease, report }),
    );
    if (!isHeld) return null;
    if (delayMs === null) return "answer" in told ? told.answer : null;
    await pause(Math.min(delayMs, plan.deadlineAtMs - Date.now()), signal);
    asked = await ctx.runMutation(internal.jobs.voting.again, {
      ...lease,
      stepId,
      promptChars: promptChars(poll.context),
      worst: worstOf(poll.context),
    });
  }
  return null;
}

/** The most that a vote can use, with what it is told of its choices. */
function worstOf(context: CallContext): TokensMax {
  const { inputTokensMax, ...rest } = tokensMaxOf(context);
  return { inputTokensMax: inputTokensMax + BALLOT_TOKENS_MAX, ...rest };
}

type Called = Pick<Asked, "provider" | "model" | "account">;

async function ask(
  { context, given, plan, files, signal }: Poll,
  called: Called,
): Promise<Collected> {
  const { choices } = plan;
  const system =
    choices === undefined
      ? context.system
      : [context.system, ballotInstruction(choices)].filter((text) => text !== null).join("\n\n");
  const { provider, model } = called;
  const voter = { ...context, provider, model, system, tools: [] };
  return await call(called, {
    signal,
    msMax: Math.max(0, plan.deadlineAtMs - Date.now()),
    request: (account, ends) => ({
      ...toRequest(voter, { account, signal: ends, given, files }),
      ...(choices !== undefined && { tools: [ballotTool(choices)] }),
    }),
  });
}

/** The answers in groups of the same: letter by letter, or as the judge says. Null: it did not say. */
async function grouped(ctx: ActionCtx, poll: Poll, answers: string[]): Promise<number[] | null> {
  const equal = groupsOfEqual(answers).filter((group) => group !== null);
  const { choices, quorum, judge } = poll.plan;
  const isPlain = choices !== undefined || new Set(equal).size <= 1 || answers.length < quorum;
  if (isPlain || judge === undefined) return equal;
  for (let tries = 1; tries <= JUDGE_TRIES_MAX && !poll.signal.aborted; tries++) {
    const groups = await judged(ctx, poll, { answers, isLast: tries === JUDGE_TRIES_MAX });
    if (groups !== null) return groups;
  }
  return null;
}

async function judged(
  ctx: ActionCtx,
  poll: Poll,
  { answers, isLast }: { answers: string[]; isLast: boolean },
): Promise<number[] | null> {
  const { lease, context, given, plan, signal } = poll;
  if (plan.judge === undefined) return null;
  const said = context.messages.findLast(({ role }) => role === "user")?.text ?? "";
  const question = given === null ? said : lastSaid(given);
  const asked = judgeRequest({ question, answers }, crypto.randomUUID());
  const begun: Asked | null = await ctx.runMutation(internal.jobs.voting.askJudge, {
    ...lease,
    promptChars: JSON.stringify(asked).length,
    worst: {
      inputTokensMax: tokensAtMost(JSON.stringify(asked)) + HIDDEN_TOKENS_MAX,
      outputTokensMax: asked.maxOutputTokens,
    },
  });
  if (begun === null) return null;
  const { stepId, attemptId, ...called } = begun;
  const judgement = await call(called, {
    signal,
    msMax: JUDGE_MS_MAX,
    request: (_account, ends) => ({ ...asked, model: called.model, signal: ends }),
  });
  const groups = groupsIn(judgement, answers.length);
  const told =
    groups === null ? { problem: judgement.problem ?? "It did not say." } : { answer: "" };
  const goesOn = groups === null && !isLast;
  const report = {
    ...toReport(judgement, { stepId, attemptId, told, goesOn }),
    ...omitUndefined({ groups: groups ?? undefined }),
  };
  await persistently(() => ctx.runMutation(internal.jobs.voting.report, { ...lease, report }));
  return groups;
}

async function call(
  { provider, account }: Called,
  {
    signal,
    msMax,
    request,
  }: {
    signal: AbortSignal;
    msMax: number;
    request: (account: string, ends: AbortSignal) => ProviderRequest;
  },
): Promise<Collected> {
  const setUp = await settingsFor(provider, account);
  if (!setUp.ok) return notCalled(setUp.detail);
  if (signal.aborted || msMax === 0) return notCalled("It was not asked any more.");
  const mark = await markOf(setUp.settings);
  return await collect({ msMax, charsMax: ANSWER_CHARS_MAX, signal }, (ends) =>
    providerFor(provider, setUp.settings).stream(request(mark, ends)),
  );
}

function notCalled(problem: string): Collected {
  const nothing = { text: "", toolCalls: [], retry: null, usage: null, facts: {}, warnings: [] };
  return { ...nothing, problem, status: "error" };
}

function isOver({ plan, signal }: Poll): boolean {
  return signal.aborted || Date.now() >= plan.deadlineAtMs;
}

function delayAfter({ retry }: Collected, attempt: number): number | null {
  if (retry === null) return null;
  const { retryAfterMs } = retry;
  return nextDelayMs(RETRY_POLICY, { attempt, retryAfterMs, random: Math.random() });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function toReport(
  { status, error, usage, facts, finishReason, warnings, firstChunkAtMs }: Collected,
  {
    told,
    ...rest
  }: Pick<VoteReport, "stepId" | "attemptId" | "goesOn"> & {
    told: { answer: string } | { problem: string };
  },
): VoteReport {
  return {
    ...rest,
    status,
    answer: "answer" in told ? told.answer : null,
    problem: "problem" in told ? told.problem : null,
    usage,
    facts,
    warnings,
    ...omitUndefined({ error, finishReason, firstChunkAtMs }),
    endedAtMs: Date.now(),
  };
}

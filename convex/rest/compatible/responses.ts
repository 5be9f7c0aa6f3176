/** What OpenAI's Responses have beyond a call: answers that are kept, looked up, gone on from and ended. */
import { BadRequest } from "../../../src/completions/fields";
import { failureOfRun } from "../../../src/completions/failures";
import type { Json } from "../../../src/completions/fields";
import type { Given } from "../../../src/completions/given";
import { checkedConversation } from "../../../src/completions/parts";
import type { ResponsesOptions } from "../../../src/completions/responses";
import {
  outputOf,
  responseBody,
  RESPONSE_ID_PREFIX,
  type Progress,
} from "../../../src/completions/responsesAnswer";
import type { AssistantPart } from "../../../src/providers/provider";
import { internal } from "../../_generated/api";
import type { ActionCtx } from "../../_generated/server";
import { textOfGiven } from "../../jobs/readGiven";
import { fail } from "../../lib/errors";
import type { Outcome } from "../../model/completions/outcome";
import type { Before, KeptResponse } from "../../model/completions/responses";
import { endingOf, type Prepare } from "./serve";
import type { Caller } from "../../model/headerCaller";

/** Longer ones are told again without the tools and instructions that make them so long. */
const ECHO_CHARS_MAX = 20_000;

export const prepareResponse: Prepare<ResponsesOptions> = async ({ ctx, caller }, asked) => {
  const { model, options } = asked;
  const { echo, isStored, isBackground, previousResponseId } = options;
  const kept = {
    isKept: isStored,
    echo: JSON.stringify({ model, isBackground, echo: short(echo) }),
  };
  const answerAtOnce = isBackground
    ? {
        background: ({ runId, createdAt }: { runId: string; createdAt: number }) =>
          responseBody(
            { id: runId, model, createdAtMs: createdAt, echo, isBackground },
            { output: [], progress: { status: "queued" } },
          ),
      }
    : {};
  if (previousResponseId === null) return { asked, more: kept, ...answerAtOnce };
  const id = idIn(previousResponseId);
  const before: Before = await ctx.runQuery(internal.jobs.completions.before, { caller, id });
  const given = await goingOn(ctx, { before, given: asked.given });
  const more = { ...kept, previousRunId: before.runId };
  return { asked: { ...asked, given }, more, ...answerAtOnce };
};

/** The conversation so far, and what is new; instructions and tools are the new request's alone. */
async function goingOn(
  ctx: ActionCtx,
  { before, given }: { before: Before; given: Given },
): Promise<Given> {
  const earlier = JSON.parse(await textOfGiven(ctx, before.given)) as Given;
  const said: AssistantPart[] = [
    ...thoughtsOf(before),
    ...(before.text === "" ? [] : [{ kind: "text" as const, text: before.text }]),
    ...before.toolCalls.map(({ toolCallId, name, argumentsJson }) => ({
      kind: "tool_call" as const,
      toolCallId,
      name,
      argumentsJson,
    })),
  ];
  const reply = said.length === 0 ? [] : [{ role: "assistant" as const, content: said }];
  const messages = [...earlier.messages, ...reply, ...given.messages];
  return { ...given, messages: checkedConversation(messages, "input") };
}

function thoughtsOf({ thoughts, provider, model }: Before): AssistantPart[] {
  if (provider === undefined || model === undefined) return [];
  return thoughts.map((block) => ({ kind: "reasoning_part", provider, model, block }));
}

export async function getResponse(
  ctx: ActionCtx,
  caller: Caller,
  { id, searchParams }: { id: string; searchParams: URLSearchParams },
): Promise<object> {
  if (searchParams.get("stream") === "true") {
    throw new BadRequest("stream is not served for responses that have begun", "stream");
  }
  const args = { caller, id: idIn(id) };
  return toBody(await ctx.runQuery(internal.jobs.completions.response, args));
}

export async function cancelResponse(ctx: ActionCtx, caller: Caller, id: string): Promise<object> {
  const args = { caller, id: idIn(id) };
  return toBody(await ctx.runMutation(internal.jobs.completions.cancelResponse, args));
}

export async function deleteResponse(ctx: ActionCtx, caller: Caller, id: string): Promise<object> {
  const args = { caller, id: idIn(id) };
  await ctx.runMutation(internal.jobs.completions.deleteResponse, args);
  return { id, object: "response", deleted: true };
}

function toBody(kept: KeptResponse): object {
  const { runId, createdAt, text, toolCalls, outcome } = kept;
  const { model, isBackground, echo } = JSON.parse(kept.echo) as {
    model: string;
    isBackground: boolean;
    echo: Json;
  };
  const head = { id: runId, model, createdAtMs: createdAt, echo, isBackground };
  const hasOutput = outcome?.end.kind === "completed" || text !== "" || toolCalls.length > 0;
  return responseBody(head, {
    output: hasOutput ? outputOf(runId, { text, calls: toolCalls }) : [],
    progress:
      outcome === null ? { status: kept.hasBegun ? "in_progress" : "queued" } : progressOf(outcome),
  });
}

function progressOf(outcome: Outcome): Progress {
  const { end } = outcome;
  switch (end.kind) {
    case "completed":
      return { status: "ended", ending: endingOf(outcome) };
    case "cancelled":
      return { status: "cancelled" };
    case "failed":
      return { status: "failed", failure: failureOfRun(end) };
  }
}

function short(echo: Json): Json {
  if (JSON.stringify(echo).length <= ECHO_CHARS_MAX) return echo;
  return { ...echo, tools: [], instructions: null, text: { format: { type: "text" } } };
}

function idIn(text: string): string {
  if (text.startsWith(RESPONSE_ID_PREFIX)) return text.slice(RESPONSE_ID_PREFIX.length);
  return fail({ kind: "not_found", entity: "response", id: text });
}

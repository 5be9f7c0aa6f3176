/** What OpenAI's Responses have beyond a call: answers that are kept, looked up, gone on from and ended. */
import { BadRequest } from "../../../src/completions/fields";
import type { Given } from "../../../src/completions/given";
import { checkedConversation } from "../../../src/completions/parts";
import type { ResponsesOptions } from "../../../src/completions/responses";
import { RESPONSE_ID_PREFIX } from "../../../src/completions/responsesAnswer";
import type { AssistantPart } from "../../../src/providers/provider";
import { internal } from "../../_generated/api";
import type { ActionCtx } from "../../_generated/server";
import { textOfGiven } from "../../jobs/readGiven";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { Before } from "../../model/completions/responses";
import type { Caller } from "../../model/headerCaller";
import { callerOf } from "../caller";
import { bodyOf, shortEcho } from "./keptResponse";
import { followResponse } from "./responseStream";
import type { Prepare, TellRun } from "./serve";

export const prepareResponse: Prepare<ResponsesOptions> = async ({ ctx, caller, count }, read) => {
  const { model, options } = read;
  const { isStored, isBackground, previousResponseId } = options;
  // As it will be told again.
  const echo = isStored ? shortEcho(options.echo) : options.echo;
  const asked = { ...read, options: { ...options, echo } };
  const kept = { isKept: isStored, echo: JSON.stringify({ model, isBackground, echo }) };
  if (previousResponseId === null) return { asked, more: kept, isBackground };
  const id = idIn(previousResponseId);
  await count();
  const before: Before = await ctx.runQuery(internal.jobs.completions.before, { caller, id });
  const given = await goingOn(ctx, { before, given: asked.given });
  const more = { ...kept, previousRunId: before.runId };
  return { asked: { ...asked, given }, more, isBackground };
};

/** Its stream is told from what is stored, like that of whoever takes it up again. */
export const tellResponse: TellRun = async ({ ctx, request, isStream, headers }, id) => {
  const caller = callerOf(request);
  const { signal } = request;
  if (isStream)
    return await followResponse(ctx, { caller, id, startingAfter: -1, headers, signal });
  const { response } = internal.jobs.completions;
  return Response.json(bodyOf(await ctx.runQuery(response, { caller, id })), { headers });
};

/**
 * The conversation so far, what developers said in it included, and what is new; instructions and tools are the new
 * request's alone.
 */
async function goingOn(
  ctx: ActionCtx,
  { before, given }: { before: Before; given: Given },
): Promise<Given> {
  const earlier = JSON.parse(await textOfGiven(ctx, before.given)) as Given;
  const said: AssistantPart[] = [
    ...thoughtsOf(before),
    ...(before.text === "" ? [] : [{ kind: "text" as const, text: before.text }]),
    ...before.toolCalls.map(({ toolCallId, name, argumentsJson, signature }) => ({
      kind: "tool_call" as const,
      toolCallId,
      name,
      argumentsJson,
      ...omitUndefined({ signature }),
    })),
  ];
  const reply = said.length === 0 ? [] : [{ role: "assistant" as const, content: said }];
  const messages = [...earlier.messages, ...reply, ...given.messages];
  const rules = [earlier.rules, given.rules].filter((text) => text !== undefined);
  return {
    ...given,
    ...(rules.length > 0 && { rules: rules.join("\n\n") }),
    messages: checkedConversation(messages, "input"),
  };
}

function thoughtsOf({ thoughts, provider, model }: Before): AssistantPart[] {
  if (thoughts === undefined || provider === undefined || model === undefined) return [];
  const { account, parts } = thoughts;
  const of = { kind: "reasoning_part", provider, model, account } as const;
  return parts.map(({ block }) => ({ ...of, block }));
}

export async function getResponse(
  ctx: ActionCtx,
  caller: Caller,
  { id, request, headers }: { id: string; request: Request; headers: Record<string, string> },
): Promise<object> {
  const { searchParams } = new URL(request.url);
  const of = { caller, id: idIn(id) };
  if (searchParams.get("stream") !== "true") {
    return bodyOf(await ctx.runQuery(internal.jobs.completions.response, of));
  }
  const startingAfter = startingAfterIn(searchParams);
  return await followResponse(ctx, { ...of, startingAfter, headers, signal: request.signal });
}

function startingAfterIn(searchParams: URLSearchParams): number {
  const text = searchParams.get("starting_after");
  if (text === null) return -1;
  if (!/^\d{1,15}$/.test(text)) throw new BadRequest("must be an event's number", "starting_after");
  return Number(text);
}

export async function cancelResponse(ctx: ActionCtx, caller: Caller, id: string): Promise<object> {
  const args = { caller, id: idIn(id) };
  return bodyOf(await ctx.runMutation(internal.jobs.completions.cancelResponse, args));
}

export async function deleteResponse(ctx: ActionCtx, caller: Caller, id: string): Promise<object> {
  const args = { caller, id: idIn(id) };
  await ctx.runMutation(internal.jobs.completions.deleteResponse, args);
  return { id, object: "response", deleted: true };
}

function idIn(text: string): string {
  if (text.startsWith(RESPONSE_ID_PREFIX)) return text.slice(RESPONSE_ID_PREFIX.length);
  return fail({ kind: "not_found", entity: "response", id: text });
}

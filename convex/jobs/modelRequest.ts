/** A run's context as a call of the provider's: what was said, with its tool calls, their results and its thoughts. */
import type {
  AssistantPart,
  CallSettings,
  ChatMessage,
  ProviderRequest,
  ReasoningPart,
  TextPart,
  ToolSpec,
} from "../../src/providers/provider";
import { systemOf, type Given } from "../../src/completions/given";
import { promptCacheFor } from "../../src/providers/promptCaching";
import { skillTools } from "../../src/skills/tools";
import { describe, toolNamed } from "../../src/tools/registry";
import { omitUndefined } from "../lib/objects";
import type { CallContext } from "../model/runs/context";
import { toDescribed } from "../model/skills/runnable";
import { given, NO_FILES, type CallFiles } from "./callFiles";

/** The call as the adapters take it. */
export function toRequest(
  context: CallContext,
  {
    account,
    signal,
    given = null,
    files = NO_FILES,
  }: { account: string; signal: AbortSignal; given?: Given | null; files?: CallFiles },
): ProviderRequest {
  const { provider, model, maxOutputTokens, temperature, messages } = context;
  const { reasoningEffort: reasoning } = context;
  const tools = [...toToolSpecs(context), ...(given?.tools ?? [])];
  const system = [context.system, given === null ? null : systemOf(given)].filter(
    (text) => text !== null,
  );
  return {
    model,
    system: system.length === 0 ? null : system.join("\n\n"),
    maxOutputTokens,
    signal,
    ...omitUndefined({ temperature, reasoning, promptCache: cacheFor(context, given) }),
    ...(tools.length > 0 && { tools }),
    ...(given !== null && {
      settings: settingsAt(given, { messages, hasTools: tools.length > 0 }),
    }),
    messages: [
      ...(given?.messages ?? []).map((message) => withThoughtsOf(message, { model, account })),
      ...messages.flatMap((message) => toMessages(message, { provider, model, account, files })),
    ],
  };
}

/**
 * Clients bring thoughts back without saying whose they are; a model that did not think them refuses their seal. Those
 * that another account is known to have sealed are left out.
 */
function withThoughtsOf(
  message: ChatMessage,
  { model, account }: { model: string; account: string },
): ChatMessage {
  if (message.role !== "assistant") return message;
  const content = message.content.flatMap((part): AssistantPart[] => {
    if (part.kind !== "reasoning_part") return [part];
    if (part.account !== undefined && part.account !== account) return [];
    return [part.model === "" ? { ...part, model } : part];
  });
  return { ...message, content };
}

/** A call that had to be made was made by the first of the run's replies; the others answer what came of it. */
function settingsAt(
  { settings }: Given,
  { messages, hasTools }: { messages: CallContext["messages"]; hasTools: boolean },
): CallSettings {
  const { toolChoice, parallelToolCalls, ...rest } = settings;
  // Providers refuse to be told how to call tools that are not there.
  if (!hasTools) return rest;
  const isMust = toolChoice !== undefined && toolChoice !== "auto" && toolChoice !== "none";
  return isMust && messages.length > 0
    ? { ...rest, ...omitUndefined({ parallelToolCalls }) }
    : settings;
}

function cacheFor(
  { provider, model, messages, tools, skills, prompt }: CallContext,
  given: Given | null,
) {
  const toolCount = tools.length + skills.length + (given?.tools.length ?? 0);
  const goesOn = toolCount > 0 || messages.length + (given?.messages.length ?? 0) > 1;
  return promptCacheFor({ provider, model, atMs: Date.now() }, { ...prompt, goesOn });
}

function toToolSpecs({ tools, skills }: Pick<CallContext, "tools" | "skills">): ToolSpec[] {
  const builtIn = tools.map(({ name, allowedHosts }) => {
    const tool = toolNamed(name);
    return { name, description: describe(tool, allowedHosts), inputSchema: tool.inputSchema };
  });
  const ofSkills = skillTools(toDescribed(skills)).map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
  }));
  return [...builtIn, ...ofSkills];
}

type ContextMessage = CallContext["messages"][number];
type Called = Pick<ReasoningPart, "provider" | "model"> & { account: string; files: CallFiles };

/** A reply that called tools is followed by what they said. */
function toMessages(message: ContextMessage, called: Called): ChatMessage[] {
  const { role, text, toolCalls, files = [] } = message;
  if (role === "user") {
    const shown = files.map((file) => given(file, called.files, called).part);
    return [{ role, content: [...shown, ...toText(text)] }];
  }
  const reply: ChatMessage = { role, content: toReply(message, called) };
  if (toolCalls.length === 0) return [reply];
  const results = toolCalls.flatMap(({ toolCallId, result }) =>
    result === undefined
      ? []
      : [{ kind: "tool_result" as const, toolCallId, text: result.text, isError: result.isError }],
  );
  return [reply, { role: "tool", content: results }];
}

/** The reply as it came: thoughts, text and tool calls in their places. */
function toReply(
  { text, toolCalls, thoughts }: ContextMessage,
  { provider, model, account }: Called,
): AssistantPart[] {
  const parts: AssistantPart[] = [];
  let [chars, calls] = [0, 0];
  const sayUpTo = (charsEnd: number, callsEnd: number): void => {
    parts.push(...toText(text.slice(chars, charsEnd)));
    for (const { result: _result, ...call } of toolCalls.slice(calls, callsEnd)) {
      parts.push({ kind: "tool_call", ...omitUndefined(call) });
    }
    [chars, calls] = [charsEnd, callsEnd];
  };
  const own = thoughts?.account === account ? thoughts.parts : [];
  for (const { block, afterChars, afterToolCalls } of own) {
    sayUpTo(afterChars, afterToolCalls);
    parts.push({ kind: "reasoning_part", provider, model, block });
  }
  sayUpTo(text.length, toolCalls.length);
  return parts;
}

/** Providers refuse a text of nothing. */
function toText(text: string): TextPart[] {
  return text.trim() === "" ? [] : [{ kind: "text", text }];
}

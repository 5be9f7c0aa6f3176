/** OpenAI's Chat Completions API. */
import { z } from "zod";
import type { Usage } from "../../pricing/usage";
import { checked } from "./checked";
import { openAiErrorBody, openAiErrorOf } from "./openaiErrors";
import {
  assemble,
  dataUrlText,
  simulatedId,
  splitModel,
  sseFrame,
  type Ending,
  type Piece,
  type Prompt,
  type Wire,
  type WireError,
  type Writer,
} from "./wire";

const Part = z.looseObject({
  text: z.string().optional(),
  image_url: z.looseObject({ url: z.string() }).optional(),
  file: z.looseObject({ file_data: z.string() }).optional(),
});
const Content = z.union([z.string(), z.array(Part)]);
const Request = z.looseObject({
  model: z.string(),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(["system", "developer", "user", "assistant", "tool"]),
        content: Content.nullish(),
        tool_calls: z.array(z.unknown()).optional(),
        reasoning_content: z.string().nullish(),
      }),
    )
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  tools: z.array(z.unknown()).optional(),
  reasoning_effort: z.string().nullish(),
  service_tier: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** What the API allows when the request says nothing. */
const MAX_OUTPUT_TOKENS = 4_096;

export const chatWire: Wire = {
  api: "openai_chat",
  requestIdHeader: "x-request-id",
  read: (body) => toPrompt(checked(Request, body)),
  writer: (prompt, callNumber) => new ChatWriter(prompt, callNumber),
  errorBody: openAiErrorBody,
};

function toPrompt(request: z.infer<typeof Request>): Prompt {
  const { model, faultText } = splitModel(request.model);
  const messages = request.messages.map(({ role, content, tool_calls: calls, ...rest }) => ({
    role,
    text:
      (rest.reasoning_content ?? "") +
      textOf(content) +
      (calls === undefined ? "" : JSON.stringify(calls)),
  }));
  const isSystem = (role: string): boolean => role === "system" || role === "developer";
  return {
    model,
    isStream: request.stream ?? false,
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens ?? MAX_OUTPUT_TOKENS,
    system: messages
      .filter(({ role }) => isSystem(role))
      .map(({ text }) => text)
      .join("\n"),
    turns: messages
      .filter(({ role }) => !isSystem(role))
      .map(({ role, text }) => ({
        role: role === "assistant" || role === "tool" ? role : "user",
        text,
      })),
    segments: [
      ...(request.tools ?? []).map((tool) => JSON.stringify(tool)),
      ...messages.map(({ text }) => text),
    ].map((text) => ({ text, keepFor: null })),
    showsReasoning: false,
    thoughts: request.messages.filter(({ reasoning_content: thought }) => thought).length,
    reasons: (request.reasoning_effort ?? "none") !== "none",
    wantsUsage: request.stream_options?.include_usage ?? false,
    serviceTier: request.service_tier ?? null,
    faultText: faultText ?? request.metadata?.["simulate"] ?? null,
  };
}

function textOf(content: z.infer<typeof Content> | null | undefined): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  return content
    .map(
      ({ text, image_url: image, file }) =>
        text ?? dataUrlText(image?.url ?? file?.file_data ?? ""),
    )
    .join("\n");
}

class ChatWriter implements Writer {
  readonly #prompt: Prompt;
  readonly #callNumber: number;
  readonly #createdAtS = Math.floor(Date.now() / 1_000);
  #toolCallsOpened = 0;

  constructor(prompt: Prompt, callNumber: number) {
    this.#prompt = prompt;
    this.#callNumber = callNumber;
  }

  open(): string {
    return this.#chunk({ role: "assistant", content: "", refusal: null });
  }

  piece(piece: Piece): string {
    switch (piece.kind) {
      case "text":
        return this.#chunk({ content: piece.text });
      case "reasoning":
        // OpenAI does not show it on this API, and only counts it; others do.
        return this.#prompt.showsReasoning ? this.#chunk({ reasoning_content: piece.text }) : "";
      case "tool": {
        const isNew = piece.call >= this.#toolCallsOpened;
        if (isNew) this.#toolCallsOpened = piece.call + 1;
        const head = { id: this.#toolCallId(piece.call), type: "function" };
        return this.#chunk({
          tool_calls: [
            {
              index: piece.call,
              ...(isNew ? head : {}),
              function: { ...(isNew ? { name: piece.name } : {}), arguments: piece.text },
            },
          ],
        });
      }
    }
  }

  close({ stop, usage }: Ending): string {
    const last = this.#chunk({}, FINISH_REASONS[stop]);
    const stated = this.#prompt.wantsUsage
      ? sseFrame(null, {
          ...this.#head("chat.completion.chunk"),
          choices: [],
          usage: usageBody(usage),
        })
      : "";
    return `${last}${stated}data: [DONE]\n\n`;
  }

  errorFrame(error: WireError): string {
    return sseFrame(null, { error: openAiErrorOf(error) });
  }

  whole(pieces: readonly Piece[], { stop, usage }: Ending): unknown {
    const { reasoning, text, toolCalls } = assemble(pieces);
    const isShown = this.#prompt.showsReasoning && reasoning !== "";
    const calls = toolCalls.map(({ name, argumentsJson }, call) => ({
      id: this.#toolCallId(call),
      type: "function",
      function: { name, arguments: argumentsJson },
    }));
    return {
      ...this.#head("chat.completion"),
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: text === "" && calls.length > 0 ? null : text,
            ...(isShown && { reasoning_content: reasoning }),
            refusal: null,
            annotations: [],
            ...(calls.length === 0 ? {} : { tool_calls: calls }),
          },
          logprobs: null,
          finish_reason: FINISH_REASONS[stop],
        },
      ],
      usage: usageBody(usage),
    };
  }

  #chunk(delta: unknown, finishReason: string | null = null): string {
    return sseFrame(null, {
      ...this.#head("chat.completion.chunk"),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...(this.#prompt.wantsUsage ? { usage: null } : {}),
    });
  }

  #head(object: string) {
    return {
      id: simulatedId("chatcmpl-", this.#callNumber),
      object,
      created: this.#createdAtS,
      model: this.#prompt.model,
      service_tier: servedTier(this.#prompt),
      system_fingerprint: "fp_simulator",
    };
  }

  #toolCallId(call: number): string {
    return simulatedId("call_", this.#callNumber * 100 + call);
  }
}

/** "auto" serves the default, and "fast" is called "priority" in answers, as with the real API. */
export function servedTier({ serviceTier }: Prompt): string {
  if (serviceTier === null || serviceTier === "auto") return "default";
  return serviceTier === "fast" ? "priority" : serviceTier;
}

const FINISH_REASONS = { end: "stop", length: "length", tool_calls: "tool_calls" } as const;

function usageBody({ tokens, reasoningTokens }: Usage) {
  const input = tokens.inputFresh + tokens.cacheRead + tokens.cacheWrite30m;
  return {
    prompt_tokens: input,
    completion_tokens: tokens.output,
    total_tokens: input + tokens.output,
    prompt_tokens_details: {
      cached_tokens: tokens.cacheRead,
      cache_write_tokens: tokens.cacheWrite30m,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

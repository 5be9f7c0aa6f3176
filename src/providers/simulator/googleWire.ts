/** Gemini's own API. */
import { z } from "zod";
import type { Usage } from "../../pricing/usage";
import { checked } from "./checked";
import {
  assemble,
  mediaText,
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
  inlineData: z.looseObject({ mimeType: z.string(), data: z.string() }).optional(),
  thoughtSignature: z.string().optional(),
  functionCall: z.looseObject({ name: z.string() }).optional(),
  functionResponse: z
    .looseObject({ name: z.string(), response: z.record(z.string(), z.unknown()) })
    .optional(),
});
const Content = z.looseObject({ role: z.enum(["user", "model"]).optional(), parts: z.array(Part) });
const Request = z.looseObject({
  /** From the path. */
  model: z.string(),
  stream: z.boolean(),
  contents: z.array(Content).min(1),
  systemInstruction: Content.optional(),
  generationConfig: z
    .looseObject({
      maxOutputTokens: z.int().min(1).optional(),
      thinkingConfig: z.looseObject({ includeThoughts: z.boolean().optional() }).optional(),
    })
    .optional(),
  tools: z.array(z.unknown()).optional(),
  serviceTier: z.string().optional(),
});

/** What the API allows when the request says nothing. */
const MAX_OUTPUT_TOKENS = 65_536;

export const googleWire: Wire = {
  api: "gemini",
  requestIdHeader: "x-request-id",
  read: (body) => toPrompt(checked(Request, body)),
  writer: (prompt, callNumber) => new GoogleWriter(prompt, callNumber),
  errorBody: (error) => ({ error: googleErrorOf(error) }),
};

/** What the path says: "/v1/models/gemini-3.5-flash:streamGenerateContent". Null: it is another's. */
export function googleCallOf(pathname: string): { model: string; stream: boolean } | null {
  const match = /^\/v1(?:beta)?\/models\/([^/]+):(streamGenerateContent|generateContent)$/.exec(
    pathname,
  );
  const [, model, method] = match ?? [];
  if (model === undefined) return null;
  return { model: decodeURIComponent(model), stream: method === "streamGenerateContent" };
}

function toPrompt(request: z.infer<typeof Request>): Prompt {
  const { model, faultText } = splitModel(request.model);
  const { generationConfig = {}, tools = [] } = request;
  const system = request.systemInstruction === undefined ? "" : textOf(request.systemInstruction);
  const turns = request.contents.map(toTurn);
  return {
    model,
    isStream: request.stream,
    maxOutputTokens: generationConfig.maxOutputTokens ?? MAX_OUTPUT_TOKENS,
    system,
    turns,
    segments: [
      ...tools.map((tool) => JSON.stringify(tool)),
      ...(system === "" ? [] : [system]),
      ...turns.map(({ text }) => text),
    ].map((text) => ({ text, keepFor: null })),
    reasons: generationConfig.thinkingConfig?.includeThoughts ?? false,
    showsReasoning: true,
    thoughts: request.contents
      .flatMap(({ parts }) => parts)
      .filter(({ thoughtSignature }) => thoughtSignature !== undefined).length,
    wantsUsage: true,
    serviceTier: request.serviceTier ?? null,
    faultText,
  };
}

function toTurn(content: z.infer<typeof Content>): Prompt["turns"][number] {
  const isResult = content.parts.some(({ functionResponse }) => functionResponse !== undefined);
  if (isResult) return { role: "tool", text: textOf(content) };
  return { role: content.role === "model" ? "assistant" : "user", text: textOf(content) };
}

function textOf({ parts }: z.infer<typeof Content>): string {
  return parts
    .map(({ text = "", functionCall, functionResponse, inlineData }) => {
      if (inlineData !== undefined) return mediaText(inlineData.mimeType, inlineData.data);
      if (functionCall !== undefined) return JSON.stringify(functionCall);
      const { output, error } = functionResponse?.response ?? {};
      return typeof output === "string" ? output : typeof error === "string" ? error : text;
    })
    .join("\n");
}

class GoogleWriter implements Writer {
  readonly #prompt: Prompt;
  readonly #callNumber: number;
  /** Tool calls come whole: their pieces wait for the end. */
  readonly #toolPieces: Piece[] = [];
  #input: Usage | null = null;

  constructor(prompt: Prompt, callNumber: number) {
    this.#prompt = prompt;
    this.#callNumber = callNumber;
  }

  open(input: Usage): string {
    this.#input = input;
    return "";
  }

  piece(piece: Piece): string {
    if (piece.kind === "tool") {
      this.#toolPieces.push(piece);
      return "";
    }
    if (piece.kind === "reasoning" && !this.#prompt.showsReasoning) return "";
    const thought = piece.kind === "reasoning" ? { thought: true } : {};
    return this.#frame([{ text: piece.text, ...thought }], null);
  }

  close(ending: Ending): string {
    return this.#frame(this.#calls(this.#toolPieces), ending);
  }

  errorFrame(error: WireError): string {
    return sseFrame(null, { error: googleErrorOf(error) });
  }

  whole(pieces: readonly Piece[], ending: Ending): unknown {
    const { reasoning, text } = assemble(pieces);
    const parts = [
      ...(reasoning === "" || !this.#prompt.showsReasoning
        ? []
        : [{ text: reasoning, thought: true }]),
      ...(text === "" ? [] : [{ text }]),
      ...this.#calls(pieces),
    ];
    return this.#body(parts, ending);
  }

  #calls(pieces: readonly Piece[]): object[] {
    return assemble(pieces).toolCalls.map(({ name, argumentsJson }, call) => ({
      functionCall: {
        id: simulatedId("call_", this.#callNumber * 100 + call),
        name,
        args: argumentsIn(argumentsJson),
      },
      thoughtSignature: Buffer.from(`thought of ${name}`).toString("base64"),
    }));
  }

  #frame(parts: readonly object[], ending: Ending | null): string {
    return sseFrame(null, this.#body(parts, ending));
  }

  #body(parts: readonly object[], ending: Ending | null) {
    const candidate = {
      content: { role: "model", parts },
      index: 0,
      ...(ending !== null && { finishReason: FINISH_REASONS[ending.stop] }),
    };
    return {
      candidates: [candidate],
      usageMetadata: usageBody(ending?.usage ?? this.#input, this.#prompt),
      modelVersion: this.#prompt.model,
      responseId: simulatedId("resp", this.#callNumber),
    };
  }
}

/** What was cut off at the allowance is no JSON, and no call. */
function argumentsIn(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return {};
  }
}

const FINISH_REASONS = { end: "STOP", length: "MAX_TOKENS", tool_calls: "STOP" } as const;

/** In a stream each frame has it; only the last one says what came out. */
function usageBody(usage: Usage | null, { serviceTier }: Prompt) {
  if (usage === null) return undefined;
  const { tokens, reasoningTokens } = usage;
  const prompt = tokens.inputFresh + tokens.cacheRead;
  const said = tokens.output - reasoningTokens;
  return {
    promptTokenCount: prompt,
    ...(tokens.cacheRead > 0 && { cachedContentTokenCount: tokens.cacheRead }),
    ...(said > 0 && { candidatesTokenCount: said }),
    ...(reasoningTokens > 0 && { thoughtsTokenCount: reasoningTokens }),
    totalTokenCount: prompt + tokens.output,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt }],
    trafficType: TRAFFIC[serviceTier ?? ""] ?? "ON_DEMAND",
  };
}

const TRAFFIC: Readonly<Record<string, string>> = {
  priority: "ON_DEMAND_PRIORITY",
  flex: "ON_DEMAND_FLEX",
};

function googleErrorOf({ status, type, message, code }: WireError) {
  // Inside a stream there is no status of HTTP; the code is what it would have been.
  const [ofType = status, name = "INTERNAL"] = STATUSES[type] ?? [];
  const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: code }];
  return { code: ofType, message, status: name, ...(code !== null && { details }) };
}

const STATUSES: Readonly<Record<string, [number, string]>> = {
  invalid_request_error: [400, "INVALID_ARGUMENT"],
  authentication_error: [401, "UNAUTHENTICATED"],
  permission_error: [403, "PERMISSION_DENIED"],
  not_found_error: [404, "NOT_FOUND"],
  rate_limit_error: [429, "RESOURCE_EXHAUSTED"],
  overloaded_error: [503, "UNAVAILABLE"],
  timeout_error: [504, "DEADLINE_EXCEEDED"],
};

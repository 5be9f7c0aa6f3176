/** OpenAI's Responses API. */
import { z } from "zod";
import { checked } from "./checked";
import { openAiErrorBody } from "./openaiErrors";
import { ResponsesWriter } from "./responsesWriter";
import { dataUrlText, RefusedRequest, splitModel, type Prompt, type Turn, type Wire } from "./wire";
import { sealOf } from "./thoughts";

const Part = z.looseObject({
  text: z.string().optional(),
  image_url: z.string().optional(),
  file_data: z.string().optional(),
});
const Content = z.union([z.string(), z.array(Part)]);
const Item = z.looseObject({
  id: z.string().optional(),
  encrypted_content: z.string().nullish(),
  type: z.string().optional(),
  role: z.string().optional(),
  content: Content.optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  output: Content.optional(),
});
const Request = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(Item).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  tools: z.array(z.unknown()).optional(),
  include: z.array(z.string()).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  service_tier: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** What the API allows when the request says nothing. */
const MAX_OUTPUT_TOKENS = 4_096;

export const responsesWire: Wire = {
  api: "openai_responses",
  requestIdHeader: "x-request-id",
  billsFromOutput: true,
  read: (body) => toPrompt(checked(Request, body)),
  writer: (prompt, callNumber) => new ResponsesWriter(prompt, callNumber),
  errorBody: openAiErrorBody,
};

/** Thoughts are given away, sealed, to whoever asks for them. */
type ResponsesPrompt = Prompt & { sealsReasoning: boolean };

function toPrompt(request: z.infer<typeof Request>): ResponsesPrompt {
  const { model, faultText } = splitModel(request.model);
  const items =
    typeof request.input === "string" ? [{ role: "user", content: request.input }] : request.input;
  const thoughts = items.filter(({ type }) => type === "reasoning");
  for (const { id = "", encrypted_content: sealed } of thoughts) {
    if (sealed === sealOf(model, id)) continue;
    const what = `The encrypted content for item ${id} could not be verified.`;
    throw new RefusedRequest(what, { code: "invalid_encrypted_content" });
  }
  const turns = items.filter(({ type }) => type !== "reasoning").map(toTurn);
  const instructions = request.instructions ?? "";
  return {
    model,
    isStream: request.stream ?? false,
    maxOutputTokens: request.max_output_tokens ?? MAX_OUTPUT_TOKENS,
    system: instructions,
    turns,
    segments: [
      ...(request.tools ?? []).map((tool) => JSON.stringify(tool)),
      ...(instructions === "" ? [] : [instructions]),
      ...items.map((item) => item.encrypted_content ?? toTurn(item).text),
    ].map((text) => ({ text, keepFor: null })),
    showsReasoning: false,
    thoughts: thoughts.length,
    sealsReasoning: request.include?.includes("reasoning.encrypted_content") ?? false,
    reasons: (request.reasoning?.effort ?? "none") !== "none",
    wantsUsage: true,
    serviceTier: request.service_tier ?? null,
    faultText: faultText ?? request.metadata?.["simulate"] ?? null,
  };
}

function toTurn(item: z.infer<typeof Item>): Turn {
  if (item.type === "function_call_output") return { role: "tool", text: textOf(item.output) };
  if (item.type === "function_call") {
    return { role: "assistant", text: `${item.name ?? ""}${item.arguments ?? ""}` };
  }
  return { role: item.role === "assistant" ? "assistant" : "user", text: textOf(item.content) };
}

function textOf(content: z.infer<typeof Content> | undefined): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  return content
    .map(({ text, image_url: image, file_data: file }) => text ?? dataUrlText(image ?? file ?? ""))
    .join("\n");
}

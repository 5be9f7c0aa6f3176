/**
 * Replies that came whole although a stream was asked for, as servers send them that imitate an API without streaming:
 * made, billed, and as good as any. Each becomes the frames that would have said the same, so that there is one reader.
 *
 * What is no reply of the API is null. Of what is, only that is looked at which the frames are made of: as in a stream,
 * the reader is the judge of the rest.
 */
import type { RawMessageStreamEvent } from "@anthropic-ai/sdk/resources/messages/messages";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { fieldOf } from "./usage/counts";

/** Of Chat Completions: one frame has all of it. */
export function chatFrames(json: unknown): ChatCompletionChunk[] | null {
  const [choice] = listIn(json, "choices");
  const message = fieldOf(choice, "message");
  if (!isObject(json) || !isObject(choice) || !isObject(message)) return null;
  const calls = listIn(message, "tool_calls").filter(isObject);
  const delta = { ...message, tool_calls: calls.map((call, index) => ({ ...call, index })) };
  const frame = { ...json, choices: [{ ...choice, index: 0, delta }] };
  return [frame as unknown as ChatCompletionChunk];
}

/** Of Messages. */
export function messageFrames(json: unknown): RawMessageStreamEvent[] | null {
  if (!isObject(json) || !Array.isArray(json["content"])) return null;
  const { usage, stop_reason: stopReason = null } = json;
  const frames = [
    { type: "message_start", message: json },
    ...listIn(json, "content").filter(isObject).flatMap(blockFrames),
    { type: "message_delta", delta: { stop_reason: stopReason }, usage },
    { type: "message_stop" },
  ];
  return frames as unknown as RawMessageStreamEvent[];
}

function blockFrames(block: Record<string, unknown>, index: number): object[] {
  const deltas = {
    text: { type: "text_delta", text: block["text"] },
    thinking: { type: "thinking_delta", thinking: block["thinking"] },
    tool_use: { type: "input_json_delta", partial_json: JSON.stringify(block["input"] ?? {}) },
  }[String(block["type"])];
  return [
    { type: "content_block_start", index, content_block: unsaid(block) },
    ...(deltas === undefined ? [] : [{ type: "content_block_delta", index, delta: deltas }]),
    { type: "content_block_stop", index },
  ];
}

/** Of a thought the reader keeps the block, to which the deltas add what it says. */
function unsaid(block: Record<string, unknown>): object {
  return block["type"] === "thinking" ? { ...block, thinking: "" } : block;
}

/** Of Responses. */
export function responseFrames(json: unknown): ResponseStreamEvent[] | null {
  const ending = { completed: 1, incomplete: 1, failed: 1 }[String(fieldOf(json, "status"))];
  if (!isObject(json) || ending === undefined || !Array.isArray(json["output"])) return null;
  const frames = [
    ...listIn(json, "output").filter(isObject).flatMap(itemFrames),
    { type: `response.${String(json["status"])}`, response: json },
  ];
  return frames as unknown as ResponseStreamEvent[];
}

function itemFrames(item: Record<string, unknown>, index: number): object[] {
  const parts = [...listIn(item, "summary"), ...listIn(item, "content")].flatMap((part) => {
    const type = DELTA_BY_PART[String(fieldOf(part, "type"))];
    const said = fieldOf(part, "text") ?? fieldOf(part, "refusal");
    return type === undefined ? [] : [{ type, output_index: index, delta: said }];
  });
  return [...parts, { type: "response.output_item.done", output_index: index, item }];
}

const DELTA_BY_PART: Readonly<Record<string, ResponseStreamEvent["type"]>> = {
  summary_text: "response.reasoning_summary_text.delta",
  reasoning_text: "response.reasoning_text.delta",
  output_text: "response.output_text.delta",
  refusal: "response.refusal.delta",
};

/** Of Gemini: a frame is a reply, and a reply without a stream a frame, or a list of them. */
export function geminiFrames(json: unknown): unknown[] | null {
  const frames: unknown[] = Array.isArray(json) ? json : [json];
  return frames.some((frame) => Array.isArray(fieldOf(frame, "candidates"))) ? frames : null;
}

function listIn(json: unknown, field: string): unknown[] {
  const value = fieldOf(json, field);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

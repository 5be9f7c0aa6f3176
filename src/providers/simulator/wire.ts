/** What the simulator's APIs have in common: a prompt that came in, and a reply that goes out. */
import { typeOfBytes } from "../../core/fileTypes";
import type { Usage } from "../../pricing/usage";

export type SimulatedApi =
  "anthropic_messages" | "openai_chat" | "openai_responses" | "openai_embeddings" | "gemini";

/** A stretch of the prompt; the cache works at the ends of these. */
export type Segment = Readonly<{
  text: string;
  /** The request asks to keep the prompt up to here, for this long. */
  keepFor: "5m" | "1h" | null;
}>;

export type Turn = Readonly<{ role: "user" | "assistant" | "tool"; text: string }>;

export type Prompt = Readonly<{
  /** As asked for, without a fault that the name carried. */
  model: string;
  isStream: boolean;
  maxOutputTokens: number;
  system: string;
  turns: readonly Turn[];
  /** Everything that counts as input, in order: tools, system, messages. */
  segments: readonly Segment[];
  reasons: boolean;
  /** Whether it is shown what the model thinks; otherwise it is only sealed and counted. */
  showsReasoning: boolean;
  /** Thoughts of earlier replies that came back with it. */
  thoughts: number;
  /** Chat Completions states the usage of a stream only when asked to. */
  wantsUsage: boolean;
  serviceTier: string | null;
  /** A fault that the request itself asks for, as text. */
  faultText: string | null;
}>;

export type ToolCall = Readonly<{ name: string; argumentsJson: string }>;

export type Reply = Readonly<{
  reasoning: string;
  text: string;
  toolCalls: readonly ToolCall[];
  /** In place of what the API would do. */
  showsReasoning?: boolean | undefined;
}>;

/** One token of a reply. */
export type Piece =
  | Readonly<{ kind: "reasoning"; text: string }>
  | Readonly<{ kind: "text"; text: string }>
  | Readonly<{ kind: "tool"; call: number; name: string; text: string }>;

export type Ending = Readonly<{ stop: "end" | "length" | "tool_calls"; usage: Usage }>;

/** A refusal, before it is put into the words of an API. */
export type WireError = Readonly<{
  status: number;
  /** In the style of Anthropic ("overloaded_error"); the others translate. */
  type: string;
  message: string;
  code: string | null;
}>;

/** Thrown while reading a request that the real API would refuse. */
export class RefusedRequest extends Error {
  readonly error: WireError;

  constructor(
    message: string,
    { status = 400, type = "invalid_request_error", code = null as string | null } = {},
  ) {
    super(message);
    this.error = { status, type, message, code };
  }
}

/** Puts one reply into the frames of an API; keeps track of what it has opened. */
export interface Writer {
  /** Before the first piece. */
  open(input: Usage): string;
  piece(piece: Piece): string;
  close(ending: Ending): string;
  /** An error inside a stream that has begun. */
  errorFrame(error: WireError): string;
  /** The whole answer to a request without a stream. */
  whole(pieces: readonly Piece[], ending: Ending): unknown;
}

export interface Wire {
  readonly api: SimulatedApi;
  readonly requestIdHeader: string;
  /** An error before any output costs nothing, whatever frames there were. Otherwise: an error as the first frame. */
  readonly billsFromOutput?: boolean;
  /** @throws RefusedRequest */
  read(body: unknown, headers: Readonly<Record<string, string | undefined>>): Prompt;
  writer(prompt: Prompt, callNumber: number): Writer;
  errorBody(error: WireError, requestId: string): unknown;
}

/**
 * How an image or a file is counted and quoted.
 *
 * @throws RefusedRequest - It is not what it is said to be: providers refuse the call, and so each later one with it.
 */
export function mediaText(contentType: string, base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== base64) {
    throw new RefusedRequest("media: the base64 is malformed");
  }
  const isChecked = /^(image\/(png|jpeg|gif|webp)|application\/pdf)$/.test(contentType);
  if (isChecked && typeOfBytes(bytes) !== contentType) {
    throw new RefusedRequest(`media: the bytes are no ${contentType}`);
  }
  return `[${contentType}, ${bytes.length} bytes]`;
}

/** The same of a URL that has the bytes in itself; of any other, the URL. */
export function dataUrlText(url: string): string {
  const [, contentType, base64] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  return contentType === undefined || base64 === undefined ? url : mediaText(contentType, base64);
}

export function sseFrame(event: string | null, data: unknown): string {
  const name = event === null ? "" : `event: ${event}\n`;
  return `${name}data: ${JSON.stringify(data)}\n\n`;
}

/** An id of the length and alphabet of the real ones, but recognisable. */
export function simulatedId(prefix: string, number: number): string {
  return `${prefix}sim${String(number).padStart(21, "0")}`;
}

/** Text and tool calls as they stand in the pieces: what was generated, which may be less than was planned. */
export function assemble(pieces: readonly Piece[]): Reply {
  const calls = new Map<number, { name: string; argumentsJson: string }>();
  let reasoning = "";
  let text = "";
  for (const piece of pieces) {
    if (piece.kind === "reasoning") reasoning += piece.text;
    else if (piece.kind === "text") text += piece.text;
    else {
      const call = calls.get(piece.call) ?? { name: piece.name, argumentsJson: "" };
      calls.set(piece.call, { ...call, argumentsJson: call.argumentsJson + piece.text });
    }
  }
  return { reasoning, text, toolCalls: [...calls.values()] };
}

const FAULT_MARK = "!";

/** "claude-sonnet-5-5!overloaded" asks for the model and for the fault. */
export function splitModel(asked: string): { model: string; faultText: string | null } {
  const at = asked.indexOf(FAULT_MARK);
  return at === -1
    ? { model: asked, faultText: null }
    : { model: asked.slice(0, at), faultText: asked.slice(at + FAULT_MARK.length) };
}

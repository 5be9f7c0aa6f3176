/** The ways in which the simulator can be told to fail. */
import { z } from "zod";
import { checked } from "./checked";
import { RefusedRequest, type SimulatedApi, type WireError } from "./wire";

const AfterPieces = z.int().min(0).default(3);

export const Fault = z.discriminatedUnion("kind", [
  /** An error instead of an answer. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    retryAfterMs: z.number().min(0).optional(),
    /** The header as it is, in place of one made from `retryAfterMs`. */
    retryAfter: z.string().optional(),
    body: z.enum(["json", "page", "nothing"]).optional(),
    type: z.string().optional(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  /** Something else than a stream, with status 200. */
  z.strictObject({ kind: z.literal("instead"), body: z.enum(["json", "page"]) }),
  /** The request is taken and never answered. */
  z.strictObject({ kind: z.literal("hang") }),
  /** The connection is reset before the answer. */
  z.strictObject({ kind: z.literal("reset") }),
  /** The connection breaks after so many tokens. */
  z.strictObject({ kind: z.literal("cut"), afterPieces: AfterPieces }),
  /** The stream ends in good order, but before the reply does. */
  z.strictObject({ kind: z.literal("truncate"), afterPieces: AfterPieces }),
  /** The stream falls silent and stays open. */
  z.strictObject({ kind: z.literal("stall"), afterPieces: AfterPieces }),
  /** The same until somebody lets it go on (`release`); then it comes to its end. */
  z.strictObject({ kind: z.literal("hold"), afterPieces: AfterPieces }),
  /** An error inside the stream; with 0 it is the first and only frame. */
  z.strictObject({
    kind: z.literal("error_event"),
    afterPieces: AfterPieces,
    type: z.string().default("overloaded_error"),
    code: z.string().optional(),
  }),
  /** A frame that is no JSON. */
  z.strictObject({ kind: z.literal("malformed"), afterPieces: AfterPieces }),
  /**
   * The same after so many frames, those that open and close the reply included; and `half` of the next frame, after
   * which the stream ends, or a `duplicate` of it, after which it goes on.
   */
  z.strictObject({
    kind: z.literal("at_frame"),
    afterFrames: z.int().min(0),
    what: z.enum(["cut", "truncate", "stall", "error_event", "malformed", "half", "duplicate"]),
  }),
  /** The reply all at once, although a stream was asked for. */
  z.strictObject({ kind: z.literal("whole") }),
  /** A slow reply that comes to its end. */
  z.strictObject({ kind: z.literal("slow"), msPerPiece: z.number().min(0) }),
  /** The bytes of the stream arrive in pieces of this size, through the middle of characters and frames. */
  z.strictObject({ kind: z.literal("split"), bytes: z.int().min(1) }),
  /** The whole stream in another encoding than usual. */
  z.strictObject({ kind: z.literal("encoding"), as: z.enum(["gzip", "crlf", "bom"]) }),
  /** A complete reply that has no numbers where its usage stands. */
  z.strictObject({ kind: z.literal("null_usage"), as: z.enum(["null", "empty", "missing"]) }),
  /** A complete reply whose usage is never stated, as with some imitators of Chat Completions; only there. */
  z.strictObject({ kind: z.literal("no_usage") }),
]);
export type Fault = z.infer<typeof Fault>;

/** A fault for the next calls, or only for those of one API or model. */
export const QueuedFault = z.object({
  fault: Fault,
  api: z.enum(["anthropic_messages", "openai_chat", "openai_responses", "gemini"]).optional(),
  model: z.string().optional(),
  times: z.int().min(1).default(1),
});
export type QueuedFault = z.input<typeof QueuedFault>;

export class FaultQueue {
  #queue: z.infer<typeof QueuedFault>[] = [];

  add(queued: unknown): void {
    this.#queue.push(checked(QueuedFault, queued));
  }

  /** The fault that this call meets, if any. */
  take({ api, model }: { api: SimulatedApi; model: string }): Fault | null {
    const index = this.#queue.findIndex(
      (queued) => (queued.api ?? api) === api && (queued.model ?? model) === model,
    );
    const found = this.#queue[index];
    if (found === undefined) return null;
    if (found.times === 1) this.#queue.splice(index, 1);
    else this.#queue[index] = { ...found, times: found.times - 1 };
    return found.fault;
  }

  clear(): void {
    this.#queue = [];
  }

  get waiting(): readonly z.infer<typeof QueuedFault>[] {
    return this.#queue;
  }
}

/**
 * The fault that a model's name or a request's metadata asks for: "overloaded", "status:500",
 * "rate_limited:2000" (a wait in ms), "cut:5" (after five tokens), "slow:200" (ms for each token).
 *
 * @throws RefusedRequest when there is no fault of that name.
 */
export function faultFromText(text: string): Fault {
  const [name = "", argument] = text.split(":");
  const number = argument === undefined ? undefined : Number(argument);
  const afterPieces = number ?? 3;
  switch (name) {
    case "overloaded":
      return { kind: "status", status: 529 };
    case "rate_limited":
      return { kind: "status", status: 429, retryAfterMs: number ?? 1_000 };
    case "spend_limit":
      return { kind: "status", status: 402, type: "billing_error" };
    case "status":
      return checked(Fault, { kind: "status", status: number ?? 500 });
    case "slow":
      return checked(Fault, { kind: "slow", msPerPiece: number ?? 250 });
    case "split":
      return checked(Fault, { kind: "split", bytes: number ?? 1 });
    case "cut":
    case "truncate":
    case "stall":
    case "hold":
    case "error_event":
    case "malformed":
      return checked(Fault, { kind: name, afterPieces });
    case "hang":
    case "reset":
    case "no_usage":
      return { kind: name };
    default:
      throw new RefusedRequest(`the simulator knows no fault "${name}"`);
  }
}

export function errorOfStatus({
  status,
  type,
  code,
  message,
}: {
  status: number;
  type?: string | undefined;
  code?: string | undefined;
  message?: string | undefined;
}): WireError {
  const named =
    type ?? TYPE_BY_STATUS[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  return { status, type: named, code: code ?? null, message: message ?? `simulated: ${named}` };
}

const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

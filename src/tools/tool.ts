/** What an agent may call: a named function with JSON arguments and a text for an answer. */

import type { ToolClass } from "../core/tools";

/** What a call has of the world. */
export type ToolContext = Readonly<{
  nowMs: number;
  /** Ends the call. */
  signal: AbortSignal;
  fetch: typeof globalThis.fetch;
  /** Hosts that tools which go out may reach: "api.example.com", "*.example.com". */
  allowedHosts: readonly string[];
}>;

export type Tool = Readonly<{
  /** What every provider takes for one: letters, digits, "_" and "-", at most 64. */
  name: string;
  /** For the model: what it does, and when to call it. */
  description: string;
  /** JSON Schema of the arguments: an object. */
  inputSchema: Readonly<Record<string, unknown>>;
  toolClass: ToolClass;
  timeoutMs: number;
  /**
   * The answer for the model. `args` fit the schema.
   *
   * @throws ToolFailure - What the model is to know of; anything else is a bug, and it is told no more than that.
   */
  run(args: Readonly<Record<string, unknown>>, context: ToolContext): string | Promise<string>;
}>;

/** What is wrong, for the model: it may try otherwise. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
}

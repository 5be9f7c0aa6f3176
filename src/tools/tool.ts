/** What an agent may call: a named function with JSON arguments and a text for an answer. */

import type { ToolClass } from "../core/tools";
import type { Piece } from "./preview";

/** What a call has of the world. */
export type ToolContext = Readonly<{
  nowMs: number;
  /** Ends the call. */
  signal: AbortSignal;
  fetch: typeof globalThis.fetch;
  /** Hosts that tools which go out may reach: "api.example.com", "*.example.com". */
  allowedHosts: readonly string[];
  notes: SessionNotes;
  history: SessionHistory;
  results: KeptResults;
  /** What a result has beyond it is left out. */
  resultCharsMax: number;
}>;

export type Note = Readonly<{ name: string; text: string }>;

/** What the agent wrote down in the call's own session, in the order in which it was begun. */
export type SessionNotes = Readonly<{
  list(): Promise<readonly Note[]>;
  /** In place of the note of that name. False: there is no room for another one. */
  write(note: Note): Promise<boolean>;
  remove(name: string): Promise<void>;
}>;

/** What was said in the call's own session before its turn. */
export type SessionHistory = Readonly<{
  /** Pieces of messages that have the words, the best match first; a few of them. */
  search(words: string): Promise<readonly Readonly<{ turn: number; role: string; text: string }>[]>;
}>;

/** Results of the call's own session that were too long to be told whole. */
export type KeptResults = Readonly<{
  /** A piece of it, small enough to be told; null: there is none of that name. */
  read(handle: string, offset: number): Promise<Piece | null>;
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

/** Of a call with effects that came to no end: the model, and whoever reads along, must not take it for undone. */
export const NOT_KNOWN = "Whether it took effect is not known.";

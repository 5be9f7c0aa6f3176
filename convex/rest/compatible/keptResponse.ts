/** A kept response, as it is told. */
import type { Json } from "../../../src/completions/fields";
import { CANCELLED, failureOfRun, type Failure } from "../../../src/completions/failures";
import {
  responseBody,
  type Progress,
  type ResponseHead,
} from "../../../src/completions/responsesAnswer";
import type { Outcome } from "../../model/completions/outcome";
import type { KeptResponse } from "../../model/completions/responses";
import { endingOf } from "./serve";

/** Longer ones are told without the tools and instructions that make them so long. */
const ECHO_CHARS_MAX = 20_000;

export function shortEcho(echo: Json): Json {
  if (JSON.stringify(echo).length <= ECHO_CHARS_MAX) return echo;
  return { ...echo, tools: [], instructions: null, text: { format: { type: "text" } } };
}

export function headOf({ runId, createdAt, echo: text }: KeptResponse): ResponseHead {
  const { model, isBackground, echo } = JSON.parse(text) as {
    model: string;
    isBackground: boolean;
    echo: Json;
  };
  return { id: runId, model, createdAtMs: createdAt, echo, isBackground };
}

export function bodyOf(kept: KeptResponse): object {
  const { text, toolCalls, outcome } = kept;
  const hasOutput = outcome?.end.kind === "completed" || text !== "" || toolCalls.length > 0;
  return responseBody(headOf(kept), {
    said: hasOutput ? { text, calls: toolCalls } : null,
    progress:
      outcome === null ? { status: kept.hasBegun ? "in_progress" : "queued" } : progressOf(outcome),
  });
}

/** Why it has no whole answer; null: it has. */
export function failureOf({ end }: Outcome): Failure | null {
  switch (end.kind) {
    case "completed":
      return null;
    case "cancelled":
      return CANCELLED;
    case "failed":
      return failureOfRun(end);
  }
}

function progressOf(outcome: Outcome): Progress {
  if (outcome.end.kind === "cancelled") return { status: "cancelled" };
  const failure = failureOf(outcome);
  if (failure !== null) return { status: "failed", failure };
  return { status: "ended", ending: endingOf(outcome) };
}

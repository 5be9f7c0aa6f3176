/** Every way in which a provider's answer can go wrong, at every place of it, for replies of every shape. */
import type { ProviderFailureClass } from "../../../src/core/errors";
import type { Fault } from "../../../src/providers/simulator/faults";
import type { OwnScript } from "../../../src/providers/simulator/script";
import type { Simulator } from "../../../src/providers/simulator/server";
import { call, requestOf, type Adapter, type Outcome } from "./calls";

const THOUGHT = "Rain or sun?";
const TEXT = "Let me look at it.";
const NO_REASONING = { reasoning: "" };
const CLOCK = { name: "clock", argumentsJson: "{}" };
const CALL = { name: "weather", argumentsJson: '{"city":"Rome"}' };

type Scripted = NonNullable<OwnScript["reply"]>;
type Reply = { [Field in "text" | "reasoning" | "toolCalls"]: NonNullable<Scripted[Field]> } & {
  showsReasoning?: boolean;
};
export type Shape = "text" | "reasoning" | "tools" | "both" | "hidden reasoning";

export const SHAPES: Readonly<Record<Shape, Reply>> = {
  text: { text: TEXT, ...NO_REASONING, toolCalls: [] },
  reasoning: { text: TEXT, reasoning: THOUGHT, showsReasoning: true, toolCalls: [] },
  tools: { text: "", ...NO_REASONING, toolCalls: [CALL, CLOCK] },
  both: { text: TEXT, reasoning: THOUGHT, showsReasoning: true, toolCalls: [CALL] },
  "hidden reasoning": { text: TEXT, reasoning: THOUGHT, showsReasoning: false, toolCalls: [] },
};

export type Case = Readonly<{
  label: string;
  adapter: Adapter;
  shape: Shape;
  fault: Fault;
  /** Frames that came before it; null when it is none of the stream's. */
  afterFrames: number | null;
  /** What it may be called, if the reply was not over by then. Null: the reply is whole all the same. */
  classes: readonly ProviderFailureClass[] | null;
  idleMs: number;
}>;

/** A silence is known by waiting for it. */
const SILENCE_MS = 250;
const LONG_MS = 20_000;

const BREAKS = {
  cut: ["cut_stream"],
  truncate: ["cut_stream"],
  half: ["cut_stream", "server"], // of a frame, may reach the SDK as one that is no JSON
  stall: ["timeout"],
  malformed: ["server"],
  error_event: ["overloaded"],
  duplicate: null,
} as const satisfies Record<string, readonly ProviderFailureClass[] | null>;

const STATUSES: readonly (readonly [number, ProviderFailureClass])[] = [
  [400, "invalid_request"],
  [401, "authentication"],
  [402, "spend_limit"],
  [403, "permission"],
  [404, "not_found"],
  [408, "timeout"],
  [409, "server"],
  [413, "invalid_request"],
  [422, "invalid_request"],
  [429, "rate_limited"],
  [500, "server"],
  [502, "server"],
  [503, "overloaded"],
  [504, "timeout"],
  [529, "overloaded"],
];

/** Waits as headers say them, and what is made of them; null: nothing. A date is at least now. */
export const WAITS: readonly (readonly [string, number | null])[] = [
  ["7", 7_000],
  ["0", 0],
  ["1.5", 1_500],
  ["120", 120_000],
  ["99999999", 99_999_999_000],
  ["-1", null],
  ["", null],
  ["soon", null],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["1e3", 1_000_000],
];

/** The frames of the reply without any fault: all of its places. */
export type Frames = readonly string[];

/** The last frame without which no reply is over. */
export function endOf({ name }: Adapter, frames: Frames): number {
  const end = {
    anthropic: /"stop_reason":"/,
    openai: /"type":"response\.completed"/,
    openai_compatible: /"finish_reason":"/,
    google: /"finishReason":"/,
  }[name];
  return frames.findIndex((frame) => end.test(frame));
}

export function casesOf(adapter: Adapter, shape: Shape, frames: Frames): Case[] {
  const of = { adapter, shape };
  const named = (fault: Fault, rest: Omit<Case, "label" | "fault" | keyof typeof of>): Case => ({
    label: [adapter.name, shape, ...Object.values(fault)].join(" · "),
    ...of,
    fault,
    ...rest,
  });
  const inStream = Object.entries(BREAKS).flatMap(([what, classes]) =>
    Array.from({ length: frames.length + 1 }, (_, afterFrames) =>
      named(
        { kind: "at_frame", what: what as keyof typeof BREAKS, afterFrames },
        { afterFrames, classes, idleMs: what === "stall" ? SILENCE_MS : LONG_MS },
      ),
    ),
  );
  const whole = { afterFrames: null, classes: null, idleMs: LONG_MS };
  const harmless: Fault[] = [
    { kind: "encoding", as: "gzip" },
    { kind: "encoding", as: "crlf" },
    { kind: "encoding", as: "bom" },
    { kind: "split", bytes: 17 },
    { kind: "whole" },
    { kind: "null_usage", as: "null" },
    { kind: "null_usage", as: "empty" },
    { kind: "null_usage", as: "missing" },
  ];
  return [...inStream, ...harmless.map((fault) => named(fault, whole))];
}

/** What goes wrong before there is a stream. */
export function refusalsOf(adapter: Adapter): Case[] {
  const of = { adapter, shape: "text", afterFrames: 0, idleMs: LONG_MS } as const;
  const named = (fault: Fault, classes: readonly ProviderFailureClass[]): Case => ({
    label: [adapter.name, ...Object.values(fault)].join(" · "),
    ...of,
    fault,
    classes,
  });
  const bodies = ["json", "page", "nothing"] as const;
  const statuses = STATUSES.flatMap(([status, failureClass]) =>
    bodies.map((body) => named({ kind: "status", status, body }, [failureClass])),
  );
  const waits = WAITS.flatMap(([retryAfter]) => [
    named({ kind: "status", status: 429, retryAfter }, ["rate_limited"]),
    named({ kind: "status", status: 529, retryAfter }, ["overloaded"]),
  ]);
  return [
    ...statuses,
    ...waits,
    named({ kind: "instead", body: "json" }, ["overloaded"]),
    named({ kind: "instead", body: "page" }, ["server"]),
    named({ kind: "reset" }, ["network"]),
  ];
}

/** Makes the call with its fault, reply and name in a header, through the real SDK over a real socket. */
export async function run(
  simulator: Simulator,
  { adapter, shape, fault, label, idleMs }: Omit<Case, "fault"> & { fault: Fault | null },
  onBody: (text: Promise<string>) => void = () => undefined,
): Promise<Outcome> {
  const script: OwnScript = { label, reply: SHAPES[shape], ...(fault !== null && { fault }) };
  return await call(adapter, simulator, {
    request: requestOf("How is the weather?", { model: adapter.model, reasoning: "high" }),
    settings: {
      timeouts: { headersMs: LONG_MS, idleMs },
      fetch: async (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set("x-simulate", JSON.stringify(script));
        const response = await fetch(url, { ...init, headers });
        if (fault === null) onBody(response.clone().text());
        return response;
      },
    },
  });
}

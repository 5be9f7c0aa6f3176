/**
 * A run as OpenTelemetry sees it: spans by the conventions for generative AI, in the JSON of OTLP over HTTP. What was
 * said is not in them, and neither are arguments and results of tools.
 *
 * Ids follow from those of the rows, so that a span that is sent twice is one span.
 */
export type SpanUsage = Readonly<{
  inputTokens: number; // those from the cache included, as the conventions have it
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  reasoningTokens: number;
  costUsd: string;
}>;

export type TracedStep = Readonly<{
  id: string;
  parentId: string | null;
  kind: "model_call" | "tool_call" | "consensus";
  status: "running" | "completed" | "failed" | "cancelled";
  provider: string;
  model: string;
  toolName: string | null;
  toolCallId: string | null;
  finishReason: string | null;
  attempts: readonly TracedAttempt[];
  usage: SpanUsage;
  startedAtMs: number;
  endedAtMs: number;
}>;

export type TracedAttempt = Readonly<{
  kind: string;
  status: string;
  failureClass: string | null;
  httpStatus: number | null;
  firstChunkAtMs: number | null;
  startedAtMs: number;
  endedAtMs: number | null;
}>;

export type TracedRun = Readonly<{
  id: string;
  tenantId: string;
  agentId: string;
  agentName: string;
  sessionId: string;
  turn: number;
  provider: string | null;
  model: string | null;
  state: "completed" | "failed" | "cancelled";
  /** Why it failed; one of a few words. */
  reason: string | null;
  usage: SpanUsage;
  startedAtMs: number;
  endedAtMs: number;
  steps: readonly TracedStep[];
}>;

type Value =
  | { stringValue: string }
  | { intValue: string }
  | { doubleValue: number }
  | { boolValue: boolean }
  | { arrayValue: { values: Value[] } };
type Attribute = { key: string; value: Value };
/** Numbers are whole, but for those marked. */
type Plain = string | number | boolean | readonly string[] | { double: number } | null;

export type Span = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  events: { name: string; timeUnixNano: string; attributes: Attribute[] }[];
  status: { code: number; message?: string };
};

const INTERNAL = 1;
const CLIENT = 3;
const UNSET = 0;
const ERROR = 2;
const TRACE_ID_HEX = 32;
const SPAN_ID_HEX = 16;
/** As the conventions name them; others stay as we do. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = { google: "gcp.gemini" };

/** The body of a POST to `/v1/traces`. */
export async function toOtlp(
  runs: readonly TracedRun[],
  { serviceName }: { serviceName: string },
): Promise<{ resourceSpans: object[] }> {
  const spans = await Promise.all(runs.map(spansOf));
  const resource = { attributes: attributes({ "service.name": serviceName }) };
  const scope = { name: "agentik-backend" };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spans.flat() }] }] };
}

/** The run's span first, then those of its steps. */
export async function spansOf(run: TracedRun): Promise<Span[]> {
  const traceId = (await hashOf(`run/${run.id}`)).slice(0, TRACE_ID_HEX);
  const runSpanId = await spanIdOf(run.id);
  const common = {
    "gen_ai.conversation.id": run.sessionId,
    "agentik.tenant.id": run.tenantId,
    "agentik.run.id": run.id,
  };
  const root: Span = {
    traceId,
    spanId: runSpanId,
    name: `invoke_agent ${run.agentName}`,
    kind: INTERNAL,
    ...times(run),
    attributes: attributes({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.id": run.agentId,
      "gen_ai.agent.name": run.agentName,
      "gen_ai.provider.name": run.provider === null ? null : providerName(run.provider),
      "gen_ai.request.model": run.model,
      ...common,
      "agentik.turn": run.turn,
      "agentik.run.state": run.state,
      ...usageAttributes(run.usage),
      "error.type": run.reason,
    }),
    events: [],
    status: run.reason === null ? { code: UNSET } : { code: ERROR, message: run.reason },
  };
  const steps = await Promise.all(
    run.steps.map(async (step) => ({
      traceId,
      parentSpanId: step.parentId === null ? runSpanId : await spanIdOf(step.parentId),
      ...(await stepSpan(step, common)),
    })),
  );
  return [root, ...steps];
}

async function stepSpan(
  step: TracedStep,
  common: Record<string, Plain>,
): Promise<Omit<Span, "traceId" | "parentSpanId">> {
  const problem = problemOf(step);
  const first = step.attempts.find(({ firstChunkAtMs }) => firstChunkAtMs !== null);
  const called = step.attempts.at(-1);
  return {
    spanId: await spanIdOf(step.id),
    ...namesOf(step),
    ...times(step),
    attributes: attributes({
      "gen_ai.operation.name": {
        model_call: "chat",
        tool_call: "execute_tool",
        consensus: "consensus",
      }[step.kind],
      ...common,
      ...(step.kind === "model_call" && {
        "gen_ai.provider.name": providerName(step.provider),
        "gen_ai.request.model": step.model,
        "gen_ai.request.stream": true,
        "gen_ai.response.finish_reasons": step.finishReason === null ? null : [step.finishReason],
        "gen_ai.response.time_to_first_chunk":
          first === undefined ? null : { double: secondsToFirstChunk(first) },
        "http.response.status_code": called?.httpStatus ?? null,
        ...usageAttributes(step.usage),
      }),
      ...(step.kind === "tool_call" && {
        "gen_ai.tool.name": step.toolName,
        "gen_ai.tool.call.id": step.toolCallId,
        "gen_ai.tool.type": "function",
      }),
      "error.type": problem,
    }),
    // What was tried before, and why it did not do.
    events: step.attempts.slice(0, -1).map((attempt) => ({
      name: `gen_ai.attempt.${attempt.status}`,
      timeUnixNano: nano(attempt.endedAtMs ?? attempt.startedAtMs),
      attributes: attributes({
        "agentik.attempt.kind": attempt.kind,
        "error.type": attempt.failureClass,
        "http.response.status_code": attempt.httpStatus,
      }),
    })),
    status: problem === null ? { code: UNSET } : { code: ERROR, message: problem },
  };
}

function namesOf({ kind, model, toolName }: TracedStep): Pick<Span, "name" | "kind"> {
  switch (kind) {
    case "model_call":
      return { name: `chat ${model}`, kind: CLIENT };
    case "tool_call":
      return { name: `execute_tool ${toolName ?? ""}`, kind: INTERNAL };
    case "consensus":
      return { name: "consensus", kind: INTERNAL };
  }
}

/** What a failed step failed by, in one word. */
function problemOf({ status, attempts }: TracedStep): string | null {
  if (status !== "failed") return null;
  return attempts.at(-1)?.failureClass ?? "_OTHER";
}

function usageAttributes(usage: SpanUsage): Record<string, Plain> {
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cacheReadTokens,
    "gen_ai.usage.cache_creation.input_tokens": usage.cacheWriteTokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
    // No convention has it; this is what Langfuse reads. Exact beside it, for there is no exact number in JSON.
    "gen_ai.usage.cost": { double: Number(usage.costUsd) },
    "agentik.cost.usd": usage.costUsd,
  };
}

function secondsToFirstChunk({ firstChunkAtMs, startedAtMs }: TracedAttempt): number {
  return ((firstChunkAtMs ?? startedAtMs) - startedAtMs) / 1_000;
}

function providerName(provider: string): string {
  return PROVIDER_NAMES[provider] ?? provider;
}

function attributes(values: Record<string, Plain>): Attribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null ? [] : [{ key, value: toValue(value) }],
  );
}

function toValue(value: Exclude<Plain, null>): Value {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return { intValue: String(value) };
  if ("double" in value) return { doubleValue: value.double };
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
}

function times({ startedAtMs, endedAtMs }: { startedAtMs: number; endedAtMs: number }) {
  return { startTimeUnixNano: nano(startedAtMs), endTimeUnixNano: nano(endedAtMs) };
}

/** 64-bit numbers are text in this JSON. */
function nano(ms: number): string {
  return String(BigInt(Math.round(ms)) * 1_000_000n);
}

async function spanIdOf(id: string): Promise<string> {
  return (await hashOf(`span/${id}`)).slice(0, SPAN_ID_HEX);
}

async function hashOf(text: string): Promise<string> {
  const bytes = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the tests of the adapters share: a request, and all that came of it. */
import { usageOf, type Usage, type UsageReport } from "../../../src/pricing/usage";
import type {
  ProviderError,
  ProviderEvent,
  ProviderName,
  ProviderRequest,
} from "../../../src/providers/provider";
import { providerFor } from "../../../src/providers/registry";
import type { ProviderSettings } from "../../../src/providers/settings";
import type { Simulator } from "../../../src/providers/simulator/server";

export function requestOf(text: string, changes: Partial<ProviderRequest> = {}): ProviderRequest {
  return {
    model: "claude-sonnet-5-5",
    system: null,
    messages: [{ role: "user", content: [{ kind: "text", text }] }],
    maxOutputTokens: 1_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

export type Outcome = {
  events: ProviderEvent[];
  text: string;
  reasoning: string;
  toolCalls: { toolCallId: string; name: string; argumentsJson: string }[];
  reports: UsageReport[];
  /** The last report, which is the one that counts. */
  report: UsageReport | null;
  finish: Extract<ProviderEvent, { kind: "finish" }> | null;
  error: ProviderError | null;
};

export async function collect(
  events: AsyncIterable<ProviderEvent>,
  onEvent: (event: ProviderEvent) => void = () => undefined,
): Promise<Outcome> {
  const outcome: Outcome = {
    events: [],
    text: "",
    reasoning: "",
    toolCalls: [],
    reports: [],
    report: null,
    finish: null,
    error: null,
  };
  for await (const event of events) {
    outcome.events.push(event);
    if (event.kind === "text") outcome.text += event.text;
    if (event.kind === "reasoning") outcome.reasoning += event.text;
    if (event.kind === "tool_call") outcome.toolCalls.push(event);
    if (event.kind === "usage") outcome.reports.push(event.report);
    if (event.kind === "finish") outcome.finish = event;
    if (event.kind === "error") outcome.error = event.error;
    onEvent(event);
  }
  outcome.report = outcome.reports.at(-1) ?? null;
  return outcome;
}

export type Adapter = Readonly<{
  name: ProviderName;
  model: string;
  /** When the stream states its input: a cut later than that leaves it known. */
  statesInput: "at once" | "with the first token" | "at the end";
  settings(simulator: Simulator): ProviderSettings;
}>;

const onAnthropic = (simulator: Simulator): ProviderSettings => ({
  apiKey: "test-key",
  baseUrl: simulator.anthropicBaseUrl,
});
const onOpenAi = (simulator: Simulator): ProviderSettings => ({
  apiKey: "test-key",
  baseUrl: simulator.openAiBaseUrl,
});

const onGoogle = (simulator: Simulator): ProviderSettings => ({
  apiKey: "test-key",
  baseUrl: simulator.googleBaseUrl,
});

/** One for each wire format. */
export const ADAPTERS: readonly Adapter[] = [
  { name: "anthropic", model: "claude-sonnet-5-5", statesInput: "at once", settings: onAnthropic },
  { name: "openai", model: "gpt-6-sol", statesInput: "at the end", settings: onOpenAi },
  {
    name: "openai_compatible",
    model: "llama-local",
    statesInput: "at the end",
    settings: onOpenAi,
  },
  {
    name: "google",
    model: "gemini-3.5-flash",
    statesInput: "with the first token",
    settings: onGoogle,
  },
];

export function call(
  adapter: Adapter,
  simulator: Simulator,
  {
    request = requestOf("Tell me about rain."),
    settings = {},
    onEvent,
  }: {
    request?: ProviderRequest;
    settings?: Partial<ProviderSettings>;
    onEvent?: (event: ProviderEvent) => void;
  } = {},
): Promise<Outcome> {
  const provider = providerFor(adapter.name, { ...adapter.settings(simulator), ...settings });
  const model = request.model === "claude-sonnet-5-5" ? adapter.model : request.model;
  return collect(provider.stream({ ...request, model }), onEvent);
}

export const NOTHING: Usage = usageOf({});

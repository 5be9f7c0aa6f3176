/** Which model the demo's agent calls: a real one when there is a key for it, the simulator otherwise. */
import { type Simulator, startSimulator } from "../providers/simulator/server";

export type DemoModel = {
  provider: "anthropic" | "openai";
  model: string;
  /** Deployment variables to set; null removes one that an earlier start has set. */
  variables: Record<string, string | null>;
  /** Null when a real provider answers. */
  simulator: Simulator | null;
};

const ANTHROPIC_MODEL = "claude-haiku-5-5";
const OPENAI_MODEL = "gpt-6-luna";

export async function chooseModel(environment: NodeJS.ProcessEnv): Promise<DemoModel> {
  const anthropicKey = environment["ANTHROPIC_API_KEY"];
  const openAiKey = environment["OPENAI_API_KEY"];
  const addresses = {
    ANTHROPIC_BASE_URL: environment["ANTHROPIC_BASE_URL"] ?? null,
    OPENAI_BASE_URL: environment["OPENAI_BASE_URL"] ?? null,
  };
  const keys = { ANTHROPIC_API_KEY: anthropicKey ?? null, OPENAI_API_KEY: openAiKey ?? null };

  if (anthropicKey !== undefined || openAiKey !== undefined) {
    const isAnthropic = anthropicKey !== undefined;
    return {
      provider: isAnthropic ? "anthropic" : "openai",
      model: isAnthropic ? ANTHROPIC_MODEL : OPENAI_MODEL,
      variables: { ...addresses, ...keys },
      simulator: null,
    };
  }
  const simulator = await startSimulator({ port: 0 });
  return {
    provider: "anthropic",
    model: ANTHROPIC_MODEL,
    variables: {
      ANTHROPIC_API_KEY: "simulated",
      ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
      OPENAI_API_KEY: "simulated",
      OPENAI_BASE_URL: simulator.openAiBaseUrl,
    },
    simulator,
  };
}

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
  // Set to nothing is not set: scripts pass on variables that they do not have themselves.
  const valueOf = (name: string) => environment[name] || null;
  const variables = {
    ANTHROPIC_API_KEY: valueOf("ANTHROPIC_API_KEY"),
    ANTHROPIC_BASE_URL: valueOf("ANTHROPIC_BASE_URL"),
    OPENAI_API_KEY: valueOf("OPENAI_API_KEY"),
    OPENAI_BASE_URL: valueOf("OPENAI_BASE_URL"),
  };
  const isAnthropic = variables.ANTHROPIC_API_KEY !== null;
  if (isAnthropic || variables.OPENAI_API_KEY !== null) {
    return {
      provider: isAnthropic ? "anthropic" : "openai",
      model: isAnthropic ? ANTHROPIC_MODEL : OPENAI_MODEL,
      variables,
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

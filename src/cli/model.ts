/** Which model the demo's agent calls: a real one when there is a key for it, the simulator otherwise. */
import { STARTING_MODELS } from "../core/startingModels";
import { type Simulator, startSimulator } from "../providers/simulator/server";

export type DemoModel = {
  provider: "anthropic" | "openai" | "google";
  model: string;
  /** Deployment variables to set; null removes one that an earlier start has set. */
  variables: Record<string, string | null>;
  /** Null when a real provider answers. */
  simulator: Simulator | null;
};

/** The first one with a key answers; without any, the simulator stands in for the first. */
const ANTHROPIC = { provider: "anthropic", model: STARTING_MODELS.anthropic } as const;
const CHOICES = [
  { ...ANTHROPIC, prefix: "ANTHROPIC", simulatedAt: (at: Simulator) => at.anthropicBaseUrl },
  {
    provider: "openai",
    model: STARTING_MODELS.openai,
    prefix: "OPENAI",
    simulatedAt: (at: Simulator) => at.openAiBaseUrl,
  },
  {
    provider: "google",
    model: STARTING_MODELS.google,
    prefix: "GOOGLE",
    simulatedAt: (at: Simulator) => at.googleBaseUrl,
  },
] as const;

export async function chooseModel(environment: NodeJS.ProcessEnv): Promise<DemoModel> {
  const variables: Record<string, string | null> = {};
  for (const { prefix } of CHOICES) {
    for (const name of [`${prefix}_API_KEY`, `${prefix}_BASE_URL`]) {
      // Set to nothing is not set: scripts pass on variables that they do not have themselves.
      variables[name] = environment[name] || null;
    }
  }
  const chosen = CHOICES.find(({ prefix }) => variables[`${prefix}_API_KEY`] !== null);
  if (chosen !== undefined) {
    const { provider, model } = chosen;
    return { provider, model, variables, simulator: null };
  }
  const simulator = await startSimulator({ port: 0 });
  for (const { prefix, simulatedAt } of CHOICES) {
    variables[`${prefix}_API_KEY`] = "simulated";
    variables[`${prefix}_BASE_URL`] = simulatedAt(simulator);
  }
  return { ...ANTHROPIC, variables, simulator };
}

/**
 * Modes: how an agent goes about its work. A mode changes what is sampled, how much is written, how much of the
 * history is read, and what the model is told.
 */
export type Mode = Readonly<{
  name: string;
  /** Follows the system prompt. */
  prompt: string;
  /** Where the agent sets none and the model takes any; null: the provider's default. */
  temperature: number | null;
  /** Of one reply, if the agent allows as much; null: as the agent has it. */
  maxTokens: number | null;
  /** Of the room that is left beside all else, the part that the history may take; from 0 to 1. */
  historyShare: number;
}>;

export const BUILT_IN_MODE_NAMES = ["focus", "creative", "research"] as const;
export type BuiltInModeName = (typeof BUILT_IN_MODE_NAMES)[number];

/**
 * The seeds name the first three settings of each (0.2, 2,048 tokens, 10 messages; 0.9, 8,192, 50; 0.5). Temperatures
 * are theirs. The sizes are larger: `focus` is what an agent is in unless somebody says otherwise, and an answer cut off
 * after 2,048 tokens, or a tenth message that is forgotten, is not what they asked for.
 */
const BUILT_IN_MODES: Readonly<Record<BuiltInModeName, Mode>> = {
  focus: {
    name: "focus",
    prompt:
      "Keep to what was asked. Answer directly, leave out what does not help, and say so when you do not know.",
    temperature: 0.2,
    maxTokens: 8_192,
    historyShare: 0.5,
  },
  creative: {
    name: "creative",
    prompt:
      "Look for ideas beyond the first that comes to mind. Offer more than one way, and say what is special about each.",
    temperature: 0.9,
    maxTokens: 16_384,
    historyShare: 0.75,
  },
  research: {
    name: "research",
    prompt:
      "Work thoroughly. Look at the question from more than one side, tell what is known from what is assumed, and name your sources where you have any.",
    temperature: 0.5,
    maxTokens: 32_768,
    historyShare: 1,
  },
};

/** What an agent is in whose mode nobody knows. */
export const DEFAULT_MODE = BUILT_IN_MODES.focus;

export function builtInMode(name: string): Mode | null {
  const known = BUILT_IN_MODE_NAMES.find((one) => one === name);
  return known === undefined ? null : BUILT_IN_MODES[known];
}

/** What a call is asked for with. */
export type Sampling = Readonly<{ outputTokens: number; temperature: number | null }>;

/** The agent's own temperature comes before the mode's; of two limits the smaller one holds. */
export function samplingOf(
  mode: Mode,
  {
    temperature,
    maxTokens,
    acceptsTemperature,
  }: { temperature: number | null; maxTokens: number; acceptsTemperature: boolean },
): Sampling {
  return {
    outputTokens: Math.min(maxTokens, mode.maxTokens ?? Infinity),
    // What the agent itself sets goes out even to a model that refuses it: the adapter leaves it out, and says so.
    temperature: temperature ?? (acceptsTemperature ? mode.temperature : null),
  };
}

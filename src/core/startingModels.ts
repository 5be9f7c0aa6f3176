/** The model that one begins with at each provider: quick and cheap, until somebody knows what they need. */
export const STARTING_MODELS = {
  anthropic: "claude-haiku-5-5",
  openai: "gpt-6-luna",
  google: "gemini-3.5-flash-lite",
} as const;

/** Words for an agent's settings. */

const NAMES: Readonly<Record<string, string>> = {
  systemPrompt: "Instructions",
  maxTokens: "Tokens of a reply",
  maxContextTokens: "Tokens that it reads",
  maxCostPerMessage: "USD for one message",
  monthlyBudget: "USD a month",
  fallbackModels: "Fallbacks",
  consensusEnabled: "Vote",
  consensusModels: "Models that vote",
  consensusStrategy: "What wins the vote",
  consensus: "Rules of the vote",
};

/** "systemPrompt" as people call it. */
export function settingName(field: string): string {
  const words = field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return NAMES[field] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** A setting's JSON as text: texts as they are, one a line; anything else with a line for each part. Empty: there is none. */
export function readable(json: string | undefined): string {
  if (json === undefined) return "";
  const value: unknown = JSON.parse(json);
  const texts = Array.isArray(value) ? (value as unknown[]) : [value];
  const areTexts = texts.every((text) => typeof text === "string");
  return areTexts ? texts.join("\n") : JSON.stringify(value, null, 2);
}

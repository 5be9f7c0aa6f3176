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

/** A setting's JSON as text: a text as it is, anything else with a line for each part. Empty: there is none. */
export function readable(json: string | undefined): string {
  if (json === undefined) return "";
  const value: unknown = JSON.parse(json);
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

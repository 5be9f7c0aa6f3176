/** What callers may ask of a call that not every provider has anything like. */

export const CALL_FEATURES = ["stop", "json_object", "single_tool_call", "image_url"] as const;
export type CallFeature = (typeof CALL_FEATURES)[number];

const MISSING: Readonly<Record<string, readonly CallFeature[]>> = {
  anthropic: ["json_object"], // a schema it takes
  openai: ["stop"], // of its two APIs the Responses API is called, which has none
  google: ["single_tool_call", "image_url"],
  // Nobody knows whether such a server fetches, nor what it can reach.
  openai_compatible: ["image_url"],
};

/** What to do without. */
export const INSTEAD_OF: Readonly<Record<CallFeature, string>> = {
  stop: "leave it out",
  json_object: "leave it out",
  single_tool_call: "leave it out",
  image_url: "send the image itself in place of its URL, as a data URL or in base64",
};

/** Of what is asked for, the first that the provider lacks; leaving it out would change what the caller gets. */
export function missingAt<Asked extends { feature: CallFeature }>(
  provider: string,
  asked: readonly Asked[],
): Asked | null {
  const missing = MISSING[provider] ?? [];
  return asked.find(({ feature }) => missing.includes(feature)) ?? null;
}

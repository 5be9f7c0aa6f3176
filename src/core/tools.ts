/** The tools that come with the product, by the names that models and agents' settings know them by. */
export const TOOL_NAMES = ["clock", "calculator"] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** Of one reply: what a model asks for beyond it is left out, and it may ask again. */
export const TOOL_CALLS_PER_REPLY_MAX = 16;

/** Replies of one run that call tools; an agent that has not come to an end by then goes round in circles. */
export const TOOL_ROUNDS_MAX = 10;

/** How much a model may be given to read. */

/** Of a model that the price book does not have: most servers of open models give at least this much. */
export const WINDOW_TOKENS_DEFAULT = 32_768;

/** Of the window, kept free for what the estimates miss; and no less than a page. */
const MARGIN = 0.05;
const MARGIN_TOKENS_MIN = 256;

export type ModelLimits = Readonly<{
  contextWindowTokens: number | null;
  /** Where the provider takes less than the window. */
  inputTokensMax: number | null;
  outputTokensMax: number | null;
}>;

export type Budget = Readonly<{
  /** The model's window, or the default where it is not known. */
  windowTokens: number;
  /** What the model may write: `max_tokens` of the call. */
  outputTokens: number;
  marginTokens: number;
  /** What it may read. */
  inputTokens: number;
}>;

/**
 * Divides a model's window between what it reads and what it writes.
 *
 * @param outputTokens - As wanted; cut to what the model can write, and to half of the window.
 * @param inputTokensMax - The agent's own cap on what is read.
 */
export function budgetFor(
  limits: ModelLimits,
  wanted: { outputTokens: number; inputTokensMax: number | null },
): Budget {
  const windowTokens = limits.contextWindowTokens ?? WINDOW_TOKENS_DEFAULT;
  const outputTokens = Math.min(
    wanted.outputTokens,
    limits.outputTokensMax ?? Infinity,
    Math.floor(windowTokens / 2),
  );
  const marginTokens = Math.max(Math.ceil(windowTokens * MARGIN), MARGIN_TOKENS_MIN);
  const inputTokens = Math.min(
    windowTokens - outputTokens - marginTokens,
    limits.inputTokensMax ?? Infinity,
    wanted.inputTokensMax ?? Infinity,
  );
  return { windowTokens, outputTokens, marginTokens, inputTokens: Math.max(0, inputTokens) };
}

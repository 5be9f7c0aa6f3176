/** The room that several models have in common, when all of them are given the same to read. Pure. */
import { budgetFor, type ModelLimits } from "./budget";
import { calibrated, type CalledModel } from "./calibration";

type Reader = CalledModel & Readonly<{ limits: ModelLimits }>;
type Wanted = Readonly<{ outputTokens: number; inputTokensMax: number | null }>;

/** Text enough for a factor to be seen whole. */
const SAMPLE_TOKENS = 100_000;

/**
 * What may be read and written so that none of the models is given more than it takes.
 *
 * @param measure - The model by whose tokens the result counts; others find more or fewer in the same text.
 * @param readers - At least one.
 */
export function sharedRoom(
  measure: CalledModel,
  readers: readonly Reader[],
  wanted: Wanted,
): { outputTokens: number; inputTokensMax: number } {
  const budgets = readers.map(({ limits }) => budgetFor(limits, wanted));
  const outputTokens = Math.min(...budgets.map((budget) => budget.outputTokens));
  const rooms = readers.map((reader, nth) => {
    const { inputTokens = 0 } = budgets[nth] ?? {};
    return (inputTokens * calibrated(SAMPLE_TOKENS, measure)) / calibrated(SAMPLE_TOKENS, reader);
  });
  const inputTokensMax = Math.floor(Math.min(...rooms, wanted.inputTokensMax ?? Infinity));
  return { outputTokens, inputTokensMax };
}

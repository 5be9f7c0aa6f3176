/**
 * The shape of the price book's file, `data/prices.json`.
 *
 * Every amount is whole picoUSD for one token (or one tool call), small enough to be an exact JSON
 * number. A class that is missing has no published price, which is not the same as a price of zero.
 */
import type { TokenClass, ToolUnit } from "./usage";

export type RatesData = Readonly<Partial<Record<TokenClass, number>>>;
type RatioData = Readonly<{ num: number; den: number }>;

/** A service tier's own prices where they are published, and its factor on the standard ones otherwise. */
export type ServiceTierData = Readonly<{
  multiplier: RatioData | null;
  rates: RatesData | null;
  longContextRates: RatesData | null;
}>;

export type PriceRecord = Readonly<{
  provider: string;
  model: string;
  name: string;
  /** The first day (UTC) on which this holds; null: since before the book was begun. */
  effectiveFrom: string | null;
  rates: RatesData;
  /**
   * Hours of a day (UTC, minutes after midnight, end excluded) with rates of their own: of each day, or of some days of
   * the week (1 is Monday) only.
   */
  dailyWindows: readonly Readonly<{
    fromMinute: number;
    toMinute: number;
    weekdays?: readonly number[];
    rates: RatesData;
  }>[];
  /** Rates of the whole request once its input is longer than this (or as long, if inclusive). */
  longContext: readonly Readonly<{ inputTokens: number; inclusive: boolean; rates: RatesData }>[];
  serviceTiers: Readonly<Record<string, ServiceTierData>>;
  /** Factors by the region of inference. */
  regions: Readonly<Record<string, RatioData>>;
  /** Per use of the provider's own tools. */
  fees: Readonly<Partial<Record<ToolUnit, number>>>;
  contextWindowTokens: number | null;
  inputTokensMax: number | null;
  outputTokensMax: number | null;
  /** The day on which the provider ends the model. */
  retiresOn: string | null;
  sources: readonly string[];
  confidence: string;
  note?: string;
}>;

export type PriceData = Readonly<{
  /** Names exactly these numbers: the day of the table and a digest of the records. */
  version: string;
  asOf: string;
  records: readonly PriceRecord[];
}>;

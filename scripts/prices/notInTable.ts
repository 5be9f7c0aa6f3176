/**
 * What tables of prices have in words only, or do not have any more (genai-prices 0.1.8, MIT, with its references to the
 * vendors' pages): hours of the day, tiers, and what models cost before.
 */
import type { UsdRates } from "./table";

type Window = { fromMinute: number; toMinute: number; weekdays?: readonly number[] };

/** From Monday, as ISO 8601 counts them. */
const WORKDAYS = [1, 2, 3, 4, 5];

/** The figures in the table hold in these hours (UTC), the ones here in the rest of the week. */
export const PEAK_HOURS: Readonly<Record<string, { windows: Window[]; offPeak: UsdRates }>> = {
  "deepseek/deepseek-v4-pro": {
    // In the morning and the afternoon of Beijing's workdays, whose dates are then UTC's.
    windows: [
      { fromMinute: 1 * 60, toMinute: 4 * 60, weekdays: WORKDAYS },
      { fromMinute: 6 * 60, toMinute: 10 * 60, weekdays: WORKDAYS },
    ],
    offPeak: { input: 0.66, output: 1.98, cacheRead: 0.022 },
  },
};

/** Factors of service tiers. */
export const TIERS_IN_WORDS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "google/gemini-3.6-flash": { flex: 0.5 },
  "google/gemini-3.7-flash": { flex: 0.5, priority: 1.8 },
  "google/gemini-3.8-flash": { flex: 0.5, priority: 1.8 },
};

type Past = {
  /** The first day of what came after. */
  until: string;
  rates: UsdRates;
  /** Of the whole request, once its input is longer. */
  beyond?: { tokens: number; rates: UsdRates };
  /** The hours of today held, on all days of the week. */
  windows?: "every day";
};

/** The oldest first. */
export const HISTORY: Readonly<Record<string, readonly Past[]>> = {
  "openai/gpt-5.6-sol": [
    {
      until: "2026-08-21",
      rates: { input: 5, output: 30, cacheRead: 0.5, cacheWrite30m: 6.25 },
      beyond: {
        tokens: 272_000,
        rates: { input: 10, output: 45, cacheRead: 1, cacheWrite30m: 12.5 },
      },
    },
  ],
  "openai/gpt-5.6-terra": [
    {
      until: "2026-07-30",
      rates: { input: 2.5, output: 15, cacheRead: 0.25, cacheWrite30m: 3.125 },
      beyond: {
        tokens: 272_000,
        rates: { input: 5, output: 22.5, cacheRead: 0.5, cacheWrite30m: 6.25 },
      },
    },
  ],
  "openai/gpt-5.6-luna": [
    {
      until: "2026-07-30",
      rates: { input: 1, output: 6, cacheRead: 0.1, cacheWrite30m: 1.25 },
      beyond: {
        tokens: 272_000,
        rates: { input: 2, output: 9, cacheRead: 0.2, cacheWrite30m: 2.5 },
      },
    },
  ],
  "anthropic/claude-opus-4-6": [
    {
      until: "2026-03-13",
      rates: { input: 5, output: 25, cacheRead: 0.5, cacheWrite5m: 6.25, cacheWrite1h: 10 },
      beyond: {
        tokens: 200_000,
        rates: { input: 10, output: 37.5, cacheRead: 1, cacheWrite5m: 12.5, cacheWrite1h: 20 },
      },
    },
  ],
  "anthropic/claude-sonnet-4-6": [
    {
      until: "2026-03-13",
      rates: { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 },
      beyond: {
        tokens: 200_000,
        rates: { input: 6, output: 22.5, cacheRead: 0.6, cacheWrite5m: 7.5, cacheWrite1h: 12 },
      },
    },
  ],
  "deepseek/deepseek-v4-pro": [
    { until: "2026-08-17", rates: { input: 0.435, output: 0.87, cacheRead: 0.003625 } },
    {
      until: "2026-08-23",
      rates: { input: 0.66, output: 1.98, cacheRead: 0.022 },
      windows: "every day",
    },
  ],
};

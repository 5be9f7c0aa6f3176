/** Prices of a tenant's own. */
import { v, type Infer } from "convex/values";

const pico = v.optional(v.int64());

/** PicoUSD for one token of a class, as in `src/pricing/usage.ts`; a class that is absent has no price of its own. */
export const vRates = v.object({
  inputFresh: pico,
  cacheRead: pico,
  cacheWrite5m: pico,
  cacheWrite30m: pico,
  cacheWrite1h: pico,
  cacheWrite12h: pico,
  cacheWriteUnknown: pico,
  output: pico,
  audioInput: pico,
  audioCacheRead: pico,
  audioOutput: pico,
  imageInput: pico,
  imageOutput: pico,
});

/** PicoUSD for one use of the provider's own tools. */
export const vFees = v.object({
  webSearch: pico,
  webFetch: pico,
  fileSearch: pico,
  grounding: pico,
});

/** What a tenant pays for a model: rates of its own, or what the price book has for another model. */
export const vAgreedPrice = v.union(
  v.object({ kind: v.literal("rates"), rates: vRates, fees: vFees }),
  v.object({ kind: v.literal("same_as"), provider: v.string(), model: v.string() }),
);
export type AgreedPrice = Infer<typeof vAgreedPrice>;

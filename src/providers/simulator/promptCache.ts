/**
 * The providers' prompt caches, near enough to exercise every class of input.
 *
 * Anthropic keeps what a request marks, for five minutes or an hour; OpenAI keeps every long prompt by
 * itself for half an hour, and bills the writing from gpt-5.6 on; Gemini does as the older OpenAI models. All find a prefix again only if every
 * character of it is the same, and none bothers with short ones.
 */
import { createHash } from "node:crypto";
import { MINUTE_MS } from "../../core/limits";
import type { Usage } from "../../pricing/usage";
import { usageOf } from "../../pricing/usage";
import { countTokens, TOKENS_PER_MESSAGE } from "./tokens";
import type { Prompt, SimulatedApi } from "./wire";

const PREFIX_TOKENS_MIN = 1_024;
/** OpenAI counts cached tokens in steps of this size. */
const OPENAI_STEP_TOKENS = 128;
const OPENAI_TTL_MS = 30 * MINUTE_MS;
const TTL_MS = { "5m": 5 * MINUTE_MS, "1h": 60 * MINUTE_MS } as const;
const MODELS_WITH_BILLED_WRITES = /^gpt-(5\.[6-9]|[6-9])/;
/** A simulator that ran for weeks must not grow for weeks. */
const PREFIXES_MAX = 10_000;

export class PromptCache {
  readonly #expiryByPrefix = new Map<string, number>();

  /** The input of a call in its billing classes; afterwards the cache holds what the call put there. */
  use(
    { segments, model }: Prompt,
    { api, account, nowMs }: { api: SimulatedApi; account: string; nowMs: number },
  ): Usage {
    const ends: { key: string; tokens: number; keepFor: "5m" | "1h" | null }[] = [];
    const hash = createHash("sha256").update(`${api} ${account} ${model}`);
    let tokens = 0;
    for (const { text, keepFor } of segments) {
      tokens += countTokens(text) + TOKENS_PER_MESSAGE;
      ends.push({ key: hash.update(`\n${text}`).copy().digest("base64"), tokens, keepFor });
    }
    const cached = ends.findLast(
      ({ key, tokens: length }) =>
        length >= PREFIX_TOKENS_MIN && (this.#expiryByPrefix.get(key) ?? 0) > nowMs,
    );
    const read = cached?.tokens ?? 0;

    if (api !== "anthropic_messages") {
      const last = ends.at(-1);
      if (last !== undefined && tokens >= PREFIX_TOKENS_MIN) {
        this.#keep(last.key, nowMs + OPENAI_TTL_MS);
      }
      const cacheRead = steps(read);
      const isLong = tokens >= PREFIX_TOKENS_MIN && MODELS_WITH_BILLED_WRITES.test(model);
      const cacheWrite30m = isLong ? steps(tokens - cacheRead) : 0;
      return usageOf({ inputFresh: tokens - cacheRead - cacheWrite30m, cacheRead, cacheWrite30m });
    }

    const written = { "5m": 0, "1h": 0 };
    let upTo = read;
    for (const end of ends) {
      if (end.keepFor === null || end.tokens < PREFIX_TOKENS_MIN) continue;
      this.#keep(end.key, nowMs + TTL_MS[end.keepFor]);
      written[end.keepFor] += Math.max(end.tokens - upTo, 0);
      upTo = Math.max(upTo, end.tokens);
    }
    return usageOf({
      inputFresh: tokens - upTo,
      cacheRead: read,
      cacheWrite5m: written["5m"],
      cacheWrite1h: written["1h"],
    });
  }

  #keep(key: string, expiresAtMs: number): void {
    this.#expiryByPrefix.delete(key);
    this.#expiryByPrefix.set(key, expiresAtMs);
    const [oldest] = this.#expiryByPrefix.keys();
    if (this.#expiryByPrefix.size > PREFIXES_MAX && oldest !== undefined) {
      this.#expiryByPrefix.delete(oldest);
    }
  }
}

function steps(tokens: number): number {
  return Math.floor(tokens / OPENAI_STEP_TOKENS) * OPENAI_STEP_TOKENS;
}

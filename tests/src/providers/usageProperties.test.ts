/** Usage as each API states it, from any usage there may be and back; and whatever else may come in its place. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  COUNT_MAX,
  INPUT_CLASSES,
  usageOf,
  totalInputTokens,
  totalOutputTokens,
  type Usage,
  type UsageReport,
} from "../../../src/pricing/usage";
import {
  mergeAnthropicUsage,
  normaliseAnthropicUsage,
} from "../../../src/providers/usage/anthropicUsage";
import { normaliseGeminiCompatUsage } from "../../../src/providers/usage/geminiCompatUsage";
import { normaliseGeminiUsage } from "../../../src/providers/usage/geminiUsage";
import { normaliseOpenAiChatUsage } from "../../../src/providers/usage/openaiChatUsage";
import { normaliseOpenAiResponsesUsage } from "../../../src/providers/usage/openaiResponsesUsage";
import { partialUsage } from "../../../src/providers/usage/partialUsage";
import { requestOf } from "./calls";

const RUNS = { numRuns: 2_000, seed: 20_261_120 };
const count = fc.oneof(fc.constant(0), fc.nat(50), fc.nat(1_000_000));

/** The same usage twice: as it is, and as the API says it. */
type Api = {
  name: string;
  stated: fc.Arbitrary<{ usage: Usage; raw: object }>;
  normalise: (raw: unknown) => UsageReport;
  /** Fields of the API, from which any nonsense is made. */
  fields: readonly string[];
  totalIn: (raw: Record<string, unknown>) => unknown;
};

/** A whole with a part of it. */
const withPart = fc.tuple(count, count).map(([part, rest]) => ({ part, whole: part + rest }));

const APIS: readonly Api[] = [
  {
    name: "Anthropic Messages",
    stated: fc.tuple(count, count, count, count, withPart).map(([fresh, read, w5m, w1h, out]) => ({
      usage: usageOf(
        {
          inputFresh: fresh,
          cacheRead: read,
          cacheWrite5m: w5m,
          cacheWrite1h: w1h,
          output: out.whole,
        },
        { reasoningTokens: out.part },
      ),
      raw: {
        input_tokens: fresh,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: w5m + w1h,
        cache_creation: { ephemeral_5m_input_tokens: w5m, ephemeral_1h_input_tokens: w1h },
        output_tokens: out.whole,
        output_tokens_details: { thinking_tokens: out.part },
        server_tool_use: null,
        service_tier: "standard",
      },
    })),
    normalise: normaliseAnthropicUsage,
    fields: ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"],
    totalIn: () => undefined, // it states parts only
  },
  {
    name: "OpenAI Chat",
    stated: fc.tuple(count, count, count, count, withPart, count).map(chatStated),
    normalise: normaliseOpenAiChatUsage,
    fields: ["prompt_tokens", "prompt_tokens_details.cached_tokens", "completion_tokens"],
    totalIn: (raw) => raw["prompt_tokens"],
  },
  {
    name: "DeepSeek, by OpenAI Chat",
    stated: fc.tuple(count, count, withPart).map(([fresh, read, out]) => ({
      usage: usageOf(
        { inputFresh: fresh, cacheRead: read, output: out.whole },
        { reasoningTokens: out.part },
      ),
      raw: {
        prompt_tokens: fresh + read,
        prompt_cache_hit_tokens: read,
        prompt_cache_miss_tokens: fresh,
        completion_tokens: out.whole,
        completion_tokens_details: { reasoning_tokens: out.part },
        total_tokens: fresh + read + out.whole,
      },
    })),
    normalise: normaliseOpenAiChatUsage,
    fields: ["prompt_tokens", "prompt_cache_hit_tokens"],
    totalIn: (raw) => raw["prompt_tokens"],
  },
  {
    name: "Grok, by OpenAI Chat",
    stated: fc.tuple(count, count, count, count).map(([fresh, read, said, thought]) => ({
      usage: usageOf(
        { inputFresh: fresh, cacheRead: read, output: said + thought },
        { reasoningTokens: thought },
      ),
      raw: {
        prompt_tokens: fresh + read,
        prompt_tokens_details: { cached_tokens: read },
        completion_tokens: said,
        completion_tokens_details: { reasoning_tokens: thought },
        total_tokens: fresh + read + said + thought,
      },
    })),
    normalise: normaliseOpenAiChatUsage,
    fields: ["prompt_tokens", "completion_tokens", "total_tokens"],
    totalIn: (raw) => raw["prompt_tokens"],
  },
  {
    name: "OpenAI Responses",
    stated: fc
      .tuple(count, count, count, count, withPart)
      .map(([fresh, read, w30m, w12h, out]) => ({
        usage: usageOf(
          {
            inputFresh: fresh,
            cacheRead: read,
            cacheWrite30m: w30m,
            cacheWrite12h: w12h,
            output: out.whole,
          },
          { reasoningTokens: out.part },
        ),
        raw: {
          input_tokens: fresh + read + w30m + w12h,
          input_tokens_details: {
            cached_tokens: read,
            cache_write_tokens: w30m + w12h,
            cache_write_tokens_details: { ttl_30m_tokens: w30m, ttl_12h_tokens: w12h },
          },
          output_tokens: out.whole,
          output_tokens_details: { reasoning_tokens: out.part },
          total_tokens: fresh + read + w30m + w12h + out.whole,
        },
      })),
    normalise: (usage) => normaliseOpenAiResponsesUsage({ usage }),
    fields: ["input_tokens", "input_tokens_details.cached_tokens", "output_tokens"],
    totalIn: (raw) => raw["input_tokens"],
  },
  {
    name: "Gemini",
    stated: fc
      .tuple(count, count, count, count, count)
      .map(([fresh, read, tools, said, thought]) => ({
        usage: usageOf(
          { inputFresh: fresh + tools, cacheRead: read, output: said + thought },
          { reasoningTokens: thought },
        ),
        raw: {
          promptTokenCount: fresh + read,
          cachedContentTokenCount: read,
          toolUsePromptTokenCount: tools,
          candidatesTokenCount: said,
          thoughtsTokenCount: thought,
          totalTokenCount: fresh + read + tools + said + thought,
        },
      })),
    normalise: normaliseGeminiUsage,
    fields: ["promptTokenCount", "cachedContentTokenCount", "candidatesTokenCount"],
    totalIn: (raw) =>
      raw["toolUsePromptTokenCount"] === undefined ? raw["promptTokenCount"] : undefined,
  },
  {
    name: "Gemini by OpenAI Chat",
    stated: fc.tuple(count, count, count, count).map(([fresh, read, said, thought]) => ({
      usage: usageOf(
        { inputFresh: fresh, cacheRead: read, output: said + thought },
        { reasoningTokens: thought },
      ),
      raw: {
        prompt_tokens: fresh + read,
        prompt_tokens_details: { cached_tokens: read },
        completion_tokens: said,
        total_tokens: fresh + read + said + thought,
      },
    })),
    normalise: normaliseGeminiCompatUsage,
    fields: ["prompt_tokens", "completion_tokens", "total_tokens"],
    totalIn: (raw) => raw["prompt_tokens"],
  },
];

function chatStated([fresh, read, written, audioIn, out, audioOut]: [
  number,
  number,
  number,
  number,
  { part: number; whole: number },
  number,
]) {
  const input = fresh + read + written + audioIn;
  const output = out.whole + audioOut;
  return {
    usage: usageOf(
      {
        inputFresh: fresh,
        cacheRead: read,
        cacheWrite30m: written,
        audioInput: audioIn,
        output: out.whole,
        audioOutput: audioOut,
      },
      { reasoningTokens: out.part },
    ),
    raw: {
      prompt_tokens: input,
      prompt_tokens_details: {
        cached_tokens: read,
        cache_write_tokens: written,
        audio_tokens: audioIn,
      },
      completion_tokens: output,
      completion_tokens_details: { reasoning_tokens: out.part, audio_tokens: audioOut },
      total_tokens: input + output,
    },
  };
}

/** What no API should say in place of a count, and all of them may. */
const oddCount = fc.oneof(
  count,
  fc.integer({ min: -5, max: -1 }),
  fc.constantFrom(null, undefined, 0.5, "12", Number.NaN, COUNT_MAX + 1, {}, []),
);

describe.each(APIS)("usage of $name", ({ stated, normalise, fields, totalIn }) => {
  test("comes out as it went in: each token in one class, and all of them the provider's total", () => {
    fc.assert(
      fc.property(stated, ({ usage, raw }) => {
        const report = normalise(raw);
        expect(report.usage).toEqual(usage);
        expect([report.source, report.reconciliation]).toEqual(["provider", "ok"]);
        const total = totalIn(raw as Record<string, unknown>);
        if (total !== undefined && !("toolUsePromptTokenCount" in raw)) {
          expect(totalInputTokens(report.usage)).toBe(total);
        }
      }),
      RUNS,
    );
  });

  test("is never negative, whatever is said; and what does not add up is not passed as if it did", () => {
    const odd = fc.tuple(stated, fc.array(oddCount, { minLength: 1, maxLength: fields.length }));
    fc.assert(
      fc.property(odd, ([{ raw }, values]) => {
        const told = structuredClone(raw) as Record<string, unknown>;
        for (const [at, value] of values.entries()) put(told, fields[at] ?? "", value);
        const { usage, reconciliation, notes } = normalise(told);
        const counts = [...Object.values(usage.tokens), ...Object.values(usage.toolUnits)];
        expect(counts.every((one) => Number.isInteger(one) && one >= 0)).toBe(true);
        expect(usage.reasoningTokens).toBeLessThanOrEqual(totalOutputTokens(usage));
        const total = totalIn(told);
        const holds = typeof total !== "number" || totalInputTokens(usage) === total;
        if (!holds) expect(reconciliation).toBe("mismatch");
        if (reconciliation === "mismatch") expect(notes).not.toEqual([]);
      }),
      RUNS,
    );
  });
});

function put(raw: Record<string, unknown>, path: string, value: unknown): void {
  const [field = "", inner] = path.split(".");
  if (inner === undefined) raw[field] = value;
  else raw[field] = { ...(raw[field] as object | undefined), [inner]: value };
}

describe("a stream of Anthropic's", () => {
  const lastOf = fc.array(
    fc.record({
      output: count,
      repeatsInput: fc.constantFrom("yes", "null", "no"),
      repeatsCache: fc.constantFrom("yes", "null", "no"),
    }),
    { minLength: 1, maxLength: 5 },
  );

  test("ends with its last running total, the input and the split of writes from its beginning", () => {
    fc.assert(
      fc.property(
        fc.tuple(count, count, count, count),
        lastOf,
        ([fresh, read, w5m, w1h], deltas) => {
          const start: Record<string, unknown> = {
            input_tokens: fresh,
            cache_read_input_tokens: read,
            cache_creation_input_tokens: w5m + w1h,
            cache_creation: { ephemeral_5m_input_tokens: w5m, ephemeral_1h_input_tokens: w1h },
            output_tokens: 1,
          };
          const said = (how: string, fields: Record<string, number>) =>
            Object.fromEntries(
              Object.entries(fields).flatMap(([name, value]) =>
                how === "no" ? [] : [[name, how === "yes" ? value : null]],
              ),
            );
          const merged = deltas.reduce<Record<string, unknown>>(
            (so, { output, repeatsInput, repeatsCache }) =>
              mergeAnthropicUsage(so, {
                ...said(repeatsInput, { input_tokens: fresh }),
                ...said(repeatsCache, {
                  cache_read_input_tokens: read,
                  cache_creation_input_tokens: w5m + w1h,
                }),
                output_tokens: output,
              }),
            start,
          );
          const { usage, reconciliation } = normaliseAnthropicUsage(merged);
          const output = deltas.at(-1)?.output ?? 0;
          const classes = { inputFresh: fresh, cacheRead: read, cacheWrite5m: w5m, output };
          expect(usage).toEqual(usageOf({ ...classes, cacheWrite1h: w1h }));
          expect(reconciliation).toBe("ok");
        },
      ),
      RUNS,
    );
  });
});

describe("a call that broke off", () => {
  test("keeps what was stated, counts what was delivered, and never passes as stated", () => {
    const request = requestOf("x".repeat(400));
    fc.assert(
      fc.property(count, count, fc.nat(100_000), (input, output, deliveredBytes) => {
        const raw = { input_tokens: input, output_tokens: output };
        const stated = normaliseAnthropicUsage(raw);
        const partial = partialUsage(stated, { request, deliveredBytes });
        expect(partial.source).toBe("estimated_partial");
        expect(partial.reconciliation).toBe("unknown");
        for (const name of INPUT_CLASSES) {
          expect(partial.usage.tokens[name]).toBe(stated.usage.tokens[name]);
        }
        expect(partial.usage.tokens.output).toBeGreaterThanOrEqual(output);
        expect(partialUsage(null, { request, deliveredBytes })).toMatchObject({
          source: "estimated",
          reconciliation: "unknown",
          raw: null,
        });
      }),
      { ...RUNS, numRuns: 500 },
    );
  });
});

import { describe, expect, test } from "vitest";
import { COUNT_MAX, usageOf } from "../../../src/pricing/usage";
import {
  mergeAnthropicUsage,
  normaliseAnthropicUsage,
} from "../../../src/providers/usage/anthropicUsage";
import { normaliseGeminiUsage } from "../../../src/providers/usage/geminiUsage";
import { normaliseOpenAiChatUsage } from "../../../src/providers/usage/openaiChatUsage";
import { normaliseOpenAiResponsesUsage } from "../../../src/providers/usage/openaiResponsesUsage";
import { reportedCostPico } from "../../../src/providers/usage/reportedCost";
import { partialUsage } from "../../../src/providers/usage/partialUsage";
import { requestOf } from "./calls";

describe("Gemini", () => {
  test("thoughts are output on top of what was said; audio and images have classes of their own", () => {
    const { usage, reconciliation, notes } = normaliseGeminiUsage({
      promptTokenCount: 1_000,
      cachedContentTokenCount: 600,
      toolUsePromptTokenCount: 40,
      candidatesTokenCount: 300,
      thoughtsTokenCount: 250,
      totalTokenCount: 1_590,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 700 },
        { modality: "AUDIO", tokenCount: 300 },
      ],
      cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 100 }],
      candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 120 }],
      trafficType: "ON_DEMAND",
    });
    expect(usage).toEqual(
      usageOf(
        {
          inputFresh: 240, // 1,000 without 600 of the cache and 200 of fresh audio, and 40 of tools
          cacheRead: 500,
          audioInput: 200,
          audioCacheRead: 100,
          output: 430,
          imageOutput: 120,
        },
        { reasoningTokens: 250 },
      ),
    );
    expect([reconciliation, notes]).toEqual(["ok", []]);
  });

  test("a total that the parts do not make, and parts beyond it, are told", () => {
    const off = normaliseGeminiUsage({ promptTokenCount: 5, totalTokenCount: 9 });
    expect([off.reconciliation, off.notes.length]).toEqual(["mismatch", 1]);
    const beyond = normaliseGeminiUsage({ promptTokenCount: 5, cachedContentTokenCount: 9 });
    expect(beyond.reconciliation).toBe("mismatch");
    expect(beyond.usage.tokens).toMatchObject({ inputFresh: 0, cacheRead: 9 });
  });
});

test("of Gemini, what was thought and said may come to more than can be: that is a mismatch", () => {
  const { usage, reconciliation } = normaliseGeminiUsage({
    promptTokenCount: 5,
    candidatesTokenCount: COUNT_MAX,
    thoughtsTokenCount: COUNT_MAX,
  });
  expect(usage.tokens).toMatchObject({ inputFresh: 5, output: COUNT_MAX });
  expect(reconciliation).toBe("mismatch");
});

describe("Anthropic", () => {
  test("a later statement replaces an earlier one, unless it says null", () => {
    const start = {
      input_tokens: 10,
      cache_creation: { ephemeral_1h_input_tokens: 5 },
      output_tokens: 1,
    };
    const delta = { input_tokens: null, cache_creation: null, output_tokens: 40 };
    const later = { input_tokens: 12, output_tokens: 50 };
    const merged = [delta, later].reduce<Record<string, unknown>>(mergeAnthropicUsage, start);
    expect(merged).toEqual({
      input_tokens: 12,
      cache_creation: { ephemeral_1h_input_tokens: 5 },
      output_tokens: 50,
    });
    expect(mergeAnthropicUsage(start, null)).toEqual(start);
  });

  test("a zero is a statement, too", () => {
    expect(mergeAnthropicUsage({ output_tokens: 1 }, { output_tokens: 0 })).toEqual({
      output_tokens: 0,
    });
  });

  test("without the split, writes are for five minutes", () => {
    const raw = {
      input_tokens: 1,
      cache_creation_input_tokens: 7,
      cache_creation: null,
      output_tokens: 2,
    };
    const { usage, reconciliation } = normaliseAnthropicUsage(raw);
    expect(usage).toEqual(usageOf({ inputFresh: 1, cacheWrite5m: 7, output: 2 }));
    expect(reconciliation).toBe("ok");
  });

  test("a split that does not add up is told, and no token is lost", () => {
    const { usage, reconciliation, notes } = normaliseAnthropicUsage({
      input_tokens: 1,
      cache_creation_input_tokens: 10,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      output_tokens: 2,
    });
    expect(usage.tokens).toMatchObject({ cacheWrite5m: 3, cacheWrite1h: 4, cacheWriteUnknown: 3 });
    expect([reconciliation, notes.length]).toEqual(["mismatch", 1]);
  });

  const iteration = (type: string, model: string | null, [input, output]: [number, number]) => ({
    type,
    ...(model !== null && { model }),
    input_tokens: input,
    output_tokens: output,
  });

  test("a compaction is on top of the totals, and the answering model's own", () => {
    const report = normaliseAnthropicUsage(
      {
        input_tokens: 100,
        output_tokens: 10,
        iterations: [
          iteration("compaction", null, [5_000, 400]),
          iteration("message", "claude-opus-5-5", [100, 10]),
        ],
      },
      "claude-opus-5-5",
    );
    expect(report.usage).toEqual(usageOf({ inputFresh: 5_100, output: 410 }));
    expect([report.reconciliation, report.others]).toEqual(["ok", undefined]);
  });

  test.each([
    ["within the totals", { input_tokens: 130, output_tokens: 14 }],
    ["on top of them", { input_tokens: 100, output_tokens: 10 }],
  ])("an advisor's tokens %s are its own model's, and count once", (_where, totals) => {
    const report = normaliseAnthropicUsage(
      {
        ...totals,
        iterations: [
          iteration("message", "claude-haiku-5-5", [100, 10]),
          iteration("advisor_message", "claude-opus-5-5", [30, 4]),
        ],
      },
      "claude-haiku-5-5",
    );
    expect(report.usage).toEqual(usageOf({ inputFresh: 130, output: 14 }));
    expect(report.others).toEqual([
      { model: "claude-opus-5-5", usage: usageOf({ inputFresh: 30, output: 4 }) },
    ]);
    expect(report.reconciliation).toBe("ok");
  });

  test("of a fallback each hop is billed at its own model", () => {
    const { usage, others } = normaliseAnthropicUsage(
      {
        input_tokens: 200,
        output_tokens: 11,
        iterations: [
          iteration("message", "claude-opus-5-5", [100, 1]),
          iteration("fallback_message", "claude-sonnet-5-5", [100, 10]),
        ],
      },
      "claude-sonnet-5-5",
    );
    expect(usage).toEqual(usageOf({ inputFresh: 200, output: 11 }));
    expect(others).toEqual([
      { model: "claude-opus-5-5", usage: usageOf({ inputFresh: 100, output: 1 }) },
    ]);
  });

  test("iterations that do not add up to the totals are told, and the totals stand", () => {
    const { usage, reconciliation } = normaliseAnthropicUsage({
      input_tokens: 7,
      output_tokens: 1,
      iterations: [iteration("message", null, [5, 1])],
    });
    expect(usage).toEqual(usageOf({ inputFresh: 7, output: 1 }));
    expect(reconciliation).toBe("mismatch");
  });

  test("another model's tools that the totals have not are told, and no model is owed any", () => {
    const { usage, others, reconciliation } = normaliseAnthropicUsage(
      {
        input_tokens: 200,
        output_tokens: 11,
        iterations: [
          {
            ...iteration("message", "claude-opus-5-5", [100, 1]),
            server_tool_use: { web_search_requests: 2 },
          },
          iteration("fallback_message", "claude-sonnet-5-5", [100, 10]),
        ],
      },
      "claude-sonnet-5-5",
    );
    expect(usage).toEqual(usageOf({ inputFresh: 200, output: 11 }));
    expect([others, reconciliation]).toEqual([undefined, "mismatch"]);
  });

  test("iterations of which each is a count, and the sum is none, are a mismatch of what can be", () => {
    const most = iteration("compaction", null, [COUNT_MAX, 1]);
    const { usage, reconciliation } = normaliseAnthropicUsage({
      input_tokens: 5,
      output_tokens: 1,
      iterations: [most, most, iteration("message", null, [5, 1])],
    });
    expect(usage).toEqual(usageOf({ inputFresh: COUNT_MAX, output: 3 }));
    expect(reconciliation).toBe("mismatch");
  });

  test("a new field is noted", () => {
    const raw = { input_tokens: 1, output_tokens: 1, dream_tokens: 9, other: null };
    expect(normaliseAnthropicUsage(raw).notes).toEqual(["unknown usage field dream_tokens"]);
  });
});

describe("OpenAI Chat Completions", () => {
  test("audio is priced apart from text", () => {
    const { usage, reconciliation } = normaliseOpenAiChatUsage({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 20, audio_tokens: 30 },
      completion_tokens_details: { audio_tokens: 40, reasoning_tokens: 0 },
    });
    expect(usage).toEqual(
      usageOf({ inputFresh: 50, cacheRead: 20, audioInput: 30, output: 10, audioOutput: 40 }),
    );
    expect(reconciliation).toBe("ok");
  });

  test.each([
    ["within what was said", [10, 50, 20, 60], 50],
    ["beside it, as xAI has it", [10_120, 1_499, 2_809, 14_428], 4_308],
    ["beside it, and more than it", [13, 2, 317, 332], 319],
    ["beside it, where nothing was said", [13, 0, 317, 330], 317],
  ] as const)("what was thought counts once: %s", (_where, counts, output) => {
    const [prompt_tokens, completion_tokens, reasoningTokens, total_tokens] = counts;
    const { usage, reconciliation, notes } = normaliseOpenAiChatUsage({
      prompt_tokens,
      completion_tokens,
      total_tokens,
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    });
    expect(usage).toEqual(usageOf({ inputFresh: prompt_tokens, output }, { reasoningTokens }));
    expect([reconciliation, notes]).toEqual(["ok", []]);
  });

  test.each([
    ["more cached than sent", { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 11 } }],
    ["a total that is none", { prompt_tokens: 10, completion_tokens: 1, total_tokens: 12 }],
    [
      "more thought than said, of no total",
      { completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 2 } },
    ],
    ["a negative count", { prompt_tokens: -1 }],
    ["a fraction", { prompt_tokens: 1.5 }],
    ["a text", { prompt_tokens: "10" }],
    ["more than there can be", { prompt_tokens: COUNT_MAX + 1 }],
  ])("%s is a mismatch, and never a negative class", (_what, raw) => {
    const { usage, reconciliation, notes } = normaliseOpenAiChatUsage(raw);
    expect(reconciliation).toBe("mismatch");
    expect(notes).not.toEqual([]);
    expect(Object.values(usage.tokens).every((count) => count >= 0)).toBe(true);
  });

  test("tokens that stand beside the totals under another name are noted", () => {
    const { usage, notes } = normaliseOpenAiChatUsage({
      prompt_tokens: 108,
      completion_tokens: 3_256,
      total_tokens: 3_364,
      citation_tokens: 7_299,
      num_search_queries: 74,
      reasoning_tokens: 73_248,
      queue_time: 0.2,
    });
    expect(usage).toEqual(usageOf({ inputFresh: 108, output: 3_256 }));
    expect(notes).toEqual([
      "unknown usage field citation_tokens",
      "unknown usage field reasoning_tokens",
    ]);
  });

  test.each([[null], [undefined], ["nonsense"], [[]], [{}]])("%j is no usage", (raw) => {
    expect(normaliseOpenAiChatUsage(raw).usage).toEqual(usageOf({}));
  });
});

describe("OpenAI Responses", () => {
  const response = (details: object, rest: object = {}): object => ({
    usage: {
      input_tokens: 100,
      input_tokens_details: details,
      output_tokens: 10,
      output_tokens_details: { reasoning_tokens: 4 },
      total_tokens: 110,
    },
    ...rest,
  });

  test("without lifetimes, writes are for half an hour", () => {
    const { usage } = normaliseOpenAiResponsesUsage(
      response({ cached_tokens: 20, cache_write_tokens: 30 }),
    );
    expect(usage.tokens).toMatchObject({ inputFresh: 50, cacheRead: 20, cacheWrite30m: 30 });
    expect(usage.reasoningTokens).toBe(4);
  });

  test("lifetimes that do not add up are told, and no token is lost", () => {
    const { usage, reconciliation } = normaliseOpenAiResponsesUsage(
      response({
        cache_write_tokens: 30,
        cache_write_tokens_details: { ttl_30m_tokens: 5, ttl_12h_tokens: 20 },
      }),
    );
    expect(usage.tokens).toMatchObject({
      inputFresh: 70,
      cacheWrite30m: 5,
      cacheWrite12h: 20,
      cacheWriteUnknown: 5,
    });
    expect(reconciliation).toBe("mismatch");
  });

  test("searches are counted beside the usage", () => {
    const searched = { tool_usage: { web_search: { num_requests: 3 } } };
    expect(normaliseOpenAiResponsesUsage(response({}, searched)).usage.toolUnits.webSearch).toBe(3);
  });
});

describe("what the provider says that a call cost", () => {
  test.each([
    ["nothing", { prompt_tokens: 5 }, null],
    ["OpenRouter", { cost: 0.00492 }, 4_920_000_000n],
    ["OpenRouter, for nothing", { cost: 0 }, 0n],
    ["with more places than a pico has", { cost: 0.0000000000014 }, 1n],
    [
      "OpenRouter, with a key of one's own there",
      { cost: 0.05, is_byok: true, cost_details: { upstream_inference_cost: 0.95 } },
      1_000_000_000_000n,
    ],
    ["Perplexity", { cost: { total_cost: 0.006 } }, 6_000_000_000n],
    ["xAI, in ticks", { cost_in_usd_ticks: 37_756_000 }, 3_775_600_000n],
    ["the most that a call may cost", { cost: 1_000_000 }, 10n ** 18n],
    ["more than any call costs", { cost: 1_000_001 }, null],
    [
      "more than any call costs, in two parts",
      { cost: 600_000, is_byok: true, cost_details: { upstream_inference_cost: 600_000 } },
      null,
    ],
    ["less than nothing", { cost: -1 }, null],
    ["a text", { cost: "0.1" }, null],
    ["no number", { cost: Number.NaN }, null],
  ])("%s", (_who, usage, pico) => {
    expect(reportedCostPico(usage)).toBe(pico);
  });
});

describe("what nobody stated", () => {
  const request = requestOf("12345678", { system: "1234" });

  test("is counted from what was sent and delivered", () => {
    const report = partialUsage(null, { request, deliveredBytes: 5 });
    expect(report).toMatchObject({ source: "estimated", reconciliation: "unknown", raw: null });
    expect(report.usage).toEqual(usageOf({ inputFresh: 4, output: 2 })); // 13 and 5 bytes
  });

  test("never takes away from what was stated", () => {
    const stated = normaliseAnthropicUsage({ input_tokens: 7, output_tokens: 100 });
    const { usage, source } = partialUsage(stated, { request, deliveredBytes: 5 });
    expect(usage).toEqual(stated.usage);
    expect(source).toBe("estimated_partial");
  });
});

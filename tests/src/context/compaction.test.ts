import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  lastTurnToSummarise,
  summaryTokensMax,
  transcriptOf,
} from "../../../src/context/compaction";
import type { Said } from "../../../src/context/prompt";

const MODEL = { provider: "openai", model: "gpt-5" } as const;

function said(turn: number, changes: Partial<Said> = {}): Said {
  return {
    messageId: `m${turn}`,
    turn,
    role: "user",
    text: `Turn ${turn}.`,
    toolCalls: [],
    tokenCount: 95, // 100 with what a message weighs
    ...changes,
  };
}

const history = (turns: number) => Array.from({ length: turns }, (_, n) => said(turns - n));

describe("a summary", () => {
  const room = { model: MODEL, tokensMax: 1_000 };

  test("is made when three quarters of the room are taken, and leaves two fifths", () => {
    expect(lastTurnToSummarise(history(7), { room, isAsked: false })).toBe(null);
    // The four newest of eight fit into 400 tokens.
    expect(lastTurnToSummarise(history(8), { room, isAsked: false })).toBe(4);
  });

  test("is made of many messages, however small they are", () => {
    const wide = { model: MODEL, tokensMax: 1_000_000 };
    expect(lastTurnToSummarise(history(159), { room: wide, isAsked: false })).toBe(null);
    expect(lastTurnToSummarise(history(160), { room: wide, isAsked: false })).toBe(80);
  });

  test("that somebody asks for leaves four messages; of fewer there is nothing to summarise", () => {
    expect(lastTurnToSummarise(history(6), { room, isAsked: true })).toBe(2);
    expect(lastTurnToSummarise(history(4), { room, isAsked: true })).toBe(null);
  });

  test("takes no more than a quarter of what the model reads", () => {
    expect(summaryTokensMax(1_000)).toBe(250);
    expect(summaryTokensMax(1_000_000)).toBe(2_000);
  });
});

describe("what a summary is made from", () => {
  test("is the summary before it, then who said what, and what tools told", () => {
    const call = { toolCallId: "1", name: "clock", argumentsJson: "{}" };
    const messages = [
      said(1, { text: "When?" }),
      said(1, {
        role: "assistant",
        text: "Now.",
        toolCalls: [{ ...call, result: { text: "noon", isError: false } }],
      }),
    ];
    const room = { tokensMax: 1_000 };
    expect(transcriptOf(messages, { earlier: "They met.", room })).toEqual({
      text: "[Summary of what came before:]\nThey met.\n\nUser: When?\n\nAssistant: Now.\n[called clock({}): noon]",
      upToTurn: 1,
    });
  });

  test("is whole turns, as many as fit and one at least", () => {
    const turns = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(turns, fc.integer({ min: 0, max: 100 }), (sizes, tokensMax) => {
        const messages = sizes.flatMap((size, n) =>
          Array.from({ length: size }, () => said(n + 1)),
        );
        const made = transcriptOf(messages, { earlier: null, room: { tokensMax } });
        const upToTurn = made?.upToTurn ?? 0;
        expect(upToTurn).toBeGreaterThanOrEqual(1);
        const lines = made?.text.split("\n\n") ?? [];
        expect(lines).toEqual(
          messages.filter(({ turn }) => turn <= upToTurn).map(({ text }) => `User: ${text}`),
        );
      }),
    );
  });
});

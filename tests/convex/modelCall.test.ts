import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Id } from "../../convex/_generated/dataModel";
import { ModelCall } from "../../convex/jobs/modelCall";
import type { ProviderEvent } from "../../src/providers/provider";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const BEGUN = {
  stepId: "step" as Id<"run_steps">,
  messageId: "message" as Id<"messages">,
  attemptId: "run/0/1",
  attemptKind: "primary",
  attemptsMade: 1,
  firstSeq: 0,
} as const;

const FACTS = {
  servedModel: null,
  requestedTier: null,
  servedTier: null,
  servedSpeed: null,
  servedRegion: null,
  providerRequestId: null,
  providerMessageId: null,
};

/** A provider that says a word every 200 ms, `words` of them, or says nothing and waits to be aborted. */
async function* speak(signal: AbortSignal, words: number): AsyncGenerator<ProviderEvent> {
  for (let word = 0; word < words && !signal.aborted; word++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    yield { kind: "text", text: "word " };
  }
  if (words === 0) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  const reason = signal.aborted ? "aborted" : "end";
  yield { kind: "finish", reason, facts: FACTS, warnings: [] };
}

const NOT_STORED = { kind: "failed", detail: "The reply could not be stored." };

describe("a call whose database is away", () => {
  test("for some seconds goes on, and every piece is stored once and in order", async () => {
    const backAtMs = Date.now() + 5_000;
    const stored: { seq: number; text: string }[] = [];
    const call = new ModelCall({
      begun: BEGUN,
      account: "mine",
      hasFallback: false,
      leftMs: Infinity,
      flush: async ({ seq, parts }) => {
        if (Date.now() < backAtMs) throw new Error("away");
        stored.push({ seq, text: parts.map(({ text }) => text).join("") });
        return "go_on";
      },
      heartbeat: async () => "go_on",
    });
    const made = call.make((signal) => speak(signal, 50));
    await vi.advanceTimersByTimeAsync(15_000);
    const report = await made;
    expect(report.outcome).toEqual({ kind: "completed", finishReason: "end" });
    const rest = report.rest.map(({ seq, parts }) => ({ seq, text: parts[0]?.text ?? "" }));
    const pieces = [...stored, ...rest];
    expect(pieces.map(({ seq }) => seq)).toEqual(pieces.map((_, index) => index));
    expect(pieces.map(({ text }) => text).join("")).toBe("word ".repeat(50));
    expect(report.text).toBe("word ".repeat(50));
  });

  test("for as long as a lease closes the provider's stream", async () => {
    const call = new ModelCall({
      begun: BEGUN,
      account: "mine",
      hasFallback: false,
      leftMs: Infinity,
      flush: () => Promise.reject(new Error("away")),
      heartbeat: async () => "go_on",
    });
    const made = call.make((signal) => speak(signal, 1_000));
    await vi.advanceTimersByTimeAsync(40_000);
    expect((await made).outcome).toMatchObject({ ...NOT_STORED, wasCut: true });
  });

  test("for as long as a lease while the model is silent closes it, too", async () => {
    const away = () => Promise.reject(new Error("away"));
    const call = new ModelCall({
      begun: BEGUN,
      account: "mine",
      hasFallback: false,
      leftMs: Infinity,
      flush: away,
      heartbeat: away,
    });
    const made = call.make((signal) => speak(signal, 0));
    await vi.advanceTimersByTimeAsync(40_000);
    expect((await made).outcome).toMatchObject({ ...NOT_STORED, wasCut: false });
  });
});

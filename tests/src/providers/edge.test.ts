// @vitest-environment edge-runtime
/** The adapters where there is no Node: web APIs only, as in Convex's default runtime. */
import { expect, test } from "vitest";
import { costOf, NO_MODIFIERS } from "../../../src/pricing/cost";
import { findPrice } from "../../../src/pricing/priceBook";
import { providerFor } from "../../../src/providers/registry";
import { collect, requestOf } from "./calls";

test.each(["anthropic", "openai", "openai_compatible"] as const)("%s", async (name) => {
  const usage = { input_tokens: 5, output_tokens: 2, prompt_tokens: 5, completion_tokens: 2 };
  const chunk = {
    id: "c",
    model: "gpt-5-mini",
    choices: [{ delta: { content: "Hi" }, finish_reason: "stop" }],
  };
  const frames = {
    anthropic: [
      { type: "message_start", message: { id: "m", model: "claude-sonnet-5-5", usage } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage },
    ],
    openai: [
      { type: "response.output_text.delta", delta: "Hi" },
      { type: "response.completed", response: { id: "r", model: "gpt-5-mini", usage } },
    ],
    openai_compatible: [chunk, { ...chunk, choices: [], usage }],
  }[name];
  const body = frames
    .map((data) => `event: ${"type" in data ? data.type : "x"}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
  const headers = { "content-type": "text/event-stream" };
  const fetch = () => Promise.resolve(new Response(body, { headers }));

  const provider = providerFor(name, { apiKey: "k", baseUrl: "http://provider.invalid", fetch });
  const outcome = await collect(provider.stream(requestOf("Hello")));
  expect([outcome.text, outcome.finish?.reason, outcome.error]).toEqual(["Hi", "end", null]);

  const price = findPrice({ provider: "openai", model: "gpt-5-mini", atMs: 0 });
  if (price === null || outcome.report === null) throw new Error("there is a price and a report");
  expect(costOf(outcome.report.usage, price, NO_MODIFIERS).totalPico).toBe(5_250_000n);
});

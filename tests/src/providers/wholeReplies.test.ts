/** Servers that answer all at once although a stream was asked for. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../../../src/providers/simulator/server";
import { ADAPTERS, type Outcome } from "./calls";
import { run } from "./faultCases";
import { play } from "./frames";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ tokensPerSecond: Infinity });
});
afterAll(() => simulator.close());

/** All that a reply comes to; the simulator's ids count calls, and so do seals with an id in them. */
function sumOf({ events, text, reasoning, toolCalls, report, finish }: Outcome): unknown {
  const blocks = events.flatMap((event) => (event.kind === "reasoning_part" ? [event.block] : []));
  const { raw: _raw, ...billed } = report ?? { raw: null };
  const calls = toolCalls.map(({ name, argumentsJson }) => [name, argumentsJson]);
  const sum = { text, reasoning, blocks, calls, billed, reason: finish?.reason };
  const ids = /_sim\d+(_\d+)?|(?<=encrypted_content[\\":]+)[^\\"]+/g;
  return JSON.parse(JSON.stringify(sum).replaceAll(ids, "_id")) as unknown;
}

describe.each(ADAPTERS)("$name", (adapter) => {
  test.each(["both", "tools"] as const)(
    "a whole reply (%s) is the one that would have streamed",
    async (shape) => {
      const of = {
        adapter,
        shape,
        afterFrames: null,
        classes: null,
        idleMs: 20_000,
      } as const;
      const streamed = await run(simulator, { ...of, label: "streamed", fault: null });
      const whole = await run(simulator, { ...of, label: "whole", fault: { kind: "whole" } });
      expect(sumOf(whole)).toEqual(sumOf(streamed));
      expect(whole.report?.source).toBe("provider");
      expect(whole.finish?.facts.servedModel).toBe(streamed.finish?.facts.servedModel);
      expect(streamed.finish?.warnings).toEqual([]);
      expect(whole.finish?.warnings).toEqual([expect.stringContaining("without a stream")]);
    },
  );

  test("JSON that is no reply is a failure, and nothing is billed", async () => {
    for (const json of [{ hello: "world" }, [], { choices: [], content: "?", output: null }]) {
      const bytes = new TextEncoder().encode(JSON.stringify(json));
      const { error } = await play(adapter.name, { bytes, contentType: "application/json" });
      expect(error).toMatchObject({ failureClass: "server", status: 200, usage: null });
    }
  });
});

const chat = (message: object, rest: object = {}) => ({
  id: "c",
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  ...rest,
});

async function playChat(json: unknown): Promise<Outcome> {
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  return await play("openai_compatible", { bytes, contentType: "application/json" });
}

describe("imitators", () => {
  test("that say more than an error's message may have are heard to the end", async () => {
    const content = "Well. ".repeat(50_000);
    const { text, finish } = await playChat(chat({ content }));
    expect(text).toBe(content);
    expect(finish?.reason).toBe("end");
  });

  test("that state no usage are estimated", async () => {
    const { report, text } = await playChat(chat({ content: "Hi" }, { usage: null }));
    expect(text).toBe("Hi");
    expect(report?.source).not.toBe("provider");
  });

  test("whose reply breaks off are not heard at all", async () => {
    const json = JSON.stringify(chat({ content: "Hello" }));
    const bytes = new TextEncoder().encode(json.slice(0, -10));
    const { text, error } = await play("openai_compatible", { bytes });
    expect([text, error?.failureClass]).toEqual(["", "server"]);
  });
});

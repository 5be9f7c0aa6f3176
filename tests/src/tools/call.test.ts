import { afterEach, describe, expect, test, vi } from "vitest";
import { callTool, RESULT_CHARS_MAX } from "../../../src/tools/call";
import { ToolFailure, type Tool } from "../../../src/tools/tool";
import { context } from "./context";

function tool(changes: Partial<Tool>): Tool {
  return {
    name: "echo",
    description: "Says what it is given.",
    inputSchema: {
      type: "object",
      properties: { text: { type: "string" }, deep: { properties: { n: { type: "integer" } } } },
      additionalProperties: false,
    },
    toolClass: "pure",
    timeoutMs: 60_000,
    run: ({ text = "nothing" }) => String(text),
    ...changes,
  };
}
const failing = (error: unknown) =>
  tool({
    run: () => {
      throw error;
    },
  });

afterEach(() => vi.restoreAllMocks());

describe("arguments", () => {
  test("reach the tool as they were written", async () => {
    const result = await callTool(tool({}), '{"text":"hello"}', context());
    expect(result).toEqual({ text: "hello", isError: false });
  });

  test.each(["{}", "", "  "])("%j are none", async (json) => {
    expect(await callTool(tool({}), json, context())).toEqual({ text: "nothing", isError: false });
  });

  test.each([
    ['{"text":', "are no JSON"],
    ["[]", "must be a JSON object"],
    ["null", "must be a JSON object"],
    ['"text"', "must be a JSON object"],
    ['{"text":5}', 'at /text: Instance type "number" is invalid'],
    ['{"deep":{"n":0.5}}', 'at /deep/n: Instance type "number" is invalid'],
    ['{"txt":"hello"}', "at /txt: there is no such argument"],
    [`{"text":"${"a".repeat(100_000)}"}`, "at most 100000 are allowed"],
  ])("%.30s are refused, and the tool does not run", async (json, reason) => {
    const run = vi.fn(() => "ran");
    const result = await callTool(tool({ run }), json, context());
    expect(result).toEqual({ text: expect.stringContaining(reason), isError: true });
    expect(run).not.toHaveBeenCalled();
  });

  test("are checked by a schema that nobody else sees changed", async () => {
    const inputSchema = Object.freeze({ type: "object" });
    const frozen = tool({ inputSchema });
    expect((await callTool(frozen, "{}", context())).isError).toBe(false);
  });
});

describe("failures", () => {
  test("what the tool says to the model arrives as it is", async () => {
    const result = await callTool(failing(new ToolFailure("Try Monday.")), "{}", context());
    expect(result).toEqual({ text: "Try Monday.", isError: true });
  });

  test.each([new Error("key sk-123"), new TypeError("key sk-123"), "key sk-123", undefined])(
    "%s is told without its words, and logged without them",
    async (thrown) => {
      const log = vi.spyOn(console, "error").mockReturnValue();
      const result = await callTool(failing(thrown), "{}", context());
      expect(result).toEqual({
        text: "The tool echo failed for a reason of its own.",
        isError: true,
      });
      expect(log).toHaveBeenCalledOnce();
      expect(String(log.mock.lastCall)).not.toContain("sk-123");
    },
  );

  test("of a bug, the log says where it is", async () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    await callTool(failing(new RangeError("first\nsecond")), "{}", context());
    expect(String(log.mock.lastCall)).toMatch(
      /^The tool echo has a bug: RangeError\n +at .*call\.test\.ts/,
    );
  });

  test("a result that is no text is a bug, and no result", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const run = (() => undefined) as unknown as Tool["run"];
    expect((await callTool(tool({ run }), "{}", context())).isError).toBe(true);
  });
});

describe("time", () => {
  const never = () => new Promise<string>(() => {});

  test("a tool that does not end is left when its time is up", async () => {
    const result = await callTool(tool({ timeoutMs: 5, run: never }), "{}", context());
    expect(result).toEqual({ text: "The tool took longer than its 5 ms.", isError: true });
  });

  test("a tool that listens hears of it, and the reason is told in the same words", async () => {
    const listens: Tool["run"] = (_args, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new ToolFailure("The host is away.")));
      });
    const result = await callTool(tool({ timeoutMs: 5, run: listens }), "{}", context());
    expect(result).toEqual({ text: "The tool took longer than its 5 ms.", isError: true });
  });

  test("a cancelled call ends at once", async () => {
    const cancel = new AbortController();
    const run = () => {
      cancel.abort();
      return never();
    };
    const result = await callTool(tool({ run }), "{}", context({ signal: cancel.signal }));
    expect(result).toEqual({ text: "The call was cancelled.", isError: true });
  });

  test("a call that is cancelled before does not run", async () => {
    const run = vi.fn(() => "ran");
    const result = await callTool(tool({ run }), "{}", context({ signal: AbortSignal.abort() }));
    expect(result).toEqual({ text: "The call was cancelled before it began.", isError: true });
    expect(run).not.toHaveBeenCalled();
  });

  test("nothing of a call that ended stays behind on a signal that lives on", async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    await callTool(tool({}), "{}", context({ signal }));
    expect(added).toHaveBeenCalledOnce();
    expect(removed.mock.lastCall).toEqual(added.mock.lastCall);
  });
});

describe("size", () => {
  const saying = (text: string) => callTool(tool({ run: () => text }), "{}", context());

  test("a result of the largest size stays whole", async () => {
    const text = "a".repeat(RESULT_CHARS_MAX);
    expect((await saying(text)).text).toBe(text);
  });

  test("a larger one is cut, says by how much, and is within the limit", async () => {
    const { text } = await saying("a".repeat(RESULT_CHARS_MAX + 1_000));
    expect(text.length).toBeLessThanOrEqual(RESULT_CHARS_MAX);
    const [, kept = "", leftOut] =
      /^(a+)\n\[(\d+) more characters were left out\]$/.exec(text) ?? [];
    expect(kept.length + Number(leftOut)).toBe(RESULT_CHARS_MAX + 1_000);
  });

  test("what fails is bounded, too", async () => {
    const { text } = await callTool(failing(new ToolFailure("a".repeat(1e6))), "{}", context());
    expect(text.length).toBeLessThanOrEqual(RESULT_CHARS_MAX);
  });

  test.each(["", "b"])("no half of a character is left by the cut (%j)", async (before) => {
    const { text } = await saying(before + "😀".repeat(RESULT_CHARS_MAX));
    expect(text).not.toMatch(/\p{Surrogate}/u);
    expect(text).toContain("😀");
  });
});

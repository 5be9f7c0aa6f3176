/** Replies that come whole although a stream was asked for: one mistake each. */
import type { Mutant } from "./mutants";

const of = {
  file: "src/providers/wholeReplies.ts",
  tests: ["tests/src/providers/wholeReplies.test.ts"],
} as const;

export const WHOLE_REPLIES: readonly Mutant[] = [
  {
    ...of,
    name: "whole replies: a thought is given back with its words twice",
    find: 'block["type"] === "thinking" ? { ...block, thinking: "" } : block',
    replace: "block",
  },
  {
    ...of,
    name: "whole replies: all calls are one",
    find: "calls.map((call, index) => ({ ...call, index }))",
    replace: "calls.map((call) => ({ ...call, index: 0 }))",
  },
  {
    ...of,
    name: "whole replies: Anthropic's usage is left out",
    find: '{ type: "message_delta", delta: { stop_reason: stopReason }, usage },',
    replace: '{ type: "message_delta", delta: { stop_reason: stopReason } },',
  },
  {
    ...of,
    name: "whole replies: what OpenAI's models thought is not given back",
    find: 'return [...parts, { type: "response.output_item.done", output_index: index, item }];',
    replace: "return parts;",
  },
  {
    ...of,
    name: "whole replies: any JSON of Google's is a reply",
    find: 'return frames.some((frame) => Array.isArray(fieldOf(frame, "candidates"))) ? frames : null;',
    replace: "return frames;",
  },
  {
    ...of,
    name: "whole replies: no more is heard than of an error",
    file: "src/providers/guardedFetch.ts",
    find: "throw noStream(await beginningOf(reader, beginning, LINE_BYTES_MAX));",
    replace: "throw noStream(await beginningOf(reader, beginning));",
  },
  {
    ...of,
    name: "whole replies: nobody is told",
    file: "src/providers/streamCall.ts",
    find: "      progress.cameWhole = true;\n",
    replace: "",
  },
];

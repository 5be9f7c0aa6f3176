/** What `highlighter.ts` runs beside the page. */
import { code } from "@streamdown/code";
import type { CodeHighlighterPlugin, HighlightResult } from "streamdown";
import type { Answered, Asked } from "./highlighter";

const plugin: CodeHighlighterPlugin = code;

self.addEventListener("message", ({ data: { id, options } }: MessageEvent<Asked>) => {
  const tell = (result: HighlightResult) => self.postMessage({ id, result } satisfies Answered);
  const known = plugin.highlight(options, tell);
  if (known !== null) tell(known);
});

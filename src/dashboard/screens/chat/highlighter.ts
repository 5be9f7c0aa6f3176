/**
 * Colours of code, found beside the page: the patterns of a language take the first of its code blocks a third of a
 * second, in which nothing else would move.
 */
import type { CodeHighlighterPlugin, HighlightOptions, HighlightResult } from "streamdown";

type Told = (result: HighlightResult) => void;
export type Asked = { id: number; options: HighlightOptions };
export type Answered = { id: number; result: HighlightResult };

const THEMES: ReturnType<CodeHighlighterPlugin["getThemes"]> = ["github-light", "github-dark"];

const waiting = new Map<number, Told>();
let nextId = 0;
let worker: Worker | undefined;

/** Until its colours are there, and where no worker may run, code stands without them. */
export const highlighter: CodeHighlighterPlugin = {
  name: "shiki",
  type: "code-highlighter",
  getThemes: () => THEMES,
  // Which languages there are only the worker knows; one that it does not know it shows as plain text.
  getSupportedLanguages: () => [],
  supportsLanguage: () => true,
  highlight: (options, told) => {
    const id = nextId++;
    if (told !== undefined) waiting.set(id, told);
    worker ??= startWorker();
    worker.postMessage({ id, options } satisfies Asked);
    return null;
  },
};

function startWorker(): Worker {
  const started = new Worker(new URL("./highlighterWorker.ts", import.meta.url), {
    type: "module",
  });
  started.addEventListener("message", ({ data }: MessageEvent<Answered>) => {
    waiting.get(data.id)?.(data.result);
    waiting.delete(data.id);
  });
  return started;
}

/** What a call has of the world in tests: a fixed time, and nothing outside. */
import { RESULT_CHARS_MAX } from "../../../src/tools/call";
import type { ToolContext } from "../../../src/tools/tool";

export const NOW_MS = Date.UTC(2026, 0, 31, 23, 5, 9, 250);

const nothingThere = () => Promise.reject(new Error("this test keeps nothing"));

export function context(changes: Partial<ToolContext> = {}): ToolContext {
  return {
    nowMs: NOW_MS,
    signal: new AbortController().signal,
    fetch: () => Promise.reject(new Error("this test reaches nothing")),
    allowedHosts: [],
    notes: { list: nothingThere, write: nothingThere, remove: nothingThere },
    history: { search: nothingThere },
    results: { read: nothingThere },
    resultCharsMax: RESULT_CHARS_MAX,
    ...changes,
  };
}

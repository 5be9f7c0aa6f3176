/** What calls are billed by, as people read it. */
import type { TokenClass, ToolUnit } from "../../pricing/usage";

export const BILLED = {
  inputFresh: "Input",
  cacheRead: "Kept input",
  cacheWrite5m: "Keeping input for 5 minutes",
  cacheWrite30m: "Keeping input for 30 minutes",
  cacheWrite1h: "Keeping input for an hour",
  cacheWrite12h: "Keeping input for 12 hours",
  cacheWriteUnknown: "Keeping input",
  output: "Output",
  audioInput: "Audio input",
  audioCacheRead: "Kept audio input",
  audioOutput: "Audio output",
  imageInput: "Image input",
  imageOutput: "Image output",
  webSearch: "Searches of the web",
  webFetch: "Pages of the web",
  fileSearch: "Searches of files",
  grounding: "Grounded answers",
} as const satisfies Record<TokenClass | ToolUnit, string>;

/** Rows of an older version may have what is not known here. */
export function billedFor(name: string): string {
  return Object.hasOwn(BILLED, name) ? BILLED[name as keyof typeof BILLED] : name;
}

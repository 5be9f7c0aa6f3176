/** The tools that come with the product, by name. */
import { calculator } from "./calculator";
import { clock } from "./clock";
import type { ToolName } from "../core/tools";
import { httpGet } from "./httpGet";
import { notes } from "./notes";
import { readResult } from "./readResult";
import { searchHistory } from "./searchHistory";
import { httpPost } from "./httpPost";
import type { Tool } from "./tool";

const TOOLS: Readonly<Record<ToolName, Tool>> = {
  clock,
  calculator,
  http_get: httpGet,
  notes,
  search_history: searchHistory,
  http_post: httpPost,
  read_result: readResult,
};

/** What OpenAI takes. */
const DESCRIPTION_CHARS_MAX = 1_024;

export function toolNamed(name: ToolName): Tool {
  return TOOLS[name];
}

/** What the model is told of the tool: of hosts, as many as there is room for. A refusal names all. */
export function describe({ description }: Tool, allowedHosts: readonly string[] = []): string {
  if (allowedHosts.length === 0) return description;
  const hosts = ` Allowed hosts: ${allowedHosts.join(", ")}.`;
  return (description + hosts).slice(0, DESCRIPTION_CHARS_MAX);
}

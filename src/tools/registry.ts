/** The tools that come with the product, by name. */
import { calculator } from "./calculator";
import { clock } from "./clock";
import type { Tool } from "./tool";

export const TOOL_NAMES = ["clock", "calculator"] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

const TOOLS: Readonly<Record<ToolName, Tool>> = { clock, calculator };

export function toolNamed(name: ToolName): Tool {
  return TOOLS[name];
}

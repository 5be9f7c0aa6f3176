/** The tools that come with the product, by name. */
import { calculator } from "./calculator";
import { clock } from "./clock";
import type { ToolName } from "../core/tools";
import type { Tool } from "./tool";

const TOOLS: Readonly<Record<ToolName, Tool>> = { clock, calculator };

export function toolNamed(name: ToolName): Tool {
  return TOOLS[name];
}

/** What an agent's settings allow of a tool call. */
import { approvalNeeded, type ApprovalNeed, type ToolClass } from "../../../src/core/tools";
import { problemWith } from "../../../src/tools/call";
import { toolNamed } from "../../../src/tools/registry";
import type { AgentTool, ToolCall } from "../../validators";

/** `approval`: who must let the call through first; null: nobody. */
export type Grant = Readonly<{ toolClass: ToolClass; approval: ApprovalNeed | null }>;

/** Nobody is asked about a call that will not be made: its worker tells the model why. */
const NOTHING_TO_ASK: Grant = { toolClass: "pure", approval: null };

/** @param tools - The agent's, as it is now. */
export function grantFor(tools: readonly AgentTool[], { name, argumentsJson }: ToolCall): Grant {
  const granted = tools.find((tool) => tool.name === name);
  if (granted === undefined) return NOTHING_TO_ASK;
  const tool = toolNamed(granted.name);
  if (problemWith(tool, argumentsJson) !== null) return NOTHING_TO_ASK;
  const { toolClass } = tool;
  return { toolClass, approval: approvalNeeded(toolClass, granted.approval) };
}

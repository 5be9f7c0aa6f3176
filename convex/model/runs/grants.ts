/** What an agent's settings allow of a tool call. */
import { approvalNeeded, type ApprovalNeed, type ToolClass } from "../../../src/core/tools";
import { skillTool } from "../../../src/skills/tools";
import { problemWith } from "../../../src/tools/call";
import { toolNamed } from "../../../src/tools/registry";
import type { AgentTool, ToolCall } from "../../validators";
import { skillIn, toDescribed, type RunSkill } from "../skills/runnable";

/** `approval`: who must let the call through first; null: nobody. */
export type Grant = Readonly<{ toolClass: ToolClass; approval: ApprovalNeed | null }>;

/** Nobody is asked about a call that will not be made: its worker tells the model why. */
const NOTHING_TO_ASK: Grant = { toolClass: "pure", approval: null };

/** What an agent has: tools of its settings, and skills that are installed; as it is now. */
type Allowed = { tools: readonly AgentTool[]; skills: readonly RunSkill[] };

export function grantFor(
  { tools, skills }: Allowed,
  call: Pick<ToolCall, "name" | "argumentsJson">,
): Grant {
  const { name, argumentsJson } = call;
  const granted = tools.find((tool) => tool.name === name);
  const tool =
    granted === undefined ? skillTool(toDescribed(skills), name) : toolNamed(granted.name);
  if (tool === null) return NOTHING_TO_ASK;
  if (problemWith(tool, argumentsJson) !== null) return NOTHING_TO_ASK;
  const { toolClass } = tool;
  const setting = granted ?? skills.find(({ skillId }) => skillId === skillIn(call));
  return { toolClass, approval: approvalNeeded(toolClass, setting?.approval) };
}

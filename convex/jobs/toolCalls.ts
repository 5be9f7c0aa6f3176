/** The tools that a reply calls, run side by side under the watch of the run's lease. */
import { callTool } from "../../src/tools/call";
import { toolNamed } from "../../src/tools/registry";
import { skillTool, type Skill } from "../../src/skills/tools";
import type { ToolResult, ToolToRun } from "../model/runs/tools";
import type { Verdict } from "../model/runs/state";
import type { AgentTool } from "../validators";
import type { ToolData } from "./toolData";
import { watched } from "./watch";

type Means = {
  tools: readonly AgentTool[];
  skills: readonly Skill[];
  data: ToolData;
  heartbeat: () => Promise<Verdict>;
};

/**
 * Runs the calls: those that only read all at once, those that write one after the other, as the model asked for
 * them; one with effects comes alone. Their results are in the order of the calls.
 *
 * @param heartbeat - Asked again and again whether to go on. Whatever else it says ends the tools, which then report
 *   that they did not come to an end.
 */
export async function runTools(
  calls: readonly ToolToRun[],
  { heartbeat, ...means }: Means,
): Promise<ToolResult[]> {
  return await watched(heartbeat, async (signal) => {
    const run = async (call: ToolToRun): Promise<ToolResult> => ({
      toolCallId: call.toolCallId,
      ...(await resultOf(call, { ...means, signal })),
    });
    let lastWrite: Promise<unknown> = Promise.resolve();
    const results = calls.map((call) => {
      if (grantedTool(call, means)?.tool.toolClass !== "idempotent") return run(call);
      const result = lastWrite.then(() => run(call));
      lastWrite = result;
      return result;
    });
    return await Promise.all(results);
  });
}

async function resultOf(
  call: ToolToRun,
  { data, signal, ...allowed }: Omit<Means, "heartbeat"> & { signal: AbortSignal },
) {
  const { name, argumentsJson, refusal } = call;
  if (refusal !== undefined) return { text: refusal, isError: true };
  const granted = grantedTool(call, allowed);
  if (granted === null) return { text: `There is no tool ${name}.`, isError: true };
  return await callTool(granted.tool, argumentsJson, {
    nowMs: Date.now(),
    signal,
    fetch: globalThis.fetch,
    allowedHosts: granted.allowedHosts,
    ...data,
  });
}

function grantedTool({ name }: ToolToRun, { tools, skills }: Pick<Means, "tools" | "skills">) {
  const granted = tools.find((tool) => tool.name === name);
  if (granted === undefined) {
    const tool = skillTool(skills, name);
    return tool && { tool, allowedHosts: [] };
  }
  const { allowedHosts = [] } = granted;
  return { tool: toolNamed(granted.name), allowedHosts };
}

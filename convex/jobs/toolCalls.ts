/** The tools that a reply calls, run side by side under the watch of the run's lease. */
import { callTool } from "../../src/tools/call";
import { KEPT_CHARS_MAX, pieceOf, told } from "../../src/tools/preview";
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
  const said = await watched(heartbeat, async (signal) => {
    const each = calls.map((call) => ({ call, abort: new AbortController() }));
    // One listener for all of them: Node takes many on one signal for a leak, and says so.
    signal.addEventListener("abort", () => each.forEach(({ abort }) => abort.abort()));
    let lastWrite: Promise<unknown> = Promise.resolve();
    const results = each.map(({ call, abort }) => {
      const run = async () => await resultOf(call, { ...means, signal: abort.signal });
      if (grantedTool(call, means)?.tool.toolClass !== "idempotent") return run();
      const result = lastWrite.then(run);
      lastWrite = result;
      return result;
    });
    return await Promise.all(results);
  });
  const results: ToolResult[] = [];
  // One after the other: each may be a megabyte on its way to the storage.
  for (const result of said) results.push(await shortened(result, means.data));
  return results;
}

/** What a tool said to a call, as long as it is. */
type Said = Omit<ToolResult, "whole"> & Pick<ToolToRun, "charsMax">;

async function resultOf(
  call: ToolToRun,
  { data, signal, ...allowed }: Omit<Means, "heartbeat"> & { signal: AbortSignal },
): Promise<Said> {
  const { toolCallId, name, argumentsJson, refusal, charsMax } = call;
  const of = { toolCallId, charsMax };
  if (refusal !== undefined) return { ...of, text: refusal, isError: true };
  const granted = grantedTool(call, allowed);
  if (granted === null) return { ...of, text: `There is no tool ${name}.`, isError: true };
  const result = await callTool(granted.tool, argumentsJson, {
    nowMs: Date.now(),
    signal,
    fetch: globalThis.fetch,
    allowedHosts: granted.allowedHosts,
    notes: data.notes,
    history: data.history,
    results: data.resultsBy(charsMax),
    resultCharsMax: KEPT_CHARS_MAX,
  });
  return { ...of, ...result };
}

/** Of what is too long to be told, the beginning, and the whole stored. */
async function shortened({ charsMax, ...said }: Said, data: ToolData): Promise<ToolResult> {
  if (said.isError || said.text.length <= charsMax) return said;
  const beginning = pieceOf(said.text, { start: 0, charsMax });
  try {
    const whole = await data.keep(said.text);
    return { ...said, text: told(beginning, whole.handle), whole };
  } catch {
    // The call was made, and may have had effects: what it told must not be lost with its rest.
    return { ...said, text: `${beginning.text}\n\n[The rest could not be kept.]` };
  }
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

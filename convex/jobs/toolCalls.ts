/** The tools that a reply calls, run side by side under the watch of the run's lease. */
import { callTool } from "../../src/tools/call";
import { toolNamed } from "../../src/tools/registry";
import type { ToolResult, ToolToRun } from "../model/runs/tools";
import type { Verdict } from "../model/runs/state";
import type { AgentTool } from "../validators";

/** Cancelling takes less than a second; a lease is renewed by the same question. */
const PULSE_INTERVAL_MS = 400;

/**
 * Runs the calls, all at once: one with effects comes alone. Their results are in the order of the calls.
 *
 * @param heartbeat - Asked again and again whether to go on. Whatever else it says ends the tools, which then report
 *   that they did not come to an end.
 */
export async function runTools(
  calls: readonly ToolToRun[],
  { tools, heartbeat }: { tools: readonly AgentTool[]; heartbeat: () => Promise<Verdict> },
): Promise<ToolResult[]> {
  const abort = new AbortController();
  let asking = false;
  const pulse = setInterval(() => {
    if (asking) return;
    asking = true;
    void heartbeat()
      .then(
        (verdict) => {
          if (verdict !== "go_on") abort.abort();
        },
        () => undefined, // The next one asks again.
      )
      .finally(() => (asking = false));
  }, PULSE_INTERVAL_MS);
  try {
    return await Promise.all(
      calls.map(async (call) => ({
        toolCallId: call.toolCallId,
        ...(await resultOf(call, tools, abort.signal)),
      })),
    );
  } finally {
    clearInterval(pulse);
  }
}

async function resultOf(
  { name, argumentsJson, refusal }: ToolToRun,
  tools: readonly AgentTool[],
  signal: AbortSignal,
) {
  if (refusal !== undefined) return { text: refusal, isError: true };
  const granted = tools.find((tool) => tool.name === name);
  if (granted === undefined) return { text: `There is no tool ${name}.`, isError: true };
  return await callTool(toolNamed(granted.name), argumentsJson, {
    nowMs: Date.now(),
    signal,
    fetch: globalThis.fetch,
    allowedHosts: granted.allowedHosts ?? [],
  });
}

/** Calls of tools that are the caller's: they end the run, and come back answered in the caller's next request. */
import type { Doc } from "../../_generated/dataModel";
import type { ToolCall } from "../../validators";

/** The caller never hears of them, so nothing may have happened by them. */
const NOT_MADE = {
  text: "The call was not made: the same reply called tools of the caller's, which come first. Ask for it again if it is still needed.",
  isError: true,
};

/**
 * The reply's calls as they are kept, if any is of a tool of the caller's: those of the agent's own tools beside it are
 * not made. Null: none is.
 */
export function callsOf(
  request: Pick<Doc<"run_requests">, "toolNames"> | null,
  toolCalls: readonly ToolCall[],
): ToolCall[] | null {
  if (request === null) return null;
  const isTheirs = ({ name }: ToolCall) => request.toolNames.includes(name);
  if (!toolCalls.some(isTheirs)) return null;
  return toolCalls.map((call) => (isTheirs(call) ? call : { ...call, result: NOT_MADE }));
}

/** Of a reply that ended a run: what the caller is to answer. */
export function handedIn(toolCalls: readonly ToolCall[] = []): ToolCall[] {
  return toolCalls.filter(({ result }) => result === undefined);
}

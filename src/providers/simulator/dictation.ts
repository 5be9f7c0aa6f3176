/** Tool calls that a message dictates, so that a turn with tools comes out the same however often it is begun again. */
import type { Prompt, ToolCall } from "./wire";

const CALL = /^call:\s*([\w-]+)\s*(\{.*\})?\s*$/i;
const NEXT_ROUND = /^then$/i;

/**
 * The calls of the round that the conversation has come to: a message's lines `Call: name {"its": "arguments"}`, with a
 * line `then` between what is to be called at once and what is to be called once that has answered. None once all have
 * been made.
 */
export function dictatedCalls({ turns }: Prompt): readonly ToolCall[] {
  const asked = turns.findLastIndex(({ role }) => role === "user");
  const since = turns.slice(asked + 1).map(({ role }) => role);
  // What tools answer to one round stands together.
  const round = since.filter((role, at) => role === "tool" && since[at - 1] !== "tool").length;
  return roundsIn(turns[asked]?.text ?? "")[round] ?? [];
}

function roundsIn(text: string): ToolCall[][] {
  const rounds: ToolCall[][] = [[]];
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (NEXT_ROUND.test(line)) rounds.push([]);
    const [, name, argumentsJson = "{}"] = CALL.exec(line) ?? [];
    if (name !== undefined) rounds.at(-1)?.push({ name, argumentsJson });
  }
  return rounds;
}

/**
 * What the simulated models thought, sealed as the real APIs do it: to be given back as it came, to the same model.
 * The seals are computed, so that the simulator checks them without having kept anything.
 */
import { createHash } from "node:crypto";

/** Of a thought in words, by the model that had it. */
export function sealOf(model: string, thought: string): string {
  return createHash("sha256").update(`${model}\n${thought}`).digest("base64");
}

const MARK_LENGTH = 4;

/** The id of a tool call that the model thought about. It says so itself: such a call is refused without the thought. */
export function thoughtOutId(id: string, model: string): string {
  return `${id}t${markOf(model, id)}`;
}

export function isThoughtOut(toolCallId: string, model: string): boolean {
  const id = toolCallId.slice(0, -MARK_LENGTH - 1);
  return toolCallId === thoughtOutId(id, model);
}

function markOf(model: string, id: string): string {
  return createHash("sha256").update(`${model} ${id}`).digest("hex").slice(0, MARK_LENGTH);
}

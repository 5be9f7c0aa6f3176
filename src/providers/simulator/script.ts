/** What a call is told to do: an exact reply, or a fault, asked for beforehand or by the call itself. */
import { z } from "zod";
import { checked } from "./checked";
import { Fault, faultFromText } from "./faults";

export const ScriptedReply = z.strictObject({
  text: z.string().default(""),
  reasoning: z.string().default(""),
  /** Absent: as the API does it, OpenAI's not at all. */
  showsReasoning: z.boolean().optional(),
  toolCalls: z.array(z.strictObject({ name: z.string(), argumentsJson: z.string() })).default([]),
  /** Whose call it answers; without it, whichever comes first. */
  model: z.string().optional(),
});
const OwnScript = z.strictObject({
  fault: Fault.optional(),
  reply: ScriptedReply.optional(),
  label: z.string().optional(),
});
export type OwnScript = z.input<typeof OwnScript>;
export type ScriptedReply = z.input<typeof ScriptedReply>;

/**
 * What a call asks for itself: `{"fault": {…}, "reply": {…}, "label": "…"}` or a fault by its name.
 *
 * @throws RefusedRequest
 */
export function ownScript(text: string | null): z.infer<typeof OwnScript> | null {
  if (text === null) return null;
  if (!text.startsWith("{")) return { fault: faultFromText(text) };
  return checked(OwnScript, JSON.parse(text));
}

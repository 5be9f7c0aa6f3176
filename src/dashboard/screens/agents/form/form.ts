/** An agent's settings as a person fills them in: texts, which become what the deployment takes. */
import { z } from "zod";
import { APPROVING_ROLES, OUTGOING_TOOLS, TOOL_NAMES } from "../../../../core/tools";
import { PROVIDERS } from "../../../data/providers";

export const EFFORTS = ["none", "low", "medium", "high", "xhigh", "max"] as const;
export const STRATEGIES = ["majority", "weighted", "unanimous"] as const;

const Whole = z
  .string()
  .trim()
  .refine((text) => text === "" || /^\d{1,15}$/.test(text), "Must be a whole number.");
const Decimal = z
  .string()
  .trim()
  .refine((text) => text === "" || /^\d+(\.\d+)?$/.test(text), "Must be a number, such as 0.5.");
const Numbers = z
  .string()
  .trim()
  .refine((text) => linesOf(text).every((one) => /^\d+(\.\d+)?$/.test(one)), "Must be numbers.");
const JsonObject = z
  .string()
  .trim()
  .refine((text) => text === "" || objectIn(text) !== null, "Must be a JSON object.");

const Model = z.object({
  provider: z.enum(PROVIDERS),
  model: z.string().trim().min(1, "Name a model."),
});

const Tool = z
  .object({
    name: z.enum(TOOL_NAMES),
    isOn: z.boolean(),
    hosts: z.string(), // one a line, of tools that go out
    approval: z.enum(["default", "always", "never"]),
    role: z.enum(APPROVING_ROLES),
    minutes: Whole,
  })
  .refine(
    ({ name, isOn, hosts }) => !isOn || !OUTGOING_TOOLS.has(name) || linesOf(hosts).length > 0,
    { path: ["hosts"], message: "Name at least one host." },
  );
export type ToolForm = z.infer<typeof Tool>;

export const AgentForm = z.object({
  name: z.string().trim().min(1, "Give it a name."),
  slug: z.string().trim(),
  description: z.string(),
  systemPrompt: z.string(),
  provider: z.enum(PROVIDERS),
  model: z.string().trim().min(1, "Name a model."),
  temperature: Decimal,
  maxTokens: Whole.min(1, "Say how long a reply may be."),
  reasoningEffort: z.enum(["", ...EFFORTS]),
  maxContextTokens: Whole,
  mode: z.string(),
  tools: z.array(Tool),
  maxCostPerMessage: Decimal,
  monthlyBudget: Decimal,
  toolRounds: Whole,
  minutes: Whole,
  tokens: Whole,
  fallbackModels: z.array(Model),
  summary: z.object({ isOwn: z.boolean(), provider: z.enum(PROVIDERS), model: z.string().trim() }),
  consensusEnabled: z.boolean(),
  consensusModels: z.string(), // "provider/model", one a line
  consensusStrategy: z.enum(["", ...STRATEGIES]),
  choices: z.string(), // one a line
  judge: z.string().trim(),
  weights: Numbers, // one a line
  quorum: Whole,
  deadlineSeconds: Whole,
  channels: z.string(), // one a line
  metadata: JsonObject,
});
export type AgentForm = z.infer<typeof AgentForm>;

/** The entries of a field with one a line. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** The object that the JSON is; null: it is none. */
export function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : null;
  } catch {
    return null;
  }
}

/**
 * The skills of an agent as tools. A request is a tool of its own. Of instructions a model knows what they are for, and
 * reads them once it needs them: a hundred skills cost no more than their descriptions.
 */
import type { HttpSkill } from "../core/httpSkill";
import { ToolFailure, type Tool } from "../tools/tool";
import { httpTool, type Installation } from "./httpTool";

export const READ_SKILL = "use_skill";
const READ_MS_MAX = 10_000;
/** Of all descriptions together: the rest of a prompt has to have its room. */
const LISTING_CHARS_MAX = 16_000;

export type Skill = Readonly<{
  /** "skill_web_search": of a request the tool's name, too. */
  skillId: string;
  description: string;
  http?: HttpSkill;
  installation?: Installation;
  /** Its instructions; null: it has none any more. */
  read: () => Promise<string | null>;
}>;

/** Whether the name is of a tool that skills bring. */
export function isSkillTool(name: string): boolean {
  return name === READ_SKILL || name.startsWith("skill_");
}

/** The tools, for a call of a model. */
export function skillTools(skills: readonly Skill[]): Tool[] {
  const requests = skills.flatMap((skill) => toRequest(skill) ?? []);
  const hasPrompts = skills.some(({ http }) => http === undefined);
  return hasPrompts ? [readingTool(skills), ...requests] : requests;
}

/** The tool of that name; null: no skill brings it. */
export function skillTool(skills: readonly Skill[], name: string): Tool | null {
  return skillTools(skills).find((tool) => tool.name === name) ?? null;
}

/** What the system prompt says of skills that have instructions; null: there are none. */
export function listingOf(
  skills: readonly Pick<Skill, "skillId" | "description" | "http">[],
): string | null {
  const prompts = skills.filter(({ http }) => http === undefined);
  if (prompts.length === 0) return null;
  const lines = prompts.map(({ skillId, description }) => `- ${skillId}: ${description}`);
  const listing = lines.join("\n");
  const shown =
    listing.length <= LISTING_CHARS_MAX ? listing : `${listing.slice(0, LISTING_CHARS_MAX)}…`;
  return (
    `You have skills. Before you do what one of them is for, read its instructions with the tool "${READ_SKILL}", ` +
    `and follow them.\n${shown}`
  );
}

/** The skill that a call of the reading tool is for; null: it names none. */
export function readSkill(argumentsJson: string): string | null {
  try {
    const { skill } = JSON.parse(argumentsJson) as { skill?: unknown };
    return typeof skill === "string" ? skill : null;
  } catch {
    return null; // no JSON names none
  }
}

function toRequest({ skillId, http, installation }: Skill): Tool | null {
  if (http === undefined || installation === undefined) return null;
  return httpTool(skillId, http, installation);
}

function readingTool(skills: readonly Skill[]): Tool {
  const prompts = skills.filter(({ http }) => http === undefined);
  return {
    name: READ_SKILL,
    description:
      "Reads the instructions of one of your skills. Call it before you do what the skill is for.",
    inputSchema: {
      type: "object",
      properties: { skill: { type: "string", enum: prompts.map(({ skillId }) => skillId) } },
      required: ["skill"],
      additionalProperties: false,
    },
    toolClass: "pure",
    timeoutMs: READ_MS_MAX,
    run: async ({ skill }) => {
      const instructions = await prompts.find(({ skillId }) => skillId === skill)?.read();
      if (instructions === undefined || instructions === null) {
        throw new ToolFailure(`There is no skill ${String(skill)} any more.`);
      }
      return instructions;
    },
  };
}

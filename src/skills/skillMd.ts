/**
 * SKILL.md, as Agent Skills have it: YAML between two lines of "---" says what the skill is, and what follows are
 * its instructions, for a model to read once it needs them.
 */
import { parse } from "yaml";

/** Some 5,000 tokens, as the format's authors advise, and what the result of a tool has at most. */
export const SKILL_MD_CHARS_MAX = 20_000;
const FRONTMATTER_CHARS_MAX = 4_000;
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const NAME_LENGTH_MAX = 64;
const DESCRIPTION_LENGTH_MAX = 1_024;
const COMPATIBILITY_LENGTH_MAX = 500;
const METADATA_KEYS_MAX = 32;
const FRONTMATTER = /^---[ \t]*\n([\s\S]*?)\n---[ \t]*(?:\n|$)/;
const FIELDS = ["name", "description", "license", "compatibility", "allowed-tools", "metadata"];

export type PromptSkill = {
  /** "pdf-forms": lower-case words joined by dashes. */
  name: string;
  /** What it does and when to use it: all that a model knows of it before it asks for the rest. */
  description: string;
  instructions: string;
  license?: string;
  compatibility?: string;
  /** Tools that it counts on, by the words of its author. Nothing is allowed by being named here. */
  allowedTools?: string[];
  metadata?: Record<string, string>;
};

/** What is wrong with the text, for its author. */
export class SkillMdError extends Error {
  override readonly name = "SkillMdError";
}

/**
 * The skill that the text describes.
 *
 * @throws SkillMdError - It has no frontmatter, or what stands there is not as the format has it.
 */
export function parseSkillMd(text: string): PromptSkill {
  if (text.length > SKILL_MD_CHARS_MAX) {
    refuse(`has ${text.length} characters; at most ${SKILL_MD_CHARS_MAX} are allowed`);
  }
  const plain = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const [whole, yaml] = FRONTMATTER.exec(plain) ?? [];
  if (whole === undefined || yaml === undefined) {
    return refuse('must begin with YAML between two lines of "---"');
  }
  const fields = frontmatterOf(yaml);
  const instructions = plain.slice(whole.length).trim();
  if (instructions === "") refuse("has no instructions after its frontmatter");
  const license = optionalText(fields, "license", NAME_LENGTH_MAX * 4);
  const compatibility = optionalText(fields, "compatibility", COMPATIBILITY_LENGTH_MAX);
  const allowedTools = allowedToolsIn(fields);
  const metadata = metadataIn(fields);
  return {
    name: nameIn(fields),
    description: requiredText(fields, "description", DESCRIPTION_LENGTH_MAX),
    instructions,
    ...(license !== undefined && { license }),
    ...(compatibility !== undefined && { compatibility }),
    ...(allowedTools !== undefined && { allowedTools }),
    ...(metadata !== undefined && { metadata }),
  };
}

type Fields = ReadonlyMap<string, unknown>;

/** Every scalar is taken as text, so that `version: 1.0` is what its author wrote; nothing refers to anything. */
function frontmatterOf(yaml: string): Fields {
  if (yaml.length > FRONTMATTER_CHARS_MAX) {
    refuse(
      `has ${yaml.length} characters of frontmatter; at most ${FRONTMATTER_CHARS_MAX} are allowed`,
    );
  }
  const options = {
    schema: "failsafe",
    maxAliasCount: 0,
    mapAsMap: true,
    logLevel: "error",
  } as const;
  let fields: unknown;
  try {
    fields = parse(yaml, options);
  } catch (error) {
    const [reason = "it cannot be read"] = String((error as Error).message).split("\n");
    return refuse(`has frontmatter that is no YAML: ${reason.replace(/:$/, "")}`);
  }
  if (!isMap(fields)) return refuse("must have fields in its frontmatter: name and description");
  const unknown = [...fields.keys()].find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    refuse(`has "${unknown}" in its frontmatter; known are ${FIELDS.join(", ")}`);
  }
  return fields;
}

function nameIn(fields: Fields): string {
  const name = requiredText(fields, "name", NAME_LENGTH_MAX);
  if (!NAME.test(name))
    refuse('must have a name of lower-case words joined by dashes: "pdf-forms"');
  return name;
}

/** "Read Bash(git:*)" or a list, which many authors write. */
function allowedToolsIn(fields: Fields): string[] | undefined {
  const value = fields.get("allowed-tools");
  if (Array.isArray(value) && value.every((tool) => typeof tool === "string")) {
    return value.map((tool) => tool.trim()).filter((tool) => tool !== "");
  }
  return optionalText(fields, "allowed-tools", FRONTMATTER_CHARS_MAX)?.split(/\s+/);
}

function metadataIn(fields: Fields): Record<string, string> | undefined {
  const value = fields.get("metadata");
  if (value === undefined) return undefined;
  const isPlain = isMap(value) && value.size <= METADATA_KEYS_MAX;
  const entries = isPlain ? [...value.entries()] : [];
  const isText = entries.every(([key, text]) => isFieldName(key) && typeof text === "string");
  if (!isPlain || !isText)
    refuse(`must have metadata of up to ${METADATA_KEYS_MAX} keys with texts`);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** What Convex takes for a field's name. */
function isFieldName(key: string): boolean {
  return /^[\x20-\x7e]{1,64}$/.test(key) && !key.startsWith("$") && !key.startsWith("_");
}

function requiredText(fields: Fields, field: string, lengthMax: number): string {
  return (
    optionalText(fields, field, lengthMax) ?? refuse(`must have a ${field} in its frontmatter`)
  );
}

function optionalText(fields: Fields, field: string, lengthMax: number): string | undefined {
  const value = fields.get(field);
  if (value === undefined) return undefined;
  if (typeof value !== "string") return refuse(`must have text for its ${field}`);
  const text = value.trim();
  if (text === "" || text.length > lengthMax) {
    refuse(`must have a ${field} of 1 to ${lengthMax} characters`);
  }
  return text;
}

function isMap(value: unknown): value is ReadonlyMap<string, unknown> {
  return value instanceof Map && [...value.keys()].every((key) => typeof key === "string");
}

function refuse(reason: string): never {
  throw new SkillMdError(reason);
}

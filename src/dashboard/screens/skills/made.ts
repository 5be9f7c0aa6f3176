/** A version of a skill as its author fills it in. */
import { z } from "zod";
import type { SkillView } from "../../../../convex/views/skills";
import { HTTP_METHODS, permissionFor } from "../../../core/httpSkill";

const Json = z
  .string()
  .trim()
  .refine((text) => text === "" || objectIn(text) !== undefined, "Must be a JSON object.");

export const VersionForm = z.object({
  version: z.string().trim(),
  kind: z.enum(["prompt", "http"]),
  skillMd: z.string(),
  method: z.enum(HTTP_METHODS),
  url: z.string().trim(),
  told: z.string().trim(), // to models, of a request
  headers: Json,
  inputSchema: Json,
  configSchema: Json,
  asks: z.string(), // one a line, beside what a request's method needs
  changelog: z.string(),
});
export type VersionForm = z.infer<typeof VersionForm>;

export const FIRST_VERSION: VersionForm = {
  version: "1.0.0",
  kind: "prompt",
  skillMd:
    "---\nname: refunds\ndescription: How refunds are handled. Use it when a customer asks for money back.\n---\n\nAsk for the order's number first.\n",
  method: "GET",
  url: "",
  told: "",
  headers: "",
  inputSchema: '{\n  "type": "object",\n  "properties": {}\n}',
  configSchema: "",
  asks: "",
  changelog: "",
};

/** As the deployment takes it: a request asks for what its method needs as well. */
export function versionOf(form: VersionForm) {
  const { version, kind, skillMd, method, url, told, asks, changelog } = form;
  const needed = kind === "http" ? [permissionFor({ method })] : [];
  const configSchema = objectIn(form.configSchema);
  const headers = objectIn(form.headers) as Record<string, string> | undefined;
  const http = {
    description: told,
    method,
    url,
    inputSchema: objectIn(form.inputSchema) ?? {},
    ...(headers !== undefined && { headers }),
  };
  return {
    version,
    permissions: [...new Set([...linesOf(asks), ...needed])],
    ...(kind === "http" ? { http } : { skillMd }),
    ...(configSchema !== undefined && { configSchema }),
    ...(changelog.trim() !== "" && { changelog }),
  };
}

/** What a next version begins with: the newest, and a number above its. */
export function nextOf(skill: SkillView): VersionForm {
  const { version, permissions, prompt, http, configSchema } = skill;
  const [major = "1", minor = "0"] = version.split(".");
  const needed = http === undefined ? "" : permissionFor(http);
  return {
    ...FIRST_VERSION,
    version: `${major}.${Number(minor) + 1}.0`,
    kind: http === undefined ? "prompt" : "http",
    configSchema: jsonOf(configSchema),
    asks: permissions.filter((permission) => permission !== needed).join("\n"),
    ...(prompt !== undefined && { skillMd: skillMdOf(prompt) }),
    ...(http !== undefined && {
      method: http.method,
      url: http.url,
      told: http.description,
      headers: jsonOf(http.headers),
      inputSchema: jsonOf(http.inputSchema),
    }),
  };
}

/** The SKILL.md that says it. JSON is YAML. */
function skillMdOf(prompt: NonNullable<SkillView["prompt"]>): string {
  const { name, description, instructions, license, compatibility, allowedTools, metadata } =
    prompt;
  const fields = {
    name,
    description,
    license,
    compatibility,
    "allowed-tools": allowedTools,
    metadata,
  };
  const lines = Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [`${field}: ${JSON.stringify(value)}`],
  );
  return ["---", ...lines, "---", "", instructions, ""].join("\n");
}

function jsonOf(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** What a version of a skill is made of: instructions for a model, a request, or a binary. */
import { v, type Infer } from "convex/values";
import {
  objectionTo,
  permissionFor,
  PLACEHOLDER,
  placeholdersIn,
} from "../../../src/core/httpSkill";
import { parseSkillMd, SkillMdError } from "../../../src/skills/skillMd";
import { checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { vHttpSkill, vOpenRecord, type OpenRecord, type SkillContent } from "../../validators";
import { allowsPrivateUrls } from "../providers/deployment";
import { checkedPermissions, checkedVersion } from "./checks";
import { checkedConfigSchema, checkedSchema } from "./configuration";

/** What a caller says of a version, but for its binary. */
export const vNewContent = v.object({
  version: v.string(),
  permissions: v.array(v.string()),
  configSchema: v.optional(vOpenRecord),
  skillMd: v.optional(v.string()),
  http: v.optional(vHttpSkill),
});
export type NewContent = Infer<typeof vNewContent>;
type HttpSkill = Infer<typeof vHttpSkill>;

const DESCRIPTION_LENGTH_MAX = 1_024;
const URL_LENGTH_MAX = 2_000;
const HEADERS_MAX = 20;
const HEADER_LENGTH_MAX = 1_000;
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
/** Whoever makes the request sets these. */
const OWN_HEADERS = new Set(
  "host content-length content-type connection transfer-encoding te trailer upgrade expect keep-alive cookie".split(
    " ",
  ),
);

/**
 * The content, checked.
 *
 * @throws invalid_argument - The version, a permission, a schema, the SKILL.md or the request is none; or more than
 *   one of the two last is given.
 */
export function checkedContent({
  version,
  permissions,
  configSchema,
  skillMd,
  http,
}: NewContent): SkillContent {
  if (skillMd !== undefined && http !== undefined) {
    const reason = "is given beside skillMd: a version is one of them";
    fail({ kind: "invalid_argument", field: "http", reason });
  }
  const asked = checkedPermissions("permissions", permissions);
  const config = configSchema === undefined ? undefined : checkedConfigSchema(configSchema);
  return {
    version: checkedVersion(version),
    permissions: asked,
    ...(config !== undefined && { configSchema: config }),
    ...(skillMd !== undefined && { prompt: checkedSkillMd(skillMd) }),
    ...(http !== undefined && { http: checkedHttp(http, { permissions: asked, config }) }),
  };
}

/** As a patch: what the new version lacks goes. */
export function replacing({
  version,
  permissions,
  configSchema,
  prompt,
  http,
  wasm,
}: SkillContent) {
  return { version, permissions, configSchema, prompt, http, wasm };
}

function checkedSkillMd(text: string): NonNullable<SkillContent["prompt"]> {
  try {
    return parseSkillMd(text);
  } catch (error) {
    if (!(error instanceof SkillMdError)) throw error;
    return refuse("skillMd", error.message);
  }
}

function checkedHttp(
  http: HttpSkill,
  { permissions, config }: { permissions: readonly string[]; config: OpenRecord | undefined },
): HttpSkill {
  const needed = permissionFor(http);
  if (!permissions.includes(needed))
    refuse("permissions", `lack ${needed}, which the request needs`);
  const inputSchema = checkedSchema("http.inputSchema", http.inputSchema);
  const known = {
    parameters: new Set((inputSchema["required"] as string[] | undefined) ?? []),
    config: new Set(Object.keys((config?.["properties"] as object | undefined) ?? {})),
  };
  return {
    description: checkedText("http.description", http.description, DESCRIPTION_LENGTH_MAX),
    method: http.method,
    url: checkedUrl(http.url, known),
    inputSchema,
    ...(http.headers !== undefined && { headers: checkedHeaders(http.headers, known) }),
  };
}

type Known = { parameters: ReadonlySet<string>; config: ReadonlySet<string> };

/** Whose host and port stand in it as they are, whatever its placeholders are filled with. */
function checkedUrl(template: string, { parameters, config }: Known): string {
  const field = "http.url";
  const text = checkedText(field, template, URL_LENGTH_MAX);
  for (const name of placeholdersIn(text)) {
    const isKnown = name.startsWith("config.")
      ? config.has(name.slice("config.".length))
      : parameters.has(name);
    if (!isKnown)
      refuse(
        field,
        `has {${name}}, which is no required parameter and no {config.…} of its schema`,
      );
  }
  const sample = text.replace(PLACEHOLDER, "x");
  const url = /[{}#]/.test(sample) ? null : parsed(sample);
  if (url === null)
    return refuse(field, "must be a URL like https://api.example.com/v1/users/{userId}");
  const objection = objectionTo(url, { allowsPrivate: allowsPrivateUrls() });
  if (objection !== null) refuse(field, objection);
  const isAsWritten = text.startsWith(`${url.origin}/`) && sample === url.href;
  return isAsWritten
    ? text
    : refuse(field, `must be written as browsers would, and begin with ${url.origin}/`);
}

function checkedHeaders(
  headers: Record<string, string>,
  { config }: Known,
): Record<string, string> {
  const field = "http.headers";
  const entries = Object.entries(headers);
  if (entries.length > HEADERS_MAX)
    refuse(field, `has ${entries.length} entries; at most ${HEADERS_MAX} are allowed`);
  for (const [name, value] of entries) {
    if (!HEADER_NAME.test(name) || OWN_HEADERS.has(name.toLowerCase()))
      refuse(field, `may not have "${name}"`);
    if (!/^[\x20-\x7e]*$/.test(value) || value.length > HEADER_LENGTH_MAX) {
      refuse(field, `must have plain characters in "${name}", at most ${HEADER_LENGTH_MAX}`);
    }
    const odd = placeholdersIn(value).find(
      (key) =>
        key !== "credential" &&
        !(key.startsWith("config.") && config.has(key.slice("config.".length))),
    );
    if (odd !== undefined)
      refuse(field, `has {${odd}}: only {credential} and {config.…} of its schema are filled`);
  }
  return headers;
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function refuse(field: string, reason: string): never {
  return fail({ kind: "invalid_argument", field, reason });
}

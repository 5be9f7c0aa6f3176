/** A skill that is a request, as a tool. */
import {
  isReadOnly,
  objectionTo,
  PLACEHOLDER,
  placeholdersIn,
  type HttpSkill,
} from "../core/httpSkill";
import { textOf } from "../tools/bodyText";
import { ToolFailure, type Tool, type ToolContext } from "../tools/tool";

const TIMEOUT_MS = 20_000;
const URL_LENGTH_MAX = 8_000;
/** What HTTP libraries send as it is; a line break would be another header. */
const HEADER_VALUE = /^[\x20-\x7e]*$/;
const HIDDEN = "••••";
/** Shorter ones stand in any text by chance. */
const HIDDEN_FROM_CHARS = 6;

/** What an installation adds to the skill. */
export type Installation = Readonly<{
  config: Readonly<Record<string, unknown>>;
  /** What goes where the headers have "{credential}", and nowhere else; null: there is none. Read at each call. */
  credential: () => Promise<string | null>;
  /** Of `objectionTo`. */
  allowsPrivate: boolean;
}>;

type Parameters = Readonly<Record<string, unknown>>;

/** @param name - As models call it. */
export function httpTool(name: string, skill: HttpSkill, installation: Installation): Tool {
  return {
    name,
    description: skill.description,
    inputSchema: skill.inputSchema,
    toolClass: isReadOnly(skill) ? "pure" : "effect",
    timeoutMs: TIMEOUT_MS,
    run: async (parameters, context) => {
      const credential = await installation.credential();
      const { ok, text } = await request(skill, {
        parameters,
        installation: { ...installation, credential },
        context,
      });
      const told = hide(text, credential);
      return ok ? told : fail(told);
    },
  };
}

type Filled = Omit<Installation, "credential"> & { credential: string | null };
type Said = { ok: boolean; text: string };

async function request(
  skill: HttpSkill,
  {
    parameters,
    installation,
    context: { fetch, signal },
  }: { parameters: Parameters; installation: Filled; context: ToolContext },
): Promise<Said> {
  const { url, rest } = addressOf(skill, parameters, installation);
  const headers = headersOf(skill, installation);
  const hasBody = skill.method !== "GET" && skill.method !== "DELETE";
  if (hasBody) headers.set("content-type", "application/json");
  else for (const [field, value] of rest) url.searchParams.append(field, textFor(field, value));
  if (url.href.length > URL_LENGTH_MAX)
    throw new ToolFailure("The parameters are too long for a URL.");
  const response = await reach(url, {
    fetch,
    signal,
    method: skill.method,
    headers,
    ...(hasBody && { body: JSON.stringify(Object.fromEntries(rest)) }),
  });
  // Followed, it would take the credential along, to wherever the server says.
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new ToolFailure(
      `The skill's server answered ${response.status}: redirects are not followed.`,
    );
  }
  if (response.status === 204) return { ok: true, text: "Done; the server had nothing to say." };
  const { text } = await textOf(response, url);
  if (response.ok) return { ok: true, text };
  return { ok: false, text: `The skill's server answered ${response.status}: ${text}` };
}

/** The address with its placeholders filled, and the parameters that are none. */
function addressOf(
  { url: template }: HttpSkill,
  parameters: Parameters,
  { config, allowsPrivate }: Filled,
): { url: URL; rest: [string, unknown][] } {
  const named = new Set(placeholdersIn(template));
  const filled = template.replace(PLACEHOLDER, (_all, name: string) =>
    encoded(
      name,
      name.startsWith("config.") ? config[name.slice("config.".length)] : parameters[name],
    ),
  );
  const url = new URL(filled);
  // The template has no dots of this kind: a value that is ".." would lead to another path, with the credential.
  const isAsWritten = filled.split("?")[0] === url.origin + url.pathname;
  if (objectionTo(url, { allowsPrivate }) !== null)
    fail("The skill's address may not be asked for.");
  if (!isAsWritten) throw new ToolFailure('A parameter may be neither "." nor "..".');
  return { url, rest: Object.entries(parameters).filter(([name]) => !named.has(name)) };
}

function headersOf({ headers = {} }: HttpSkill, { config, credential }: Filled): Headers {
  const filled = new Headers({ accept: "application/json, text/*;q=0.9, */*;q=0.1" });
  for (const [name, template] of Object.entries(headers)) {
    const value = template.replace(PLACEHOLDER, (_all, key: string) => {
      if (key !== "credential") return textFor(key, config[key.slice("config.".length)]);
      return credential ?? fail("The skill needs a credential: enter it at its installation.");
    });
    if (!HEADER_VALUE.test(value))
      fail(`The header ${name} would have characters that no header has.`);
    filled.set(name, value);
  }
  return filled;
}

async function reach(
  url: URL,
  { fetch, ...init }: { fetch: typeof globalThis.fetch } & RequestInit,
): Promise<Response> {
  try {
    // As options and not as a Request: of one, Convex's fetch does not read `redirect`, and follows it by itself.
    return await fetch(url.href, { ...init, redirect: "manual" });
  } catch {
    // Why not would tell of the network that the deployment is in.
    return fail(`${url.host} could not be reached.`);
  }
}

/** Servers that repeat what they were sent must not tell it to the model, or to whoever reads along. */
function hide(text: string, credential: string | null): string {
  const isTold = credential === null || credential.length < HIDDEN_FROM_CHARS;
  return isTold ? text : text.replaceAll(credential, HIDDEN);
}

function encoded(name: string, value: unknown): string {
  return encodeURIComponent(textFor(name, value));
}

/** Lists and objects have their place in bodies. Halves of characters have none at all. */
function textFor(name: string, value: unknown): string {
  const isText = ["string", "number", "boolean"].includes(typeof value);
  if (!isText) return fail(`"${name}" must be text, a number or a boolean.`);
  return String(value).replace(/\p{Surrogate}/gu, "\u{FFFD}");
}

function fail(reason: string): never {
  throw new ToolFailure(reason);
}

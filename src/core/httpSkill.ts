/** Skills that are a request: what their authors may say, as the schema and whoever makes the request need it. */

import { allowedUrl } from "./allowedHosts";

export const HTTP_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

export type HttpSkill = Readonly<{
  /** For the model: what it does, and when to call it. */
  description: string;
  method: HttpMethod;
  /**
   * "https://api.example.com/v1/users/{userId}?lang={config.language}": host and port stand in it as they are. What
   * is left of the parameters goes into the query, or into a JSON body where the method has one.
   */
  url: string;
  /** Values may have "{config.name}" and "{credential}". */
  headers?: Readonly<Record<string, string>>;
  /** JSON Schema of the parameters: an object. */
  inputSchema: Readonly<Record<string, unknown>>;
}>;

/** "{name}" and "{config.name}". */
export const PLACEHOLDER = /\{([A-Za-z][\w.-]*)\}/g;

/** A GET changes nothing that its server does not answer for (RFC 9110, 9.2.1); all others are taken to. */
export function isReadOnly({ method }: Pick<HttpSkill, "method">): boolean {
  return method === "GET";
}

/** What a skill has to be granted to make its request. */
export function permissionFor({ method }: Pick<HttpSkill, "method">): string {
  return `network.http.${method.toLowerCase()}`;
}

/**
 * What speaks against a request there; null: nothing does.
 *
 * @param allowsPrivate - Where the deployment's operators say that this machine and its network are the tenants' to ask.
 */
export function objectionTo(
  url: URL,
  { allowsPrivate }: { allowsPrivate: boolean },
): string | null {
  const isLocal = allowsPrivate && /^https?:$/.test(url.protocol) && url.username === "";
  const checked = allowedUrl(url.href, [url.hostname]);
  return isLocal || checked.ok ? null : checked.reason;
}

/** The names of the placeholders in a text. */
export function placeholdersIn(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
}

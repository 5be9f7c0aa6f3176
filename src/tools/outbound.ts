/** Requests to addresses that a model chose. It has read what strangers wrote, so it is taken for a stranger. */
import { allowedUrl } from "../core/allowedHosts";
import { NOT_KNOWN, ToolFailure, type ToolContext } from "./tool";

const REDIRECTS_MAX = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Gets what is at the address; each redirect is followed only to where a request could have gone in the first place.
 * Nothing goes along that would say who asks: no cookie, no credential, no referrer.
 *
 * @throws ToolFailure - It may not be asked for, or cannot be reached.
 */
export async function getAllowed(
  text: string,
  { fetch, signal, allowedHosts }: Pick<ToolContext, "fetch" | "signal" | "allowedHosts">,
): Promise<{ url: URL; response: Response }> {
  let next = text;
  for (let redirects = 0; ; redirects++) {
    const url = requireAllowed(next, { allowedHosts, isRedirect: redirects > 0 });
    const response = await reach(url, { fetch, signal });
    const location = response.headers.get("location");
    if (!REDIRECTS.has(response.status) || location === null) return { url, response };
    await response.body?.cancel();
    if (redirects === REDIRECTS_MAX) {
      throw new ToolFailure(`The address redirects more than ${REDIRECTS_MAX} times.`);
    }
    next = absolute(location, url);
  }
}

/**
 * Sends JSON to the address, once. Redirects are not followed: what was sent was sent.
 *
 * @throws ToolFailure - It may not be sent there, or nobody knows whether it arrived.
 */
export async function postAllowed(
  text: string,
  json: string,
  { fetch, signal, allowedHosts }: Pick<ToolContext, "fetch" | "signal" | "allowedHosts">,
): Promise<{ url: URL; response: Response }> {
  const url = requireAllowed(text, { allowedHosts, isRedirect: false });
  try {
    const response = await fetch(url.href, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/json", accept: "application/json, text/*;q=0.9" },
      body: json,
      signal,
    });
    return { url, response };
  } catch {
    throw new ToolFailure(`${url.hostname} did not answer. ${NOT_KNOWN}`);
  }
}

function requireAllowed(
  text: string,
  { allowedHosts, isRedirect }: { allowedHosts: readonly string[]; isRedirect: boolean },
): URL {
  const checked = allowedUrl(text, allowedHosts);
  if (checked.ok) return checked.url;
  // Where it leads to may be a secret of the server's, and is the server's choice: it is not told.
  throw new ToolFailure(
    isRedirect
      ? "The server redirects to an address that may not be asked for."
      : `The url ${checked.reason}.`,
  );
}

async function reach(
  url: URL,
  { fetch, signal }: Pick<ToolContext, "fetch" | "signal">,
): Promise<Response> {
  try {
    // As options and not as a Request: of one, Convex's fetch does not read `redirect`, and follows it by itself.
    return await fetch(url.href, {
      method: "GET",
      redirect: "manual",
      headers: { accept: "text/html, application/json, text/*;q=0.9, */*;q=0.1" },
      signal,
    });
  } catch {
    // Why not would tell of the network that the deployment is in.
    throw new ToolFailure(`${url.hostname} could not be reached.`);
  }
}

function absolute(location: string, base: URL): string {
  try {
    return new URL(location, base).href;
  } catch {
    throw new ToolFailure("The server redirects to what is no address.");
  }
}

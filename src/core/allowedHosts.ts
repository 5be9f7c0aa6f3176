/** Where a tool that goes out may go: what may stand in the list of an agent, and which addresses it lets through. */
import { isPublicHostName } from "./addresses";

const URL_LENGTH_MAX = 2_000;

/** "api.example.com", or "*.example.com": the names below it, and not itself. In lower case, others than ASCII as xn--. */
export function isHostPattern(text: string): boolean {
  return isPublicHostName(text.startsWith("*.") ? text.slice("*.".length) : text);
}

/**
 * The address, if it may be asked for: https at its usual port, without a user, at an allowed host.
 *
 * It is read by the parser of the one who makes the request, and what it read is what has to be requested: no two
 * readings, one for the guard and another for the wire. That the name stands for a public address is not seen here.
 */
export function allowedUrl(
  text: string,
  allowedHosts: readonly string[],
): { ok: true; url: URL } | { ok: false; reason: string } {
  const refuse = (reason: string) => ({ ok: false as const, reason });
  if (text.length > URL_LENGTH_MAX) return refuse(`may have at most ${URL_LENGTH_MAX} characters`);
  const url = parsed(text);
  if (url === null) return refuse("must be a whole URL, such as https://api.example.com/v1/things");
  if (url.protocol !== "https:") return refuse("must begin with https://");
  if (url.username !== "" || url.password !== "") return refuse("may have no user or password");
  if (url.port !== "") return refuse("may have no port");
  // Whatever the list says: it may be older than a rule.
  if (!isPublicHostName(url.hostname)) return refuse("must be at a public host name");
  if (!allowedHosts.some((pattern) => isCovered(url.hostname, pattern))) {
    return refuse(`must be at a host that is allowed: ${allowedHosts.join(", ")}`);
  }
  url.hash = "";
  return { ok: true, url };
}

function isCovered(hostname: string, pattern: string): boolean {
  return pattern.startsWith("*.")
    ? hostname.endsWith(pattern.slice("*".length))
    : hostname === pattern;
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

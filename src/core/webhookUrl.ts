/** Where a tenant's webhooks may go. */
import { isPublicHostName } from "./addresses";

const URL_LENGTH_MAX = 500;
/** Of https, beside its usual one. */
const PORTS: ReadonlySet<string> = new Set(["", "8443"]);

export type WebhookUrlRules = Readonly<{
  /** One's own machine and network, any port and plain http are good: for development. */
  allowsPrivate: boolean;
  /** The deployment's own addresses: it is not to be made to call itself. */
  ownUrls: readonly string[];
}>;

/**
 * The address, if it may be called: https at port 443 or 8443 of a public host's name, without a user.
 *
 * Checked when it is written and again before each request. What the name resolves to is seen when the connection is
 * made (`src/webhooks/guardedLookup.ts`).
 */
export function webhookUrl(
  text: string,
  { allowsPrivate, ownUrls }: WebhookUrlRules,
): { ok: true; url: URL } | { ok: false; reason: string } {
  const refuse = (reason: string) => ({ ok: false as const, reason });
  if (text.length > URL_LENGTH_MAX) return refuse(`may have at most ${URL_LENGTH_MAX} characters`);
  const url = parsed(text);
  if (url === null) return refuse("must be a whole URL, such as https://api.example.com/webhooks");
  if (url.protocol !== "https:" && !(allowsPrivate && url.protocol === "http:")) {
    return refuse("must begin with https://");
  }
  if (url.username !== "" || url.password !== "") return refuse("may have no user or password");
  if (url.hash !== "") return refuse("may have no fragment");
  if (ownUrls.some((own) => parsed(own)?.host === url.host)) {
    return refuse("may not be the deployment's own address");
  }
  if (allowsPrivate) return { ok: true, url };
  if (!PORTS.has(url.port)) return refuse("may have the ports 443 and 8443 only");
  if (!isPublicHostName(url.hostname)) return refuse("must be at a public host name");
  return { ok: true, url };
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

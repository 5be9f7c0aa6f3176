/**
 * Where a tenant's own provider may be. The deployment makes the request, so an address that only it can reach
 * (its own machine, its network, a cloud's metadata service) would be a way in. Names that resolve to such an
 * address are not seen here: who serves hostile tenants on a network of their own keeps outgoing traffic off it.
 */
import { isPublicHostName } from "../../../src/core/addresses";
import { checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";

const URL_LENGTH_MAX = 500;

/** The address as it is stored: https, without user, query or fragment. */
export function checkedBaseUrl(
  text: string,
  { allowsPrivate }: { allowsPrivate: boolean },
): string {
  const refuse = (reason: string): never =>
    fail({ kind: "invalid_argument", field: "baseUrl", reason });
  const url = parsed(checkedText("baseUrl", text, URL_LENGTH_MAX));
  if (url === null) return refuse("must be a URL like https://models.example.com/v1");
  if (url.protocol !== "https:" && !(allowsPrivate && url.protocol === "http:")) {
    return refuse("must begin with https://");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return refuse("may have no user, password, query or fragment");
  }
  if (!allowsPrivate && !isPublicHostName(url.hostname)) {
    return refuse("must be at a public host name");
  }
  return url.href.replace(/\/+$/, "");
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** Who calls a route. */
import { API_KEY_PREFIX } from "../../src/core/apiKey";

/** A key, as the bearer or by the header that others use for it; anything else a bearer brings is a sign-in. */
export function callerIn({ headers }: Request): { apiKey?: string } {
  const bearer = /^Bearer (.+)$/i.exec(headers.get("Authorization") ?? "")?.[1];
  const apiKey = bearer?.startsWith(API_KEY_PREFIX) ? bearer : headers.get("X-Api-Key");
  return apiKey === null || apiKey === undefined ? {} : { apiKey };
}

export type Claims = { person: string; expiresAt: number };

/** Whose a JWT is, and when it expires, in milliseconds since 1970. It is read, not checked: the deployment does that. */
export function claimsOf(token: string): Claims {
  const [, payload = ""] = token.split(".");
  const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const { sub, exp } = JSON.parse(text) as { sub: string; exp: number };
  return { person: sub, expiresAt: exp * 1_000 };
}

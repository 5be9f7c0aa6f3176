/** When a JWT expires, in milliseconds since 1970. It is read, not checked: the deployment does that. */
export function expiryOf(token: string): number {
  const [, payload = ""] = token.split(".");
  const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const { exp } = JSON.parse(text) as { exp: number };
  return exp * 1_000;
}

/** The routes of sign-in. */
import type { HttpRouter, PublicHttpAction } from "convex/server";
import { configuration, jwks } from "./authKeys";
import { changePassword, refresh, signIn, signOut } from "./authSignIn";

const ROUTES: readonly ["GET" | "POST", string, PublicHttpAction][] = [
  ["POST", "/auth/sign-in", signIn],
  ["POST", "/auth/refresh", refresh],
  ["POST", "/auth/sign-out", signOut],
  ["POST", "/auth/password/change", changePassword],
  ["GET", "/.well-known/jwks.json", jwks],
  ["GET", "/.well-known/openid-configuration", configuration],
];

export function addAuthRoutes(http: HttpRouter): void {
  for (const [method, path, handler] of ROUTES) http.route({ method, path, handler });
}

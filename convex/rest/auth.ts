/** The routes of sign-in. */
import type { HttpRouter, PublicHttpAction } from "convex/server";
import { authorize, page, token } from "./authDevice";
import { configuration, jwks } from "./authKeys";
import { acceptInvitation, firstAdmin, resetPassword } from "./authLinks";
import { firstAdminPage } from "./authPages";
import { changePassword, refresh, signIn, signOut } from "./authSignIn";

const ROUTES: readonly ["GET" | "POST", string, PublicHttpAction][] = [
  ["POST", "/auth/sign-in", signIn],
  ["POST", "/auth/refresh", refresh],
  ["POST", "/auth/sign-out", signOut],
  ["POST", "/auth/password/change", changePassword],
  ["POST", "/auth/invitations/accept", acceptInvitation],
  ["POST", "/auth/password/reset", resetPassword],
  ["GET", "/auth/first-admin", firstAdminPage],
  ["POST", "/auth/first-admin", firstAdmin],
  ["POST", "/auth/device", authorize],
  ["GET", "/auth/device", page],
  ["POST", "/auth/device/token", token],
  ["GET", "/.well-known/jwks.json", jwks],
  ["GET", "/.well-known/openid-configuration", configuration],
];

export function addAuthRoutes(http: HttpRouter): void {
  for (const [method, path, handler] of ROUTES) http.route({ method, path, handler });
}

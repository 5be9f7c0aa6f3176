/** The routes of sign-in. */
import type { HttpRouter, PublicHttpAction } from "convex/server";
import { preflight } from "./authCors";
import { authorize, decide, token } from "./authDevice";
import { createCode, redeemCode } from "./authIdentities";
import { configuration, jwks } from "./authKeys";
import { acceptInvitation, firstAdmin, resetPassword, signInByLink } from "./authLinks";
import { changePassword, refresh, signIn, signOut } from "./authSignIn";
import { devicePage } from "./pages/device";
import { firstAdminPage, invitationPage, resetPage } from "./pages/links";

type Route = readonly ["GET" | "POST" | "OPTIONS", string, PublicHttpAction];

/** What dashboards call, from their own origin too. */
const OF_PAGES: readonly Route[] = [
  ["POST", "/auth/sign-in", signIn],
  ["POST", "/auth/link", signInByLink],
  ["POST", "/auth/refresh", refresh],
  ["POST", "/auth/sign-out", signOut],
  ["POST", "/auth/password/change", changePassword],
  ["POST", "/auth/invitations/accept", acceptInvitation],
  ["POST", "/auth/password/reset", resetPassword],
  ["POST", "/auth/identities/code", createCode],
  ["POST", "/auth/identities/link", redeemCode],
  ["POST", "/auth/first-admin", firstAdmin],
];

const ROUTES: readonly Route[] = [
  ...OF_PAGES,
  ...OF_PAGES.map(([, path]) => ["OPTIONS", path, preflight] as const),
  ["GET", "/auth/first-admin", firstAdminPage],
  ["GET", "/auth/invitations/accept", invitationPage],
  ["GET", "/auth/password/reset", resetPage],
  ["GET", "/auth/device", devicePage],
  ["POST", "/auth/device", authorize],
  ["POST", "/auth/device/decide", decide],
  ["POST", "/auth/device/token", token],
  ["GET", "/.well-known/jwks.json", jwks],
  ["GET", "/.well-known/openid-configuration", configuration],
];

export function addAuthRoutes(http: HttpRouter): void {
  for (const [method, path, handler] of ROUTES) http.route({ method, path, handler });
}

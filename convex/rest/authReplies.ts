/** What the sign-in routes have in common: the limit of tries, and how tokens are handed out. */
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { sha256 } from "../lib/crypto";
import { fail } from "../lib/errors";
import { jsonResponse } from "../lib/http";
import { omitUndefined } from "../lib/objects";
import { signAccessToken } from "../model/auth/tokens";
import type { Opened } from "../model/auth/signIns";

const COOKIE = "agentik_refresh";
/** The cookie goes to these routes only, and never along with what another site makes a browser send. */
const COOKIE_SCOPE = "Path=/auth; HttpOnly; Secure; SameSite=Strict";
const COOKIE_LIFETIME_SECONDS = 90 * 24 * 60 * 60;

/**
 * Counts a try against the limits of the caller's address and, if there is one, of the account.
 *
 * @throws rate_limited - Too many of them.
 */
export async function countTry(ctx: ActionCtx, account?: string): Promise<void> {
  const hashed = account === undefined ? undefined : await sha256(account);
  const args = omitUndefined({ account: hashed });
  const retryAfterMs = await ctx.runMutation(internal.jobs.auth.signIns.count, args);
  if (retryAfterMs !== null) fail({ kind: "rate_limited", retryAfterMs });
}

/** Where the refresh token goes: into a cookie that no script can read, or into the body for programs. */
export type Delivery = "cookie" | "body";

/** @throws invalid_argument - It is neither. */
export function deliveryOf(text = "body"): Delivery {
  if (text === "cookie" || text === "body") return text;
  return fail({ kind: "invalid_argument", field: "delivery", reason: "must be cookie or body" });
}

/** The answer to whoever is signed in now. */
export async function signedInResponse(
  { signInId, subject }: Opened,
  { refreshToken, delivery }: { refreshToken: string; delivery: Delivery },
): Promise<Response> {
  const access = await signAccessToken({ subject, signInId, nowMs: Date.now() });
  if (delivery === "body") return jsonResponse({ ...access, refreshToken });
  const cookie = `${COOKIE}=${refreshToken}; Max-Age=${COOKIE_LIFETIME_SECONDS}; ${COOKIE_SCOPE}`;
  return jsonResponse(access, { headers: { "Set-Cookie": cookie } });
}

export function signedOutResponse(): Response {
  const headers = { "Set-Cookie": `${COOKIE}=; Max-Age=0; ${COOKIE_SCOPE}` };
  return jsonResponse({}, { headers });
}

/**
 * The caller's refresh token, from the body or else from the cookie. What came as a cookie goes back as one:
 * a script that got into the page must not be able to ask for it.
 */
export function refreshTokenIn(
  request: Request,
  inBody: string | undefined,
): { refreshToken: string; delivery: Delivery } {
  if (inBody !== undefined) return { refreshToken: inBody, delivery: "body" };
  const cookies = (request.headers.get("Cookie") ?? "").split(/;\s*/);
  const cookie = cookies.find((entry) => entry.startsWith(`${COOKIE}=`));
  if (cookie === undefined) return fail({ kind: "unauthenticated" });
  return { refreshToken: cookie.slice(COOKIE.length + 1), delivery: "cookie" };
}

/** The device flow as RFC 8628 has it, so that any client of it works: forms in, its names and errors out. */
import { randomText } from "../../src/core/apiKey";
import { api, internal } from "../_generated/api";
import { randomToken, sha256 } from "../lib/crypto";
import { fail } from "../lib/errors";
import { jsonAction, jsonResponse, readFields } from "../lib/http";
import {
  INTERVAL_MS,
  LIFETIME_MS,
  USER_CODE_LENGTH,
  USER_CODE_LETTERS,
} from "../model/auth/devices";
import { ACCESS_TOKEN_LIFETIME_MS, makeRefreshToken, signAccessToken } from "../model/auth/tokens";
import { countTry } from "./authReplies";

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";
const DEVICE_CODE_BYTES = 32;
const randomBytes = (countBytes: number) => crypto.getRandomValues(new Uint8Array(countBytes));

/** Begins: a code for the device to ask with, and one for the person to type. */
export const authorize = jsonAction(async (ctx, request) => {
  await countTry(ctx);
  const deviceCode = randomToken(DEVICE_CODE_BYTES);
  const userCode = randomText(randomBytes, USER_CODE_LENGTH, USER_CODE_LETTERS);
  const args = { deviceCodeHash: await sha256(deviceCode), userCode };
  await ctx.runMutation(internal.jobs.auth.devices.insert, args);
  const shown = `${userCode.slice(0, 4)}-${userCode.slice(4)}`;
  const page = `${new URL(request.url).origin}/auth/device`;
  return jsonResponse({
    device_code: deviceCode,
    user_code: shown,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${shown}`,
    expires_in: LIFETIME_MS / 1_000,
    interval: INTERVAL_MS / 1_000,
  });
});

/** `grant_type`, `device_code`: tokens once the person has approved, and until then why not. */
export const token = jsonAction(async (ctx, request) => {
  await countTry(ctx);
  const form = new URLSearchParams(await request.text());
  if (form.get("grant_type") !== GRANT_TYPE) return refusal("unsupported_grant_type");
  const deviceCode = form.get("device_code");
  if (deviceCode === null) return refusal("invalid_request");

  const { token: refreshToken, hashes } = await makeRefreshToken();
  const args = { deviceCodeHash: await sha256(deviceCode), hashes };
  const answer = await ctx.runMutation(internal.jobs.auth.devices.ask, args);
  if ("error" in answer) return refusal(answer.error);
  const { subject, signInId } = answer.opened;
  const { accessToken } = await signAccessToken({ subject, signInId, nowMs: Date.now() });
  return jsonResponse({
    access_token: accessToken,
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_LIFETIME_MS / 1_000,
    refresh_token: refreshToken,
  });
});

/**
 * `{userCode, decision}` of whoever is signed in, for our own page: "approve" signs the device in as them, "deny"
 * refuses it. Clients call `mutations.devices`.
 */
export const decide = jsonAction(async (ctx, request) => {
  const { userCode, decision } = await readFields(request, ["userCode", "decision"]);
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) return fail({ kind: "unauthenticated" });
  if (!isDecision(decision)) {
    const reason = "must be approve or deny";
    return fail({ kind: "invalid_argument", field: "decision", reason });
  }
  await countTry(ctx, identity.tokenIdentifier);
  const isWaiting = await ctx.runMutation(api.mutations.devices[decision], { userCode });
  if (!isWaiting) return fail({ kind: "not_found", entity: "device", id: "userCode" });
  return jsonResponse({});
});

function isDecision(text: string): text is "approve" | "deny" {
  return text === "approve" || text === "deny";
}

function refusal(error: string): Response {
  return jsonResponse({ error }, { status: 400 });
}

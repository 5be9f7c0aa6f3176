/** Tenants, people, keys. */
import { v, type Infer } from "convex/values";
import { PERMISSIONS, ROLES } from "../../src/core/permissions";
import { ROUTE_CLASSES } from "../../src/core/rateLimits";

export const vTenantStatus = v.union(
  v.literal("active"),
  v.literal("trial"),
  v.literal("suspended"),
  v.literal("deleted"),
);

export const vPlan = v.union(v.literal("starter"), v.literal("pro"), v.literal("enterprise"));

export const vUserStatus = v.union(v.literal("active"), v.literal("suspended"));

export const vRole = v.union(...ROLES.map((role) => v.literal(role)));

/** What roles and keys are made of: `src/core/permissions.ts`. */
export const vPermission = v.union(...PERMISSIONS.map((permission) => v.literal(permission)));

export const vRouteClass = v.union(...ROUTE_CLASSES.map((one) => v.literal(one)));

export const vMembershipStatus = v.union(v.literal("active"), v.literal("suspended"));

export const vInvitationStatus = v.union(
  v.literal("pending"),
  v.literal("accepted"),
  v.literal("revoked"),
  v.literal("expired"),
);

export const vKeyStatus = v.union(v.literal("active"), v.literal("revoked"), v.literal("expired"));

export const vLinkPurpose = v.union(
  v.literal("first_admin"),
  v.literal("sign_in"),
  v.literal("password_reset"),
  v.literal("account"), // another account to sign in with
);

/** Why a sign-in ended before its time. */
export const vSignInEnd = v.union(
  v.literal("signed_out"),
  v.literal("ended"), // by the person, from another sign-in
  v.literal("token_reused"), // an old refresh token came back: two have it, and one is a thief
  v.literal("password_set"),
  v.literal("suspended"), // the person, by operators
);
export type SignInEnd = Infer<typeof vSignInEnd>;

export const vDeviceGrantStatus = v.union(
  v.literal("pending"),
  v.literal("approved"),
  v.literal("denied"),
  v.literal("used"),
);

/** With its parameters, so that they can be raised and old hashes still be checked. */
export const vPasswordHash = v.object({
  algorithm: v.literal("pbkdf2-sha256"),
  iterations: v.number(),
  salt: v.string(), // base64
  digest: v.string(), // base64
});
export type PasswordHash = Infer<typeof vPasswordHash>;

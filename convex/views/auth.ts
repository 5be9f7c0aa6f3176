/** What doors and routes return of people themselves and of how they sign in. */
import { v, type Infer } from "convex/values";
import { vUserStatus } from "../validators";

export const vMe = v.object({
  _id: v.id("users"),
  name: v.string(),
  email: v.optional(v.string()),
  status: vUserStatus,
  defaultTenantId: v.optional(v.id("tenants")),
  createdAt: v.number(),
});
export type Me = Infer<typeof vMe>;

/** One browser or command line that the person is signed in with. */
export const vSignInView = v.object({
  _id: v.id("auth_sessions"),
  createdAt: v.number(),
  lastUsedAt: v.number(), // when it last got new tokens: every quarter of an hour while it is used
  expiresAt: v.number(),
  isCurrent: v.boolean(), // the one that asks
  userAgent: v.optional(v.string()),
  ip: v.optional(v.string()),
});
export type SignInView = Infer<typeof vSignInView>;

/** An account at a provider beside our own issuer that the person signs in with. */
export const vIdentityView = v.object({
  _id: v.id("identities"),
  issuer: v.string(),
  subject: v.string(),
  createdAt: v.number(),
  isCurrent: v.boolean(), // the one that asks
});
export type IdentityView = Infer<typeof vIdentityView>;

/** The ways in that a person has. */
export const vWaysIn = v.object({
  hasPassword: v.boolean(),
  canLink: v.boolean(), // the deployment believes a provider beside our own issuer
  identities: v.array(vIdentityView),
});
export type WaysIn = Infer<typeof vWaysIn>;

/** A sign-in that goes on: what its next access token says. For the routes, not for callers. */
export const vOpened = v.object({ signInId: v.id("auth_sessions"), subject: v.string() });

/** A link that was just made: `token` is shown this once. */
export const vNewLink = v.object({ token: v.string(), expiresAt: v.number() });

/** What a device is told that asks for its tokens; the errors are RFC 8628's and RFC 6749's. */
export const vDeviceAnswer = v.union(
  v.object({ opened: vOpened }),
  v.object({
    error: v.union(
      v.literal("authorization_pending"),
      v.literal("slow_down"),
      v.literal("access_denied"),
      v.literal("expired_token"),
      v.literal("invalid_grant"),
    ),
  }),
);

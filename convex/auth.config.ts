/**
 * Whose tokens are believed: a JSON array of Convex auth providers in the one variable `AUTH_PROVIDERS`, so
 * that a provider is added or a key rotated without a push. It must be set before the first push: reading a
 * variable that is not set fails it.
 */
import type { AuthConfig } from "convex/server";

// This file runs in a world of its own, where only `process.env` exists.
declare const process: { env: { AUTH_PROVIDERS: string } };

export default {
  providers: JSON.parse(process.env.AUTH_PROVIDERS) as AuthConfig["providers"],
} satisfies AuthConfig;

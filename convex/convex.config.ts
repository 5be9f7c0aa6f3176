/** The app's environment variables; `npx convex dev` types `env` of `_generated/server` by them. */
import rateLimiter from "@convex-dev/rate-limiter/convex.config.js";
import { defineApp } from "convex/server";
import { v } from "convex/values";

const app = defineApp({
  env: {
    // JSON array of the providers in `auth.config.ts`; to be set before the first push.
    AUTH_PROVIDERS: v.string(),
    // The deployment's own secrets, read in `model/deploymentSecrets.ts` only.
    AUTH_SIGNING_KEY: v.optional(v.string()),
    KEY_PEPPER: v.optional(v.string()),
    SEALING_KEYS: v.optional(v.string()),
    // Origins of dashboards whose pages may sign people in, comma-separated; none without it. Read there, too.
    AUTH_ALLOWED_ORIGINS: v.optional(v.string()),
    // Origins whose pages may call the API, comma-separated; none without it. Read there, too.
    API_ALLOWED_ORIGINS: v.optional(v.string()),
    // Requests a minute of one key in place of its plan's, as {"read": 600, "write": 300, "model": 60}. Read there, too.
    API_RATE_LIMITS: v.optional(v.string()),
    // "true" where tenants' providers may be at private addresses: one's own machine, one's own network.
    PRIVATE_PROVIDER_URLS: v.optional(v.string()),
    // Where traces of ended runs go, by OTLP over HTTP; nowhere without it. Read in `model/deploymentSecrets.ts`, too.
    OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(v.string()),
    OTEL_EXPORTER_OTLP_HEADERS: v.optional(v.string()),
    OTEL_SERVICE_NAME: v.optional(v.string()),
    // Keys and addresses of the model providers, read in `model/providers/deployment.ts` only.
    ANTHROPIC_API_KEY: v.optional(v.string()),
    ANTHROPIC_BASE_URL: v.optional(v.string()),
    OPENAI_API_KEY: v.optional(v.string()),
    OPENAI_BASE_URL: v.optional(v.string()),
    GOOGLE_API_KEY: v.optional(v.string()),
    GOOGLE_BASE_URL: v.optional(v.string()),
  },
});

app.use(rateLimiter);

export default app;

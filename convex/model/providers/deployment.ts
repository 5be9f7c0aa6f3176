/** With which key and at which address each model provider is called for tenants without an account of their own. */
import type { Infer } from "convex/values";
import type { ProviderSettings } from "../../../src/providers/settings";
import { env } from "../../_generated/server";
import type { vProvider } from "../../validators";

type Variable = keyof typeof env;

/** The settings, or what to do so that there are some. For actions: it reads the environment. */
export function settingsOf(
  provider: Infer<typeof vProvider>,
): { ok: true; settings: ProviderSettings } | { ok: false; detail: string } {
  switch (provider) {
    case "anthropic":
      return fromEnv({ key: "ANTHROPIC_API_KEY", baseUrl: "ANTHROPIC_BASE_URL" });
    case "openai":
      return fromEnv({ key: "OPENAI_API_KEY", baseUrl: "OPENAI_BASE_URL" });
    case "google":
      return fromEnv({ key: "GOOGLE_API_KEY", baseUrl: "GOOGLE_BASE_URL" });
    case "openai_compatible":
      return { ok: false, detail: `Register a provider ${provider} of the tenant's own.` };
  }
}

function fromEnv(names: { key: Variable; baseUrl: Variable }): ReturnType<typeof settingsOf> {
  const apiKey = env[names.key] ?? "";
  if (apiKey === "") {
    return { ok: false, detail: `Set the environment variable ${names.key} of the deployment.` };
  }
  const baseUrl = env[names.baseUrl] ?? "";
  return { ok: true, settings: { apiKey, baseUrl: baseUrl === "" ? null : baseUrl } };
}

/** Whether tenants' own providers may be at private addresses. */
export function allowsPrivateUrls(): boolean {
  return env.PRIVATE_PROVIDER_URLS === "true";
}

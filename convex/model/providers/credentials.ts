/** Opening providers' credentials. For actions. */
import type { Infer } from "convex/values";
import type { ProviderSettings } from "../../../src/providers/settings";
import type { vProvider } from "../../validators";
import { coordinatesOf } from "../credentials";
import { sealingKeys } from "../deploymentSecrets";
import { open } from "../secrets";
import { settingsOf as settingsOfDeployment } from "./deployment";
import type { Account } from "./providers";

/**
 * With which key and where to call: by the tenant's own account if it has one, else by the deployment's. An
 * account that cannot be used fails: a tenant that brings its own shall not be served by another without notice.
 */
export async function settingsFor(
  provider: Infer<typeof vProvider>,
  account: Account | null,
): Promise<{ ok: true; settings: ProviderSettings } | { ok: false; detail: string }> {
  if (account === null) return settingsOfDeployment(provider);
  const { credential, baseUrl } = account;
  if (credential === null) {
    // What serves models on one's own machine often asks for none; the SDKs insist on some text.
    if (baseUrl !== null) return { ok: true, settings: { apiKey: "none", baseUrl } };
    return { ok: false, detail: `The tenant's provider ${provider} has no credential.` };
  }
  const at = coordinatesOf({ ...account, table: "providers" });
  const apiKey = await open(sealingKeys(), at, credential);
  if (apiKey === null) {
    const detail = `The credential of the tenant's provider ${provider} cannot be opened: enter it again.`;
    return { ok: false, detail };
  }
  return { ok: true, settings: { apiKey, baseUrl } };
}

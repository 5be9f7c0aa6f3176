/** Sealing and opening providers' credentials. For actions. */
import type { Infer } from "convex/values";
import type { ProviderSettings } from "../../../src/providers/settings";
import type { Id } from "../../_generated/dataModel";
import { checkedText } from "../../lib/checks";
import type { Sealed, vProvider } from "../../validators";
import { sealingKeys } from "../deploymentSecrets";
import { maskOf, open, seal } from "../secrets";
import { settingsOf as settingsOfDeployment } from "./deployment";
import { coordinatesOf, type Account } from "./providers";

const CREDENTIAL_LENGTH_MAX = 1_000;

type Place = { tenantId: Id<"tenants">; id: Id<"providers"> };
type Written = { sealed: Sealed; mask: string };

/** The credential, checked, and with keys to seal it: what is left to know is the row that it is for. */
export function sealedCredential(
  text: string | null | undefined,
): (at: Place) => Promise<Written | null> {
  if (text === null || text === undefined) return () => Promise.resolve(null);
  const credential = checkedText("credential", text, CREDENTIAL_LENGTH_MAX);
  const keys = sealingKeys();
  return async (at) => ({
    sealed: await seal(keys, coordinatesOf(at), credential),
    mask: maskOf(credential),
  });
}

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
  const apiKey = await open(sealingKeys(), coordinatesOf(account), credential);
  if (apiKey === null) {
    const detail = `The credential of the tenant's provider ${provider} cannot be opened: enter it again.`;
    return { ok: false, detail };
  }
  return { ok: true, settings: { apiKey, baseUrl } };
}

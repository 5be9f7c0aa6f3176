/** The address of a receiver, by the deployment's own rules. */
import { webhookUrl, type WebhookUrlRules } from "../../../src/core/webhookUrl";
import { fail } from "../../lib/errors";
import { ownUrls } from "../deploymentSecrets";
import { allowsPrivateUrls } from "../providers/deployment";

export function urlRules(): WebhookUrlRules {
  return { allowsPrivate: allowsPrivateUrls(), ownUrls: ownUrls() };
}

/**
 * The address as it is stored.
 *
 * @throws invalid_argument - It may not be called.
 */
export function checkedUrl(text: string): string {
  const checked = webhookUrl(text.trim(), urlRules());
  if (checked.ok) return checked.url.href;
  return fail({ kind: "invalid_argument", field: "url", reason: checked.reason });
}

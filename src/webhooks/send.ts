/** A signed request to a receiver, if its address may be called: whatever was written when the endpoint was made. */
import { SECOND_MS } from "../core/limits";
import { webhookUrl, type WebhookUrlRules } from "../core/webhookUrl";
import { guardedLookup, isPublicAddress } from "./guardedLookup";
import { post, type Posted } from "./post";
import { signatureOf } from "./signature";

const USER_AGENT = "agentik-webhooks/1";

export type Message = Readonly<{ url: string; id: string; payload: string }>;

/** Sends it, signed with each of the secrets. */
export async function send(
  { url: text, id, payload: body }: Message,
  { secrets, rules }: { secrets: readonly string[]; rules: WebhookUrlRules },
): Promise<Posted> {
  const checked = webhookUrl(text, rules);
  if (!checked.ok) return { status: null, why: `the address ${checked.reason}` };
  const timestampS = Math.floor(Date.now() / SECOND_MS);
  return await post(checked.url, {
    body,
    lookup: guardedLookup(rules.allowsPrivate ? () => true : isPublicAddress),
    headers: {
      "content-type": "application/json",
      "user-agent": USER_AGENT,
      "webhook-id": id,
      "webhook-timestamp": String(timestampS),
      "webhook-signature": signatureOf({ id, timestampS, body }, secrets),
    },
  });
}

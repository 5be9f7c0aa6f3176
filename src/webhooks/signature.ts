/** Signatures as Standard Webhooks has them: HMAC-SHA-256 over id, timestamp and body, with each secret that holds. */
import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;

/** "whsec_" and 32 random bytes as base64. */
export function makeSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`;
}

/** The `webhook-signature` header: one `v1,…` per secret, so that receivers may change theirs in their own time. */
export function signatureOf(
  { id, timestampS, body }: { id: string; timestampS: number; body: string },
  secrets: readonly string[],
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(PREFIX.length), "base64");
      const hmac = createHmac("sha256", key).update(`${id}.${timestampS}.${body}`);
      return `v1,${hmac.digest("base64")}`;
    })
    .join(" ");
}

/** What tells an account from every other without telling its key. */
import type { ProviderSettings } from "../../../src/providers/settings";
import { toHex } from "../../lib/crypto";

const MARK_BYTES = 8;

export async function markOf({ apiKey, baseUrl }: ProviderSettings): Promise<string> {
  const text = new TextEncoder().encode(`${baseUrl ?? ""} ${apiKey}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return toHex(digest.slice(0, MARK_BYTES).buffer);
}

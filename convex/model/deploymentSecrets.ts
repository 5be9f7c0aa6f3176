/**
 * The deployment's own secrets, from its environment. Without one, what needs it fails: nothing is ever
 * hashed or sealed with a default.
 */
import { env } from "../_generated/server";
import { fromBase64 } from "../lib/crypto";

const KEY_BYTES = 32;

/** What hashes of API keys are made with. Changing it makes every key unknown. */
export function pepper(): Uint8Array<ArrayBuffer> {
  return keyFrom("KEY_PEPPER", env.KEY_PEPPER ?? "");
}

export type SealingKey = { id: string; key: Uint8Array<ArrayBuffer> };

/**
 * What secrets are sealed with: `id:base64` and more of them after commas. The first one seals; the others
 * open what was sealed before, until the rotation has sealed it anew.
 */
export function sealingKeys(): readonly [SealingKey, ...SealingKey[]] {
  const [first, ...others] = (env.SEALING_KEYS ?? "").split(",").map((entry) => {
    const [id = "", key = ""] = entry.trim().split(":");
    if (id === "") throw missing("SEALING_KEYS");
    return { id, key: keyFrom("SEALING_KEYS", key) };
  });
  if (first === undefined) throw missing("SEALING_KEYS");
  return [first, ...others];
}

function keyFrom(variable: string, text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text);
  if (bytes?.length !== KEY_BYTES) throw missing(variable);
  return bytes;
}

function missing(variable: string): Error {
  return new Error(
    `The environment variable ${variable} must hold ${KEY_BYTES} random bytes as base64; see convex/README.md.`,
  );
}

/** Secrets of a store, each made once: what they sign or seal is good across restarts. */
import { randomBytes } from "node:crypto";
import type { Store } from "./store";

const SECRET_BYTES = 32;

/**
 * The secret kept under `setting`. Makes it at the first call, in a write transaction of its own; so call it
 * when none is open.
 */
export function openSecret(store: Store, setting: string): Buffer {
  const stored = store.getSetting(setting);
  if (stored !== null) return Buffer.from(stored, "base64");

  const secret = randomBytes(SECRET_BYTES);
  store.begin();
  try {
    store.setSetting(setting, secret.toString("base64"));
    store.commit(store.lastTsMicros() + 1);
  } catch (error) {
    store.rollback();
    throw error;
  }
  return secret;
}

/** Where the random numbers of queries and mutations come from. */
import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import type { Call } from "./types";

/** The 48 bytes from which everything random in one execution follows. */
export type Seed = (call: Call, nowMs: number) => Uint8Array;

const SEED_BYTES = 48;
const secret = randomBytes(SEED_BYTES);

/** A query gives the same result when it runs again at the same moment; no two mutations share anything. */
export const defaultSeed: Seed = ({ spec, args }, nowMs) => {
  if (spec.kind !== "query") return randomBytes(SEED_BYTES);
  const asked = [spec.componentPath, spec.modulePath, spec.exportName, nowMs, args];
  return createHmac("sha384", secret).update(JSON.stringify(asked)).digest();
};

/** A sequence of bytes: repeatable from its seed, and as hard to guess as AES. */
export function seededBytes(seed: Uint8Array): (length: number) => Uint8Array {
  const cipher = createCipheriv("aes-256-ctr", seed.subarray(0, 32), seed.subarray(32));
  return (length) => cipher.update(Buffer.alloc(length));
}
